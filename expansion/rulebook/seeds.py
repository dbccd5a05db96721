"""The regulation of a demo department."""

from typing import Any

from django.conf import settings

from expansion.rulebook.services.presets import load_preset


def sow(demo: Any) -> None:
    """The preset, in force since the story begins: earlier periods are not appraised."""
    load_preset(
        actor=None,
        key=settings.RULEBOOK_PRESET,
        effective_on=demo.begins,
    )


def sow_preset(demo: Any) -> None:
    """The regulation that was chosen, in force since the story begins."""
    load_preset(actor=None, key=demo.key, overlay=demo.overlay, effective_on=demo.begins)
