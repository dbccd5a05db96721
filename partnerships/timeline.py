"""What happened with projects, for the project's page and the client's timeline."""

from collections.abc import Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crm.models import Client
from expansion import access, offers
from expansion.access import Holder, Reach, reach_of
from expansion.audit.models import Entry
from expansion.offers import TimelineEntry
from expansion.prepared import prepared
from expansion.rulebook.selectors import rules_on
from partnerships.models import Project

MOST = 50


def client_entries(person: Any, client: Client) -> Iterator[TimelineEntry]:
    """What happened with this client's projects, as far as the person sees them."""
    yield from _entries(dict(_titles(client.pk, person.pk, reach=reach_of(person))))


@prepared
def _titles(client: Any, person: Any, *, reach: Reach) -> QuerySet[Project, tuple[int, str]]:
    visible = access.visible_to(Holder(person, reach), Project.objects.live())
    return visible.filter(partner__client=client).values_list("pk", "title")


def project_entries(project: Project) -> list[TimelineEntry]:
    """What happened with one project, newest first."""
    return list(_entries({project.pk: ""}))


def _entries(titles: dict[int, str]) -> Iterator[TimelineEntry]:
    if not titles:
        return
    words = _words()
    kind = ContentType.objects.get_for_model(Project)
    trail = Entry.objects.filter(about_type=kind, about_id__in=titles, verb__in=words)
    for entry in trail.select_related("actor").order_by("-at", "-pk")[:MOST]:
        icon, word = words[entry.verb]
        name = titles[entry.about_id]
        yield TimelineEntry(
            at=entry.at,
            icon=icon,
            title=f"{word} · {name}" if name else word,
            who=entry.actor.name if entry.actor else "",
            text=_text(entry),
            url=f"/partnerships/projects/{entry.about_id}" if name else "",
            kind="project",
        )


def _words() -> dict[str, tuple[str, str]]:
    return {
        "partnerships.project.created": ("heart-handshake", _("Project opened")),
        "partnerships.project.moved": ("arrow-right", _("Project moved")),
        "partnerships.project.contract_linked": ("file-text", _("Contract named")),
        "partnerships.project.running": ("player-play", _("Project started")),
        "partnerships.project.done": ("circle-check", _("Project finished")),
        "partnerships.project.cancelled": ("circle-x", _("Project cancelled")),
        "partnerships.project.reassigned": ("user-share", _("Project taken over")),
        "partnerships.scheme.in_approval": ("file-text", _("Scheme submitted")),
        "partnerships.scheme.approved": ("circle-check", _("Scheme approved")),
        "partnerships.scheme.returned": ("arrow-back-up", _("Scheme returned")),
        "partnerships.scheme.rejected": ("circle-x", _("Scheme rejected")),
        "partnerships.scheme.withdrawn": ("arrow-back-up", _("Scheme withdrawn")),
        "partnerships.project.checked": ("clipboard-check", _("Project checked")),
        "partnerships.milestone.added": ("flag", _("Milestone added")),
        "partnerships.milestone.done": ("flag", _("Milestone done")),
        "partnerships.milestone.reopened": ("flag", _("Milestone opened again")),
        "partnerships.milestone.removed": ("flag", _("Milestone removed")),
    }


def _text(entry: Entry) -> str:
    """What the entry's changes tell in words."""
    parts = []
    if entry.verb == "partnerships.project.moved":
        stages = {one.key: one.label() for one in rules_on().pipeline("partnership").stages}
        before, after = entry.changes["stage"]
        parts.append(f"{stages.get(before, before)} → {stages.get(after, after)}")
    if "milestone" in entry.changes:
        before, after = entry.changes["milestone"]
        parts.append(after or before)
    if "progress" in entry.changes:
        parts.append(f"{entry.changes['progress'][1]}%")
    if reason := entry.changes.get("reason", [None, ""])[1]:
        parts.append(reason)
    return " · ".join(parts)


offers.add(offers.TimelineSource("projects", Client, client_entries))
