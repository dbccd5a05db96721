"""The menu entries of this room."""

from django.utils.translation import gettext_lazy as _

from expansion import offers
from expansion.approvals.selectors import waiting_for

offers.add(
    offers.NavItem(
        "approvals",
        "start",
        _("Approvals"),
        "approvals:inbox",
        "inbox",
        20,
        lambda person: True,
        lambda person: waiting_for(person, seats=person.seats).count(),
    )
)
