"""What the set-up and the local run tell the person at the terminal."""

from __future__ import annotations

import sys


class CannotGoOn(Exception):
    """The command ends here, with exit code 2. The message says what is wrong and what to do."""


def say(text: str) -> None:
    """One plain line, at once, in whatever characters the terminal has."""
    line = text.encode(sys.stdout.encoding or "utf-8", "replace")
    print(line.decode(sys.stdout.encoding or "utf-8"), flush=True)


def refuse(reason: Exception) -> int:
    """Prints why the command ends and gives its exit code."""
    print(f"\n{reason}", file=sys.stderr, flush=True)
    return 2
