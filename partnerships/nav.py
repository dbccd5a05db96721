"""The menu entry of this app."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from expansion import access, offers
from partnerships.models import Project


def may_view(person: Any) -> bool:
    return access.can(person, "view", Project)


offers.add(
    offers.NavItem(
        "projects",
        "knowledge",
        _("Cooperation projects"),
        "partnerships:project-list",
        "heart-handshake",
        30,
        may_view,
        folders=("/partnerships/",),
    ),
)
