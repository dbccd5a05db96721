"""What this room brings to the to-do centre."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Window
from django.utils.translation import gettext_lazy as _

from expansion import clock, offers
from expansion.approvals import desk
from expansion.approvals.models import Step
from expansion.approvals.selectors import waiting_for
from expansion.approvals.tables import kind_label

MOST = 5


def todos(person: Any) -> Iterator[offers.Todo]:
    """One line for each step that waits for the person."""
    for step in waiting_for(person, seats=person.seats):
        yield offers.Todo(
            kind="approval",
            title=step.request.title,
            url=step.request.get_absolute_url(),
            due=step.due_at,
            counted=True,
            detail=f"{step.request.submitted_by.name} · {kind_label(step.request.kind)}",
            act=_("Decide"),
        )


def inbox(person: Any, purview: offers.Purview) -> dict[str, Any]:
    """The steps that the person should decide first, and who decides while the person is away."""
    waiting = waiting_for(person, seats=person.seats)
    steps = list(waiting.annotate(total=Window(Count("pk")))[:MOST])
    return {
        "rows": [
            {
                "step": step,
                "request": step.request,
                "kind": kind_label(step.request.kind),
                "amount": desk.amount(step.request),
                "tone": _tone(step),
            }
            for step in steps
        ],
        "total": steps[0].total if steps else 0,
        "absence": desk.absence(person),
        "inbox": "approvals:inbox",
    }


def _tone(step: Step) -> str:
    """Late past the deadline, due on its day; far off it needs no colour."""
    if step.due_at is None:
        return ""
    if step.due_at < clock.now():
        return "late"
    return "due" if clock.local_date(step.due_at) == clock.today() else ""


offers.add(
    offers.TodoSource("approvals", _("Approvals"), 20, todos),
    offers.Insight("approvals.inbox", 10, "approvals/_insight.html", inbox, place="lead"),
)
