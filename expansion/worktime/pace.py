"""How far a period has gone, by its working days."""

from dataclasses import dataclass
from datetime import date, timedelta

from expansion.worktime.periods import Period
from expansion.worktime.workdays import STATUTORY, Calendar, workdays_between


@dataclass(frozen=True)
class Pace:
    """How many working days of a period have begun, and how many it has."""

    gone: int
    whole: int

    @property
    def percent(self) -> int:
        return round(100 * self.gone / self.whole) if self.whole else 0


def pace_of(period: Period, day: date, calendar: Calendar = STATUTORY) -> Pace:
    """The pace of time in a period on a day, which counts itself; before it 0, after it all."""
    eve, day = period.start - timedelta(days=1), min(day, period.end)
    gone = max(0, workdays_between(eve, day, calendar))
    return Pace(gone, workdays_between(eve, period.end, calendar))
