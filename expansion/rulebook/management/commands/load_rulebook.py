"""Loads a shipped regulation into an empty installation."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError

from expansion import clock
from expansion.errors import Refusal
from expansion.rulebook.models import Version
from expansion.rulebook.services import load_preset


class Command(BaseCommand):
    help = "Loads a preset (ktv, …) as the first version of the rulebook."

    def add_arguments(self, parser) -> None:
        parser.add_argument("preset")
        parser.add_argument("--from", dest="effective_on", type=date.fromisoformat)

    def handle(self, *args, **options) -> None:
        if Version.objects.published().exists():
            raise CommandError("A rulebook is loaded already. Change it in the browser.")
        try:
            version = load_preset(
                actor=None,
                key=options["preset"],
                effective_on=options["effective_on"] or clock.today(),
            )
        except Refusal as refusal:
            raise CommandError(refusal.message) from None
        self.stdout.write(f"{version} is in force from {version.effective_on}.")
