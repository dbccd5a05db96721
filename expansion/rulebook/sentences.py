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
        case kind:
            return _("“%(path)s” is “%(value)s”. Expected is %(what)s.") % {
                "path": path,
                "value": str(one["input"])[:80],
                "what": _expected(kind),
            }


def _expected(kind: str) -> str:
    """What pydantic's kind of error asks for, in words."""
    return {
        "string_type": _("a text"),
        "string_too_short": _("a text that is not empty"),
        "string_too_long": _("a shorter text"),
        "string_pattern_mismatch": _("a name of small letters, digits and underscores"),
        "int_type": _("a whole number"),
        "int_parsing": _("a whole number"),
        "int_from_float": _("a whole number"),
        "decimal_type": _("a number"),
        "decimal_parsing": _("a number"),
        "finite_number": _("a number"),
        "bool_type": _("true or false"),
        "bool_parsing": _("true or false"),
        "tuple_type": _("a list"),
        "too_short": _("at least one entry"),
        "model_type": _("a table with its entries"),
        "model_attributes_type": _("a table with its entries"),
        "mapping_type": _("a table with its entries"),
        "time_type": _("a time of day such as 15:00"),
        "time_parsing": _("a time of day such as 15:00"),
        "value_error": _("a number and a unit such as “5 working days”"),
        "dataclass_type": _("a number and a unit such as “5 working days”"),
    }.get(kind, _("something else"))
