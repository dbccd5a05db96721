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
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from bench import asking, work
from bench.serving import FLOOR, PRODUCT, serving
from tests import servers

APP_PORT, FLOOR_PORT = 8765, 8766


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument(
        "--scale",
        default="1",
        help="1 is 50,000 clients; rollup: only the roll-up of 10,000 people with 20 records each",
    )
    parser.add_argument("--growth", action="store_true", help="also at a tenth of the scale")
    parser.add_argument(
        "--amounts", action="store_true", help="also the memory of 100,000 rows in and out"
    )
    parser.add_argument("--pages", action="store_true", help="only the pages")
    given = parser.parse_args()
    if given.scale == "rollup":
        rollup()
        return
    whole = float(given.scale)
    scales = [whole / 10, whole] if given.growth else [whole]
    found = [measured(scale, given) for scale in scales]
    if given.growth:
        growth(*found)


def measured(scale: float, given: argparse.Namespace) -> dict[str, asking.Pair]:
    """Builds one department and prints its tables; returns what each page took."""
    with department(f"{scale:g}") as (surroundings, visitor):
        start(surroundings)
        found = pages(surroundings, visitor)
        if not given.pages:
            for module in ("bench.offline", "bench.rollup", "bench.compliance"):
                print(ran(module, surroundings), end="", flush=True)
        if given.amounts:
            amounts(surroundings)
        return found


def amounts(surroundings: dict[str, str]) -> None:
    with TemporaryDirectory() as folder:
        for word in ("write", "import", "export"):
            print(ran("bench.amounts", surroundings, word, f"{folder}/clients.xlsx"), end="")


def rollup() -> None:
    with department("rollup") as (surroundings, _visitor):
        print(ran("bench.rollup", surroundings), end="")


@contextmanager
def department(scale: str) -> Iterator[tuple[dict[str, str], asking.Visitor]]:
    """A filled database of its own, as the surroundings that lead to it, and who visits it."""
    with servers.postgres() as database:
        surroundings = os.environ | {
            "DATABASE_URL": database.url,
            "SECRET_KEY": "only-for-this-measurement-" + "x" * 30,
            "EXPANSION_MODE": "local",
            "DJANGO_SETTINGS_MODULE": "expansion.settings",
        }
        began = time.monotonic()
        visitor = asking.Visitor.from_words(ran("bench.prepare", surroundings, scale))
        print(f"\nscale {scale}: built in {time.monotonic() - began:.0f} s", flush=True)
        yield surroundings, visitor


def ran(module: str, surroundings: dict[str, str], *words: str) -> str:
    """What a module prints when it runs in the surroundings of the measurement."""
    argv = [sys.executable, "-m", module, *words]
    return subprocess.run(
        argv, env=surroundings, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def start(surroundings: dict[str, str]) -> None:
    """Each site starts once while nothing else runs, and ends before the next one."""
    seconds = []
    for words, port in ((PRODUCT, APP_PORT), (FLOOR, FLOOR_PORT)):
        with serving(words, port, surroundings) as site:
            seconds.append(site.started)
    app, floor = seconds
    print(f"start to first answer {app:.2f} s, floor {floor:.2f} s: × {app / floor:.1f}")


def pages(surroundings: dict[str, str], visitor: asking.Visitor) -> dict[str, asking.Pair]:
    """Prints how each page compares, and afterwards the memory of both sites."""
    with (
        serving(PRODUCT, APP_PORT, surroundings) as app,
        serving(FLOOR, FLOOR_PORT, surroundings) as floor,
    ):
        print(asking.HEAD)
        found = {}
        for one in work.PAGES:
            pair = asking.measured(one, visitor, APP_PORT, FLOOR_PORT)
            print(pair.line(), flush=True)
            found[one.label] = pair
        for label, site in (("product", app), ("floor", floor)):
            memory = site.memory()
            print(
                f"memory of the {label}, MB: {memory.share:.0f} per worker (PSS of the server "
                f"with its master, by its workers); a worker's resident size {memory.resident:.0f}"
            )
    return found


def growth(small: dict[str, asking.Pair], large: dict[str, asking.Pair]) -> None:
    print("\ngrowth from a tenth to the whole, and the floor's own, which also says how still the")
    print("machine was between the two runs")
    for label, whole in large.items():
        tenth = small[label]
        app, floor = whole.app.median / tenth.app.median, whole.floor.median / tenth.floor.median
        print(f"{label:<30}{app:>7.1f}{floor:>8.1f}")


if __name__ == "__main__":
    main()
