"""The menu entry of this app."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from expansion import access, offers
from training.models import Session


def may_view(person: Any) -> bool:
    return access.can(person, "view", Session)


offers.add(
    offers.NavItem(
        "training",
        "daily",
        _("Training"),
        "training:session-list",
        "school",
        60,
        may_view,
        folders=("/training/",),
    ),
)
