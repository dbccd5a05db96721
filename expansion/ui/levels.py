"""A record's level of confidentiality in lists: a mark where it is kept, a column, a filter."""

from typing import Any

from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import pgettext_lazy

from expansion.records import Graded, Level
from expansion.ui.listing import Column, Filter
from expansion.ui.templatetags.ui import badge

TONES = {
    Level.PUBLIC: "neutral",
    Level.INTERNAL: "neutral",
    Level.CONFIDENTIAL: "due",
    Level.SECRET: "late",
}


def level_badge(record: Graded) -> SafeString:
    return badge(TONES[Level(record.level)], record.get_level_display())  # type: ignore[attr-defined]


def kept_badge(record: Graded) -> SafeString | str:
    """The mark beside a title: only what is confidential or secret has one."""
    return level_badge(record) if kept_word(record) else ""


def kept_word(record: Any) -> str:
    """The level of what is confidential or secret; empty for everything else."""
    kept = getattr(record, "level", "") in (Level.CONFIDENTIAL, Level.SECRET)
    return _word(record) if kept else ""


def _word(record: Any) -> str:
    return str(record.get_level_display())


def _of_level(records: QuerySet, key: str) -> QuerySet:
    return records.filter(level=key)


LABEL = pgettext_lazy("confidentiality", "Level")
LEVEL_COLUMN = Column("level", LABEL, _word, cell=level_badge, shown=False)
LEVEL_FILTER = Filter("level", LABEL, lambda person: Level.choices, _of_level)
