"""Which days are working days, and where that knowledge comes from (law 7).

A year follows, in this order, the notice an administrator imported, the published calendar that
`chinesecalendar` carries, or the statutory days that `holidays` computes. The last has no
adjusted workdays, so such a year is provisional and says so. Above all of them stand the single
days that an administrator has corrected.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal

import chinese_calendar
import holidays

from expansion.clock import moment_on

# For one year: dates that differ from Monday to Friday, True = worked. None: no notice imported.
NoticeSource = Callable[[int], Mapping[dt.date, bool] | None]

# For one year: days that the department sets otherwise, whatever its calendar is.
CorrectionSource = Callable[[int], Mapping[dt.date, bool]]
IfHoliday = Literal["previous", "next", "keep"]


class Origin(StrEnum):
    """Where the knowledge about a year comes from; shown beside its dates."""

    NOTICE = "notice"
    PUBLISHED = "published"
    PROVISIONAL = "provisional"
    OWN = "own"


@dataclass(frozen=True)
class YearOfDays:
    """The days of one year that differ from the plain Monday-to-Friday week, those among them that
    an administrator has corrected once more by themselves."""

    origin: Origin
    exceptions: Mapping[dt.date, bool]
    corrected: Mapping[dt.date, bool] = field(default_factory=dict)

    def is_workday(self, day: dt.date) -> bool:
        return self.exceptions.get(day, day.weekday() < 5)


_notice_source: NoticeSource | None = None
_correction_source: CorrectionSource | None = None
_years: dict[int, YearOfDays] = {}


def use_notices(source: NoticeSource | None) -> None:
    """Ask `source` for imported notices from now on; it overrides every other calendar."""
    global _notice_source
    _notice_source = source
    forget_years()


def use_corrections(source: CorrectionSource | None) -> None:
    """Ask `source` for corrected days from now on; they stand above every calendar."""
    global _correction_source
    _correction_source = source
    forget_years()


def forget_years() -> None:
    """Read every year anew, for the one who has just imported a notice."""
    global _years
    _years = {}  # a new one: what another thread reads at this moment goes into the old


def year_of_days(year: int) -> YearOfDays:
    """The statutory days of a year from the best source at hand, with what was corrected."""
    years = _years
    if year not in years:
        years[year] = _read(year)
    return years[year]


def _read(year: int) -> YearOfDays:
    ordered = uncorrected(year)
    corrected = _correction_source(year) if _correction_source else {}
    exceptions = {**ordered.exceptions, **corrected}
    return replace(ordered, exceptions=exceptions, corrected=corrected)


def uncorrected(year: int) -> YearOfDays:
    """The statutory days of a year as they were before anybody corrected one."""
    notice = _notice_source(year) if _notice_source else None
    if notice is not None:
        return YearOfDays(Origin.NOTICE, dict(notice))
    try:
        return YearOfDays(Origin.PUBLISHED, _published(year))
    except NotImplementedError:
        return YearOfDays(Origin.PROVISIONAL, _statutory(year))


def _published(year: int) -> dict[dt.date, bool]:
    """Raises NotImplementedError where `chinesecalendar` does not carry the year."""
    days = ((day, chinese_calendar.is_workday(day)) for day in _days_of(year))
    return {day: works for day, works in days if works != (day.weekday() < 5)}


def _statutory(year: int) -> dict[dt.date, bool]:
    return dict.fromkeys(holidays.country_holidays("CN", years=year), False)


def _days_of(year: int) -> Iterator[dt.date]:
    first = dt.date(year, 1, 1).toordinal()
    last = dt.date(year, 12, 31).toordinal()
    return (dt.date.fromordinal(number) for number in range(first, last + 1))


@dataclass(frozen=True)
class Calendar:
    """The working days and hours of a department.

    `own_week` holds weekday numbers (Monday = 0) where the rulebook sets a week of its own; such
    a department works on them whatever the statutory calendar says. A single day that was corrected
    is as it was corrected in both.
    """

    opens: dt.time = dt.time(9)
    closes: dt.time = dt.time(18)
    own_week: frozenset[int] | None = None

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise ValueError("The working day has to close after it opens.")
        if self.own_week is not None and not self.own_week & set(range(7)):
            raise ValueError("A working week needs at least one day.")

    def is_workday(self, day: dt.date) -> bool:
        days = year_of_days(day.year)
        if self.own_week is not None:
            return days.corrected.get(day, day.weekday() in self.own_week)
        return days.is_workday(day)

    def origin(self, year: int) -> Origin:
        return Origin.OWN if self.own_week is not None else year_of_days(year).origin

    def is_provisional(self, year: int) -> bool:
        """True while the year's notice is not known: its dates may still move."""
        return self.origin(year) is Origin.PROVISIONAL


STATUTORY = Calendar()


def is_workday(day: dt.date, calendar: Calendar = STATUTORY) -> bool:
    return calendar.is_workday(day)


def is_provisional(year: int, calendar: Calendar = STATUTORY) -> bool:
    return calendar.is_provisional(year)


def first_workday_on_or_after(day: dt.date, calendar: Calendar = STATUTORY) -> dt.date:
    while not calendar.is_workday(day):
        day += dt.timedelta(days=1)
    return day


def last_workday_on_or_before(day: dt.date, calendar: Calendar = STATUTORY) -> dt.date:
    while not calendar.is_workday(day):
        day -= dt.timedelta(days=1)
    return day


def workdays_between(start: dt.date, end: dt.date, calendar: Calendar = STATUTORY) -> int:
    """Working days after `start` up to and including `end`; negative when `end` is earlier."""
    if end < start:
        return -workdays_between(end, start, calendar)
    days = range(start.toordinal() + 1, end.toordinal() + 1)
    return sum(calendar.is_workday(dt.date.fromordinal(number)) for number in days)


def add_workdays(day: dt.date, count: int, calendar: Calendar = STATUTORY) -> dt.date:
    """The working day so many working days later, or earlier where `count` is negative.

    `day` itself does not count, and need not be worked: one working day after a Saturday is the
    Monday, one before it the Friday. 0 is the day itself, or the last working day before it.
    """
    step, left = dt.timedelta(days=1 if count > 0 else -1), abs(count)
    if not left:
        return last_workday_on_or_before(day, calendar)
    while left:
        day += step
        left -= calendar.is_workday(day)
    return day


def due_day(
    day: dt.date, calendar: Calendar = STATUTORY, *, if_holiday: IfHoliday = "previous"
) -> dt.date:
    """The day on which something is really due: a rest day moves it to the working day before it
    (reading 25), to the one after it, or not at all."""
    match if_holiday:
        case "previous":
            return last_workday_on_or_before(day, calendar)
        case "next":
            return first_workday_on_or_after(day, calendar)
        case "keep":
            return day


def due_at(
    day: dt.date,
    at: dt.time,
    calendar: Calendar = STATUTORY,
    *,
    if_holiday: IfHoliday = "previous",
) -> dt.datetime:
    """The UTC moment of a deadline such as Friday 15:00, in the department's zone; `due_day` says
    to which day it moves where nobody works on `day`."""
    return moment_on(due_day(day, calendar, if_holiday=if_holiday), at)
