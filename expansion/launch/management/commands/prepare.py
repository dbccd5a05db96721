"""`manage.py prepare`: makes the database of the local run ready and names the demo people."""

import os

from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from expansion.launch import guard
from expansion.people.demo import DEMO_PASSPHRASE, DEMO_PEOPLE


class Command(BaseCommand):
    help = "Migrates, loads the demo department where nobody is yet, and names its people."
    requires_system_checks: list[str] = []

    def handle(self, *args, **options) -> None:
        try:
            connection.ensure_connection()
        except OperationalError as reason:
            raise CommandError(
                f"The database does not answer: {reason}Start it, or correct DATABASE_URL."
            ) from reason
        guard.refuse_in_production()
        if is_behind():
            self.stdout.write("Bringing the database up to date")
            call_command("migrate", verbosity=0, interactive=False)
        if wants_demo() and not get_user_model()._default_manager.exists():
            self.seed()
        self.name_demo_people()

    def seed(self) -> None:
        if "seed" not in get_commands():
            self.stdout.write("There is no demo department to load yet")
            return
        self.stdout.write("Loading the demo department")
        call_command("seed")

    def name_demo_people(self) -> None:
        names = set(guard.demo_accounts())
        people = [(name, role) for name, role in DEMO_PEOPLE if name in names]
        if not people:
            return
        self.stdout.write(f"\nDemo people, all with the pass phrase {DEMO_PASSPHRASE}")
        for name, role in people:
            self.stdout.write(f"  {name:<20}{role}")


def is_behind() -> bool:
    """Whether a migration is not applied yet; much cheaper than to run `migrate` for nothing."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def wants_demo() -> bool:
    """The built-in file is for trying out; into a database that was named only when asked for."""
    return not os.environ.get("DATABASE_URL", "").strip() or os.environ.get("SEED") == "demo"
