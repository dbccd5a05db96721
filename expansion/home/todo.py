"""The to-do centre: everything that waits for a person, from every room, most urgent first."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from expansion import clock, offers


def groups(person: Any, *, without: Collection[str] = ()) -> list[dict[str, Any]]:
    """[{label, todos}] of the rooms that have something for the person; `without` names those that
    are not asked."""
    found = [
        {"label": source.label, "todos": list(source.list(person))}
        for source in offers.of(offers.TodoSource)
        if source.key not in without
    ]
    return [one for one in found if one["todos"]]


def count(person: Any) -> int:
    """How many things wait for the person."""
    return sum(len(one["todos"]) for one in groups(person))


def overdue(found: list[dict[str, Any]]) -> int:
    moment = clock.now()
    return sum(1 for one in found for todo in one["todos"] if todo.due and todo.due < moment)
