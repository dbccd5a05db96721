"""`manage.py run_jobs`: does what waits and what is due, once, without a broker."""

from django.core.management.base import BaseCommand

from expansion.jobs.tasks import run_waiting


class Command(BaseCommand):
    help = "Runs every waiting and every due job once, in this process."

    def handle(self, *args, **options) -> None:
        self.stdout.write(f"{run_waiting()} jobs run")
