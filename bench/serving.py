"""Gunicorn sites of two workers: the product as production runs it, the floor like it."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from expansion.launch import processes

WORKERS, THREADS = "2", "4"
PRODUCT = ("--config", "python:expansion.launch.web", "expansion.wsgi:application")
# What the product's settings say of its workers, said again for a site without such settings.
FLOOR = ("--workers", WORKERS, "--threads", THREADS, "--worker-class", "gthread")
FLOOR += ("--log-level", "warning", "bench.floor:application")


@dataclass(frozen=True)
class Memory:
    """Megabytes per worker: the whole server's share of the machine divided by its workers, and
    what one worker holds, pages that it shares with others counted in full."""

    share: float
    resident: float


class serving:
    """A site on a port, until the block ends; `started` says after how many seconds it answered."""

    def __init__(self, words: tuple[str, ...], port: int, surroundings: dict[str, str]):
        self.port = port
        argv = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", *words]
        env = surroundings | {"WEB_WORKERS": WORKERS, "WEB_THREADS": THREADS}
        self._began = time.monotonic()
        self.child = subprocess.Popen(argv, env=env)

    def __enter__(self) -> serving:
        if not processes.wait_until(self._answers, 60, self.child):
            raise SystemExit(f"Nothing answers on port {self.port}.")
        self.started = time.monotonic() - self._began
        return self

    def __exit__(self, *failure: object) -> None:
        self.child.terminate()
        self.child.wait()

    def _answers(self) -> bool:
        """A whole answer, whatever it says: a bound port alone has not started yet."""
        try:
            connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
            connection.request("GET", "/")
            connection.getresponse().read()
        except OSError:
            return False
        return True

    def memory(self) -> Memory:
        master = self.child.pid
        workers = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        whole = sum(_kilobytes(pid, "Pss:") for pid in [master, *workers])
        resident = sum(_kilobytes(pid, "Rss:") for pid in workers)
        return Memory(whole / len(workers) / 1024, resident / len(workers) / 1024)


def _kilobytes(pid: int | str, key: str) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(key))
