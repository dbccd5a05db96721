"""Turns what the schema refuses into sentences for people, each beside the path it concerns."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from expansion.errors import Invalid


def refusal(error: ValidationError, within: str = "") -> Invalid:
    """One `Invalid` with a sentence for everything that was found wrong."""
    fields: dict[str, list[str]] = {}
    for one in error.errors():
        for path, sentence in _sentences(one, within):
            fields.setdefault(path, []).append(sentence)
    return Invalid(fields=fields)


def _sentences(one: Mapping[str, Any], within: str) -> Sequence[tuple[str, str]]:
    if one["type"] == "rules":
        return [(problem.path, problem.sentence) for problem in one["ctx"]["problems"]]
    path = within or ".".join(str(part) for part in one["loc"])
    return [(path, _sentence(one, path))]


def _sentence(one: Mapping[str, Any], path: str) -> str:
    match one["type"]:
        case "missing":
            return _("“%(path)s” is missing.") % {"path": path}
        case "extra_forbidden":
            return _("“%(path)s” is not a known entry.") % {"path": path}
        case "approver":
            return str(one["msg"])
        case "greater_than_equal":
            return _("The smallest value is %(limit)s.") % {"limit": one["ctx"]["ge"]}
        case "less_than_equal":
            return _("The largest value is %(limit)s.") % {"limit": one["ctx"]["le"]}
        case "greater_than":
            return _("The value has to be above %(limit)s.") % {"limit": one["ctx"]["gt"]}
        case "decimal_max_places":
            places = one["ctx"]["decimal_places"]
            return _("At most %(places)s decimal places.") % {"places": places}
        case "literal_error" | "enum":
            return _("Choose one of: %(choices)s.") % {"choices": one["ctx"]["expected"]}
        case _:
            return _("“%(path)s”: “%(value)s” does not fit here.") % {
                "path": path,
                "value": str(one["input"])[:80],
            }
