"""Writes over jobs: enqueue, claim, run, cancel, retry."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import Any

from celery import current_app
from django.db import IntegrityError, models, transaction
from django.dispatch import Signal
from django.utils import translation
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from expansion import access, clock
from expansion.audit.models import Source
from expansion.audit.services import through, write
from expansion.errors import NotNow, Refusal
from expansion.jobs import registry
from expansion.jobs.models import LEASE, Cancelled, Heartbeat, Job, LeaseLost
from expansion.records import about as pointing_at
from expansion.records import lock

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 4
KEPT_RUNS = timedelta(days=14)
WAKE = "jobs.run_waiting"
TIMETABLE = "timetable"  # the key of jobs that nobody asked for

# Heard before each run by rooms above that keep something between two of them.
begun = Signal()


@transaction.atomic
def enqueue(
    name: str,
    *,
    actor: Any = None,
    about: models.Model | None = None,
    key: str | None = None,
    **arguments: Any,
) -> Job:
    """Stores a job; a worker is woken when the transaction commits.

    With a `key` that an unfinished job of this name has, that job is returned and nothing is
    added. A broker that does not answer changes nothing: the row waits for the next sweep.

    Raises:
        LookupError: no app declares a job of this name.
    """
    registry.kind(name)
    found = _unfinished(name, key)
    if found:
        return found
    try:
        with transaction.atomic():
            job = _create(name, actor, about, key, arguments)
    except IntegrityError:
        # Somebody else stored the same key between our look and our write.
        return Job.objects.filter(name=name, key=key).latest("pk")
    if actor is not None:
        write(actor=actor, verb="jobs.job.requested", about=job)
    transaction.on_commit(wake)
    return job


def _unfinished(name: str, key: str | None) -> Job | None:
    return Job.objects.unfinished().filter(name=name, key=key).first() if key else None


def _create(name: str, actor: Any, about: Any, key: str | None, arguments: dict) -> Job:
    moment = clock.now()
    return Job.objects.create(
        name=name,
        key=key or "",
        actor=actor,
        arguments=arguments,
        created_at=moment,
        ready_at=moment,
        **pointing_at(about),
    )


def wake() -> None:
    """Asks a worker to look for waiting jobs; without a broker they wait for the next sweep."""
    try:
        current_app.send_task(WAKE, retry=False, expires=600)
    except (OperationalError, OSError) as reason:
        logger.warning("The broker does not answer, jobs wait in their rows: %s", reason)


def claim(job: Job) -> Job | None:
    """Takes a waiting job for this worker; None when another one was faster."""
    moment = clock.now()
    taken = Job.objects.filter(pk=job.pk, state=Job.State.WAITING).update(
        state=Job.State.RUNNING,
        attempts=models.F("attempts") + 1,
        fence=models.F("fence") + 1,
        started_at=moment,
        leased_until=moment + LEASE,
        error="",
        fault="",
    )
    return Job.objects.select_related("actor").get(pk=job.pk) if taken else None


def run(job: Job, *, kept: Callable[[Job], AbstractContextManager] | None = None) -> Job:
    """Claims and does one waiting job, in its actor's language; returns it as it ended.

    `kept(job)` is entered while it runs (the worker's keeper works there). A job that another
    worker has is left alone.
    """
    claimed = claim(job)
    if claimed is None:
        return Job.objects.get(pk=job.pk)
    keeper = kept(claimed) if kept else nullcontext()
    with through(Source.TASK), keeper, _language(claimed):
        _do(claimed)
    return Job.objects.get(pk=job.pk)


def _language(job: Job) -> AbstractContextManager:
    return translation.override(job.actor.language) if job.actor else nullcontext()


def _do(job: Job) -> None:
    """Runs the function and writes how it ended; a fault never ends the worker."""
    try:
        begun.send(sender=Job)
        result = registry.kind(job.name).run(job) or {}
    except Cancelled:
        _finish(job, Job.State.CANCELLED)
    except LeaseLost:
        logger.warning("Job %s (%s) went on elsewhere; this run stops.", job.pk, job.name)
    except Refusal as refusal:
        _finish(job, Job.State.FAILED, error=refusal.message[:500])
    except Exception as fault:
        logger.exception("Job %s (%s) failed", job.pk, job.name)
        _fail(job, fault)
    else:
        _finish(job, Job.State.DONE, result=result)
        _beat(job.name)


def _finish(job: Job, state: str, **values: Any) -> bool:
    """Writes the end, unless the job went on elsewhere meanwhile."""
    end = {"state": state, "finished_at": clock.now(), "leased_until": None}
    return bool(job.held().update(**end, **values))


def _fail(job: Job, fault: Exception) -> None:
    """Tries again later, a few times; then the job stands as failed until somebody retries it."""
    words = f"{type(fault).__name__}: {fault}"[:500]
    if job.attempts < MOST_ATTEMPTS:
        later = clock.now() + timedelta(minutes=4 ** (job.attempts - 1))
        again = {"state": Job.State.WAITING, "ready_at": later, "leased_until": None}
        job.held().update(**again, fault=words)
        return
    sentence = _("It stopped at a fault of the system. The administrator finds it under Jobs.")
    _finish(job, Job.State.FAILED, error=sentence, fault=words)


def _beat(name: str) -> None:
    Heartbeat.objects.filter(name=name).update(beat_at=clock.now(), alarmed_at=None)


def recover_lost() -> int:
    """Puts jobs of dead workers back in the queue; those that die again and again have failed."""
    moment = clock.now()
    lost = Job.objects.lost(moment)
    sentence = _("The worker ended %(count)s times while doing this.") % {"count": MOST_ATTEMPTS}
    lost.filter(attempts__gte=MOST_ATTEMPTS).update(
        state=Job.State.FAILED, finished_at=moment, leased_until=None, error=sentence
    )
    lost.exclude(cancel_asked_at=None).update(
        state=Job.State.CANCELLED, finished_at=moment, leased_until=None
    )
    return lost.update(state=Job.State.WAITING, ready_at=moment, leased_until=None)


def renew_lease(job: Job) -> bool:
    """Proves that the job's worker is alive, and writes how far it told to be; False once the job
    is no longer this run's."""
    told = dict(zip(("done", "total"), job.told or (), strict=False))
    return bool(job.held().update(leased_until=clock.now() + LEASE, **told))


@transaction.atomic
def cancel_job(*, actor: Any, record: Job) -> Job:
    """Stops a job: a waiting one at once, a running one at its next step.

    Raises:
        NotNow: it has ended already.
    """
    access.require(actor, "cancel", record)
    job = lock(Job.objects.all(), record.pk)
    if job.is_finished:
        raise NotNow(_("This job has ended already."))
    job.cancel_asked_at = clock.now()
    if job.state == Job.State.WAITING:
        job.state, job.finished_at = Job.State.CANCELLED, job.cancel_asked_at
    job.save(update_fields=["cancel_asked_at", "state", "finished_at"])
    write(actor=actor, verb="jobs.job.cancelled", about=job)
    return job


@transaction.atomic
def retry_job(*, actor: Any, record: Job) -> Job:
    """Puts a failed or cancelled job back in the queue, from its beginning.

    Raises:
        NotNow: it waits, runs or is done, or the same work is in the queue again.
    """
    access.require(actor, "retry", record)
    job = lock(Job.objects.all(), record.pk)
    if job.state not in {Job.State.FAILED, Job.State.CANCELLED}:
        raise NotNow(_("Only a job that failed or was cancelled can be started again."))
    if _unfinished(job.name, job.key):
        raise NotNow(_("The same work is in the queue already."))
    job.state, job.ready_at, job.attempts = Job.State.WAITING, clock.now(), 0
    job.finished_at = job.cancel_asked_at = job.started_at = None
    job.done = job.total = 0
    job.error = job.fault = ""
    job.save()
    write(actor=actor, verb="jobs.job.retried", about=job)
    transaction.on_commit(wake)
    return job


def forget_old_runs() -> int:
    """Deletes the good runs of the timetable after two weeks: nobody asked for them, and the
    heartbeat keeps the last one."""
    old = Job.objects.filter(
        key=TIMETABLE, actor=None, state=Job.State.DONE, finished_at__lt=clock.now() - KEPT_RUNS
    )
    return old.delete()[0]
