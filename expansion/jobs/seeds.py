"""The timetable of the demo department, run once as the worker would: reminders, clearing up."""

from typing import Any

from expansion.jobs.models import Job
from expansion.jobs.services import TIMETABLE, run
from expansion.jobs.timetable import enqueue_due


def sow(demo: Any) -> None:
    """One tick now; the jobs page shows what ran, and the worker finds nothing left over."""
    with demo.at(demo.now):
        enqueue_due()
        for job in Job.objects.ready(demo.now).filter(key=TIMETABLE):
            demo.keep("jobs", run(job))
