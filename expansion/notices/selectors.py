"""Reads over notices for the shell and the pages."""

from itertools import groupby
from typing import Any

from django.conf import settings
from django.db.models import IntegerField, OuterRef, Subquery

from expansion import clock
from expansion.notices.events import EVENTS, Group, group_of
from expansion.notices.models import Notice, Preference, Wording
from expansion.ui import formats

CAP = 100
SHOWN = 100
LANGUAGES = dict(settings.LANGUAGES)


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
    mine = Notice.objects.listed().filter(person=person).select_related("actor")
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


def preference_of(person: Any) -> Preference:
    """The person's wishes, or what stands for them before there are any."""
    return Preference.objects.filter(person=person).first() or Preference(person=person)


def wording_of(kind: str, language: str) -> Wording:
    """The stored words, or what stands for them before there are any."""
    stored = Wording.objects.filter(kind=kind, language=language).first()
    return stored or Wording(kind=kind, language=language, version=0)


def events_by_group() -> list[dict[str, Any]]:
    """[{label, events: [{kind, label, languages: [{key, label, wording}]}]}], in the order of the
    groups."""
    stored = {(one.kind, one.language): one for one in Wording.objects.exclude(title="")}
    lines = [
        {
            "kind": kind,
            "group": group_of(kind),
            "label": event.label,
            "languages": [
                {"key": key, "label": label, "wording": stored.get((kind, key))}
                for key, label in LANGUAGES.items()
            ],
        }
        for kind, event in EVENTS.items()
    ]
    found = [
        {"label": group.label, "events": [line for line in lines if line["group"] is group]}
        for group in Group
    ]
    return [one for one in found if one["events"]]
