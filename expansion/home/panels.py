"""What the house says beside a record of another room."""

from typing import Any

from django.utils.translation import gettext_lazy as lazy

from expansion import offers
from expansion.rulebook.models import Version
from expansion.rulebook.replaying import closed_periods


def replay(person: Any, version: Version) -> dict[str, Any] | None:
    """Asks on which closed period a draft is rehearsed; a version in force is past that."""
    return {"version": version, "periods": closed_periods()} if version.is_open else None


offers.add(
    offers.Tab(
        "home.replay",
        Version,
        lazy("Rehearse on a closed period"),
        10,
        "home/_replay_panel.html",
        replay,
    )
)
