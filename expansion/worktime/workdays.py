"""Which days are working days, and where that knowledge comes from (law 7).

A year follows, in this order, the notice an administrator imported, the published calendar that
`chinesecalendar` carries, or the statutory days that `holidays` computes. The last has no
adjusted workdays, so such a year is provisional and says so.
"""

import datetime as dt
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import chinese_calendar
import holidays

# For one year: dates that differ from Monday to Friday, True = worked. None: no notice imported.
NoticeSource = Callable[[int], Mapping[dt.date, bool] | None]

# Another process may import a notice; each process asks again after this many seconds.
_CACHE_SECONDS = 300


class Origin(StrEnum):
    """Where the knowledge about a year comes from; shown beside its dates."""

    NOTICE = "notice"
    PUBLISHED = "published"
    PROVISIONAL = "provisional"
    OWN = "own"


@dataclass(frozen=True)
class YearOfDays:
    """The days of one year that differ from the plain Monday-to-Friday week."""

    origin: Origin
    exceptions: Mapping[dt.date, bool]

    def is_workday(self, day: dt.date) -> bool:
        return self.exceptions.get(day, day.weekday() < 5)


_notice_source: NoticeSource | None = None
_years: dict[int, tuple[float, YearOfDays]] = {}


def use_notices(source: NoticeSource | None) -> None:
    """Ask `source` for imported notices from now on; it overrides every other calendar."""
    global _notice_source
    _notice_source = source
    forget_years()


def forget_years() -> None:
    """Read every year anew, for the one who has just imported a notice."""
    _years.clear()


def year_of_days(year: int) -> YearOfDays:
    """The statutory days of a year from the best source at hand."""
    cached = _years.get(year)
    if cached is None or cached[0] < time.monotonic():
        cached = (time.monotonic() + _CACHE_SECONDS, _read(year))
        _years[year] = cached
    return cached[1]


def _read(year: int) -> YearOfDays:
    notice = _notice_source(year) if _notice_source else None
    if notice is not None:
        return YearOfDays(Origin.NOTICE, dict(notice))
    try:
        published = {day: chinese_calendar.is_workday(day) for day in _days_of(year)}
    except NotImplementedError:
        return YearOfDays(Origin.PROVISIONAL, _statutory(year))
    return YearOfDays(Origin.PUBLISHED, published)


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
    a department works on them whatever the statutory calendar says.
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
        if self.own_week is not None:
            return day.weekday() in self.own_week
        return year_of_days(day.year).is_workday(day)

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
