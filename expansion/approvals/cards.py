"""What this room brings to the to-do centre."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Window
from django.utils.translation import gettext_lazy as _

from expansion import clock, offers
from expansion.approvals import desk
from expansion.approvals.models import Request, Step
from expansion.approvals.selectors import waiting_for
from expansion.approvals.services import subject
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


def returned(person: Any) -> Iterator[offers.Todo]:
    """One line for each paper that came back to the person and has not been handed in again."""
    later = Request.objects.filter(
        about_type=OuterRef("about_type"),
        about_id=OuterRef("about_id"),
        round__gt=OuterRef("round"),
    )
    back = Request.objects.filter(
        Q(received_by=person.pk) | Q(received_by=None, submitted_by=person.pk),
        ~Exists(later),
        status=Request.Status.RETURNED,
    )
    for request in back.order_by("closed_at", "pk").prefetch_related("about"):
        if request.about is not None and subject(request).lies_returned(request.about):
            yield offers.Todo(
                kind="returned",
                title=request.title,
                url=subject(request).url(request.about),
                detail=kind_label(request.kind),
                act=_("Revise"),
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
    offers.TodoSource("approvals.returned", _("Returned to you"), 21, returned),
    offers.Insight("approvals.inbox", 10, "approvals/_insight.html", inbox, place="lead"),
)
