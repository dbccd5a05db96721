"""Reminders before a step is due and notices once it is overdue, exactly once each (R-exp-05)."""

from datetime import datetime

from django.db.models import QuerySet

from expansion.approvals import notifying
from expansion.approvals.models import Step


def remind(now: datetime) -> dict[str, int]:
    """Sends what is due at `now`; run twice, late or after a pause it ends the same.

    A notice has a key per step and person, so that a second run sends nothing again. Returns how
    many steps were looked at.
    """
    due, overdue = _due(now), _overdue(now)
    for step in due:
        notifying.step_due(step)
    for step in overdue:
        notifying.step_overdue(step)
    return {"due": len(due), "overdue": len(overdue)}


def _open() -> QuerySet[Step]:
    return Step.objects.open().select_related(
        "person", "request__submitted_by", "request__owner", "request__team"
    )


def _due(now: datetime) -> list[Step]:
    return list(_open().filter(remind_at__lte=now, due_at__gt=now))


def _overdue(now: datetime) -> list[Step]:
    return list(_open().filter(due_at__lte=now))
