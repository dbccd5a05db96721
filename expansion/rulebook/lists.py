"""The lists of choices that a rulebook holds, each with its path: sources, stages, categories."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.text import slugify
from django.utils.translation import gettext as _
from pydantic import BaseModel

from expansion.rulebook.values import Choice, Item, Items
from expansion.rulebook.work import Stage

if TYPE_CHECKING:
    from expansion.rulebook.schema import Rules

LISTS = (Items, tuple[Stage, ...])
LONGEST_KEY = 60


@dataclass(frozen=True)
class Choices:
    """One list, with what it is called in the reader's language."""

    path: str
    section: str
    label: str
    items: tuple[Choice, ...]
    clause: str | None = None  # where the list itself names one


def lists(rules: "Rules") -> Iterator[Choices]:
    """Every list that can be worded, ordered, extended and thinned, in the rulebook's order."""
    for name in type(rules).model_fields:
        yield from _walk(getattr(rules, name), name, name, ())


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
                clause = getattr(node, "clause", None)
                yield Choices(f"{path}.{name}", section, words, child, clause)
            else:
                yield from _walk(child, f"{path}.{name}", section, inner)


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
