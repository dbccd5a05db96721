"""What training offers to appraisal and reports (R-trn-04)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from expansion import clock, metrics
from expansion.metrics import Evidence, Gathered, Metric, Readings, means, sums
from expansion.rulebook.schema import Rules
from training.models import Enrolment, Session

HUNDRED, NOUGHT = Decimal(100), Decimal(0)


def hours(people: Sequence[Any], start: datetime, end: datetime, rules: Rules) -> Readings:
    """The hours a person attended in sessions of the span."""
    gathered: Gathered = defaultdict(list)
    for owner, session, title, day, attendance, attended in _marked(people, start, end):
        if attendance == Enrolment.Attendance.ATTENDED:
            gathered[owner].append(Evidence(Session, session, title, day, attended))
    return sums(people, gathered)


def attendance_rate(
    people: Sequence[Any], start: datetime, end: datetime, rules: Rules
) -> Readings:
    """The percentage of the enrolled sessions that were attended; excused ones do not count."""
    gathered: Gathered = defaultdict(list)
    excuse = str(Enrolment.Attendance.EXCUSED.label)
    for owner, session, title, day, attendance, _hours in _marked(people, start, end):
        excused = attendance == Enrolment.Attendance.EXCUSED
        value = HUNDRED if attendance == Enrolment.Attendance.ATTENDED else NOUGHT
        note = excuse if excused else ""
        gathered[owner].append(Evidence(Session, session, title, day, value, not excused, note))
    return means(gathered)


@metrics.shared
def _marked(
    people: Sequence[Any], start: datetime, end: datetime
) -> list[tuple[int, int, str, date, str, Decimal]]:
    """Participant, session, its title, the day, how attended, and the hours counted."""
    standing = Enrolment.objects.live().exclude(attendance="").filter(owner__in=people)
    within = standing.filter(session__starts_at__gte=start, session__starts_at__lt=end)
    held = within.filter(session__status__in=[Session.Status.HELD, Session.Status.CLOSED])
    rows = held.order_by("session__starts_at", "pk").values_list(
        "owner_id", "session_id", "session__title", "session__starts_at", "attendance", "hours"
    )
    return [
        (owner, session, title, clock.local_date(at), attendance, counted)
        for owner, session, title, at, attendance, counted in rows
    ]


metrics.add(
    Metric("training.hours", lazy("Hours of training"), lazy("hours"), hours, clause="A-6.4.3"),
    Metric(
        "training.attendance_rate",
        lazy("Attendance at training"),
        "%",
        attendance_rate,
        clause="A-6.4.3",
    ),
)
