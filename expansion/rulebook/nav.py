"""The menu entries of this room."""

from django.utils.translation import gettext_lazy as _

from expansion import access, offers
from expansion.rulebook.models import Version

EDITED = ("parameters", "lists", "entries", "unsettled", "upload")  # beside the weights

offers.add(
    offers.NavItem(
        "regulation",
        "appraisal",
        _("Regulation"),
        "rulebook:regulation",
        "book-2",
        90,
        lambda person: access.can(person, "view", Version),
    ),
    offers.NavItem(
        "rules",
        "administration",
        _("Edit rules"),
        "rulebook:weights",
        "adjustments",
        10,
        lambda person: access.can(person, "edit", Version),
        folders=tuple(f"/rulebook/{page}" for page in EDITED),
    ),
)
