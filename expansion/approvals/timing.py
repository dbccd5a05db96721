"""When a step is reminded of, due, and late: by the hours of the rulebook its round began with."""

from datetime import datetime
from typing import Any

from expansion import clock, worktime
from expansion.approvals.models import Step
from expansion.audit.services import write_many
from expansion.rulebook.selectors import rules_of
from expansion.worktime.rescheduling import moved


def open_now(step: Step) -> None:
    """Lets the step's time run from now."""
    step.status, step.opened_at = Step.Status.OPEN, clock.now()
    _set_moments(step, _due(step))
    step.save()


def reschedule(*, actor: Any, record: Any) -> None:
    """Reaction to `calendar.changed`: open steps follow it (law 7)."""
    running = Step.objects.open().filter(due_at__gt=clock.now()).order_by("pk")
    changed = []
    for step in running.select_related("request").select_for_update(of=("self",)):
        due = moved(step.due_at, _due(step))
        if due != step.due_at:
            changed.append((step.request, {"due_at": [step.due_at, due]}))
            _set_moments(step, due)
            step.save(update_fields=["due_at", "remind_at", "late_at"])
    write_many(actor=actor, verb="approvals.step.rescheduled", changed=changed)


def _due(step: Step) -> datetime | None:
    if step.opened_at is None:
        return None
    return worktime.deadline(step.opened_at, worktime.Limit.parse(step.limit), _calendar(step))


def _set_moments(step: Step, due: datetime | None) -> None:
    late_after = rules_of(step.request.rules_version).deciding.late_after.value
    step.due_at = due
    step.remind_at = _reminder(step)
    step.late_at = due and (worktime.deadline(due, late_after, _calendar(step)) or due)


def _calendar(step: Step) -> worktime.Calendar:
    return rules_of(step.request.rules_version).working_time.as_calendar()


def _reminder(step: Step) -> datetime | None:
    """When the reminder leaves; none where that would be at once or there is no limit."""
    if step.due_at is None or step.opened_at is None:
        return None
    ahead = worktime.Limit.parse(step.remind_before)
    moment = worktime.before(step.due_at, ahead, _calendar(step))
    return moment if moment > step.opened_at else None
