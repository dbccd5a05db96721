"""The menu entry of this room."""

from django.utils.translation import gettext_lazy as _

from expansion import offers
from expansion.people.models import Role

offers.add(
    offers.NavItem(
        "sent-notices",
        "administration",
        _("Sent notices"),
        "notices:sent-list",
        "mail",
        25,
        lambda person: person.holds(Role.ADMINISTRATOR),
    )
)
