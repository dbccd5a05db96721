"""The department's own calendar, as the rulebook in force chooses it."""

from datetime import date

from expansion import clock, worktime
from expansion.rulebook.selectors import rules_on


def department_calendar() -> worktime.Calendar:
    """Working days and hours by today's rules; before any are loaded the statutory ones."""
    try:
        return rules_on().working_time.as_calendar()
    except LookupError:
        return worktime.STATUTORY


def may_move(day: date) -> bool:
    """Whether a deadline on this day may still move; the rules are asked only where it could."""
    if day < clock.today() or not worktime.is_provisional(day.year):
        return False
    return department_calendar().is_provisional(day.year)
