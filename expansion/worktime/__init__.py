"""The clock of the house: now, working days and hours, limits and deadlines, periods (law 7)."""

from expansion.clock import (
    clock_at,
    local_date,
    moment_on,
    now,
    set_clock,
    today,
    zone,
)
from expansion.worktime.limits import (
    Limit,
    Unit,
    add_months,
    before,
    deadline,
    due_on,
    working_time_between,
)
from expansion.worktime.pace import Pace, pace_of
from expansion.worktime.periods import Period, PeriodKind
from expansion.worktime.workdays import (
    STATUTORY,
    Calendar,
    Origin,
    first_workday_on_or_after,
    forget_years,
    is_provisional,
    is_workday,
    last_workday_on_or_before,
    use_notices,
    workdays_between,
)

__all__ = [
    "STATUTORY",
    "Calendar",
    "Limit",
    "Origin",
    "Pace",
    "Period",
    "PeriodKind",
    "Unit",
    "add_months",
    "before",
    "clock_at",
    "deadline",
    "due_on",
    "first_workday_on_or_after",
    "forget_years",
    "is_provisional",
    "is_workday",
    "last_workday_on_or_before",
    "local_date",
    "moment_on",
    "now",
    "pace_of",
    "set_clock",
    "today",
    "use_notices",
    "workdays_between",
    "working_time_between",
    "zone",
]
