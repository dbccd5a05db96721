"""`manage.py seed`: the demo department, a KTV chain's expansion department in its working week;
with `--preset` a small department by another of the shipped regulations."""

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from expansion.errors import Refusal
from expansion.home import preset_seeding
from expansion.home.seeding import Demo, sow
from expansion.people.demo import DEMO_PASSPHRASE, demo_password_hash
from expansion.people.models import User
from expansion.rulebook.models import Version


@contextmanager
def without_worker() -> Iterator[None]:
    """A seed needs no worker: what it leaves to one is done when the system is started."""
    logger = logging.getLogger("expansion.jobs.services")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


class Command(BaseCommand):
    help = "Loads the demo department into an empty database."

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--scale",
            choices=["demo", "big"],
            default="demo",
            help="big: 200 people and 50,000 clients by set-based writes, to measure and to try",
        )
        parser.add_argument(
            "--preset",
            metavar="KEY",
            help="a small department by this regulation: ktv, club, business, leasing, market, "
            "or one of those that a preset unites, as market:e11",
        )

    def handle(self, *args, scale: str, preset: str | None = None, **options) -> None:
        if User.objects.exists():
            raise CommandError(
                "There are people in this database already. Seed an empty one.",
                returncode=2 if preset else 1,
            )
        gc.set_threshold(200_000)  # Many small rows and no cycles: collecting costs a tenth.
        if preset:
            with without_worker():
                self.sow_preset(preset)
        elif scale == "big":
            self.sow_big()
        else:
            with without_worker():
                self._say_what_stands(sow())

    def sow_preset(self, name: str) -> None:
        """The department of a regulation; an unknown one changes nothing."""
        if Version.objects.exists():
            raise CommandError("A rulebook is loaded already. Seed an empty one.", returncode=2)
        key, _colon, overlay = name.partition(":")
        try:
            demo = preset_seeding.sow(key, overlay or None)
        except Refusal as refusal:
            raise CommandError(refusal.message, returncode=2) from refusal
        self._say_what_stands(demo)
        names = ", ".join(demo.people)
        self.stdout.write(f"Log in as {names}; the pass phrase is {DEMO_PASSPHRASE}.")

    def _say_what_stands(self, demo: Demo) -> None:
        made: dict[str, Any] = demo.made
        counts = ", ".join(
            f"{len(rows)} {kind.replace('_', ' ')}" for kind, rows in sorted(made.items())
        )
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
