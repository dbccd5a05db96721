"""The to-do centre: everything that waits for a person, from every room, most urgent first."""

from __future__ import annotations

import time
from typing import Any

from expansion import clock, offers

# The menu shows the count on every page, and counting asks every room. Another process may have
# changed something, so a count is believed for a short while only.
SECONDS = 30
_counts: dict[int, tuple[float, int]] = {}


def groups(person: Any) -> list[dict[str, Any]]:
    """[{label, todos}] of the rooms that have something for the person."""
    found = [
        {"key": source.key, "label": source.label, "todos": list(source.list(person))}
        for source in offers.of(offers.TodoSource)
    ]
    _counts[person.pk] = (time.monotonic() + SECONDS, sum(len(one["todos"]) for one in found))
    return [one for one in found if one["todos"]]


def count(person: Any) -> int:
    """How many things wait for the person."""
    until, number = _counts.get(person.pk, (0.0, 0))
    if until < time.monotonic():
        groups(person)
        number = _counts[person.pk][1]
    return number


def forget_counts(**signal: Any) -> None:
    """Something was written: every count may have changed."""
    _counts.clear()


def overdue(found: list[dict[str, Any]]) -> int:
    moment = clock.now()
    return sum(1 for one in found for todo in one["todos"] if todo.due and todo.due < moment)
