"""Lists every parameter of a rulebook by its path, and makes changed copies."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, get_args

from django.utils.translation import gettext as _
from pydantic import BaseModel, ValidationError

from expansion.errors import Invalid
from expansion.rulebook.sentences import refusal
from expansion.rulebook.values import (
    Cadence,
    Item,
    Mark,
    Parameter,
    Source,
)
from expansion.worktime import Limit

if TYPE_CHECKING:
    from expansion.rulebook.schema import Rules

Kind = Literal[
    "switch", "choice", "choices", "approver", "chain", "post", "percent", "count", "number",
    "limit", "time", "cadence", "approvals", "partners", "text",
]  # fmt: skip

# What still waits for somebody's word: a blank of the regulation that we filled, our own choice
# where it is silent, or no value at all (R-exp-01).
UNCONFIRMED = (Source.PLACEHOLDER, Source.PROPOSAL, Source.UNSET)

# The first type or mark that a parameter's annotation holds decides.
_KINDS: dict[Any, Kind] = {
    Mark.PERCENT: "percent",
    Mark.POST: "post",
    Mark.APPROVAL: "approvals",
    Mark.PARTNER: "partners",
    Limit: "limit",
    Cadence: "cadence",
    time: "time",
    bool: "switch",
    int: "count",
    Decimal: "number",
}


@dataclass(frozen=True)
class Listed:
    """One parameter as an editor page shows it."""

    path: str
    section: str
    trail: tuple[str, ...]
    title: str
    parameter: Parameter[Any]

    @property
    def label(self) -> str:
        """Where it belongs and what it is, in the reader's language."""
        return " · ".join((*self.trail, self.title))

    @property
    def value(self) -> Any:
        return self.parameter.value

    @property
    def source(self) -> Source:
        return self.parameter.source

    @property
    def clause(self) -> str | None:
        return self.parameter.clause

    @property
    def kind(self) -> Kind:
        """Which kind of field edits it."""
        many = isinstance(self.value, tuple)
        if Mark.APPROVER in self._leaves:
            return "chain" if many else "approver"
        if self.options:
            return "choices" if many else "choice"
        return next((kind for leaf, kind in _KINDS.items() if leaf in self._leaves), "text")

    @property
    def options(self) -> tuple[str, ...]:
        """The values to choose from, where only some are allowed."""
        return tuple(leaf for leaf in self._leaves if isinstance(leaf, str))

    @property
    def optional(self) -> bool:
        """Whether it may stand without a value."""
        return type(None) in self._leaves

    def read(self, value: Any) -> Any:
        """A new value in its type, checked by itself only: a draft's sums may still be off.

        Raises `Invalid` under the path.
        """
        return self._changed(value).value

    def plain(self, value: Any) -> Any:
        """The same as JSON data; a value equal to the present one comes out as that is stored."""
        return self._changed(value).model_dump(mode="json")["value"]

    def with_value(self, value: Any) -> "Listed":
        """The same parameter with another value; `Invalid` where it does not hold by itself."""
        return replace(self, parameter=self._changed(value))

    def _changed(self, value: Any) -> Parameter[Any]:
        entry = _replaced(self.parameter, value, Source.ADMIN, self.path)
        return type(self.parameter).model_validate(entry)

    @property
    def _leaves(self) -> list[Any]:
        field = type(self.parameter).model_fields["value"]
        return [*leaves(field.annotation), *field.metadata]


def listed(rules: "Rules") -> Iterator[Listed]:
    """Every parameter, in the order of the rulebook."""
    for name, field in type(rules).model_fields.items():
        yield from _walk(getattr(rules, name), name, name, (), field.title)


def _walk(
    node: object, path: str, section: str, trail: tuple[str, ...], title: str | None
) -> Iterator[Listed]:
    if isinstance(node, Parameter):
        yield Listed(path, section, trail, _(title) if title else path, node)
    elif isinstance(node, tuple):
        for one in node:
            key = getattr(one, "key", None)
            if isinstance(one, BaseModel) and key:
                yield from _walk(one, f"{path}.{key}", section, trail, None)
    elif isinstance(node, BaseModel):
        inner = (*trail, node.label()) if isinstance(node, Item) else trail
        for name, field in type(node).model_fields.items():
            child = getattr(node, name)
            yield from _walk(child, f"{path}.{name}", section, inner, field.title)


def find(rules: "Rules", paths: Iterable[str]) -> dict[str, Listed]:
    """The parameters at these paths; `Invalid` under each path that is none."""
    known = {one.path: one for one in listed(rules)}
    unknown = {path: [_unknown(path)] for path in paths if path not in known}
    if unknown:
        raise Invalid(fields=unknown)
    return {path: known[path] for path in paths}


def _unknown(path: str) -> str:
    return _("“%(path)s” is not a parameter of the rulebook.") % {"path": path}


def changed(
    rules: "Rules", changes: Mapping[str, Any], source: Source, *, confirm: bool = False
) -> dict[str, Any]:
    """The data of a copy with other values at these paths.

    What is equal keeps its source, unless an equal value is meant to `confirm` a proposal as it is.
    """
    data = rules.model_dump()
    for path, one in find(rules, changes).items():
        entry = _replaced(one.parameter, changes[path], source, path)
        if confirm and one.source in UNCONFIRMED:
            entry = {**entry, "source": source}
        put(data, path, entry)
    return data


def _replaced(
    parameter: Parameter[Any], value: Any, source: Source, path: str
) -> Mapping[str, Any]:
    before = parameter.model_dump()
    try:
        after = type(parameter).model_validate({**before, "value": value, "source": source})
    except ValidationError as error:
        raise refusal(error, within=path) from error
    return before if after.value == parameter.value else after.model_dump()


def put(data: dict[str, Any], path: str, value: Mapping[str, Any]) -> None:
    """Writes a parameter into the data of a rulebook; its place has to be there."""
    *way, last = path.split(".")
    node: Any = data
    for step in way:
        node = node[step] if isinstance(node, dict) else _entry(node, step)
    node[last] = dict(value)


def place_of(data: Any, path: str) -> tuple[Any, str]:
    """Where a list stands in the data of a rulebook: what holds it, and its name there.

    Raises:
        Invalid: there is no list at this path.
    """
    *way, name = path.split(".")
    try:
        for step in way:
            data = data[step] if isinstance(data, dict) else _entry(data, step)
        if isinstance(data[name], list):
            return data, name
    except (KeyError, StopIteration, TypeError):
        pass
    raise Invalid(_("“%(path)s” is no list of the rulebook.") % {"path": path})


def _entry(entries: Sequence[dict[str, Any]], key: str) -> dict[str, Any]:
    return next(one for one in entries if one["key"] == key)


def leaves(annotation: Any) -> Iterator[Any]:
    """The plain types, allowed values and marks that an annotation is made of."""
    inner = get_args(annotation)
    if not inner:
        yield annotation
    for one in inner:
        yield from leaves(one)
