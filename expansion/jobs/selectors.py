"""Reads over jobs for the shell and the pages."""

from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from expansion import clock
from expansion.jobs import timetable
from expansion.jobs.models import Job
from expansion.prepared import prepared

PATIENCE = timedelta(minutes=3)


def shown_in_shell(person: Any) -> list[dict[str, Any]]:
    """The person's own unfinished jobs, for the top bar, newest first.

    Most have none, as the request knows that found the person.
    """
    if not getattr(person, "has_jobs", True):
        return []
    return [
        {"label": job.label, "percent": job.percent, "url": job.get_absolute_url()}
        for job in _unfinished(person.pk)
    ]


def has_jobs() -> Exists:
    return Exists(Job.objects.unfinished().filter(actor=OuterRef("pk")))


@prepared
def _unfinished(actor: int) -> QuerySet[Job]:
    return Job.objects.unfinished().filter(actor=actor)[:3]


def waits_too_long(job: Job) -> bool:
    """Whether a ready job has not been taken up for so long that the worker must be away."""
    return job.state == Job.State.WAITING and job.ready_at + PATIENCE < clock.now()


def timetable_rows() -> list[dict[str, Any]]:
    """Every scheduled job with its last and next run, the silent ones first."""
    rows = [{"beat": row, "silent": silent} for row, silent in timetable.states()]
    return sorted(rows, key=lambda row: not row["silent"])
