"""What launch adds to every process."""

import sys

from django.apps import AppConfig


class LaunchConfig(AppConfig):
    name = "expansion.launch"
    label = "launch"

    def ready(self) -> None:
        from celery.signals import beat_init, celeryd_init

        from expansion import celery  # noqa: F401 - so that tasks of any process find the broker

        celeryd_init.connect(refuse_exposed, weak=False)
        beat_init.connect(refuse_exposed, weak=False)


def refuse_exposed(**kwargs) -> None:
    """Worker and beat do not start in production while demo accounts exist; exit code 2."""
    from expansion.launch import guard

    try:
        guard.refuse_in_production()
    except guard.DemoAccountsExposed as reason:
        print(reason, file=sys.stderr, flush=True)
        sys.exit(2)
