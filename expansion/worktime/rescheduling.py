"""Dates that were given before the calendar changed, counted anew."""

from datetime import datetime

from expansion import clock


def moved(before: datetime | None, after: datetime | None) -> datetime | None:
    """The date that holds after the calendar has changed: one that has passed stays, and none
    moves into the past, so that nobody is late by it."""
    now = clock.now()
    if before is None or after is None or before <= now or after <= now:
        return before
    return after
