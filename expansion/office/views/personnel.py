"""What the three lists of personnel matters share."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from expansion import access
from expansion.office.models import Candidate, Opening, PersonnelChange

TABS = (
    (PersonnelChange, "office:change-list", lazy("Changes of staff")),
    (Opening, "office:opening-list", lazy("Openings")),
    (Candidate, "office:candidate-list", lazy("Candidates")),
)


class BackToList:
    """A new record has no page yet: cancelling leads to the list, unless the address says where
    from."""

    list_route = ""

    def way_back(self) -> str:
        return str(super().way_back() or reverse(self.list_route))  # type: ignore[misc]


def tabs(person: Any, active: type) -> list[dict[str, Any]]:
    """The lists that are the person's to read; none where that is a single one."""
    shown = [
        {"label": label, "url": reverse(route), "active": model is active}
        for model, route, label in TABS
        if access.can(person, "view", model)
    ]
    return shown if len(shown) > 1 else []
