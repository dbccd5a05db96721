"""The local system: broker, web server, and one process for worker and beat, ended together.

Started by `make run` after the set-up. Environment: PORT, DATABASE_URL, REDIS_URL, SEED, VAR_DIR.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from expansion.launch import processes
from expansion.launch.broker import embedded_server
from expansion.launch.console import CannotGoOn, refuse, say
from expansion.launch.places import PYTHON, ROOT, var_dir
from expansion.launch.steps import bound_socket

RESTARTS = 5  # within
RESTART_WINDOW = 60  # seconds; more often than that is not an accident
SECONDS_TO_FIRST_PAGE = 60


@dataclass
class Part:
    """One process of the system, and how to start it again."""

    name: str
    start: Callable[[], subprocess.Popen]
    child: subprocess.Popen = field(init=False)
    starts: deque[float] = field(default_factory=lambda: deque(maxlen=RESTARTS))

    def __post_init__(self) -> None:
        self.child = self.start()

    def revive(self) -> None:
        """Starts the process again if it ended.

        Raises:
            CannotGoOn: it ends again and again.
        """
        if self.child.poll() is None:
            return
        now = time.monotonic()
        if len(self.starts) == RESTARTS and now - self.starts[0] < RESTART_WINDOW:
            raise CannotGoOn(f"The {self.name} ends again and again; its last lines say why.")
        say(f"The {self.name} ended by itself (code {self.child.returncode}); starting it again.")
        self.starts.append(now)
        self.child = self.start()


def main() -> int:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))
    if os.environ.get("MAKELEVEL"):
        processes.end_with_parent(signal.SIGTERM, os.getppid())
    try:
        with ExitStack() as stack:
            serve(stack)
    except CannotGoOn as reason:
        return refuse(reason)
    return 0


def serve(stack: ExitStack) -> None:
    """Starts the parts in their order and watches them until a signal comes."""
    listener = stack.enter_context(bound_socket(os.environ.get("PORT", "")))
    port = listener.getsockname()[1]
    env = dict(os.environ)
    stack.enter_context(only_run(writable(var_dir())))
    sockets = stack.enter_context(processes.short_folder())
    parts: list[Part] = []
    stack.callback(end_all, parts)
    if not env.get("REDIS_URL"):
        parts.append(start_broker(sockets / "broker.sock"))
        env["REDIS_URL"] = f"redis+socket://{sockets / 'broker.sock'}"
    prepare(env)
    parts.append(Part("web server", lambda: start_web(listener.fileno(), env)))
    parts.append(Part("worker", lambda: processes.spawn(manage("work"), env=env, cwd=ROOT)))
    await_first_page(port, parts)
    say(f"\nOpen http://127.0.0.1:{port}/   (Ctrl-C ends it)")
    watch(parts)


def manage(*arguments: str) -> list[str | Path]:
    return [PYTHON, "manage.py", *arguments]


def writable(folder: Path) -> Path:
    try:
        for part in ("broker", "static"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        writes = os.access(folder, os.W_OK)
    except OSError:
        writes = False
    if writes:
        return folder
    raise CannotGoOn(
        f"This folder cannot be written: {folder}. Name another one: make run VAR_DIR=/some/folder"
    )


@contextmanager
def only_run(folder: Path) -> Iterator[None]:
    """Two runs on one folder would write into the same broker file; the second is refused."""
    with open(folder / "run.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotGoOn(
                f"Another run uses {folder}. End it first, or give this one a folder of its own: "
                "make run PORT=8001 VAR_DIR=/some/folder"
            ) from None
        yield


def start_broker(path: Path) -> Part:
    data = var_dir() / "broker"

    def start() -> subprocess.Popen:
        path.unlink(missing_ok=True)
        return processes.spawn(embedded_server(path, data))

    broker = Part("broker", start)
    if not processes.wait_until(lambda: processes.answers_ping(path), 20, broker.child):
        processes.end(broker.child)
        raise CannotGoOn(
            f"The built-in broker did not start; {data / 'log'} says why. To use another one: "
            "make run REDIS_URL=redis://127.0.0.1:6379/0"
        )
    return broker


def prepare(env: dict[str, str]) -> None:
    """Migrates, and seeds where nothing is yet; a signal meanwhile ends it too."""
    child = processes.spawn(manage("prepare"), env=env, cwd=ROOT)
    try:
        code = child.wait()
    finally:
        processes.end(child)
    if code:
        raise CannotGoOn("The database could not be made ready; the lines above say why.")


def start_web(listener: int, env: dict[str, str]) -> subprocess.Popen:
    argv = [PYTHON, "-m", "gunicorn", "--config", "python:expansion.launch.web"]
    return processes.spawn(
        [*argv, "--bind", f"fd://{listener}", "expansion.wsgi"],
        env=env, cwd=ROOT, keep_open=[listener],
    )  # fmt: skip


def await_first_page(port: int, parts: list[Part]) -> None:
    web = next(part for part in parts if part.name == "web server")
    if not processes.wait_until(lambda: answers(port), SECONDS_TO_FIRST_PAGE, web.child):
        raise CannotGoOn("The web server does not answer; the lines above say why.")


def answers(port: int) -> bool:
    address = f"http://127.0.0.1:{port}/healthz/"
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except urllib.error.HTTPError:  # It serves; what it lacks is for the health page to say.
        return True
    except OSError:
        return False


def watch(parts: list[Part]) -> None:
    while True:
        for part in parts:
            part.revive()
        time.sleep(0.2)


def end_all(parts: list[Part]) -> None:
    """Web and worker first, the broker that they talk to last. A second signal changes nothing."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    talking = [part for part in parts if part.name != "broker"]
    for part in talking:
        if part.child.poll() is None:
            part.child.send_signal(signal.SIGTERM)
    for part in [*talking, *parts]:
        processes.end(part.child)


if __name__ == "__main__":
    sys.exit(main())
