"""Weeks, months, quarters, half-years and years, as the department's calendar cuts them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _

from expansion.clock import moment_on, today
from expansion.worktime.limits import add_months


class PeriodKind(StrEnum):
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


LONGEST_KEY = 8  # a week's; a longer year than date() takes is an OverflowError there
_MONTHS = {
    PeriodKind.MONTH: 1,
    PeriodKind.QUARTER: 3,
    PeriodKind.HALF_YEAR: 6,
    PeriodKind.YEAR: 12,
}


@dataclass(frozen=True, order=True)
class Period:
    """One week (Monday to Sunday, ISO), month, quarter, half-year or year, with both its ends."""

    start: date
    kind: PeriodKind

    def __post_init__(self) -> None:
        if self.start != _first_day(self.kind, self.start):
            raise ValueError(f"A {self.kind} does not begin on {self.start}.")

    @classmethod
    def containing(cls, kind: PeriodKind | str, day: date | None = None) -> "Period":
        """The period of that kind around a day; without a day, the present one."""
        kind = PeriodKind(kind)
        return cls(_first_day(kind, day or today()), kind)

    @classmethod
    def parse(cls, key: str) -> "Period":
        """Read what `key` writes; refuses anything else with ValueError."""
        if len(key) > LONGEST_KEY:
            raise ValueError(f"“{key[:20]}…” is not a period.")
        period = cls.containing(*_kind_and_day(key))
        if period.key != key:
            raise ValueError(f"“{key}” is not a period.")
        return period

    @property
    def end(self) -> date:
        """The last day."""
        return self.next().start - timedelta(days=1)

    @property
    def begins_at(self) -> datetime:
        """The first moment, in UTC."""
        return moment_on(self.start, time())

    @property
    def ends_at(self) -> datetime:
        """The first moment after the period, in UTC: use it with `<`."""
        return moment_on(self.next().start, time())

    @property
    def number(self) -> int:
        """Which week, month, quarter or half of its year; 1 for a year."""
        match self.kind:
            case PeriodKind.WEEK:
                return self.start.isocalendar().week
            case PeriodKind.MONTH:
                return self.start.month
            case PeriodKind.QUARTER:
                return (self.start.month + 2) // 3
            case PeriodKind.HALF_YEAR:
                return (self.start.month + 5) // 6
            case PeriodKind.YEAR:
                return 1

    @property
    def year(self) -> int:
        """The year it is counted in; for a week the ISO year."""
        return self.start.isocalendar().year if self.kind is PeriodKind.WEEK else self.start.year

    @property
    def key(self) -> str:
        """`2026`, `2026-H2`, `2026-Q3`, `2026-11` or `2026-W47`: unique, by time within a kind."""
        match self.kind:
            case PeriodKind.WEEK:
                return f"{self.year}-W{self.number:02}"
            case PeriodKind.MONTH:
                return f"{self.year}-{self.number:02}"
            case PeriodKind.QUARTER:
                return f"{self.year}-Q{self.number}"
            case PeriodKind.HALF_YEAR:
                return f"{self.year}-H{self.number}"
            case PeriodKind.YEAR:
                return f"{self.year}"

    @property
    def label(self) -> str:
        """The period in the reader's language."""
        return _label(self.kind, self.number) % {"year": self.year, "number": self.number}

    def __str__(self) -> str:
        return self.label

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day <= self.end

    def next(self) -> "Period":
        return self._shifted(1)

    def previous(self) -> "Period":
        return self._shifted(-1)

    def within(self, kind: PeriodKind | str) -> "list[Period]":
        """The periods of a smaller kind that begin inside this one, in order."""
        part = Period.containing(kind, self.start)
        part = part if part.start >= self.start else part.next()
        parts = []
        while part.start <= self.end:
            parts.append(part)
            part = part.next()
        return parts

    def _shifted(self, count: int) -> "Period":
        if self.kind is PeriodKind.WEEK:
            return Period(self.start + timedelta(weeks=count), self.kind)
        return Period(add_months(self.start, count * _MONTHS[self.kind]), self.kind)


def _first_day(kind: PeriodKind, day: date) -> date:
    if kind is PeriodKind.WEEK:
        return day - timedelta(days=day.weekday())
    months = _MONTHS[kind]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _kind_and_day(key: str) -> tuple[PeriodKind, date]:
    year, _dash, part = key.partition("-")
    if part.startswith("W"):
        return PeriodKind.WEEK, date.fromisocalendar(int(year), int(part[1:]), 1)
    if part.startswith("Q"):
        return PeriodKind.QUARTER, date(int(year), int(part[1:]) * 3 - 2, 1)
    if part.startswith("H"):
        return PeriodKind.HALF_YEAR, date(int(year), int(part[1:]) * 6 - 5, 1)
    if part:
        return PeriodKind.MONTH, date(int(year), int(part), 1)
    return PeriodKind.YEAR, date(int(year), 1, 1)


def _label(kind: PeriodKind, number: int) -> str:
    match kind:
        case PeriodKind.WEEK:
            return _("Week %(number)s of %(year)s")
        case PeriodKind.MONTH:
            return _("%(year)s-%(number)s")
        case PeriodKind.QUARTER:
            return _quarter_label(number)
        case PeriodKind.HALF_YEAR:
            return _("First half of %(year)s") if number == 1 else _("Second half of %(year)s")
        case PeriodKind.YEAR:
            return _("Year %(year)s")


def _quarter_label(number: int) -> str:
    labels = (
        _("First quarter of %(year)s"),
        _("Second quarter of %(year)s"),
        _("Third quarter of %(year)s"),
        _("Fourth quarter of %(year)s"),
    )
    return labels[number - 1]
