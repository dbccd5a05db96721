"""The timetable: which scheduled jobs are due, and which have fallen silent.

What is due stands in `Heartbeat` rows, so that beat only has to tick: a tick that was missed, late
or doubled changes nothing.
"""

from datetime import datetime

from django.db import transaction

from expansion import clock, offers
from expansion.jobs import registry
from expansion.jobs.models import Heartbeat, Job
from expansion.jobs.services import TIMETABLE, enqueue


def heartbeats() -> list[tuple[registry.Schedule, Heartbeat]]:
    """Every timetable with its row; a new one is due at once."""
    rows = {row.name: row for row in Heartbeat.objects.all()}
    moment = clock.now()
    for schedule in registry.schedules():
        if schedule.name not in rows:
            row, _new = Heartbeat.objects.get_or_create(
                name=schedule.name, defaults={"since": moment, "next_at": moment}
            )
            rows[schedule.name] = row
    return [(schedule, rows[schedule.name]) for schedule in registry.schedules()]


def enqueue_due() -> int:
    """Stores a job for each timetable whose moment has come, once however many were missed."""
    moment = clock.now()
    due = [(schedule, row) for schedule, row in heartbeats() if row.next_at <= moment]
    return sum(_enqueue_once(schedule, row, moment) for schedule, row in due)


@transaction.atomic
def _enqueue_once(schedule: registry.Schedule, row: Heartbeat, moment: datetime) -> bool:
    same = Heartbeat.objects.filter(pk=row.pk, next_at=row.next_at)
    if not same.update(next_at=schedule.after(moment)):
        return False  # Another worker's tick was faster.
    enqueue(schedule.name, key=TIMETABLE)
    return True


def states() -> list[tuple[Heartbeat, bool]]:
    """Every scheduled job, and whether it is silent: two runs were due since it last ended well.

    A run that stands in the queue gets the same time from its storing on; so a system that was
    switched off for a week raises no alarm when it is back.
    """
    moment = clock.now()
    queued = dict(Job.objects.unfinished().filter(key=TIMETABLE).values_list("name", "created_at"))
    return [
        (row, _second_due(schedule, row, queued.get(row.name)) < moment)
        for schedule, row in heartbeats()
    ]


def _second_due(
    schedule: registry.Schedule, row: Heartbeat, queued_at: datetime | None
) -> datetime:
    last = row.beat_at or row.since
    return schedule.after(schedule.after(max(last, queued_at or last)))


def silent() -> list[Heartbeat]:
    """The scheduled jobs that somebody should look after."""
    return [row for row, is_silent in states() if is_silent]


def raise_alarms() -> int:
    """Announces `jobs.silent` once per job that has fallen silent, until it beats again."""
    return sum(_alarm_once(row) for row in silent() if row.alarmed_at is None)


@transaction.atomic
def _alarm_once(row: Heartbeat) -> bool:
    moment = clock.now()
    if not Heartbeat.objects.filter(pk=row.pk, alarmed_at=None).update(alarmed_at=moment):
        return False
    row.alarmed_at = moment
    offers.announce("jobs.silent", actor=None, record=row)
    return True
