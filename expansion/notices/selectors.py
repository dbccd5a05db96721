"""Reads over notices for the shell and the page."""

from itertools import groupby
from typing import Any

from django.db.models import IntegerField, OuterRef, Subquery

from expansion import clock
from expansion.notices.models import Notice, Preference
from expansion.ui import formats

CAP = 100
SHOWN = 100


def unread_count(person: Any) -> int:
    """How many wait, counted to 99 at most: the bell has no room for more.

    The request that found the person has counted them.
    """
    known = getattr(person, "unread", None)
    if known is None:
        known = Notice.objects.unread().filter(person=person)[:CAP].count()
    return min(known, CAP - 1)


class _Number(Subquery):
    """How many rows the subquery has."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def unread() -> Subquery:
    """The first hundred that wait for the person of the outer query, counted."""
    mine = Notice.objects.unread().filter(person=OuterRef("pk")).order_by()
    return _Number(mine.values("pk")[:CAP])


def page(person: Any) -> dict[str, Any]:
    """The newest notices: first the unread by day, then the read by day."""
    mine = Notice.objects.filter(person=person).select_related("actor")
    unread = list(mine.unread()[:SHOWN])
    read = list(mine.exclude(read_at=None)[:SHOWN])
    return {"unread": by_day(unread), "read": by_day(read), "until": clock.now()}


def by_day(notices: list[Notice]) -> list[dict[str, Any]]:
    """[{day, notices}], newest day first, as the rows come."""
    groups = groupby(notices, key=lambda notice: clock.local_date(notice.at))
    return [{"day": _word(day), "notices": list(found)} for day, found in groups]


def _word(day: Any) -> str:
    words, age = formats.form(), (clock.today() - day).days
    return {0: words.today, 1: words.yesterday}.get(age) or formats.day_as("long", day)


def wants_email(person: Any) -> bool:
    return Preference.objects.filter(person=person, email=True).exists()
