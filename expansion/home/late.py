"""Who is behind: what the rooms find past its due date among the people a viewer oversees."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from expansion import clock, offers
from expansion.ui import formats

SHOWN = 6  # on the overview; the rest stands behind one link
MOST = 100  # behind that link


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


def behind(person: Any, purview: offers.Purview, most: int | None = None) -> list[Behind] | None:
    """What is late of the people overseen, the longest overdue first; with `most` at most so many.
    Nobody is shown to themselves: the to-do centre does that.

    None where nothing is found and the person does not see everything: nobody can then be told that
    nobody is behind.
    """
    every = offers.of(offers.LateSource)
    sources = [one for one in every if one.allowed(person)]
    others = tuple(one for one in purview.people if one.pk != person.pk)
    overseen = replace(purview, people=others)
    found = (
        Behind(source.key, late)
        for source in sources
        for late in source.list(person, overseen, most)
    )
    rows = sorted(found, key=lambda row: row.late.due)[:most]
    return rows if rows or len(sources) == len(every) else None


def panel(person: Any, purview: offers.Purview, *, every: bool = False) -> dict[str, Any] | None:
    """The panel of the overview; `every` shows all rows, a hundred at most.

    Where there are more than a hundred, `total` and `people` say so by a plus behind the number.
    """
    found = behind(person, purview, MOST + 1)
    if found is None:
        return None
    rows, plus = found[:MOST], "+" if len(found) > MOST else ""
    return {
        "rows": rows if every else rows[:SHOWN],
        "total": f"{len(rows)}{plus}" if rows else "",
        "people": f"{len({row.late.person.pk for row in rows})}{plus}",
        "more": 0 if every else max(0, len(rows) - SHOWN),
        "longest": MOST if plus else 0,
    }
