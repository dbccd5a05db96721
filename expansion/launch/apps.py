"""What launch adds to every process."""

import sys
from typing import Any

from django.apps import AppConfig


class LaunchConfig(AppConfig):
    name = "expansion.launch"
    label = "launch"

    def ready(self) -> None:
        from celery.signals import beat_init, celeryd_init
        from django.db.backends.signals import connection_created

        from expansion import celery  # noqa: F401 - so that tasks of any process find the broker

        celeryd_init.connect(refuse_exposed, weak=False)
        beat_init.connect(refuse_exposed, weak=False)
        connection_created.connect(count_on_flash, weak=False)


def count_on_flash(connection: Any, **signal: Any) -> None:
    """Tells PostgreSQL that a page read by an index costs hardly more than the next one in a row.

    Its default is that of turning disks, with which it reads ten thousand open opportunities to
    find the fifty of one person.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET random_page_cost = 1.1")


def refuse_exposed(**kwargs) -> None:
    """Worker and beat do not start in production while demo accounts exist; exit code 2."""
    from expansion.launch import guard

    try:
        guard.refuse_in_production()
    except guard.DemoAccountsExposed as reason:
        print(reason, file=sys.stderr, flush=True)
        sys.exit(2)
