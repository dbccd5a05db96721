"""Weeks and months of the department's own: from Friday 15:00 to Friday 15:00, from the 26th on.

A cut divides time without gap. What lies between two cuts is called after the week or month in
which it ends, so that it sorts and is spoken of like that one.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from expansion.clock import local_date, moment_on, now
from expansion.ui import formats
from expansion.worktime.limits import add_months
from expansion.worktime.periods import Period, PeriodKind

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST_TEXT = 20
INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Cutoff:
    """Where a week or a month is cut: `on` is a weekday (Monday = 0) or a day of the month, `at` a
    time of that day in the department's zone. A month without that day is cut on its last one.
    """

    kind: PeriodKind
    on: int
    at: time = time()

    def __post_init__(self) -> None:
        days = {PeriodKind.WEEK: range(7), PeriodKind.MONTH: range(1, 32)}
        if self.on not in days.get(self.kind, ()):
            raise ValueError(f"A {self.kind} is not cut on {self.on}.")
        if self.at != self.at.replace(second=0, microsecond=0, tzinfo=None):
            raise ValueError("A cut lies on a full minute of local time.")

    def __str__(self) -> str:
        day = WEEKDAYS[self.on] if self.kind is PeriodKind.WEEK else f"day {self.on}"
        return f"{day} {self.at:%H:%M}"

    @classmethod
    def parse(cls, text: str) -> "Cutoff":
        """Read what `str()` writes, `friday 15:00` or `day 26 00:00`; refuses anything else."""
        found = re.fullmatch(r"(?:day (\d\d?)|([a-z]+)) (\d\d:\d\d)", text)
        if not found or (found[2] and found[2] not in WEEKDAYS):
            raise ValueError("Write a cut as “friday 15:00” or “day 26 00:00”.")
        at = time.fromisoformat(found[3])
        if found[2]:
            return cls(PeriodKind.WEEK, WEEKDAYS.index(found[2]), at)
        return cls(PeriodKind.MONTH, int(found[1]), at)

    def within(self, period: Period) -> datetime:
        """The one cut that ends in a week or month; its very end belongs to it."""
        moment = moment_on(self._day(period), self.at)
        if moment == period.begins_at:  # Midnight ends what lies before it.
            return moment_on(self._day(period.next()), self.at)
        return moment

    def _day(self, period: Period) -> date:
        if self.kind is PeriodKind.WEEK:
            return period.start + timedelta(days=self.on)
        last = add_months(period.start, 1) - timedelta(days=1)
        return last.replace(day=min(self.on, last.day))


@dataclass(frozen=True)
class CutPeriod:
    """What lies between two cuts, called after the week or month in which it ends."""

    cutoff: Cutoff
    named: Period

    def __post_init__(self) -> None:
        if self.named.kind is not self.cutoff.kind:
            raise ValueError(f"“{self.cutoff}” cuts no {self.named.kind}.")

    @classmethod
    def containing(cls, cutoff: Cutoff, moment: datetime | None = None) -> "CutPeriod":
        """The one around an aware moment; without a moment, the present one."""
        moment = moment or now()
        period = Period.containing(cutoff.kind, local_date(moment))
        return cls(cutoff, period if moment < cutoff.within(period) else period.next())

    @classmethod
    def parse(cls, key: str) -> "CutPeriod":
        """Read what `key` writes; refuses anything else with ValueError."""
        name, _at, cutoff = key.partition("@")
        if len(cutoff) > LONGEST_TEXT:
            raise ValueError(f"“{key[:40]}…” is not a period.")
        return cls(Cutoff.parse(cutoff), Period.parse(name))

    @property
    def key(self) -> str:
        """`2026-W47@friday 15:00` or `2026-11@day 26 00:00`: unique, sorts by time within a cut."""
        return f"{self.named.key}@{self.cutoff}"

    @property
    def begins_at(self) -> datetime:
        """The first moment, in UTC."""
        return self.cutoff.within(self.named.previous())

    @property
    def ends_at(self) -> datetime:
        """The first moment after it, in UTC: use it with `<`."""
        return self.cutoff.within(self.named)

    @property
    def start(self) -> date:
        """The day on which it begins; the one before it may end on the same day."""
        return local_date(self.begins_at)

    @property
    def end(self) -> date:
        """The last day that belongs to it, wholly or in part."""
        return local_date(self.ends_at - INSTANT)

    @property
    def label(self) -> str:
        """The period with both its ends, in the reader's language."""
        words = {"name": self.named.label, "start": _written(self.begins_at)}
        return _("%(name)s (%(start)s to %(end)s)") % {**words, "end": _written(self.ends_at)}

    def __str__(self) -> str:
        return self.label

    def __contains__(self, moment: object) -> bool:
        return isinstance(moment, datetime) and self.begins_at <= moment < self.ends_at

    def next(self) -> "CutPeriod":
        return CutPeriod(self.cutoff, self.named.next())

    def previous(self) -> "CutPeriod":
        return CutPeriod(self.cutoff, self.named.previous())


def _written(moment: datetime) -> str:
    return f"{formats.day_as('short', moment)} {formats.clock(moment)}"


def cut_periods(cutoff: Cutoff, period: Period) -> list[CutPeriod]:
    """Those called after the weeks or months that begin in a longer period, in order."""
    return [CutPeriod(cutoff, one) for one in period.within(cutoff.kind)]
