"""Reads rulebooks: from a preset's TOML file, or from the data a stored version keeps.

Whatever does not hold becomes an `expansion.errors.Invalid` with a sentence per path.
"""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from expansion.errors import Gone, Invalid
from expansion.rulebook.schema import Rules
from expansion.rulebook.sentences import refusal

PRESETS = Path(__file__).parent / "presets"


def preset_keys() -> tuple[str, ...]:
    """The presets that are shipped."""
    return tuple(sorted(path.stem for path in PRESETS.glob("*.toml")))


@cache
def preset(key: str) -> Rules:
    """The rules of a shipped preset; an unknown key is refused with the known ones."""
    if key not in preset_keys():
        known = ", ".join(preset_keys())
        raise Gone(
            _("There is no preset “%(key)s”. Known: %(known)s.") % {"key": key, "known": known}
        )
    return from_toml((PRESETS / f"{key}.toml").read_text(encoding="utf-8"))


def from_toml(text: str) -> Rules:
    """The rules written in a TOML text."""
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise Invalid(_("This is not TOML: %(reason)s") % {"reason": error}) from error
    return from_data(data)


def from_data(data: Mapping[str, Any]) -> Rules:
    """The rules a mapping describes, for instance what `to_data` gave to a stored version."""
    try:
        return Rules.model_validate(data)
    except ValidationError as error:
        raise refusal(error) from error


def to_data(rules: Rules) -> dict[str, Any]:
    """The rules as plain JSON data: what a stored version keeps and `--json` prints."""
    return rules.model_dump(mode="json")
