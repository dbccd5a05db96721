"""Who may see and work imports and exports: each their own; the log is the administrator's.

An import's rows and an export's file hold data of the list they belong to, which an administrator
may not see: `edit`, `undo` and `download` are the owner's alone.
"""

from typing import Any

from expansion import access
from expansion.access import Scope
from expansion.people.models import Role
from expansion.transfer.models import Export, Import, ImportRow
from expansion.transfer.registry import importers

OWN = {role: Scope.OWN for role in Role.values}
LOG = OWN | {Role.ADMINISTRATOR: Scope.DEPARTMENT}

READ = LOG | {Role.MANAGER: Scope.DEPARTMENT, Role.LEADERSHIP: Scope.DEPARTMENT}


class OwnOnly(access.Rule):
    """The acts on one's own; not for an absent principal either."""

    owner, team = "actor", None

    def allows(self, person: Any, action: str, record: Any) -> bool:
        return action == "view" or record.actor_id == person.pk


@access.register(Import)
class ImportAccess(OwnOnly):
    grants = {"view": LOG, "edit": OWN, "undo": OWN}

    def may(self, person: Any, action: str, record: Any = None) -> bool:
        """A workbook is sent by whoever may import into one of the lists."""
        if action == "create":
            return any(access.can(person, "import", desk.model) for desk in importers())
        return super().may(person, action, record)


@access.register(ImportRow)
class ImportRowAccess(access.Rule):
    """The rows hold what the sheet says of clients: only the importer's, the log shows counts."""

    owner, team = "batch__actor", None
    grants = {"view": OWN, "edit": OWN}


@access.register(Export)
class ExportAccess(OwnOnly):
    """Who is told of large exports reads the log as well (R-exp-18)."""

    adjustable, fixed = True, ("create", "download")
    grants = {"view": READ, "create": OWN, "download": OWN, "export": READ}

    def allows(self, person: Any, action: str, record: Any) -> bool:
        return action == "export" or super().allows(person, action, record)
