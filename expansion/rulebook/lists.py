"""The lists of choices that a rulebook holds, each with its path: sources, stages, categories."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.utils.text import slugify
from django.utils.translation import gettext as _
from pydantic import BaseModel

from expansion.rulebook.origins import origin_of
from expansion.rulebook.values import Choice, Item, Items, Parameter, Source, offered
from expansion.rulebook.work import Stage

if TYPE_CHECKING:
    from expansion.rulebook.schema import Rules

LISTS = (Items, tuple[Stage, ...])
LONGEST_KEY = 60
# The value of an entry whose clause is that of the whole entry: when a report is due, what an
# indicator weighs.
LEADING = ("cadence", "weight")


@dataclass(frozen=True)
class Choices:
    """One list, with what it is called in the reader's language."""

    path: str
    section: str
    label: str
    items: tuple[Choice, ...]
    clause: str | None = None  # where the list itself names one
    source: Source | None = None  # None in versions that do not say it yet


def lists(rules: "Rules") -> Iterator[Choices]:
    """Every list that can be worded, ordered, extended and thinned, in the rulebook's order."""
    for name in type(rules).model_fields:
        for one in _walk(getattr(rules, name), name, name, ()):
            found = origin_of(rules, one.path, one.clause)
            yield replace(one, clause=found.clause, source=found.source) if found else one


def _walk(node: Any, path: str, section: str, trail: tuple[str, ...]) -> Iterator[Choices]:
    if isinstance(node, tuple):
        for one in node:
            if isinstance(one, Item):
                yield from _walk(one, f"{path}.{one.key}", section, trail)
    elif isinstance(node, BaseModel):
        inner = (*trail, node.label()) if isinstance(node, Item) else trail
        for name, field in type(node).model_fields.items():
            child = getattr(node, name)
            if field.annotation in LISTS and field.title:
                words = " · ".join((*inner, _(field.title)))
                clause = clause_of(node)
                yield Choices(f"{path}.{name}", section, words, child, clause)
            else:
                yield from _walk(child, f"{path}.{name}", section, inner)


def clause_of(node: BaseModel) -> str | None:
    """The clause that an entry names: its own, or that of the value for which it is there."""
    if getattr(node, "clause", None):
        return str(node.clause)  # type: ignore[attr-defined]
    values = (getattr(node, name, None) for name in LEADING)
    return next((one.clause for one in values if isinstance(one, Parameter)), None)


def guidance(rules: "Rules", *keys: str) -> str:
    """What the open lists of these keys name, in one line for the help text of a field; empty where
    the regulation has none of them."""
    found = [one for one in rules.lists if one.key in keys]
    return " · ".join(item.label() for one in found for item in offered(one.items))


def new_key(label: str, taken: Iterable[str]) -> str:
    """A key made of an English label that no entry has yet: letters, digits and underscores."""
    word = slugify(label).replace("-", "_").lstrip("_0123456789")[: LONGEST_KEY - 4] or "entry"
    known, number, key = set(taken), 2, word
    while key in known:
        key, number = f"{word}_{number}", number + 1
    return key


def in_order(entries: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The entries that a form sent, by the place given to each, without those left empty."""
    filled = [one for one in entries if one["zh"] or one["en"]]
    found: list[dict[str, Any]] = []
    for one in sorted(filled, key=lambda one: one["place"]):
        taken = [each["key"] for each in (*filled, *found) if each["key"]]
        key = one["key"] or new_key(one["en"], taken)
        found.append(as_entry(key, one["zh"], one["en"], one.get("retired", False)))
    return found


def as_entry(key: str, zh: str, en: str, retired: bool) -> dict[str, Any]:
    """An entry as it is stored: one that is not retired says nothing of it."""
    return {"key": key, "zh": zh, "en": en} | ({"retired": True} if retired else {})
