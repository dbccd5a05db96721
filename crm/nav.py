"""The menu entries of this app."""

from django.utils.translation import gettext_lazy as _

from crm.models import Client
from expansion import access, offers

offers.add(
    offers.NavItem(
        "clients",
        "clients",
        _("Clients"),
        "crm:client-list",
        "building-store",
        10,
        lambda person: access.can(person, "view", Client),
    )
)
