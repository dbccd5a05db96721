"""The menu entries of this room."""

from django.utils.translation import gettext_lazy as _

from expansion import access, offers
from expansion.office.access import OWN
from expansion.office.models import Handover
from expansion.people.models import Role

READERS = (*OWN, Role.HR, Role.LEADERSHIP)

offers.add(
    offers.NavItem(
        "handovers",
        "administration",
        _("Handovers"),
        "office:handover-list",
        "transfer",
        37,
        lambda person: access.can(person, "create", Handover),
    ),
    offers.NavItem(
        "reports",
        "daily",
        _("Work reports"),
        "office:report-list",
        "clipboard-text",
        10,
        lambda person: person.holds(*READERS),
    ),
)
