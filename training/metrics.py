"""What training offers to appraisal and reports (R-trn-04)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from expansion import clock, metrics
from expansion.metrics import Evidence, Metric, Reading
from expansion.rulebook.schema import Rules
from training.models import Enrolment, Session

HUNDRED, NOUGHT = Decimal(100), Decimal(0)
Readings = Mapping[int, Reading]


def hours(people: Sequence[Any], start: datetime, end: datetime, rules: Rules) -> Readings:
    """The hours a person attended in sessions of the span."""
    gathered = defaultdict(list)
    for one in _marked(people, start, end):
        if one.attendance == Enrolment.Attendance.ATTENDED:
            gathered[one.owner_id].append(_evidence(one, one.hours))
    return {
        person.pk: Reading(
            sum((one.value for one in gathered[person.pk]), NOUGHT), tuple(gathered[person.pk])
        )
        for person in people
    }


def attendance_rate(
    people: Sequence[Any], start: datetime, end: datetime, rules: Rules
) -> Readings:
    """The percentage of the enrolled sessions that were attended; excused ones do not count."""
    gathered: dict[int, list[Evidence]] = defaultdict(list)
    for one in _marked(people, start, end):
        excused = one.attendance == Enrolment.Attendance.EXCUSED
        attended = one.attendance == Enrolment.Attendance.ATTENDED
        value = HUNDRED if attended else NOUGHT
        note = str(one.get_attendance_display()) if excused else ""
        gathered[one.owner_id].append(_evidence(one, value, counted=not excused, note=note))
    return {person: _mean(found) for person, found in gathered.items()}


def _marked(people: Sequence[Any], start: datetime, end: datetime):
    standing = Enrolment.objects.live().exclude(attendance="").filter(owner__in=people)
    within = standing.filter(session__starts_at__gte=start, session__starts_at__lt=end)
    held = within.filter(session__status__in=[Session.Status.HELD, Session.Status.CLOSED])
    return held.select_related("session").order_by("session__starts_at", "pk")


def _evidence(one: Enrolment, value: Decimal, **more: Any) -> Evidence:
    day = clock.local_date(one.session.starts_at)
    return Evidence(one.session, one.session.title, day, value, **more)


def _mean(found: Sequence[Evidence]) -> Reading:
    values = [one.value for one in found if one.counted]
    return Reading(sum(values, NOUGHT) / len(values) if values else None, tuple(found))


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
