"""Reminders before a step is due, notices once it is overdue, and what follows when nobody has
decided: each exactly once (R-exp-05)."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from expansion.approvals import notifying
from expansion.approvals.approvers import above
from expansion.approvals.models import Request, Step
from expansion.approvals.selectors import still_asked
from expansion.approvals.services import send_back
from expansion.audit.services import write
from expansion.people.models import User
from expansion.records import lock
from expansion.rulebook.selectors import rules_of


def remind(now: datetime) -> dict[str, int]:
    """Sends what is due at `now`; run twice, late or after a pause it ends the same.

    A notice has a key per step and person, so that a second run sends nothing again. Returns how
    many steps were looked at, and how many were escalated or sent back.
    """
    due, overdue = _due(now), _overdue(now)
    for step in due:
        notifying.step_due(step)
    for step in overdue:
        notifying.step_overdue(step)
    late = sum(follow_up(pk, now) for pk in _late(now))
    return {"due": len(due), "overdue": len(overdue), "followed_up": late}


def _open() -> QuerySet[Step]:
    return Step.objects.open().select_related(
        "person", "escalated_to", "request__submitted_by", "request__owner", "request__team"
    )


def _due(now: datetime) -> list[Step]:
    return list(_open().filter(remind_at__lte=now, due_at__gt=now))


def _overdue(now: datetime) -> list[Step]:
    return list(_open().filter(due_at__lte=now))


def _late(now: datetime) -> list[int]:
    late = Step.objects.open().filter(late_at__lte=now, escalated_to=None)
    return list(late.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def follow_up(pk: int, now: datetime) -> bool:
    """Does with one late step what the rulebook says; False where nothing is left to do."""
    still_late = _open().filter(pk=pk, late_at__lte=now, escalated_to=None)
    found = still_late.first()
    way = rules_of(found.request.rules_version).deciding.late.value if found else "reminded"
    if found is None or way == "reminded":
        return False
    request = lock(Request.objects.all(), found.request_id)
    step = still_late.first()
    if step is None:
        return False
    step.request = request
    if way == "escalated":
        return _escalate(step)
    send_back(step)
    return True


def _escalate(step: Step) -> bool:
    """Lets the superior of who is late decide the step too; at the top nobody is left to ask."""
    late = still_asked(step)
    superior = _superior(late, step.request.parties)
    if superior is None:
        return False
    step.escalated_to = superior
    step.save(update_fields=["escalated_to"])
    names = ", ".join(person.name for person in late)
    changes = {"person": [names, superior.name], "due": [None, step.due_at]}
    write(actor=None, verb="approvals.step.escalated", about=step.request, changes=changes)
    notifying.step_escalated(step, late)
    return True


def _superior(late: list[User], parties: frozenset[int]) -> User | None:
    asked = frozenset(person.pk for person in late)
    found = (above(person, parties | asked) for person in late)
    return next((person for person in found if person is not None), None)
