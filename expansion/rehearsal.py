"""Whether the request being answered is a rehearsal: an administrator looking as somebody else.

What is private to a person, such as appraisals and notices, is shown to nobody then.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_running: ContextVar[bool] = ContextVar("rehearsal_running", default=False)


def running() -> bool:
    return _running.get()


@contextmanager
def within() -> Iterator[None]:
    """Everything inside the block is a rehearsal."""
    token = _running.set(True)
    try:
        yield
    finally:
        _running.reset(token)
