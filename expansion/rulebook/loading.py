"""Reads rulebooks: from a preset's TOML file, or from the data a stored version keeps.

Whatever does not hold becomes an `expansion.errors.Invalid` with a sentence per path.
"""

import re
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

ENCODING = "utf-8-sig"  # editors of Windows put a mark before the first letter
_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)$")
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
        text = path.read_text(encoding=ENCODING)
    except (OSError, UnicodeDecodeError) as error:
        raise Gone(
            _("%(file)s cannot be read: %(reason)s") % {"file": path, "reason": error}
        ) from error
    return from_toml(text)


def from_toml(text: str) -> Rules:
    """The rules written in a TOML text.

    Raises:
        Invalid: it is no TOML, and the sentence says where; or it does not hold.
    """
    try:
        data = tomllib.loads(text, parse_float=Decimal)
        if _has_nul(data):
            raise Invalid(_("The file holds a sign that no text may hold: U+0000."))
    except tomllib.TOMLDecodeError as error:
        raise Invalid(_misread(str(error))) from error
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise Invalid(
            _("The file holds a number or a nesting of brackets that is too large to be read.")
        ) from error
    return from_data(data)


def _misread(reason: str) -> str:
    """Where a text stops being TOML. The parser says why in English alone."""
    place = _PLACE.search(reason)
    if place is None:
        return _("This is not TOML: the file ends in the middle of an entry.")
    words = {"line": place[1], "column": place[2]}
    return _("This is not TOML: line %(line)s, column %(column)s cannot be read.") % words


def _has_nul(node: Any) -> bool:
    """Whether a text in it holds the one sign that no database keeps."""
    if isinstance(node, Mapping):
        return any(_has_nul(one) for pair in node.items() for one in pair)
    if isinstance(node, list):
        return any(map(_has_nul, node))
    return isinstance(node, str) and "\x00" in node


def from_data(data: Mapping[str, Any], *, unfinished: bool = False) -> Rules:
    """The rules a mapping describes, for instance what `to_data` gave to a stored version. What is
    `unfinished` need not hold together yet."""
    try:
        return Rules.model_validate(data, context=UNFINISHED if unfinished else None)
    except ValidationError as error:
        raise refusal(error, data) from error


def to_data(rules: Rules) -> dict[str, Any]:
    """The rules as plain JSON data: what a stored version keeps and `--json` prints."""
    return rules.model_dump(mode="json")
