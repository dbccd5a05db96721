"""The lines of a calendar as a person writes or pastes them: `2027-02-15 off Spring Festival`.

A line names a day, or two with the days between them; whether they are `off` or `work`; and, if
wanted, a name in one or two languages. Cells of a spreadsheet, joined by tabs, are such a line.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from expansion.errors import Invalid
from expansion.worktime.models import LONGEST_NAME

OFF = frozenset("off rest holiday 休 休息 放假 假".split())
WORK = frozenset("work worked working on 班 上班 补班 调休上班 工作".split())
HEADINGS = ("date", "day", "日期")
MOST_LINES = 400
LONGEST_RUN = 31  # days in one line

_DAY = r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?"
_GAP = r"[\s,;]+"
_LINE = re.compile(
    rf"(?P<first>{_DAY})(?:\s*(?:\.\.+|~|–|—|至|到|to)\s*(?P<last>{_DAY}))?"
    rf"{_GAP}(?P<word>[^\s,;]+)(?:{_GAP}(?P<names>.*))?"
)


class Line(NamedTuple):
    """One day of a calendar."""

    day: date
    works: bool
    zh: str = ""
    en: str = ""

    @property
    def text(self) -> str:
        """The line as it is read again."""
        names = " / ".join(filter(None, (self.zh, self.en)))
        return f"{self.day} {'work' if self.works else 'off'} {names}".strip()


class Fault(ValueError):
    """What is wrong with one line, in a sentence."""


def written(days: Iterable[Line]) -> str:
    """The lines as one text, by day."""
    return "\n".join(one.text for one in sorted(days))


def read_lines(text: str, year: int) -> list[Line]:
    """The days of a year's calendar, by day.

    Raises:
        Invalid: a sentence for each line that is none, names a day of another year or a day twice.
    """
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > MOST_LINES:
        raise Invalid(fields={"text": [_("These are too many lines for the calendar of a year.")]})
    found: dict[date, tuple[int, Line]] = {}
    faults = [fault for number, line in lines for fault in _take(number, line, year, found)]
    if not (found or faults):
        faults.append(_("There is no day in it. Write one line per day or run of days."))
    if faults:
        raise Invalid(fields={"text": faults})
    return [line for _number, line in sorted(found.values(), key=lambda one: one[1].day)]


def _take(number: int, text: str, year: int, found: dict[date, tuple[int, Line]]) -> Iterable[str]:
    """Takes the days of one line over; gives what is wrong with it."""
    line = unicodedata.normalize("NFKC", text).strip()
    if not found and line.lower().startswith(HEADINGS):
        return
    try:
        days = _days(line)
    except Fault as fault:
        yield _numbered(number, str(fault))
        return
    for one in days:
        if one.day.year != year:
            yield _numbered(number, _("%(day)s is no day of %(year)s.") % _of(one.day, year))
        elif one.day in found:
            words = {"day": one.day, "line": found[one.day][0]}
            yield _numbered(number, _("%(day)s stands in line %(line)s already.") % words)
        else:
            found[one.day] = number, one


def _of(day: date, year: int) -> dict[str, object]:
    return {"day": day, "year": year}


def _numbered(number: int, sentence: str) -> str:
    return _("Line %(number)s: %(sentence)s") % {"number": number, "sentence": sentence}


def _days(line: str) -> list[Line]:
    parts = _LINE.fullmatch(line)
    if parts is None:
        shown = line[:40]
        raise Fault(
            _("“%(text)s” cannot be read. Write “2027-02-15 off Spring Festival”.")
            % {"text": shown}
        )
    works, (zh, en) = _works(parts["word"]), _names(parts["names"] or "")
    first = _day(parts["first"])
    last = _day(parts["last"]) if parts["last"] else first
    count = (last - first).days + 1
    if not 1 <= count <= LONGEST_RUN:
        run = {"first": first, "last": last}
        raise Fault(_("From %(first)s to %(last)s is no run of a month at most.") % run)
    return [Line(first + timedelta(days=number), works, zh, en) for number in range(count)]


def _day(text: str) -> date:
    year, month, day = re.findall(r"\d+", text)
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise Fault(_("There is no day %(day)s.") % {"day": text}) from None


def _works(word: str) -> bool:
    known = word.lower()
    if known in OFF:
        return False
    if known in WORK:
        return True
    raise Fault(_("“%(word)s” says neither “off” nor “work”.") % {"word": word[:20]})


def _names(text: str) -> tuple[str, str]:
    """The Chinese and the English one; a single name goes where its letters belong."""
    names = [one.strip() for one in re.split(r"[\t,;/]", text, maxsplit=2)[:2]]
    if any(len(one) > LONGEST_NAME for one in names):
        raise Fault(_("A name has at most %(count)s characters.") % {"count": LONGEST_NAME})
    first, second = (*names, "")[:2]
    swapped = first.isascii() and not (second and second.isascii())
    return (second, first) if swapped else (first, second)
