"""The menu entries of this room."""

from django.utils.translation import gettext_lazy as _

from expansion import offers
from expansion.jobs.access import ADMINISTRATOR

offers.add(
    offers.NavItem(
        "jobs",
        "administration",
        _("Background jobs"),
        "jobs:job-list",
        "progress-check",
        60,
        lambda person: person.holds(ADMINISTRATOR),
    )
)
