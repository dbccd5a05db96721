"""Workers and broker killed in the middle of a job: nothing is lost, nothing half done."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from expansion.launch import processes
from expansion.launch.places import ROOT
from tests import servers

pytestmark = [pytest.mark.faults, pytest.mark.slow]

ENQUEUE = """
from expansion.jobs import services
print(services.enqueue("slow.write", folder={folder!r}, steps={steps}, seconds={seconds}).pk)
"""
STATE = """
from expansion.jobs.models import Job
job = Job.objects.get(pk={pk})
print(job.state, job.fence, job.done)
"""
# The lease of the dead worker runs out: time that the test does not wait.
LET_LEASE_PASS = """
from datetime import timedelta
from expansion import clock
from expansion.jobs.models import Job
Job.objects.filter(pk={pk}).update(leased_until=clock.now() - timedelta(seconds=1))
from expansion.jobs import services
services.wake()
"""


@dataclass
class House:
    """A database and a broker of the test's own, and processes of the real system over them."""

    folder: Path
    env: dict[str, str]

    def run(self, code: str, **values: object) -> str:
        """What a process of the system prints for this code."""
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "-v", "0", "-c", code.format(**values)],
            cwd=ROOT, env=self.env, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""

    def manage(self, *words: str) -> None:
        subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=self.env, check=True)

    def worker(self) -> subprocess.Popen:
        return processes.spawn([sys.executable, "manage.py", "work"], env=self.env, cwd=ROOT)

    def enqueue(self, steps: int, seconds: float) -> int:
        folder = str(self.folder)
        return int(self.run(ENQUEUE, folder=folder, steps=steps, seconds=seconds))

    def state(self, pk: int) -> str:
        return self.run(STATE, pk=pk)

    def written(self) -> str:
        path = self.folder / "written"
        return path.read_text() if path.exists() else ""


@pytest.fixture
def redis_folder() -> Iterator[Path]:
    with processes.short_folder() as folder:
        yield folder


@pytest.fixture
def house(own_postgres, redis_folder, tmp_path) -> House:
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.faults.slow.settings",
        "EXPANSION_MODE": "local",
        "DATABASE_URL": own_postgres.url,
        "REDIS_URL": f"redis+socket://{redis_folder / 'redis.sock'}",
        "VAR_DIR": str(tmp_path / "var"),
    }
    house = House(tmp_path, env)
    house.manage("migrate", "-v", "0")
    return house


def wait_for(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "It did not come about in time."
        time.sleep(0.2)


def test_a_worker_killed_in_the_middle_loses_nothing(house, redis_folder):
    broker = servers.start_redis(redis_folder)
    worker = house.worker()
    try:
        pk = house.enqueue(steps=20, seconds=0.4)
        wait_for(lambda: house.written() not in ("", "1"))
        worker.kill()
        worker.wait()
        assert house.state(pk).startswith("running 1")
        worker = house.worker()
        house.run(LET_LEASE_PASS, pk=pk)
        wait_for(lambda: house.state(pk) == "done 2 20")
        assert (house.folder / "begun").read_text() == "xx"
    finally:
        processes.end(worker)
        processes.end(broker.child)


def test_without_a_broker_jobs_are_stored_and_done_when_it_is_back(house, redis_folder):
    pk = house.enqueue(steps=1, seconds=0)  # No broker has ever been there.
    assert house.state(pk) == "waiting 0 0"
    broker = servers.start_redis(redis_folder)
    worker = house.worker()
    try:
        house.run("from expansion.jobs import services; services.wake()")
        wait_for(lambda: house.state(pk) == "done 1 1")
        broker.kill()
        second = house.enqueue(steps=1, seconds=0)
        broker = servers.start_redis(redis_folder)
        wait_for(lambda: house.state(second) == "done 1 1", seconds=100)  # beat's next tick
    finally:
        processes.end(worker)
        processes.end(broker.child)


def test_a_storm_of_wakes_does_each_job_once(house, redis_folder):
    broker = servers.start_redis(redis_folder)
    workers = [house.worker(), house.worker()]
    try:
        pk = house.enqueue(steps=4, seconds=0.3)
        house.run("from expansion.jobs import services\nfor _ in range(40): services.wake()")
        wait_for(lambda: house.state(pk) == "done 1 4")
        assert (house.folder / "begun").read_text() == "x"
    finally:
        for worker in workers:
            processes.end(worker)
        processes.end(broker.child)
