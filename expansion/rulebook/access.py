"""Who may read and change the rulebook: everyone reads, administrator and manager draft."""

from expansion import access
from expansion.access import Scope
from expansion.people.models import Role
from expansion.rulebook.models import Version

DRAFTING = {Role.ADMINISTRATOR: Scope.DEPARTMENT, Role.MANAGER: Scope.DEPARTMENT}


@access.register(Version)
class VersionAccess(access.Rule):
    """A regulation binds those who can read it (A-1.2); drafts are seen by those who draft."""

    owner = team = None
    grants = {
        "view": dict.fromkeys(Role.values, Scope.DEPARTMENT),
        "create": DRAFTING,
        "edit": DRAFTING,
        "publish": DRAFTING,
    }
