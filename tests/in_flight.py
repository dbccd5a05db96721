"""The requests that a live server is still answering, so that nothing is torn down under them."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.core.servers import basehttp

PATIENCE = 30  # seconds
QUIET = 0.2  # seconds without a request: one that has just arrived has begun by then


class InFlight:
    def __init__(self) -> None:
        self._lock, self._count, self._last = threading.Lock(), 0, time.monotonic()

    def began(self) -> None:
        self._add(1)

    def ended(self) -> None:
        self._add(-1)

    def _add(self, change: int) -> None:
        with self._lock:
            self._count += change
            self._last = time.monotonic()

    def wait(self) -> None:
        """Returns when every request has been answered, those of closed pages too."""
        begun = time.monotonic()
        while time.monotonic() - begun < PATIENCE:
            with self._lock:
                if self._count <= 0 and time.monotonic() - self._last > QUIET:
                    return
            time.sleep(0.05)
        raise AssertionError(f"{self._count} requests are still being answered.")


@contextmanager
def counted() -> Iterator[InFlight]:
    """Counts the requests that live servers of this process answer inside the block.

    Not by Django's signals: for a browser that went away meanwhile no request ever finishes there.
    """
    one = InFlight()

    class Counting(basehttp.ServerHandler):
        def run(self, application) -> None:
            one.began()
            try:
                super().run(application)
            finally:
                one.ended()

    with mock.patch.object(basehttp, "ServerHandler", Counting):
        yield one
