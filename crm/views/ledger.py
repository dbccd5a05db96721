"""The lists that stand behind one entry of the menu."""

from typing import Any

from django.utils.translation import gettext_lazy as _

LISTS = {
    "contracts": _("Contracts"),
    "obligations": _("Obligations"),
    "escalations": _("Major matters"),
}


def ledger_tabs(active: str) -> list[dict[str, Any]]:
    """The lists of the ledger. They show to all: each finds what is theirs to decide."""
    return [
        {"label": label, "url": f"/crm/{key}/", "active": key == active}
        for key, label in LISTS.items()
    ]
