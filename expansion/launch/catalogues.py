"""Compiles the message catalogues: `.mo` files are made on each machine, not committed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from expansion.launch.console import CannotGoOn, say
from expansion.launch.places import PYTHON, ROOT


def compile_changed() -> None:
    """Compiles what is newer than its compiled form, with the environment's polib."""
    if not any(changed(ROOT / "locale")):
        return
    say("Compiling the message catalogues")
    done = subprocess.run([PYTHON, "-m", "expansion.launch.catalogues"], cwd=ROOT)
    if done.returncode:
        raise CannotGoOn(
            "A message catalogue below locale/ cannot be read; the line above says which."
        )


def changed(folder: Path) -> Iterator[Path]:
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            yield source


def compile_catalogue(source: Path) -> None:
    """Replaces the compiled form in one step, so that a running server never reads half a file."""
    import polib

    target = source.with_suffix(".mo")
    half = target.with_suffix(f".{os.getpid()}")
    polib.pofile(str(source)).save_as_mofile(str(half))
    half.replace(target)


def main() -> int:
    for source in changed(ROOT / "locale"):
        try:
            compile_catalogue(source)
        except (OSError, ValueError) as reason:
            print(f"{source.relative_to(ROOT)}: {reason}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
