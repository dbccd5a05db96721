"""In which values and entries two rulebooks differ, and which of them something looks at."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from expansion.rulebook.naming import Rebuilt, rebuilt
from expansion.rulebook.schema import Rules
from expansion.rulebook.templatetags.rules import value_words

ANY = "*"  # in a path: whatever one step is called


@dataclass(frozen=True)
class Differing:
    """One value or entry that is not the same in both, by its path and its name."""

    path: str
    label: str


def differing(before: Rules, after: Rules) -> list[Differing]:
    """Every value that is another one, and every entry or text that only one side has so. Where a
    value comes from makes no difference to any record."""
    old = {one.path: one for one in before.parameters()}
    values = [
        Differing(one.path, one.label)
        for one in after.parameters()
        if one.path in old and old[one.path].value != one.value
    ]
    built = [one for one in rebuilt(before, after) if not one.path.startswith("origins.")]
    return [*values, *(Differing(one.path, _label(one)) for one in built)]


def _label(one: Rebuilt) -> str:
    """Where it stands; of an entry that only one side has, what it is called too."""
    if one.before is not None and one.after is not None:
        return one.label
    value = one.before if one.after is None else one.after
    return _(": ").join((str(one.label), value_words(value)))


def looks_at(patterns: Iterable[str], path: str) -> bool:
    """Whether one of the patterns means a value at this path, or an entry that holds such a value.

    A pattern is a path, with `*` for any one step; what lies below it is meant too.
    """
    steps = path.split(".")
    return any(
        all(wanted in (ANY, step) for wanted, step in zip(pattern.split("."), steps, strict=False))
        for pattern in patterns
    )
