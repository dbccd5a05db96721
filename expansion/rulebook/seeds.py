"""The regulation of the demo department."""

from datetime import date
from typing import Any

from django.conf import settings

from expansion.rulebook.services import load_preset


def sow(demo: Any) -> None:
    """The preset, in force since before the story begins."""
    load_preset(
        actor=None,
        key=settings.RULEBOOK_PRESET,
        effective_on=date(demo.begins.year - 1, 1, 1),
    )
