"""`manage.py doctor`: what this machine has and lacks."""

import sys

from django.core.management.base import BaseCommand

from expansion import clock
from expansion.launch import doctor


class Command(BaseCommand):
    help = "Says what is there and what is missing, and what to do; exit code 1 if it is required."
    requires_system_checks: list[str] = []

    def handle(self, *args, **options) -> None:
        if not doctor.report(clock.today(), self.stdout.write):
            sys.exit(1)
