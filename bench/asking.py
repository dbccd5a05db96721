"""Asks both sites for the same work in turn, and says how they compare."""

from __future__ import annotations

import itertools
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlencode

from bench.work import Work

REQUESTS, WARM, TOGETHER = 60, 10, 8
TOKEN = (
    "b" * 32
)  # Cookie and field carry the same word: that is all the check against forgery asks.
HEAD = (
    f"{'work':<30}{'ms':>8}{'floor':>8}{'×':>7}{'ms at 8':>10}{'floor':>8}{'×':>7}"
    f"{'p95/p50':>9}{'kB':>6}"
)
_numbers = itertools.count(10_000_000 + time.time_ns() % 80_000_000)


@dataclass(frozen=True)
class Visitor:
    """An ordinary member's session on both sites, that of a member with many single shares, and a
    client of the first."""

    session: str
    sharer_session: str
    floor_session: str
    pk: str

    @classmethod
    def from_words(cls, text: str) -> Visitor:
        return cls(*text.split()[-4:])


@dataclass(frozen=True)
class Times:
    runs: tuple[float, ...]
    size: int

    @property
    def median(self) -> float:
        return statistics.median(self.runs)

    @property
    def spread(self) -> float:
        """How much slower the slowest twentieth is than the median."""
        return statistics.quantiles(self.runs, n=20)[-1] / self.median


@dataclass(frozen=True)
class Pair:
    """One work at one site and at the floor, alone and eight at a time."""

    label: str
    app: Times
    floor: Times
    app_at_8: Times
    floor_at_8: Times

    def line(self) -> str:
        return (
            f"{self.label:<30}{self.app.median:>8.1f}{self.floor.median:>8.1f}"
            f"{self.app.median / self.floor.median:>7.1f}{self.app_at_8.median:>10.1f}"
            f"{self.floor_at_8.median:>8.1f}{self.app_at_8.median / self.floor_at_8.median:>7.1f}"
            f"{self.app_at_8.spread:>9.1f}{self.app.size / 1000:>6.0f}"
        )


def measured(work: Work, visitor: Visitor, app: int, floor: int) -> Pair:
    session = visitor.sharer_session if work.by_sharer else visitor.session
    sites = ((app, session), (floor, visitor.floor_session))
    alone = _in_turn(work, visitor.pk, sites, 1)
    together = _in_turn(work, visitor.pk, sites, TOGETHER)
    return Pair(work.label, *alone, *together)


def _in_turn(work: Work, pk: str, sites: tuple[tuple[int, str], ...], together: int) -> list[Times]:
    """Both sites are asked by turns, so that whatever else the machine does hits both."""
    batch = together * 5  # Long enough that few of them come before all ask, or after most have.
    runs: dict[int, list[tuple[float, int]]] = {port: [] for port, _session in sites}
    with ThreadPoolExecutor(together) as pool:
        while len(runs[sites[0][0]]) < WARM + max(REQUESTS, batch * 4):
            for port, session in sites:
                runs[port] += pool.map(lambda _: _asked(work, pk, port, session), range(batch))  # noqa: B023
    return [
        Times(tuple(ms for ms, _size in runs[port][WARM:]), runs[port][-1][1])
        for port, _session in sites
    ]


def _asked(work: Work, pk: str, port: int, session: str) -> tuple[float, int]:
    """Milliseconds and bytes of one answer."""
    connection = HTTPConnection("127.0.0.1", port)
    headers = {"Cookie": f"sessionid={session}; csrftoken={TOKEN}"}
    method, body = "GET", None
    if work.form:
        number = str(next(_numbers))
        values = {name: value.format(n=number) for name, value in work.form}
        method, body = "POST", urlencode(values | {"csrfmiddlewaretoken": TOKEN})
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    began = time.perf_counter()
    connection.request(method, work.address.format(pk=pk), body, headers)
    answer = connection.getresponse()
    content = answer.read()
    took = (time.perf_counter() - began) * 1000
    connection.close()
    if answer.status != (302 if work.form else 200):
        raise SystemExit(f"{work.label}: port {port} answered {answer.status}.")
    return took, len(content)
