"""The one task that the broker knows: look into the rows and do what waits."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from celery import shared_task
from django.db import OperationalError, connection
from django.utils.translation import gettext_lazy as _

from expansion import clock
from expansion.jobs import registry, services, timetable
from expansion.jobs.models import LEASE, Job

logger = logging.getLogger(__name__)

RENEW_AFTER = LEASE.total_seconds() / 3


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
        services.run(job, kept=lease_of(job))
        count += 1
    return count


@contextmanager
def lease_of(job: Job) -> Iterator[None]:
    """Renews the lease of the job that this worker runs, until the block ends."""
    ended = threading.Event()
    keeper = threading.Thread(target=_renew_until, args=(job.pk, ended), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()


def _renew_until(pk: int, ended: threading.Event) -> None:
    try:
        while not ended.wait(RENEW_AFTER):
            _renew(pk)
    finally:
        connection.close()  # This thread's own.


def _renew(pk: int) -> None:
    try:
        services.renew_lease(Job.objects.get(pk=pk))
    except OperationalError:
        # The database is busy or away; the lease outlives two missed renewals.
        logger.warning("The lease of job %s could not be renewed this time.", pk, exc_info=True)


@registry.every("jobs.forget_old_runs", "17 4 * * *", label=_("Clear the timetable's old runs"))
def forget_old_runs(job: Job) -> dict:
    return {"deleted": services.forget_old_runs()}
