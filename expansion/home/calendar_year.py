"""A year of the department's calendar as its page draws it: months of days, and what is special."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expansion import clock
from expansion.ui import formats
from expansion.worktime import Calendar, Origin, Period, PeriodKind, selectors
from expansion.worktime.models import CorrectedDay, YearNotice
from expansion.worktime.selectors import Name

A_DAY = timedelta(days=1)
WORK, REST, HOLIDAY, ADJUSTED = "work", "rest", "holiday", "adjusted"
KINDS: Mapping[str, Any] = {
    WORK: gettext_lazy("working day"),
    REST: gettext_lazy("rest day"),
    HOLIDAY: gettext_lazy("holiday"),
    ADJUSTED: gettext_lazy("worked rest day"),
}
ORIGINS: Mapping[Origin, tuple[str, Any]] = {
    Origin.NOTICE: ("done", gettext_lazy("imported notice")),
    Origin.PUBLISHED: ("done", gettext_lazy("published")),
    Origin.PROVISIONAL: ("due", gettext_lazy("provisional")),
    Origin.OWN: ("info", gettext_lazy("own week")),
}


@dataclass(frozen=True)
class Day:
    """One day: what it is, its name, whether it was corrected, whether it is today."""

    day: date
    kind: str
    name: str
    corrected: bool
    today: bool

    @property
    def words(self) -> str:
        """What its colour says, for whoever does not see it; nothing for a plain working day."""
        said = [self.name, str(KINDS[self.kind])] if self.kind != WORK or self.name else []
        if self.corrected:
            said = [*(said or [str(KINDS[self.kind])]), _("corrected")]
        return _(", ").join(filter(None, said))

    @property
    def special(self) -> bool:
        return self.kind in (HOLIDAY, ADJUSTED) or self.corrected


@dataclass(frozen=True)
class Month:
    """One month in weeks from Monday on; None stands for a day of another month."""

    period: Period
    weeks: tuple[tuple[Day | None, ...], ...]
    workdays: int

    @property
    def label(self) -> str:
        return formats.form().months[self.period.start.month - 1]

    @property
    def present(self) -> bool:
        return clock.today() in self.period


@dataclass(frozen=True)
class Run:
    """Days after each other of one kind and name: a festival, or one worked rest day."""

    days: tuple[Day, ...]

    @property
    def first(self) -> Day:
        return self.days[0]

    @property
    def last(self) -> Day:
        return self.days[-1]

    @property
    def label(self) -> str:
        return self.first.name or str(KINDS[self.first.kind])


@dataclass(frozen=True)
class YearView:
    """All that the page says of a year."""

    year: int
    calendar: Calendar
    origin: Origin
    notice: YearNotice | None
    corrections: list[CorrectedDay]
    months: tuple[Month, ...]

    @property
    def own(self) -> bool:
        """The rulebook sets a week of the department's own: no notice is used."""
        return self.origin is Origin.OWN

    @property
    def workdays(self) -> int:
        return sum(month.workdays for month in self.months)

    @property
    def days(self) -> Iterator[Day]:
        return (
            day for month in self.months for week in month.weeks for day in week if day is not None
        )

    @property
    def holidays(self) -> list[Run]:
        return _runs(day for day in self.days if day.kind == HOLIDAY)

    @property
    def adjusted(self) -> list[Run]:
        return _runs(day for day in self.days if day.kind == ADJUSTED)

    @property
    def weekdays(self) -> tuple[str, ...]:
        return formats.form().weekdays

    @property
    def worked_week(self) -> str:
        """The days of the own week in words."""
        own = sorted(self.calendar.own_week or ())
        return _(", ").join(self.weekdays[number] for number in own)


def year_view(
    year: int, calendar: Calendar, notice: YearNotice | None, corrections: list[CorrectedDay]
) -> YearView:
    """The year by the department's calendar; names are those of the statutory one."""
    own = calendar.own_week is not None
    names = selectors.names_of(year, notice, corrections) if not own else _names(corrections)
    kept = {one.day for one in corrections}
    days = {day: _day(day, calendar, names, kept) for day in selectors.days_of(year)}
    whole = Period(date(year, 1, 1), PeriodKind.YEAR)
    months = tuple(_month(one, days) for one in whole.within(PeriodKind.MONTH))
    return YearView(year, calendar, calendar.origin(year), notice, corrections, months)


def _names(corrections: list[CorrectedDay]) -> dict[date, Name]:
    return {one.day: Name(one.zh, one.en) for one in corrections}


def _day(day: date, calendar: Calendar, names: Mapping[date, Name], kept: set[date]) -> Day:
    works, name = calendar.is_workday(day), str(names.get(day, ""))
    plain = calendar.own_week if calendar.own_week is not None else range(5)
    usual = day.weekday() in plain
    if works:
        kind = WORK if usual else ADJUSTED
    else:
        kind = HOLIDAY if usual or name else REST
    return Day(day, kind, name, day in kept, day == clock.today())


def _month(period: Period, days: Mapping[date, Day]) -> Month:
    first = period.start - timedelta(days=period.start.weekday())
    count = (period.end - first).days // 7 + 1
    weeks = tuple(
        tuple(
            days[day] if (day := first + timedelta(days=7 * week + place)) in period else None
            for place in range(7)
        )
        for week in range(count)
    )
    worked = sum(day.kind in (WORK, ADJUSTED) for week in weeks for day in week if day)
    return Month(period, weeks, worked)


def _runs(days: Iterator[Day]) -> list[Run]:
    """Days that follow each other and share a name are one run."""
    numbered = enumerate(days)
    grouped = groupby(numbered, key=lambda one: (one[1].day - one[0] * A_DAY, one[1].name))
    return [Run(tuple(day for _number, day in run)) for _key, run in grouped]
