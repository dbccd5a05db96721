"""`make bench`: builds the big department in a PostgreSQL of its own and prints a table of ratios.

Every figure is the median of an ordinary member's whole pages, at concurrency 1 and 8, beside the
same request to the floor, measured in the same run with two workers each.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

from expansion.launch import processes
from tests import servers

APP, FLOOR = 8765, 8766
REQUESTS = 60
WARM = 10
WORK = (
    ("list, first page", "/crm/clients/"),
    ("filtered by stage", "/crm/clients/?stage=negotiation"),
    ("search, two characters", "/crm/clients/?q=%E6%B5%B7%E7%BA%B3"),
    ("search, pinyin", "/crm/clients/?q=hainajiudian"),
    ("search, initials", "/crm/clients/?q=hnjd"),
    ("search, phone tail", "/crm/clients/?q=4217"),
    ("client page, 20 activities", "/crm/clients/{pk}"),
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="1 is 50,000 clients")
    parser.add_argument("--growth", action="store_true", help="also at a tenth of the scale")
    given = parser.parse_args()
    scales = [given.scale / 10, given.scale] if given.growth else [given.scale]
    for scale in scales:
        with servers.postgres() as database:
            report(scale, database.url)


def report(scale: float, url: str) -> None:
    surroundings = os.environ | {
        "DATABASE_URL": url,
        "SECRET_KEY": "only-for-this-measurement-" + "x" * 30,
        "EXPANSION_MODE": "local",
        "DJANGO_SETTINGS_MODULE": "expansion.settings",
    }
    began = time.monotonic()
    built = subprocess.run(
        [sys.executable, "-m", "bench.prepare", str(scale)],
        env=surroundings,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    cookie, pk = built.stdout.split()[-2:]
    print(f"\nscale {scale:g}: built in {time.monotonic() - began:.0f} s")
    with serving("expansion.wsgi", APP, surroundings), serving("bench.floor", FLOOR, surroundings):
        print(f"{'work':<30}{'ms':>8}{'floor':>8}{'×':>7}{'ms at 8':>10}{'×':>7}{'kB':>7}")
        for label, address in WORK:
            line(label, address.format(pk=pk), cookie)


class serving:
    """Two gunicorn workers on a port, until the block ends."""

    def __init__(self, module: str, port: int, surroundings: dict[str, str]):
        self.port = port
        argv = [sys.executable, "-m", "gunicorn", f"{module}:application", "--workers", "2"]
        argv += ["--bind", f"127.0.0.1:{port}", "--log-level", "error"]
        self.child = subprocess.Popen(argv, env=surroundings)

    def __enter__(self) -> None:
        if not processes.wait_until(lambda: answers(self.port), 30, self.child):
            raise SystemExit(f"Nothing answers on port {self.port}.")

    def __exit__(self, *failure: object) -> None:
        self.child.terminate()
        self.child.wait()


def answers(port: int) -> bool:
    try:
        HTTPConnection("127.0.0.1", port, timeout=1).connect()
    except OSError:
        return False
    return True


def line(label: str, address: str, cookie: str) -> None:
    mine, size = measured(APP, address, cookie, 1)
    floor, _size = measured(FLOOR, address, cookie, 1)
    mine_at_8, _size = measured(APP, address, cookie, 8)
    floor_at_8, _size = measured(FLOOR, address, cookie, 8)
    print(
        f"{label:<30}{mine:>8.1f}{floor:>8.1f}{mine / floor:>7.1f}{mine_at_8:>10.1f}"
        f"{mine_at_8 / floor_at_8:>7.1f}{size / 1000:>7.0f}"
    )


def measured(port: int, address: str, cookie: str, together: int) -> tuple[float, int]:
    """Median milliseconds and bytes of one page."""
    with ThreadPoolExecutor(together) as pool:
        runs = list(pool.map(lambda _: asked(port, address, cookie), range(WARM + REQUESTS)))[WARM:]
    return statistics.median(ms for ms, _size in runs), runs[0][1]


def asked(port: int, address: str, cookie: str) -> tuple[float, int]:
    connection = HTTPConnection("127.0.0.1", port)
    began = time.perf_counter()
    connection.request("GET", address, headers={"Cookie": f"sessionid={cookie}"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"{address} answered {answer.status}.")
    return (time.perf_counter() - began) * 1000, len(body)


if __name__ == "__main__":
    main()
