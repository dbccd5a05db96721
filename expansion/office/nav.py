"""The menu entries of this room."""

from django.utils.translation import gettext_lazy as _

from expansion import offers
from expansion.office.access import OWN
from expansion.people.models import Role

READERS = (*OWN, Role.HR, Role.LEADERSHIP)

offers.add(
    offers.NavItem(
        "reports",
        "daily",
        _("Work reports"),
        "office:report-list",
        "clipboard-text",
        10,
        lambda person: person.holds(*READERS),
    )
)
