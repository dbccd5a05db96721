"""The way back for an administrator who lost telephone, passkeys and recovery codes."""

from django.core.management.base import BaseCommand, CommandError

from expansion.errors import Refusal
from expansion.people.models import User
from expansion.people.services.factors import take_away_factors


class Command(BaseCommand):
    help = "Takes a person's second factors away; the password alone opens the account then."

    def add_arguments(self, parser) -> None:
        parser.add_argument("username")
        parser.add_argument("reason", help="it stands in the trail")

    def handle(self, *args, **options) -> None:
        user = User.objects.filter(username__iexact=options["username"]).first()
        if user is None:
            raise CommandError(f"There is nobody with the user name {options['username']!r}.")
        try:
            take_away_factors(actor=None, record=user, reason=options["reason"])
        except Refusal as refusal:
            raise CommandError(refusal.message) from None
        self.stdout.write(f"{user.username} logs in with the password alone.")
