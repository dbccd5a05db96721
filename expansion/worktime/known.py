"""What this process knows of the calendar's rows, and under which word it has read them.

Every change writes a new word (`CalendarRevision`). The word comes with the query that finds the
person of a request, and a worker asks for it before each job, so all processes count by the new
rows from then on; while nothing was ever imported or corrected there is no word, and no query.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import uuid4

from django.db.models import Expression, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from expansion.prepared import prepared
from expansion.worktime.models import (
    CalendarRevision,
    CorrectedDay,
    NoticeDay,
    YearNotice,
    as_exceptions,
)
from expansion.worktime.workdays import forget_years, use_corrections, use_notices

ONLY = 1
FACT = "calendar_word"  # the name under which a request's person carries it

Days = Mapping[int, Mapping[date, bool]]


class Known(NamedTuple):
    """The rows of all years as they stood under one word."""

    word: str
    notices: Days
    corrections: Days


NOTHING = Known("", {}, {})
_known = NOTHING


def learn(word: str) -> None:
    """Reads the rows anew where another word holds than the one they were read under; an empty one
    says that there are none."""
    global _known
    if word == _known.word:
        return
    _known = _read(word) if word else NOTHING
    forget_years()


def look(**signal: Any) -> None:
    """Asks the database for the word: for jobs and commands, which no request has told it."""
    learn(_word.first() or "")


def renew() -> None:
    """A new word, in the transaction of whatever changes, and before it: two changes wait here."""
    word = uuid4().hex
    if not CalendarRevision.objects.filter(pk=ONLY).update(word=word):
        CalendarRevision.objects.bulk_create([CalendarRevision(pk=ONLY)], ignore_conflicts=True)
        CalendarRevision.objects.filter(pk=ONLY).update(word=word)


def expression() -> Expression:
    """The word, for the query that finds a person; empty while there is none."""
    word = Subquery(CalendarRevision.objects.filter(pk=ONLY).values("word"))
    return Coalesce(word, Value(""))


def ask_here() -> None:
    """From now on the working days of this process follow these rows."""
    use_notices(lambda year: _known.notices.get(year))
    use_corrections(lambda year: _known.corrections.get(year, {}))


@prepared
def _word() -> QuerySet[CalendarRevision, str]:
    return CalendarRevision.objects.filter(pk=ONLY).values_list("word", flat=True)


def _read(word: str) -> Known:
    """The word was there before these rows: whoever changes them meanwhile writes another one."""
    notices: dict[int, dict[date, bool]] = {
        year: {} for year in YearNotice.objects.filter(in_force=True).values_list("year", flat=True)
    }
    notices |= as_exceptions(NoticeDay.objects.filter(notice__in_force=True))
    return Known(word, notices, as_exceptions(CorrectedDay.objects.standing()))
