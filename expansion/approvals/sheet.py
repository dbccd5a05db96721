"""The approval sheet: the document, every decision with its stamp, and the document's checksum."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from expansion import access, worktime
from expansion.approvals.desk import asked_by, decided_as, state_words, step_words
from expansion.approvals.models import Request, Step
from expansion.approvals.selectors import WITH_DECISIONS, subject
from expansion.audit.services import write
from expansion.people.models import User
from expansion.rulebook.selectors import rules_of
from expansion.ui import formats
from expansion.ui.deadlines import in_words
from expansion.ui.levels import kept_word
from expansion.ui.pdf import pdf


@transaction.atomic
def export_sheet(*, actor: User, request: Request) -> bytes:
    """The sheet as PDF; the export stands in the trail (R-exp-05, R-exp-18).

    Raises:
        Forbidden: what is decided is kept, and not this person's to take away.
        Missing: this machine cannot make PDF.
    """
    access.require_take(actor, request.about)
    content = pdf("approvals/sheet.html", sheet(request, actor))
    write(actor=actor, verb="approvals.sheet.exported", about=request)
    return content


def sheet(request: Request, reader: User) -> dict[str, Any]:
    """What the sheet says: of every round, each step with its time and its decisions."""
    calendar = rules_of(request.rules_version).working_time.as_calendar()
    rounds = (
        Request.objects.filter(
            about_type=request.about_type,
            about_id=request.about_id,
            round__lte=request.round,
        )
        .select_related("submitted_by")
        .order_by("round")
        .prefetch_related(*WITH_DECISIONS)
    )
    return {
        "request_": request,
        "subject": subject(request),
        "level": kept_word(request.about),
        "reader": reader,
        "printed_at": worktime.now(),
        "rounds": [
            {"request": one, "steps": [_line(step, calendar) for step in one.steps.all()]}
            for one in rounds
        ],
    }


def _line(step: Step, calendar: worktime.Calendar) -> dict[str, Any]:
    """One step: whose, how many working hours it took, whether it was late."""
    taken = None
    if step.opened_at and step.closed_at:
        span = worktime.working_time_between(step.opened_at, step.closed_at, calendar)
        taken = span.total_seconds() / 3600
    closed = step.closed_at or worktime.now()
    return {
        "step": step,
        "role": step_words(step),
        "state": state_words(step),
        "made": [{"by": made, "role": decided_as(made)} for made in step.decisions.all()],
        "asked": asked_by(step) if step.added_by else "",
        "hours": taken,
        "late": step.due_at is not None and step.opened_at is not None and closed > step.due_at,
        "until": _until(step) if step.status == Step.Status.OPEN and step.due_at else "",
    }


def _until(step: Step) -> str:
    """Paper stays: it says the whole day, and that it may still move."""
    day, clock = formats.day_as("full", step.due_at), formats.clock(step.due_at)
    return _("until %(when)s") % {"when": f"{day} {clock}{in_words(step.due_at)}"}
