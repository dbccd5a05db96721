"""Reads over jobs for the shell and the pages."""

from datetime import timedelta
from typing import Any

from expansion import clock
from expansion.jobs import timetable
from expansion.jobs.models import Job

PATIENCE = timedelta(minutes=3)


def shown_in_shell(person: Any) -> list[dict[str, Any]]:
    """The person's own unfinished jobs, for the top bar, newest first."""
    jobs = Job.objects.unfinished().filter(actor_id=person.pk)[:3]
    return [
        {"label": job.label, "percent": job.percent, "url": job.get_absolute_url()} for job in jobs
    ]


def waits_too_long(job: Job) -> bool:
    """Whether a ready job has not been taken up for so long that the worker must be away."""
    return job.state == Job.State.WAITING and job.ready_at + PATIENCE < clock.now()


def timetable_rows() -> list[dict[str, Any]]:
    """Every scheduled job with its last and next run, the silent ones first."""
    rows = [{"beat": row, "silent": silent} for row, silent in timetable.states()]
    return sorted(rows, key=lambda row: not row["silent"])
