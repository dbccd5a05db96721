"""`make bench`: builds the big department in a PostgreSQL of its own and prints tables of ratios.

Every figure is a median of an ordinary member's whole pages beside the same request to the floor,
asked in turn in the same run, at concurrency 1 and 8, two workers each.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time

from bench import asking, work
from bench.serving import serving
from tests import servers

APP, FLOOR = 8765, 8766


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="1 is 50,000 clients")
    parser.add_argument("--growth", action="store_true", help="also at a tenth of the scale")
    parser.add_argument("--pages", action="store_true", help="only the pages")
    given = parser.parse_args()
    scales = [given.scale / 10, given.scale] if given.growth else [given.scale]
    found = [measured(scale, pages_only=given.pages) for scale in scales]
    if given.growth:
        growth(*found)


def measured(scale: float, *, pages_only: bool) -> dict[str, float]:
    """Builds one department and prints its tables; returns the milliseconds of each work."""
    with servers.postgres() as database:
        surroundings = os.environ | {
            "DATABASE_URL": database.url,
            "SECRET_KEY": "only-for-this-measurement-" + "x" * 30,
            "EXPANSION_MODE": "local",
            "DJANGO_SETTINGS_MODULE": "expansion.settings",
        }
        began = time.monotonic()
        visitor = asking.Visitor.from_words(ran("bench.prepare", surroundings, str(scale)))
        print(f"\nscale {scale:g}: built in {time.monotonic() - began:.0f} s")
        found = pages(surroundings, visitor)
        if not pages_only:
            print(ran("bench.offline", surroundings), end="")
        return found


def ran(module: str, surroundings: dict[str, str], *words: str) -> str:
    """What a module prints when it runs in the surroundings of the measurement."""
    argv = [sys.executable, "-m", module, *words]
    return subprocess.run(
        argv, env=surroundings, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def pages(surroundings: dict[str, str], visitor: asking.Visitor) -> dict[str, float]:
    with (
        serving("expansion.wsgi", APP, surroundings) as app,
        serving("bench.floor", FLOOR, surroundings),
    ):
        print(asking.HEAD)
        found = {}
        for one in work.PAGES:
            pair = asking.measured(one, visitor, APP, FLOOR)
            print(pair.line())
            found[one.label] = pair.app.median
        print(f"first answer after {app.started:.1f} s; {app.memory():.0f} MB per worker")
    return found


def growth(small: dict[str, float], large: dict[str, float]) -> None:
    print("\ngrowth from a tenth to the whole, × (two runs, so only as still as the machine)")
    for label, ms in large.items():
        print(f"{label:<30}{ms / small[label]:>7.1f}")


if __name__ == "__main__":
    main()
