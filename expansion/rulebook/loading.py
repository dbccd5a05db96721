"""Reads rulebooks: from a preset's TOML file, or from the data a stored version keeps.

Whatever does not hold becomes an `expansion.errors.Invalid` with a sentence per path.
"""

import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from expansion.errors import Gone, Invalid
from expansion.rulebook.overlays import narrowed
from expansion.rulebook.schema import UNFINISHED, Rules
from expansion.rulebook.sentences import refusal
from expansion.rulebook.values import by_key

PRESETS = Path(__file__).parent / "presets"


def preset_keys() -> tuple[str, ...]:
    """The presets that are shipped."""
    return tuple(sorted(path.stem for path in PRESETS.glob("*.toml")))


@cache
def preset(key: str, overlay: str | None = None) -> Rules:
    """The rules of a shipped preset, or of one of the regulations that it unites (reading 49).

    Raises:
        Gone: there is no preset, or in it no overlay, of this key; the sentence names those known.
    """
    if key not in preset_keys():
        raise Gone(
            _("There is no preset “%(key)s”. Known: %(known)s.") % _named(key, preset_keys())
        )
    rules = from_toml((PRESETS / f"{key}.toml").read_text(encoding="utf-8"))
    return rules if overlay is None else narrowed_to(rules, overlay)


def narrowed_to(rules: Rules, overlay: str) -> Rules:
    """The rules of one regulation out of several that `rules` unites.

    Raises:
        Gone: there is no overlay of this key.
        Invalid: what it keeps does not hold together; a sentence per path below the overlay.
    """
    keys = [one.key for one in rules.overlays]
    if overlay not in keys:
        raise Gone(
            _("There is no sub-regulation “%(key)s”. Known: %(known)s.") % _named(overlay, keys)
        )
    try:
        return from_data(narrowed(rules, by_key(rules.overlays, overlay)))
    except Invalid as refusal:
        fields = {f"overlays.{overlay}.{path}": texts for path, texts in refusal.fields.items()}
        raise Invalid(refusal.message, fields=fields) from refusal


def _named(key: str, known: Iterable[str]) -> dict[str, str]:
    return {"key": key, "known": ", ".join(known) or "—"}


def from_file(path: Path) -> Rules:
    """The rules in a TOML file.

    Raises:
        Gone: the file is not there or cannot be read as UTF-8 text.
        Invalid: it does not hold; a sentence per path.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Gone(
            _("%(file)s cannot be read: %(reason)s") % {"file": path, "reason": error}
        ) from error
    return from_toml(text)


def from_toml(text: str) -> Rules:
    """The rules written in a TOML text."""
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise Invalid(_("This is not TOML: %(reason)s") % {"reason": error}) from error
    return from_data(data)


def from_data(data: Mapping[str, Any], *, unfinished: bool = False) -> Rules:
    """The rules a mapping describes, for instance what `to_data` gave to a stored version. What is
    `unfinished` need not hold together yet."""
    try:
        return Rules.model_validate(data, context=UNFINISHED if unfinished else None)
    except ValidationError as error:
        raise refusal(error) from error


def to_data(rules: Rules) -> dict[str, Any]:
    """The rules as plain JSON data: what a stored version keeps and `--json` prints."""
    return rules.model_dump(mode="json")
