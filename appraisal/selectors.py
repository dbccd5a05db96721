"""What all of appraisal reads of cycles."""

from datetime import date

from expansion import worktime
from expansion.rulebook.schema import Rules
from expansion.worktime import Period


def opens_on(rules: Rules, period: Period) -> date:
    """The day on which the cycle of a period opens (A-5.3b, reading 15)."""
    calendar = rules.working_time.as_calendar()
    if rules.appraisal.opens.value == "last_workday_of":
        return worktime.last_workday_on_or_before(period.end, calendar)
    return worktime.first_workday_on_or_after(period.next().start, calendar)
