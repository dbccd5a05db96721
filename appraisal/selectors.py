"""What all of appraisal reads of cycles."""

from datetime import date

from expansion import worktime
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import rules_on
from expansion.ui import counts
from expansion.worktime import Period


def knows_appeals(rules: Rules) -> bool:
    """Whether a result can be appealed at all: many regulations write of none."""
    return bool(rules.appraisal.appeal_window.value)


def appeals_known_today() -> bool:
    """The same by the rules in force; before any is loaded nothing is ruled out."""
    return counts.remembered(("appeals", worktime.today()), _appeals_known)


def _appeals_known() -> bool:
    try:
        return knows_appeals(rules_on())
    except LookupError:
        return True


def opens_on(rules: Rules, period: Period) -> date:
    """The day on which the cycle of a period opens (A-5.3b, reading 15)."""
    calendar = rules.working_time.as_calendar()
    if rules.appraisal.opens.value == "last_workday_of":
        return worktime.last_workday_on_or_before(period.end, calendar)
    return worktime.first_workday_on_or_after(period.next().start, calendar)
