"""What the calendar's rows say of a year: its notice, its named days, what an import would move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

import chinese_calendar
import holidays
from chinese_calendar.constants import holidays as published_holidays
from chinese_calendar.constants import workdays as published_workdays
from django.db.models import QuerySet

from expansion.language import in_language
from expansion.worktime.lines import Line
from expansion.worktime.models import CorrectedDay, YearNotice
from expansion.worktime.workdays import Origin, uncorrected, year_of_days


class Name(NamedTuple):
    """A day's name in two languages; one may be missing."""

    zh: str = ""
    en: str = ""

    def __str__(self) -> str:
        return in_language(self.zh or self.en, self.en)


class Move(NamedTuple):
    """A day that an import makes another one: worked or not, before and after."""

    day: date
    before: bool
    after: bool
    name: Name


def days_of(year: int) -> list[date]:
    """Every day of a year."""
    first = date(year, 1, 1)
    count = (date(year, 12, 31) - first).days + 1
    return [first + timedelta(days=number) for number in range(count)]


def notices_of(year: int) -> QuerySet[YearNotice]:
    """The notice in force, with whoever imported it; none where there is none."""
    return YearNotice.objects.filter(year=year, in_force=True).select_related("imported_by")


def corrections_of(year: int) -> QuerySet[CorrectedDay]:
    """What was corrected and stands, by day, with whoever did it."""
    found = CorrectedDay.objects.standing().filter(day__year=year)
    return found.select_related("corrected_by")


def names_of(
    year: int, notice: YearNotice | None, corrections: Iterable[CorrectedDay]
) -> dict[date, Name]:
    """The names of a year's days, as the source of its days gives them; corrected ones on top."""
    names = _of_notice(notice) if notice else _of_libraries(year)
    corrected = {one.day: Name(one.zh, one.en) for one in corrections}
    return names | {day: name for day, name in corrected.items() if any(name)}


def _of_notice(notice: YearNotice) -> dict[date, Name]:
    rows = notice.days.values_list("day", "zh", "en")
    return {day: Name(zh, en) for day, zh, en in rows if zh or en}


def _of_libraries(year: int) -> dict[date, Name]:
    if uncorrected(year).origin is Origin.PROVISIONAL:
        return _statutory_names(year)
    named = {**published_holidays, **published_workdays}
    return {day: _published_name(name) for day, name in named.items() if day.year == year}


def _published_name(name: str) -> Name:
    return Name(chinese_calendar.Holiday(name).chinese, name)


def _statutory_names(year: int) -> dict[date, Name]:
    chinese = holidays.country_holidays("CN", years=year, language="zh_CN")
    english = holidays.country_holidays("CN", years=year, language="en_US")
    return {day: Name(zh, english.get(day, "")) for day, zh in chinese.items()}


def moves(year: int, days: Iterable[Line]) -> list[Move]:
    """The days that would become others if this were the year's notice, by day.

    What was corrected stays as it was corrected, so it moves nowhere.
    """
    present, wanted = year_of_days(year), {one.day: one for one in days}
    found = []
    for day in days_of(year):
        line = wanted.get(day)
        after = present.corrected.get(day, line.works if line else day.weekday() < 5)
        if after != present.is_workday(day):
            name = Name(line.zh, line.en) if line else Name()
            found.append(Move(day, not after, after, name))
    return found


def lines_of(year: int, names: Mapping[date, Name]) -> list[Line]:
    """A year's calendar as lines that can be imported again: what differs or has a name."""
    known = year_of_days(year)
    special = {*known.exceptions, *names}
    return [
        Line(day, known.is_workday(day), *names.get(day, Name()))
        for day in sorted(day for day in special if day.year == year)
    ]
