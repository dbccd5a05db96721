"""What differs between two rulebooks, entry by entry: parameters, lists, clauses, texts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from expansion.rulebook.loading import to_data
from expansion.rulebook.schema import Rules

Entries = Mapping[str, Any]
NOTHING: tuple[Any, ...] = (None, [], {})


@dataclass(frozen=True)
class Difference:
    """One entry that only one side has, or that both have otherwise. None: it is not there.

    Of a list whose entries stand in another order `is_order` is true, its path is the list's, and
    the sides are the keys that both have, as they stand.
    """

    path: str
    before: Any
    after: Any
    is_order: bool = False

    @property
    def is_parameter(self) -> bool:
        """Whether it is a value with its source; False for a text, an entry, a clause."""
        return not self.path.startswith("origins.") and any(
            isinstance(side, Mapping) for side in (self.before, self.after)
        )


def differences(before: Rules, after: Rules) -> list[Difference]:
    """Every entry that differs, in the order of the rulebook, then every list whose entries stand
    in another order; what is equal is left out."""
    data, other = to_data(before), to_data(after)
    old, new = dict(_leaves(data)), dict(_leaves(other))
    paths = dict.fromkeys((*old, *new))
    found = [
        Difference(path, old.get(path), new.get(path))
        for path in paths
        if old.get(path) != new.get(path)
        # A list without entries, beside one whose entries have paths of their own.
        and not (old.get(path) in NOTHING and new.get(path) in NOTHING)
    ]
    return [*found, *_moved(dict(_orders(data)), dict(_orders(other)))]


def _moved(old: Entries, new: Entries) -> Iterator[Difference]:
    for path in (path for path in old if path in new):
        stood = [key for key in old[path] if key in new[path]]
        stands = [key for key in new[path] if key in old[path]]
        if stood != stands:
            yield Difference(path, stood, stands, is_order=True)


def _orders(node: Any, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """The names in every list of named things, as they stand."""
    children = _children(node)
    if children and isinstance(node, list):
        yield path, [key for key, _child in children]
    for key, child in children:
        yield from _orders(child, f"{path}.{key}" if path else key)


def _leaves(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Parameters as one entry each; of a list of named things each by its own name."""
    children = _children(node)
    if not children:
        yield path, _shown(node)
    for key, child in children:
        yield from _leaves(child, f"{path}.{key}" if path else key)


def _children(node: Any) -> list[tuple[str, Any]]:
    if isinstance(node, Mapping) and not _has_origin(node):
        return list(node.items())
    if isinstance(node, list) and all(isinstance(one, Mapping) for one in node):
        return [(str(one.get("key") or one.get("id")), one) for one in node]
    return []


def _shown(node: Any) -> Any:
    """Of a parameter what it says and where that comes from; its note explains only."""
    if isinstance(node, Mapping) and _has_origin(node):
        return {name: node.get(name) for name in ("value", "source", "clause")}
    return node


def _has_origin(node: Mapping[str, Any]) -> bool:
    """Whether it is a value or a list's origin: an entry says of its words alone that they were
    set here, and is told by its parts."""
    return "source" in node and "key" not in node
