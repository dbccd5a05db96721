"""Rules of a department's own, put in force for a test."""

from typing import Any

from expansion import clock
from expansion.rulebook.loading import from_data, to_data
from expansion.rulebook.models import Version
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import rules_on


def put_in_force(
    changes: dict[str, Any] | None = None, *, also: dict[str, list[dict[str, Any]]] | None = None
) -> Rules:
    """Publishes today's rules with other values at these paths, from today on.

    `also` gives a kind of approval its conditional deciders: {kind: [entry, …]}.
    """
    data = to_data(rules_on().with_changes(changes or {}))
    for kind, entries in (also or {}).items():
        rule = next(one for one in data["approvals"] if one["key"] == kind)
        rule["also"] = entries
    return published(data)


def published(data: dict[str, Any]) -> Rules:
    """Puts these rules in force from today on."""
    Version.objects.create(
        number=Version.next_number(),
        status=Version.Status.PUBLISHED,
        preset="ktv",
        effective_on=clock.today(),
        content=to_data(from_data(data)),
        published_at=clock.now(),
    )
    return rules_on()
