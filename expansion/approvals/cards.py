"""What this room brings to the to-do centre."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from expansion import offers
from expansion.approvals.selectors import waiting_for
from expansion.approvals.tables import kind_label


def todos(person: Any) -> Iterator[offers.Todo]:
    """One line for each step that waits for the person."""
    for step in waiting_for(person, seats=person.seats):
        yield offers.Todo(
            kind="approval",
            title=step.request.title,
            url=step.request.get_absolute_url(),
            due=step.due_at,
            detail=f"{step.request.submitted_by.name} · {kind_label(step.request.kind)}",
            act=_("Decide"),
        )


offers.add(offers.TodoSource("approvals", _("Approvals"), 20, todos))
