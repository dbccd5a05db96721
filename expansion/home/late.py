"""Who is behind: what the rooms find past its due date among the people a viewer oversees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from expansion import clock, offers
from expansion.ui import formats

SHOWN = 6  # on the overview; the rest stands behind one link


@dataclass(frozen=True)
class Behind:
    """One late thing and where it was found; `key` names it in the form of its reminder."""

    source: str
    late: offers.Late

    @property
    def key(self) -> str:
        return f"{self.source}:{self.late.record.pk}"

    @cached_property
    def words(self) -> str:
        """How late it is, in calendar days; on the day itself, since when."""
        days = (clock.today() - clock.local_date(self.late.due)).days
        if not days:
            return _("late since %(time)s") % {"time": formats.clock(self.late.due)}
        return ngettext("%(days)d day late", "%(days)d days late", days) % {"days": days}


def behind(person: Any, purview: offers.Purview) -> list[Behind] | None:
    """What is late of the people overseen, the longest overdue first. Nobody is shown to
    themselves: the to-do centre does that.

    None where nothing is found and the person does not see everything: nobody can then be told that
    nobody is behind.
    """
    every = offers.of(offers.LateSource)
    sources = [one for one in every if one.allowed(person)]
    found = (row for source in sources for row in _of(source, person, purview))
    rows = sorted(found, key=lambda row: row.late.due)
    return rows if rows or len(sources) == len(every) else None


def _of(source: offers.LateSource, person: Any, purview: offers.Purview) -> Iterator[Behind]:
    overseen = set(purview.ids) - {person.pk}
    for late in source.list(person, purview):
        if late.person.pk in overseen:
            yield Behind(source.key, late)


def panel(person: Any, purview: offers.Purview, *, every: bool = False) -> dict[str, Any] | None:
    """The panel of the overview; `every` shows all rows."""
    rows = behind(person, purview)
    if rows is None:
        return None
    return {
        "rows": rows if every else rows[:SHOWN],
        "total": len(rows),
        "people": len({row.late.person.pk for row in rows}),
        "more": 0 if every else max(0, len(rows) - SHOWN),
    }
