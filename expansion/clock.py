"""The only clock of the house: what time it is, and in which zone the department lives.

It stands below all rooms, because the trail needs it; `worktime` offers it upward. Moments are
aware and in UTC; dates are dates of the department's zone (`settings.TIME_ZONE`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, tzinfo

from django.utils import timezone

# Process-wide on purpose: a browser test's server thread has to see the test's time.
_fixed: datetime | None = None


def zone() -> tzinfo:
    """The department's time zone."""
    return timezone.get_default_timezone()


def now() -> datetime:
    """This moment in UTC, or the moment the clock was set to."""
    return _fixed if _fixed is not None else datetime.now(UTC)


def today() -> date:
    """Today's date in the department's zone."""
    return local_date(now())


def local_date(moment: datetime) -> date:
    """The department's date at an aware moment."""
    return moment.astimezone(zone()).date()


def moment_on(day: date, at: time) -> datetime:
    """The UTC moment of a wall-clock time in the department's zone."""
    return datetime.combine(day, at, tzinfo=zone()).astimezone(UTC)


def set_clock(moment: datetime | None) -> None:
    """Stop the clock at a moment (a naive one is local time); None lets it run again.

    For tests and seeds only: the whole process sees it.
    """
    global _fixed
    _fixed = None if moment is None else _aware(moment)


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Stop the clock at a moment inside the block, then restore what was before."""
    before = _fixed
    set_clock(moment)
    try:
        yield
    finally:
        set_clock(before)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone())
    return moment.astimezone(UTC)
