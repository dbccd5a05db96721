"""Small figures that every page shows, believed for a short while.

Counting what waits asks every room; a menu must not cost more than the page it stands on. What this
process writes empties the memory at once; what another one writes shows after half a minute.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Any

SECONDS = 30
MOST = 10_000
_kept: dict[Hashable, tuple[float, Any]] = {}


def remembered(key: Hashable, ask: Callable[[], Any]) -> Any:
    """The figure kept under `key`, or what `ask` says now."""
    until, value = _kept.get(key, (0.0, None))
    if until >= time.monotonic():
        return value
    value = ask()
    if len(_kept) >= MOST:
        _kept.clear()
    _kept[key] = (time.monotonic() + SECONDS, value)
    return value


def forget(**signal: Any) -> None:
    """Something was written: every figure may have changed."""
    _kept.clear()
