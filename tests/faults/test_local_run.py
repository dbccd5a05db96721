"""`make run` for real: one command starts all, and however it ends, nothing of it stays."""

import os
import pty
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from expansion.launch import processes
from expansion.launch.places import ROOT
from tests.ports import free_port

pytestmark = [
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc"),
]

SUPERVISOR = [sys.executable, "-m", "expansion.launch.supervisor"]
FIRST = 180  # seconds for a first start beside other tests
PARTS = ("valkey-server", "gunicorn", "manage.py work")


@dataclass
class Run:
    """A local system over a folder of its own, known by that folder in its environment."""

    folder: Path
    env: dict[str, str]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.env['PORT']}/healthz/"

    def start(self, **changes: str) -> subprocess.Popen:
        return subprocess.Popen(
            SUPERVISOR, env={**self.env, **changes}, cwd=ROOT, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.address, timeout=2):
                return True
        except OSError:
            return False

    def processes(self) -> dict[int, list[str]]:
        """Everything that runs with our folder in its environment: id and command."""
        mark = f"VAR_DIR={self.folder}".encode()
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    command = (entry / "cmdline").read_bytes().decode()
                    found[int(entry.name)] = command.split("\0")
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue  # It ended meanwhile, or is somebody else's.
        return {pid: command for pid, command in found.items() if command != [""]}

    def process(self, word: str) -> int:
        return min(pid for pid, command in self.processes().items() if word in " ".join(command))


@pytest.fixture
def run() -> Iterator[Run]:
    with processes.short_folder() as folder:
        env = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        own = {"VAR_DIR": str(folder), "TMPDIR": str(folder), "PORT": str(free_port())}
        one = Run(folder, {**env, **own})
        yield one
        for pid in one.processes():
            os.kill(pid, signal.SIGKILL)


FOREIGN = {"DATABASE_URL", "REDIS_URL", "EXPANSION_MODE", "DJANGO_SETTINGS_MODULE", "MAKELEVEL"}


def soon(true: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.1)
    return False


def nothing_left(run: Run) -> bool:
    return soon(lambda: not run.processes())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_every_end_takes_web_worker_beat_and_broker_along(run, number):
    child = run.start()
    assert soon(run.answers, FIRST)
    words = " ".join(word for command in run.processes().values() for word in command)
    assert all(part in words for part in PARTS)
    child.send_signal(number)
    assert child.wait(20) == (0 if number != signal.SIGKILL else -signal.SIGKILL)
    assert nothing_left(run), run.processes()


def test_a_closed_terminal_ends_everything(run):
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        os.execve(sys.executable, SUPERVISOR, run.env)
    assert soon(run.answers, FIRST)
    os.close(terminal)
    os.waitpid(pid, 0)
    assert nothing_left(run), run.processes()


def test_a_part_that_is_killed_comes_back(run):
    child = run.start()
    assert soon(run.answers, FIRST)
    for word in PARTS:
        before = run.process(word)
        os.kill(before, signal.SIGKILL)
        assert soon(lambda old=before, word=word: came_back(run, word, old)), word
    assert soon(run.answers)
    child.terminate()
    assert "ended by itself" in child.communicate(timeout=20)[0]
    assert nothing_left(run)


def came_back(run: Run, word: str, before: int) -> bool:
    living = {pid for pid, command in run.processes().items() if word in " ".join(command)}
    return bool(living) and before not in living


def test_a_second_run_on_the_same_folder_is_refused(run):
    child = run.start()
    assert soon(run.answers, FIRST)
    same_port = run.start()
    assert "is taken by another program" in same_port.communicate(timeout=20)[0]
    same_folder = run.start(PORT=str(free_port()))
    assert "Another run uses" in same_folder.communicate(timeout=20)[0]
    assert (same_port.returncode, same_folder.returncode) == (2, 2)
    child.terminate()
    child.communicate(timeout=20)


def test_a_second_start_sets_nothing_up_again(run):
    """That it takes less than five seconds is measured on a still machine, not here."""
    told = []
    for patience in (FIRST, 30):
        child = run.start()
        assert soon(run.answers, patience)
        child.terminate()
        told.append(child.communicate(timeout=20)[0])
    work = ("Bringing the database up to date", "Loading the demo department")
    assert [all(line in output for line in work) for output in told] == [True, False]
    assert not any(line in told[1] for line in work)


def test_a_folder_that_cannot_be_written_is_refused(run):
    child = run.start(VAR_DIR="/proc/none")
    assert "cannot be written" in child.communicate(timeout=20)[0]
    assert child.returncode == 2


def test_a_database_that_does_not_answer_is_a_sentence(run):
    child = run.start(DATABASE_URL="postgres:///none?host=/nowhere")
    output = child.communicate(timeout=30)[0]
    assert child.returncode == 2
    assert "The database does not answer" in output and "Traceback" not in output
    assert nothing_left(run)
