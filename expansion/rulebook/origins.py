"""Where the plain words of lists come from: list by list, and by entry where it was set here."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from expansion.rulebook.values import Origin, Source

if TYPE_CHECKING:
    from expansion.rulebook.schema import Rules

# What an entry of a list of choices says; another source means that one of these was changed.
WORDS = ("zh", "en", "retired")


def origin_of(rules: "Rules", path: str, clause: str | None = None) -> Origin | None:
    """The origin of the list at a path: its own, or that of what it stands in. `clause` is the one
    of the entry that it belongs to. None where nobody has said it, as in versions of old."""
    own = rules.origins.get(path)
    found = own or next((rules.origins[one] for one in around(path) if one in rules.origins), None)
    if found is None:
        return None
    said = own.clause if own else None
    return found.model_copy(update={"clause": said or clause})


def around(path: str) -> Iterator[str]:
    """The paths that lead to this one, the nearest first."""
    while path := path.rpartition(".")[0]:
        yield path


def marked(
    entry: Mapping[str, Any], before: Mapping[str, Any] | None, names: Iterable[str] = WORDS
) -> dict[str, Any]:
    """The data of an entry with its source: that of `before` where it says the same, else it was
    set here."""
    same = before is not None and all(
        (entry.get(name) or None) == (before.get(name) or None) for name in names
    )
    source = before.get("source") if before and same else Source.ADMIN.value
    rest = {name: value for name, value in entry.items() if name != "source"}
    return rest | ({"source": source} if source else {})


def remarked(node: Any, before: Any) -> Any:
    """The data of a rulebook with the sources of its entries, by those of the one before."""
    if isinstance(node, dict):
        held = before if isinstance(before, dict) else {}
        return {name: remarked(child, held.get(name)) for name, child in node.items()}
    if isinstance(node, list):
        known = {one["key"]: one for one in before or () if _has_words(one)}
        return [_remarked_entry(one, known) for one in node]
    return node


def _remarked_entry(one: Any, known: Mapping[str, Any]) -> Any:
    if not _has_words(one):
        return remarked(one, None)
    before = known.get(one["key"])
    return remarked(marked(one, before), before)


def _has_words(one: Any) -> bool:
    return isinstance(one, dict) and "key" in one and "zh" in one
