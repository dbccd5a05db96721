"""Two gunicorn workers of one site, as production runs them."""

from __future__ import annotations

import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

from expansion.launch import processes

WORKERS = 2


class serving:
    """A site on a port, until the block ends."""

    def __init__(self, module: str, port: int, surroundings: dict[str, str]):
        self.port = port
        argv = [sys.executable, "-m", "gunicorn", f"{module}:application"]
        argv += ["--workers", str(WORKERS), "--bind", f"127.0.0.1:{port}", "--log-level", "error"]
        self._began = time.monotonic()
        self.child = subprocess.Popen(argv, env=surroundings)

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

    def memory(self) -> float:
        """Megabytes of a worker, what it shares with others counted in."""
        children = Path(f"/proc/{self.child.pid}/task/{self.child.pid}/children").read_text()
        resident = [_resident(int(pid)) for pid in children.split()]
        return sum(resident) / len(resident) / 1024


def _resident(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
