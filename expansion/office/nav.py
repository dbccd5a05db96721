"""The menu entries of this room."""

from django.utils.translation import gettext_lazy as _

from expansion import access, offers
from expansion.office.access import OWN
from expansion.office.models import Handover, PersonnelChange
from expansion.people.models import Role

READERS = (*OWN, Role.HR, Role.LEADERSHIP)
SIGNING = (*READERS, Role.LEGAL)

offers.add(
    offers.NavItem(
        "personnel",
        "administration",
        _("Personnel"),
        "office:change-list",
        "user-cog",
        36,
        lambda person: access.can(person, "view", PersonnelChange),
        folders=("/office/personnel/",),
    ),
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
        "confidence",
        "daily",
        _("Confidentiality and rights"),
        "office:nda-list",
        "shield-lock",
        70,
        lambda person: person.holds(*SIGNING),
        folders=("/office/confidence/",),
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
