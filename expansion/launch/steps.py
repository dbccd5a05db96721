"""The steps of the set-up, in their order. One that is done already is silent and quick."""

from __future__ import annotations

import fcntl
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from expansion import machine
from expansion.launch import catalogues, commit_hook, debian, packages
from expansion.launch.console import CannotGoOn, say
from expansion.launch.places import PYTHON, ROOT, VENV

LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 8000


def set_up(
    *, developer: bool, for_tests: bool = False, retry_system_packages: bool = False
) -> None:
    """Brings everything up to the locks.

    Raises:
        CannotGoOn: something that nothing works without could not be had.
    """
    check_folder()
    with one_at_a_time(), writable_caches() as env:
        new = packages.make_environment()
        packages.install_python_packages(env, developer=developer)
        packages.install_node_packages(env)
        catalogues.compile_changed()
        if new or retry_system_packages:
            bring_printing()
        if for_tests:
            bring_test_servers()
        commit_hook.install()


def check_folder() -> None:
    """Refuses a folder in which nothing can be made, unless everything is there already."""
    if os.access(ROOT, os.W_OK) or PYTHON.exists():
        return
    raise CannotGoOn(
        f"This folder cannot be written: {ROOT}. Copy it to a place of your own and run make there."
    )


def check_port(wanted: str) -> None:
    """Refuses before the set-up what the run would refuse after it."""
    bound_socket(wanted).close()


def bound_socket(wanted: str) -> socket.socket:
    """A socket on the loopback port, held but not listening yet.

    Raises:
        CannotGoOn: the port is no number, taken, or not allowed.
    """
    port = port_number(wanted)
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind((LOOPBACK, port))
    except PermissionError:
        raise CannotGoOn(f"Port {port} is for root. Try: make run PORT=8000") from None
    except OSError:
        raise CannotGoOn(
            f"Port {port} is taken by another program. End that one, or choose another port: "
            f"make run PORT={port + 1}"
        ) from None
    return held


def port_number(wanted: str) -> int:
    try:
        port = int(wanted or DEFAULT_PORT)
    except ValueError:
        port = 0
    if 0 < port < 65535:
        return port
    raise CannotGoOn(f"PORT is a number from 1 to 65534, not {wanted!r}. Try: make run PORT=8000")


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two set-ups in one folder wait for each other; the lock is the folder itself."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another set-up in this folder …")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


@contextmanager
def writable_caches() -> Iterator[dict[str, str]]:
    """The environment for the installers; without a writable home their caches are temporary."""
    env = {**os.environ, **packages.INSTALLER_SETTINGS}
    if os.access(Path.home(), os.W_OK):
        yield env
        return
    with tempfile.TemporaryDirectory(prefix="expansion-cache-") as folder:
        for name in ("PIP_CACHE_DIR", "UV_CACHE_DIR", "npm_config_cache", "HOME"):
            env[name] = folder
        yield env


def bring_printing() -> None:
    missing = machine.missing_packages()
    if missing:
        debian.bring(missing, "PDF files")


def bring_test_servers() -> None:
    """PostgreSQL, Redis, Chromium; where they stay missing, the suites say so."""
    from tests import servers

    missing = servers.missing_packages()
    if missing:
        debian.bring(missing, "the tests")


def become_python(*arguments: str) -> None:
    """Replaces this process by the environment's Python, in the project's folder."""
    os.chdir(ROOT)
    os.execv(PYTHON, [os.fspath(PYTHON), *arguments])


def say_ready() -> None:
    say(f"Ready: {VENV.name}, node_modules and the message catalogues are up to date.")
