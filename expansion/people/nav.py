"""The menu entries of this room."""

from django.utils.translation import gettext_lazy as _

from expansion import offers
from expansion.people.models import Role

offers.add(
    offers.NavItem(
        "people",
        "administration",
        _("People and access"),
        "people:person-list",
        "users",
        30,
        lambda person: person.holds(Role.ADMINISTRATOR, Role.MANAGER, Role.HR),
    ),
    offers.NavItem(
        "mandates",
        "administration",
        _("Mandates"),
        "people:mandate-list",
        "user-share",
        35,
        lambda person: person.holds(Role.ADMINISTRATOR, Role.MANAGER),
    ),
)
