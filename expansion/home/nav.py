"""The menu entries of this room."""

from django.utils.translation import gettext_lazy as _

from expansion import offers

offers.add(
    offers.NavItem("today", "start", _("Today"), "home:today", "sun", 0, lambda person: True)
)
