"""The menu entries of this room."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from expansion import access, offers
from expansion.people.models import Role
from expansion.transfer.registry import importers


def may_import(person: Any) -> bool:
    """Whether some list can be imported into by this person, or the log is theirs to read."""
    return person.holds(Role.ADMINISTRATOR) or any(
        access.can(person, "import", one.model) for one in importers()
    )


offers.add(
    offers.NavItem(
        "transfer",
        "administration",
        _("Import and export"),
        "transfer:import-list",
        "upload",
        20,
        may_import,
    )
)
