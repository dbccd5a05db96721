"""What other rooms say beside a version of the rulebook."""

from typing import Any

from expansion import offers
from expansion.rulebook.models import Version


def panels_of(person: Any, version: Version | None) -> list[dict[str, Any]]:
    """The panels that rooms offer beside a version, such as its replay on a closed period."""
    if version is None:
        return []
    offered = [one for one in offers.of(offers.Tab) if one.model is Version]
    found = [(one, one.context(person, version)) for one in offered]
    return [{"tab": one, **held} for one, held in found if held is not None]
