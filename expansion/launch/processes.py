"""Child processes that never outlive their parent, and the short folders their sockets need."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
LONGEST_SOCKET_FOLDER = 60  # The path of a Unix socket ends at 107 bytes on Linux, 103 on macOS.


@contextmanager
def short_folder(owner: str | None = None) -> Iterator[Path]:
    """A private folder with a path short enough for Unix sockets, gone at the end."""
    base = tempfile.gettempdir()
    if len(os.fsencode(base)) > LONGEST_SOCKET_FOLDER:
        base = "/tmp"  # noqa: S108 - mkdtemp makes the name unguessable and the folder private
    folder = Path(tempfile.mkdtemp(prefix="expansion-", dir=base))
    try:
        if owner:
            shutil.chown(folder, user=owner)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def end_with_parent(number: int, parent: int) -> None:
    """From now on the kernel sends this process `number` when its parent dies, even by kill -9.

    Linux only; elsewhere a parent that is killed hard leaves its children to the person.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:  # It died before the kernel knew.
        os.kill(os.getpid(), number)


def spawn(
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    ends_by: int = signal.SIGTERM,
    keep_open: Sequence[int] = (),
    user: str | None = None,
    cwd: Path | None = None,
    log: int | None = None,
) -> subprocess.Popen:
    """A child in a session of its own: keys pressed in the terminal reach only the parent.

    `user` runs it as somebody else (PostgreSQL refuses to run as root).
    """
    parent = os.getpid()
    return subprocess.Popen(
        [os.fspath(part) for part in argv],
        env=None if env is None else dict(env),
        cwd=cwd,
        **identity(user),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
        pass_fds=keep_open,
        preexec_fn=lambda: end_with_parent(ends_by, parent),  # no threads here
    )


def identity(user: str | None) -> dict[str, Any]:
    """How `subprocess` is told to run a program as somebody else; nothing when as ourselves."""
    if user is None:
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def end(child: subprocess.Popen, number: int = signal.SIGTERM, patience: float = 10) -> None:
    """Asks the child to end, and makes it after `patience` seconds."""
    if child.poll() is not None:
        return
    child.send_signal(number)
    try:
        child.wait(patience)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def wait_until(ready: Callable[[], bool], seconds: float, child: subprocess.Popen) -> bool:
    """Whether `ready` came true in time and before the child ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if ready():
            return True
        if child.poll() is not None:
            return False
        time.sleep(0.05)
    return False


def answers_ping(path: Path) -> bool:
    """Whether a Redis-compatible server on this Unix socket is ready to serve."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        try:
            client.connect(os.fspath(path))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:  # Not there yet.
            return False
