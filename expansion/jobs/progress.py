"""How long work tells how far it is, to whoever listens: done so far, of how many."""

from collections.abc import Callable

Progress = Callable[[int, int], None]


def unheard(done: int, total: int) -> None:
    """Progress that nobody listens to."""
