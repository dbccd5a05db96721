"""What waits for each person, as the menu says it.

Counting asks every room, so no page counts for its menu: it shows what was counted last and, where
that is old, asks anew by a small request of its own once it is drawn (`home:menu`). What a person
writes makes the person's own figures old at once; those of others follow within half a minute.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable
from typing import Any

SECONDS = 30
MOST = 10_000
_figures: dict[int, tuple[float, dict[str, int]]] = {}
_kept: dict[Hashable, tuple[float, Any]] = {}


def known(person: int) -> tuple[dict[str, int], bool]:
    """The figures counted last for a person by their keys, and whether they still hold."""
    until, figures = _figures.get(person, (0.0, {}))
    return figures, until >= time.monotonic()


def keep(person: int, figures: dict[str, int]) -> None:
    if len(_figures) >= MOST:
        _figures.clear()
    _figures[person] = (time.monotonic() + SECONDS, figures)


def remembered(key: Hashable, ask: Callable[[], Any]) -> Any:
    """What `ask` said lately and nobody has written since, for what is everybody's."""
    until, value = _kept.get(key, (0.0, None))
    if until >= time.monotonic():
        return value
    value = ask()
    if len(_kept) >= MOST:
        _kept.clear()
    _kept[key] = (time.monotonic() + SECONDS, value)
    return value


def forget(entries: Iterable[Any] = (), **signal: Any) -> None:
    """Something was written: the figures of those who wrote are old."""
    _kept.clear()
    for entry in entries:
        for person in (entry.actor_id, entry.for_person_id):
            if person in _figures:
                _figures[person] = (0.0, _figures[person][1])


def forget_all() -> None:
    """As when the process starts."""
    _kept.clear()
    _figures.clear()
