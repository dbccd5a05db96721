"""Two or more who act at the same moment, each on a connection of their own."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any

from django.db import connections
from django.utils.module_loading import import_string

from expansion.errors import Forbidden, NotNow


def together(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Runs all acts at once; returns results and refusals in their order."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            barrier.wait(timeout=10)
            return act()
        except (Forbidden, NotNow) as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def halted(monkeypatch, path: str, seconds: float = 0.5) -> Event:
    """Makes the function at `path` wait before it does its work; the event says that one waits."""
    original, inside = import_string(path), Event()

    def slowly(*given: Any, **named: Any) -> Any:
        inside.set()
        time.sleep(seconds)
        return original(*given, **named)

    monkeypatch.setattr(path, slowly)
    return inside
