"""Limits that say their unit, and the deadlines they lead to (law 7, readings 23 and 24)."""

import calendar as months
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from django.utils.translation import ngettext

from expansion.clock import local_date, moment_on, zone
from expansion.worktime.workdays import STATUTORY, Calendar, add_workdays

LAST_MOMENT = time(23, 59, 59)
LARGEST = 9999


class Unit(StrEnum):
    HOURS = "hours"
    WORKING_HOURS = "working hours"
    DAYS = "days"
    WORKING_DAYS = "working days"
    MONTHS = "months"


@dataclass(frozen=True)
class Limit:
    """A span such as 24 hours or 5 working days. An amount of 0 means: no limit."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if not 0 <= self.amount <= LARGEST:
            raise ValueError(f"A limit is a whole number from 0 to {LARGEST}.")

    def __bool__(self) -> bool:
        return self.amount > 0

    def __str__(self) -> str:
        unit = self.unit.removesuffix("s") if self.amount == 1 else self.unit
        return f"{self.amount} {unit}"

    @classmethod
    def parse(cls, text: str) -> "Limit":
        """Read what `str()` writes, `24 hours` or `1 working day`; refuses anything else."""
        found = re.fullmatch(r"(\d{1,4}) (hours?|working hours?|days?|working days?|months?)", text)
        if not found:
            raise ValueError("Write a limit as a number and a unit, for example “5 working days”.")
        amount, unit = found.groups()
        return cls(int(amount), Unit(unit if unit.endswith("s") else f"{unit}s"))

    @property
    def label(self) -> str:
        """The limit in the reader's language."""
        return _words(self.unit, self.amount) % {"amount": self.amount}


def _words(unit: Unit, amount: int) -> str:
    match unit:
        case Unit.HOURS:
            return ngettext("%(amount)s hour", "%(amount)s hours", amount)
        case Unit.WORKING_HOURS:
            return ngettext("%(amount)s working hour", "%(amount)s working hours", amount)
        case Unit.DAYS:
            return ngettext("%(amount)s day", "%(amount)s days", amount)
        case Unit.WORKING_DAYS:
            return ngettext("%(amount)s working day", "%(amount)s working days", amount)
        case Unit.MONTHS:
            return ngettext("%(amount)s month", "%(amount)s months", amount)


def deadline(start: datetime, limit: Limit, calendar: Calendar = STATUTORY) -> datetime | None:
    """The last moment in time for what begins at `start`; None when there is no limit.

    Hours run by the clock, working hours only while the department works. Days, working days and
    months are counted from the day after, and the whole last day counts (local time).
    """
    if not limit:
        return None
    if limit.unit is Unit.HOURS:
        return start.astimezone(UTC) + timedelta(hours=limit.amount)
    if limit.unit is Unit.WORKING_HOURS:
        return _after_working_time(start, timedelta(hours=limit.amount), calendar)
    return end_of(due_on(local_date(start), limit, calendar))


def end_of(day: date) -> datetime:
    """The last moment in time for what is due on a day, in the department's zone."""
    return moment_on(day, LAST_MOMENT)


def due_on(start: date, limit: Limit, calendar: Calendar = STATUTORY) -> date:
    """The last day of a limit in days, working days or months; refuses hours and no limit."""
    if limit.unit is Unit.DAYS and limit:
        return start + timedelta(days=limit.amount)
    if limit.unit is Unit.MONTHS and limit:
        return add_months(start, limit.amount)
    if limit.unit is Unit.WORKING_DAYS and limit:
        return add_workdays(start, limit.amount, calendar)
    raise ValueError(f"“{limit}” does not lead to a day.")


def before(moment: datetime, limit: Limit, calendar: Calendar = STATUTORY) -> datetime:
    """The moment that lies a limit earlier: when a reminder leaves. No limit: the moment itself.

    Days, working days and months lead to a moment within the working hours of the earlier day.
    """
    if not limit:
        return moment.astimezone(UTC)
    if limit.unit is Unit.HOURS:
        return moment.astimezone(UTC) - timedelta(hours=limit.amount)
    if limit.unit is Unit.WORKING_HOURS:
        return _before_working_time(moment, timedelta(hours=limit.amount), calendar)
    day = _earlier_day(local_date(moment), limit, calendar)
    return moment_on(day, _office_time(moment, calendar))


def add_months(day: date, count: int) -> date:
    """The same day so many months on; the month's last day where that day does not exist."""
    number = day.year * 12 + day.month - 1 + count
    year, month = divmod(number, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def working_time_between(
    start: datetime, end: datetime, calendar: Calendar = STATUTORY
) -> timedelta:
    """How long the department worked between two moments; zero when `end` is not later."""
    total, day = timedelta(), local_date(start)
    while day <= local_date(end):
        begin, finish = _hours_within(day, start, end, calendar)
        total += max(finish - begin, timedelta())
        day += timedelta(days=1)
    return total


def _hours_within(
    day: date, start: datetime, end: datetime, calendar: Calendar
) -> tuple[datetime, datetime]:
    """The part of a day's working hours that lies between two moments; may be empty."""
    if not calendar.is_workday(day):
        return start, start
    opens, closes = moment_on(day, calendar.opens), moment_on(day, calendar.closes)
    return max(opens, start), min(closes, end)


def _after_working_time(start: datetime, span: timedelta, calendar: Calendar) -> datetime:
    day = local_date(start)
    while True:
        closes = moment_on(day, calendar.closes)
        begin, finish = _hours_within(day, start, closes, calendar)
        if begin < finish and span <= finish - begin:
            return (begin + span).astimezone(UTC)
        span -= max(finish - begin, timedelta())
        day += timedelta(days=1)


def _before_working_time(end: datetime, span: timedelta, calendar: Calendar) -> datetime:
    day = local_date(end)
    while True:
        opens = moment_on(day, calendar.opens)
        begin, finish = _hours_within(day, opens, end, calendar)
        if begin < finish and span <= finish - begin:
            return (finish - span).astimezone(UTC)
        span -= max(finish - begin, timedelta())
        day -= timedelta(days=1)


def _earlier_day(day: date, limit: Limit, calendar: Calendar) -> date:
    if limit.unit is Unit.DAYS:
        return day - timedelta(days=limit.amount)
    if limit.unit is Unit.MONTHS:
        return add_months(day, -limit.amount)
    return add_workdays(day, -limit.amount, calendar)


def _office_time(moment: datetime, calendar: Calendar) -> time:
    """The wall-clock time of a moment, moved into the hours in which somebody reads it."""
    return min(max(moment.astimezone(zone()).time(), calendar.opens), calendar.closes)
