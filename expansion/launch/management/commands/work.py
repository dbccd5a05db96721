"""`manage.py work`: worker and beat of the local run in one process."""

import warnings

from celery.beat import EmbeddedService
from celery.exceptions import SecurityWarning
from django.conf import settings
from django.core.management.base import BaseCommand

from expansion.celery import app


class Command(BaseCommand):
    help = "Runs the background jobs and their timetable in one process (the local run)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("--threads", type=int, default=4, help="jobs at a time")

    def handle(self, *args, threads: int, **options) -> None:
        """Returns when TERM or INT came and the running jobs are done.

        The beat is a thread, so that no kill of this process can leave one behind.
        """
        # On one's own machine root may run it; the broker's socket is private all the same.
        warnings.simplefilter("ignore", SecurityWarning)
        worker = app.Worker(
            pool="threads", concurrency=threads, loglevel="WARNING", quiet=True,
            without_gossip=True, without_mingle=True,
        )  # fmt: skip
        schedule = settings.VAR_DIR / "beat-schedule"
        EmbeddedService(app, thread=True, schedule_filename=str(schedule)).start()
        worker.start()
        raise SystemExit(worker.exitcode)
