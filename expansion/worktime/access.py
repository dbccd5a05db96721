"""Who reads the calendar and who keeps it: everybody reads, the administrator keeps."""

from expansion import access
from expansion.access import Scope
from expansion.worktime.models import CorrectedDay, YearNotice

# Roles are named by their keys: the people room stands above this one.
ADMINISTRATOR = "administrator"
ROLES = (
    "manager",
    "deputy",
    "leader",
    "member",
    "consolidator",
    "hr",
    "finance",
    "legal",
    "leadership",
    "liaison",
    ADMINISTRATOR,
)
READING = dict.fromkeys(ROLES, Scope.DEPARTMENT)
KEEPING = {ADMINISTRATOR: Scope.DEPARTMENT}


@access.register(YearNotice)
class YearNoticeAccess(access.Rule):
    """The administrator may grant the keeping of it to another role."""

    owner = team = None
    adjustable, fixed = True, ("view",)
    grants = {"view": READING, "import": KEEPING, "withdraw": KEEPING}


@access.register(CorrectedDay)
class CorrectedDayAccess(access.Rule):
    owner = team = None
    adjustable, fixed = True, ("view",)
    grants = {"view": READING, "create": KEEPING, "withdraw": KEEPING}
