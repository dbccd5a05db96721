"""Who may see and do what with clients and all that hangs on them.

A member works the own clients, a leader those of the own team, the manager all (R-exp-03). What
hangs on a client is seen by whoever sees the client.
"""

from collections.abc import Mapping
from typing import Any

from crm.models import Client, ClientRole, Contact, ContactPoint
from expansion import access
from expansion.access import Scope
from expansion.people.models import Role

WORKING: Mapping[str, Scope] = {
    Role.MEMBER: Scope.OWN,
    Role.LEADER: Scope.TEAM,
    Role.DEPUTY: Scope.OWN,
    Role.CONSOLIDATOR: Scope.OWN,
    Role.MANAGER: Scope.DEPARTMENT,
}
LEADING: Mapping[str, Scope] = {Role.LEADER: Scope.TEAM, Role.MANAGER: Scope.DEPARTMENT}


@access.register(Client)
class ClientAccess(access.Rule):
    grants = {
        "view": WORKING,
        "create": WORKING,
        "edit": WORKING,
        "delete": LEADING,
        "export": WORKING,
        "import": WORKING,
        "reassign": LEADING,
    }

    def allows(self, person: Any, action: str, record: Any) -> bool:
        return record.deleted_at is None or action == "restore"


class HangsOnClient(access.Rule):
    """Access flows from the client to its children, whoever wrote them (law 2)."""

    owner, team = "client__owner", "client__team"
    grants = {"view": WORKING, "create": WORKING, "edit": WORKING, "delete": WORKING}


@access.register(Contact)
class ContactAccess(HangsOnClient):
    grants = HangsOnClient.grants | {"reveal": WORKING}


@access.register(ContactPoint)
class ContactPointAccess(HangsOnClient):
    grants = HangsOnClient.grants | {"reveal": WORKING}


@access.register(ClientRole)
class ClientRoleAccess(HangsOnClient):
    pass
