"""What partnerships brings to the to-do centre and the search."""

from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import access, clock, offers
from partnerships.models import Milestone, Project
from partnerships.tables import PROJECTS

AHEAD = timedelta(days=7)
EVENING = time(18)


def phase_todos(person: Any) -> Iterator[offers.Todo]:
    """The phases this person answers for that are due within a week, the longest overdue first."""
    due = Milestone.objects.due_by(person, clock.today() + AHEAD).select_related("project")
    for phase in due.order_by("due_on", "pk")[:50]:
        yield offers.Todo(
            kind="milestone",
            title=phase.title,
            url=phase.get_absolute_url(),
            due=clock.moment_on(phase.due_on, EVENING),
            detail=phase.project.title,
            act=_("Tick off"),
        )


def find_projects(person: Any, text: str, most: int) -> Iterator[offers.Hit]:
    visible = access.visible_to(person, Project.objects.live())
    found = PROJECTS.found(visible, text, person).select_related("partner__client")
    for project in found.order_by("-pk")[:most]:
        yield offers.Hit(
            project.title,
            project.get_absolute_url(),
            lazy("Project"),
            "heart-handshake",
            project.partner.client.name,
        )


def tieable_projects(person: Any, text: str, most: int) -> Iterator[Project]:
    visible = access.visible_to(person, Project.objects.live())
    found = PROJECTS.found(visible, text, person) if text else visible
    yield from found.order_by("-pk")[:most]


offers.add(
    offers.Tieable(Project, lazy("Cooperation projects"), tieable_projects),
    offers.TodoSource("partnerships.milestones", lazy("Project milestones"), 30, phase_todos),
    offers.SearchSource("projects", 40, find_projects),
)
