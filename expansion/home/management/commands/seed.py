"""`manage.py seed`: the demo department, a KTV chain's expansion department in its working week."""

import gc
from importlib import import_module

from django.core.management.base import BaseCommand, CommandError

from expansion.home.seeding import sow
from expansion.people.demo import demo_password_hash
from expansion.people.models import User


class Command(BaseCommand):
    help = "Loads the demo department into an empty database."

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--scale",
            choices=["demo", "big"],
            default="demo",
            help="big: 200 people and 50,000 clients by set-based writes, to measure and to try",
        )

    def handle(self, *args, scale: str, **options) -> None:
        if User.objects.exists():
            raise CommandError("There are people in this database already. Seed an empty one.")
        gc.set_threshold(200_000)  # Many small rows and no cycles: collecting costs a tenth.
        if scale == "big":
            self.sow_big()
            return
        demo = sow()
        counts = ", ".join(f"{len(rows)} {kind}" for kind, rows in sorted(demo.made.items()))
        self.stdout.write(f"The demo department stands: {len(demo.people)} people, {counts}.")

    def sow_big(self) -> None:
        """The department of the measurements; its manager and first member can log in."""
        try:
            big = import_module("bench.big")
        except ModuleNotFoundError as missing:
            raise CommandError(
                "The big department is part of the source, not of the installed image."
            ) from missing
        self.stdout.write("Writing the big department; on SQLite this takes some minutes")
        big.build(1.0)
        names = ["manager", "m0"]
        User.objects.filter(username__in=names).update(password=demo_password_hash())
        self.stdout.write(f"The big department stands. Log in as {' or '.join(names)}.")
