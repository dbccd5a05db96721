"""The one task that the broker knows: look into the rows and do what waits."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from celery import shared_task
from django.db import Error as DatabaseProblem
from django.db import connection
from django.utils.translation import gettext_lazy as _

from expansion import clock
from expansion.jobs import registry, services, timetable
from expansion.jobs.models import LEASE, Job

logger = logging.getLogger(__name__)

RENEW_AFTER = LEASE.total_seconds() / 3
LISTEN_AFTER = 2  # seconds; between two looks at a run inside one transaction


@shared_task(name=services.WAKE)
def run_waiting() -> int:
    """Brings the timetable up to date and does waiting jobs until none is left.

    Safe to run any number of times, side by side: each job is claimed by one.
    """
    timetable.enqueue_due()
    services.recover_lost()
    timetable.raise_alarms()
    count = 0
    while job := Job.objects.ready(clock.now()).first():
        services.run(job, kept=keeper_of)
        count += 1
    return count


@contextmanager
def keeper_of(job: Job) -> Iterator[None]:
    """Until the block ends, renews the lease of the job that this worker runs; says how far it
    tells to be, and tells it to stop."""
    ended = threading.Event()
    keeper = threading.Thread(target=_keep_until, args=(job, ended), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()


def _keep_until(job: Job, ended: threading.Event) -> None:
    renewed, said = time.monotonic(), None
    try:
        while not ended.wait(LISTEN_AFTER):
            old = time.monotonic() - renewed >= RENEW_AFTER
            if (old or job.told != said) and _keep(job):
                renewed, said = time.monotonic(), job.told
    finally:
        connection.close()  # This thread's own.


def _keep(job: Job) -> bool:
    """Whether it could be done."""
    try:
        job.lost = not services.renew_lease(job)
        job.asked_to_stop = job.told is not None and job.is_to_stop()
    except DatabaseProblem:
        # The database is busy or away; the lease outlives two missed renewals.
        logger.warning("Job %s could not be kept alive this time.", job.pk, exc_info=True)
        connection.close()  # A broken one would stay broken.
        return False
    return True


@registry.every("jobs.forget_old_runs", "17 4 * * *", label=_("Clear the timetable's old runs"))
def forget_old_runs(job: Job) -> dict:
    return {"deleted": services.forget_old_runs()}
