"""The menu entries of this room."""

from django.utils.translation import gettext_lazy as _

from expansion import access, offers
from expansion.audit.models import Entry

offers.add(
    offers.NavItem(
        "audit",
        "administration",
        _("Trail"),
        "audit:entry-list",
        "history",
        70,
        lambda person: access.can(person, "view", Entry),
    )
)
