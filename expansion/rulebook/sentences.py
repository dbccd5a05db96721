"""Turns what the schema refuses into sentences for people, each beside the path it concerns."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from expansion.errors import Invalid


def refusal(error: ValidationError, data: Any = None, *, within: str = "") -> Invalid:
    """One `Invalid` with a sentence for everything that was found wrong.

    Each stands beside its path, in which the entries of `data` go by their keys; with `within` all
    beside that one.
    """
    fields: dict[str, list[str]] = {}
    found = error.errors()
    for one in found:
        for path, sentence in _sentences(one, within, data, found):
            fields.setdefault(path, []).append(sentence)
    return Invalid(fields=fields)


def _sentences(
    one: Mapping[str, Any], within: str, data: Any, found: Sequence[Mapping[str, Any]]
) -> Sequence[tuple[str, str]]:
    if one["type"] == "rules":
        return [(problem.path, problem.sentence) for problem in one["ctx"]["problems"]]
    return [(within or _path(one["loc"], data), _sentence(one, found))]


def _path(loc: Sequence[int | str], data: Any) -> str:
    """The path as the rest of the program writes it: an entry by its key, a parameter by its name.
    An entry that says no key goes by its number, from one."""
    steps: list[str] = []
    node = data
    for part in loc:
        is_list = isinstance(node, (list, tuple))
        if isinstance(part, int):
            # What a preset writes as a table by id is read as a list.
            entries = list(node) if is_list else list(node.values()) if _is_table(node) else []
            keys = list(node) if _is_table(node) else []
            node = entries[part] if part < len(entries) else None
            if _is_table(node) or not entries:
                key = keys[part] if keys else _key(node)
                steps.append(str(key or f"[{part + 1}]"))
            continue
        is_value = part == "value" and _is_table(node) and "source" in node
        node = node.get(part) if _is_table(node) else None
        if not is_value:
            steps.append(part)
    return ".".join(steps)


def _is_table(node: Any) -> bool:
    return isinstance(node, Mapping)


def _key(node: Any) -> Any:
    return (node.get("key") or node.get("id")) if _is_table(node) else None


def _sentence(one: Mapping[str, Any], found: Sequence[Mapping[str, Any]]) -> str:
    match one["type"]:
        case "missing":
            return _("This is missing.")
        case "extra_forbidden":
            return _unknown(one, found)
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
        case "decimal_max_digits":
            return _("At most %(count)s digits.") % {"count": one["ctx"]["max_digits"]}
        case "decimal_whole_digits":
            count = one["ctx"]["whole_digits"]
            return _("At most %(count)s digits before the point.") % {"count": count}
        case "string_too_long":
            return _("At most %(count)s characters.") % {"count": one["ctx"]["max_length"]}
        case "literal_error" | "enum":
            return _("Choose one of: %(choices)s.") % {"choices": one["ctx"]["expected"]}
        case kind:
            words = {"value": _told(one["input"]), "what": _expected(kind)}
            if not words["value"]:
                return _("Expected is %(what)s.") % words
            return _("This is “%(value)s”. Expected is %(what)s.") % words


def _unknown(one: Mapping[str, Any], found: Sequence[Mapping[str, Any]]) -> str:
    """What is not known may be another name, badly written, that is missing beside it."""
    *above, name = one["loc"]
    beside = [each["loc"][-1] for each in found if [*each["loc"][:-1]] == above]
    missing = [each for each in beside if isinstance(each, str) and each != name]
    meant = get_close_matches(str(name), missing, n=1)
    if not meant:
        return _("This is not a known entry.")
    return _("This is not a known entry. Is “%(name)s” meant?") % {"name": meant[0]}


def _told(value: Any) -> str:
    """A value as it was given, cut short; lists and tables and giant numbers are not told."""
    if value is None or isinstance(value, (list, tuple, Mapping)):
        return ""
    if isinstance(value, int) and value.bit_length() > 300:
        return "…"
    return str(value)[:80].strip()


def _expected(kind: str) -> str:
    """What pydantic's kind of error asks for, in words."""
    return {
        "string_type": _("a text"),
        "string_too_short": _("a text that is not empty"),
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
