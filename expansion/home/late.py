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


def behind(person: Any, purview: offers.Purview, most: int | None = None) -> list[Behind]:
    """What is late of the people overseen, the longest overdue first; with `most` at most so many.
    Nobody is shown to themselves: the to-do centre does that."""
    others = tuple(one for one in purview.people if one.pk != person.pk)
    overseen = replace(purview, people=others)
    found = (
        Behind(source.key, late)
        for source in sources_of(person)
        for late in source.list(person, overseen, most)
    )
    return sorted(found, key=lambda row: row.late.due)[:most]


def sources_of(person: Any) -> list[offers.LateSource]:
    """The kinds of late things that are the person's to see."""
    return [one for one in offers.of(offers.LateSource) if one.allowed(person)]


def panel(person: Any, purview: offers.Purview, *, every: bool = False) -> dict[str, Any] | None:
    """The panel of the overview; `every` shows all rows, a hundred at most.

    Where there are more than a hundred, `total` and `people` say so by a plus behind the number.
    `nobody` is the sentence where nothing is late: who does not see every kind is told of which
    ones it is true. None where the person sees no kind.
    """
    sources = sources_of(person)
    if not sources:
        return None
    found = behind(person, purview, MOST + 1)
    rows, plus = found[:MOST], "+" if len(found) > MOST else ""
    return {
        "rows": rows if every else rows[:SHOWN],
        "total": f"{len(rows)}{plus}" if rows else "",
        "people": f"{len({row.late.person.pk for row in rows})}{plus}",
        "more": 0 if every else max(0, len(rows) - SHOWN),
        "longest": MOST if plus else 0,
        "nobody": _nobody_behind(sources),
    }


def _nobody_behind(sources: list[offers.LateSource]) -> str:
    if len(sources) == len(offers.of(offers.LateSource)):
        return _("Nobody is behind.")
    what = _(", ").join(str(source.label) for source in sources)
    return _("Nobody is behind with %(what)s.") % {"what": what}
