"""Writes over the calendar: a year's notice imported or taken back, a day corrected or given back.

Everything that is computed from now on follows the new days. What runs already is counted anew by
the rooms that have given it its date, which hear of it by the event `calendar.changed`: a date that
still lies ahead may move, nobody becomes late by it, and no time to object grows shorter.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from expansion import access, clock, offers
from expansion.audit.services import write
from expansion.errors import Invalid, NotNow
from expansion.records import lock
from expansion.worktime import known
from expansion.worktime.lines import Line, written
from expansion.worktime.models import (
    LONGEST_NAME,
    LONGEST_SOURCE,
    CorrectedDay,
    NoticeDay,
    YearNotice,
)
from expansion.worktime.workdays import year_of_days

FIRST_YEAR = 2004  # the first one whose published days we have
YEARS_AHEAD = 5


def last_year() -> int:
    """The last year of which anybody may know something."""
    return clock.today().year + YEARS_AHEAD


@transaction.atomic
def import_year(*, actor: Any, year: int, days: Iterable[Line], source: str) -> YearNotice:
    """Takes a year's notice over, whole: it replaces the one that was imported before.

    Single days that were corrected stay as they are until they are taken back.

    Raises:
        Forbidden: the actor keeps no calendar.
        Invalid: a year nobody can know, no source, no day, or a day of another year or twice.
    """
    access.require(actor, "import", YearNotice)
    lines, source = sorted(days), source.strip()
    _check(year, lines, source)
    known.renew()
    notice = YearNotice.objects.select_for_update().filter(year=year).first()
    before = _said(notice)
    notice = notice or YearNotice(year=year)
    notice.source, notice.in_force = source, True
    notice.imported_by, notice.imported_at = actor, clock.now()
    notice.save()
    notice.days.all().delete()
    NoticeDay.objects.bulk_create([NoticeDay(notice=notice, **one._asdict()) for one in lines])
    write(
        actor=actor,
        verb="worktime.calendar.loaded",
        about=notice,
        changes={name: [before[name], after] for name, after in _said(notice).items()},
    )
    _tell_rooms(actor, notice)
    return notice


def _check(year: int, lines: list[Line], source: str) -> None:
    faults: dict[str, list[str]] = {}
    if not FIRST_YEAR <= year <= last_year():
        words = {"first": FIRST_YEAR, "last": last_year()}
        faults["year"] = [_("Choose a year from %(first)s to %(last)s.") % words]
    if not source or len(source) > LONGEST_SOURCE:
        words = {"count": LONGEST_SOURCE}
        faults["source"] = [_("Name the notice in at most %(count)s characters.") % words]
    if not lines or {one.day.year for one in lines} != {year}:
        faults["text"] = [_("Name days of %(year)s, and of no other year.") % {"year": year}]
    elif len({one.day for one in lines}) < len(lines):
        faults["text"] = [_("Name each day once.")]
    if faults:
        raise Invalid(fields=faults)


def _said(notice: YearNotice | None) -> dict[str, str]:
    """What a notice says, for the trail; one that is not in force says nothing."""
    if notice is None or not notice.in_force:
        return {"source": "", "days": ""}
    rows = notice.days.values_list("day", "works", "zh", "en")
    return {"source": notice.source, "days": written(Line(*row) for row in rows)}


@transaction.atomic
def withdraw_year(*, actor: Any, record: YearNotice) -> YearNotice:
    """Takes an imported notice back: the published days hold again, or the year is provisional.

    Raises:
        Forbidden: the actor keeps no calendar.
        NotNow: it was taken back already.
    """
    access.require(actor, "withdraw", record)
    known.renew()
    notice = lock(YearNotice.objects.all(), record.pk)
    if not notice.in_force:
        raise NotNow(_("This notice was taken back already."))
    before = _said(notice)
    notice.in_force = False
    notice.save(update_fields=["in_force"])
    changes = {name: [value, ""] for name, value in before.items()}
    write(actor=actor, verb="worktime.calendar.withdrawn", about=notice, changes=changes)
    _tell_rooms(actor, notice)
    return notice


@transaction.atomic
def correct_day(
    *, actor: Any, day: date, works: bool, name: str = "", name_en: str = ""
) -> CorrectedDay:
    """Sets one day as worked or not, whatever the calendar says; a second correction replaces it.

    Raises:
        Forbidden: the actor keeps no calendar.
        Invalid: a year nobody can know, too long a name, or the day is so already and gets no name.
    """
    access.require(actor, "create", CorrectedDay)
    known.look()
    _check_day(day, works, name, name_en)
    known.renew()
    row = CorrectedDay.objects.select_for_update().filter(day=day).first()
    before = _told(row)
    row = row or CorrectedDay(day=day)
    row.works, row.zh, row.en = works, name.strip(), name_en.strip()
    row.corrected_by, row.corrected_at = actor, clock.now()
    row.save()
    changes = {field: [before[field], after] for field, after in _told(row).items()}
    write(actor=actor, verb="worktime.day.corrected", about=row, changes=changes)
    _tell_rooms(actor, row)
    return row


def _check_day(day: date, works: bool, name: str, name_en: str) -> None:
    if not FIRST_YEAR <= day.year <= last_year():
        words = {"first": FIRST_YEAR, "last": last_year()}
        raise Invalid(
            fields={"day": [_("Choose a day of the years %(first)s to %(last)s.") % words]}
        )
    long = [key for key, text in (("name", name), ("name_en", name_en)) if len(text) > LONGEST_NAME]
    if long:
        sentence = _("A name has at most %(count)s characters.") % {"count": LONGEST_NAME}
        raise Invalid(fields={key: [sentence] for key in long})
    if year_of_days(day.year).is_workday(day) == works and not (name.strip() or name_en.strip()):
        sentence = _("It is a working day already.") if works else _("It is a rest day already.")
        raise Invalid(fields={"works": [sentence]})


def _told(row: CorrectedDay | None) -> dict[str, Any]:
    if row is None:
        return {"works": None, "zh": "", "en": ""}
    return {"works": row.works, "zh": row.zh, "en": row.en}


@transaction.atomic
def withdraw_correction(*, actor: Any, record: CorrectedDay) -> CorrectedDay:
    """Takes a correction back: the day is again what the year's calendar says.

    Raises:
        Forbidden: the actor keeps no calendar.
        NotNow: it was taken back already.
    """
    access.require(actor, "withdraw", record)
    known.renew()
    row = lock(CorrectedDay.objects.all(), record.pk)
    if row.works is None:
        raise NotNow(_("This correction was taken back already."))
    before = _told(row)
    row.works, row.zh, row.en = None, "", ""
    row.save(update_fields=["works", "zh", "en"])
    changes = {field: [value, None] for field, value in before.items()}
    write(actor=actor, verb="worktime.day.withdrawn", about=row, changes=changes)
    _tell_rooms(actor, row)
    return row


def _tell_rooms(actor: Any, record: YearNotice | CorrectedDay) -> None:
    known.look()
    offers.announce("calendar.changed", actor=actor, record=record)
