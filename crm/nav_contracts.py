"""The menu entry of the ledger."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.models import Contract
from expansion import access, offers
from expansion.people.models import Role


def reads_contracts(person: Any) -> bool:
    """Those who work contracts, and those who decide on them."""
    decides = person.holds(Role.LEGAL, Role.LEADERSHIP)
    return decides or access.can(person, "view", Contract)


offers.add(
    offers.NavItem(
        "contracts",
        "clients",
        _("Contracts and obligations"),
        "crm:contract-list",
        "writing-sign",
        50,
        reads_contracts,
    )
)
