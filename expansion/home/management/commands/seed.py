"""`manage.py seed`: the demo department, a KTV chain's expansion department in its working week."""

import gc

from django.core.management.base import BaseCommand, CommandError

from expansion.home.seeding import sow
from expansion.people.models import User


class Command(BaseCommand):
    help = "Loads the demo department into an empty database."

    def handle(self, *args, **options) -> None:
        if User.objects.exists():
            raise CommandError("There are people in this database already. Seed an empty one.")
        gc.set_threshold(200_000)  # Many small rows and no cycles: collecting costs a tenth.
        demo = sow()
        counts = ", ".join(f"{len(rows)} {kind}" for kind, rows in sorted(demo.made.items()))
        self.stdout.write(f"The demo department stands: {len(demo.people)} people, {counts}.")
