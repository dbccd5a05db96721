"""Everything that a rulebook says, line by line: one walk through its schema.

What is a parameter stands with its source and its clause, and so does every list with the words
of its entries; what the entry itself says (who owes a report, who leads a meeting, which level a
consequence follows) with the clause of the entry, and that it was set here where it was.
Clauses and chapters are printed as the text of the regulation (`regulation.chapters_of`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BaseModel

from expansion.rulebook.deciders import titles_of
from expansion.rulebook.entries import label_of, title_of
from expansion.rulebook.entry_forms import CHOSEN, NAMES, OPTIONS, named_in
from expansion.rulebook.lists import LISTS, clause_of
from expansion.rulebook.naming import LABELS
from expansion.rulebook.organisation import Right
from expansion.rulebook.origins import origin_of
from expansion.rulebook.overlays import KEPT, Overlay, OwnPost, OwnTeam
from expansion.rulebook.parameters import Listed, leaves
from expansion.rulebook.schema import Rules
from expansion.rulebook.templatetags.rules import CADENCES, SECTIONS, WORDS
from expansion.rulebook.values import Choice, Item, Mark, Parameter, Source

APART = ("chapters", "clauses", "origins")
# What a line is named by, or what tells programs and not people what to do.
UNSAID = ("key", "zh", "en", "source", "retired", "clause")
EVERYONE = gettext_lazy("everyone")
# What an empty list says where it does not say nothing.
EMPTY = {"teams": EVERYONE}
# Fields that only here need a name.
TITLES: Mapping[str, Any] = {
    "scope": gettext_lazy("For whom it holds"),
    "letter": gettext_lazy("Letter of its clauses"),
    "edition": gettext_lazy("Edition"),
    "overlay": gettext_lazy("Sub-regulation"),
    "regulation": gettext_lazy("Its clauses begin with"),
    "cycles": gettext_lazy("Cycles of appraisal"),
}


@dataclass(frozen=True)
class Line:
    """One line: a value, what an entry says in words, or a list of choices; the others are empty.

    `value` is written out by the words of the rulebook, with the names of those who decide.
    """

    path: str
    section: str
    label: str
    clause: str | None = None
    source: Source | None = None
    value: Any = None
    words: str = ""
    items: tuple[Item, ...] = ()


@dataclass(frozen=True)
class _Place:
    """Where the walk stands: the path, the names of the entries around it, and their clause."""

    path: str
    section: str
    trail: tuple[str, ...] = ()
    clause: str | None = None

    def within(self, step: str, *called: str, clause: str | None = None) -> "_Place":
        trail = (*self.trail, *called)
        return _Place(f"{self.path}.{step}", self.section, trail, clause or self.clause)

    def line(self, title: str = "", **said: Any) -> Line:
        label = " · ".join((*self.trail, title) if title else self.trail)
        return Line(self.path, self.section, label, **{"clause": self.clause, **said})


def lines(rules: Rules) -> Iterator[Line]:
    """Every line, in the order of the rulebook."""
    walk = _Walk(rules)
    for name in Rules.model_fields:
        if name not in APART:
            yield from walk.field(rules, name, _Place(name, name))


class _Walk:
    def __init__(self, rules: Rules):
        self.rules = rules

    def field(self, node: BaseModel, name: str, place: _Place) -> Iterator[Line]:
        """The lines of one field of the schema, by what it holds."""
        value, title = getattr(node, name), _title(node, name)
        if isinstance(value, Parameter):
            yield place.line(title, clause=value.clause, source=value.source, value=value.value)
        elif isinstance(value, BaseModel):
            yield from self.entry(value, place)
        elif name == "values" and isinstance(node, Overlay):
            yield from self._overlaid(node, place)
        elif _annotation(node, name) in LISTS or _holds_entries(value):
            yield from self._entries(node, name, place)
        else:
            yield from self._plain(node, name, place)

    def entry(self, node: BaseModel, place: _Place) -> Iterator[Line]:
        """The lines of one entry; what names it and its clause stand in each of them."""
        if isinstance(node, Right):
            role = titles_of(self.rules).get(node.role) or str(WORDS.get(node.role, node.role))
            yield place.line(words=_(": ").join((role, str(_option(node.scope)))))
            return
        clause = clause_of(node)
        for name in type(node).model_fields:
            if name not in UNSAID:
                yield from self.field(node, name, place.within(name, clause=clause))

    def _entries(self, node: BaseModel, name: str, place: _Place) -> Iterator[Line]:
        """The words of a list as one line; of entries that are more, and of stages, what each
        says."""
        found = getattr(node, name)
        if found and isinstance(found[0], Item) and not isinstance(node, Overlay):
            origin = origin_of(self.rules, place.path, place.clause)
            said = {"clause": origin.clause, "source": origin.source} if origin else {}
            yield place.line(_title(node, name), items=found, **said)
        for number, one in enumerate(found, start=1):
            if type(one) is not Choice:
                step = str(getattr(one, "key", number))
                if isinstance(one, (OwnPost, OwnTeam)):
                    titled = place.within(f"{step}.zh", clause=one.clause)
                    yield titled.line(_title(node, name), words=one.label())
                yield from self.entry(one, place.within(step, _called(one, number)))

    def _plain(self, node: BaseModel, name: str, place: _Place) -> Iterator[Line]:
        """What an entry says without being a parameter; nothing of what it leaves open."""
        value, title = getattr(node, name), _title(node, name)
        if value in (None, "", ()):
            if name in EMPTY and not isinstance(node, Overlay):
                yield place.line(title, words=str(EMPTY[name]))
        elif isinstance(value, bool) or Mark.APPROVER in _leaves(node, name):
            yield place.line(title, value=value)
        else:
            several = value if isinstance(value, tuple) else (value,)
            known = self._names(node, name)
            words = (str(known.get(str(one)) or _option(str(one))) for one in several)
            yield place.line(title, words=_(", ").join(words))

    def _names(self, node: BaseModel, name: str) -> Mapping[str, Any]:
        """What the keys of a field are called, where it names entries of a list."""
        if isinstance(node, Overlay) and name == "indicators":
            return {one.key: one.label() for each in self.rules.kpi_sets for one in each.indicators}
        if isinstance(node, Overlay) and name in KEPT:
            return {one.key: one.label() for one in getattr(self.rules, name)}
        if isinstance(node, (OwnPost, OwnTeam)):
            return {one.key: one.label() for one in self.rules.posts}
        if name in NAMES:
            return dict(named_in(NAMES[name], self.rules))
        return dict(CHOSEN[name](self.rules)) if name in CHOSEN else {}

    @cached_property
    def _parameters(self) -> dict[str, Listed]:
        return {one.path: one for one in self.rules.parameters()}

    def _overlaid(self, node: Overlay, place: _Place) -> Iterator[Line]:
        """The values that a sub-regulation says otherwise, as they would be read."""
        for path, given in node.values.items():
            held = self._parameters[path]
            made = type(held.parameter).model_validate(given)
            said = {"clause": made.clause, "source": made.source, "value": made.value}
            yield place.within(path).line(held.label, **said)


def _option(key: str) -> str:
    return str(OPTIONS.get(key) or WORDS.get(key) or CADENCES.get(key) or key)


def _annotation(node: BaseModel, name: str) -> Any:
    return type(node).model_fields[name].annotation


def _leaves(node: BaseModel, name: str) -> list[Any]:
    field = type(node).model_fields[name]
    return [*leaves(field.annotation), *field.metadata]


def _holds_entries(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], BaseModel)


def _title(node: BaseModel, name: str) -> str:
    """What a field is called: by the schema, by the pages that edit it, else here."""
    field = type(node).model_fields[name]
    if field.title:
        return _(field.title)
    if isinstance(node, Overlay) and name in SECTIONS:
        return str(SECTIONS[name])
    known = TITLES.get(name) or LABELS.get(name)
    return str(known) if known else title_of(name, field)


def _called(one: BaseModel, number: int) -> str:
    """What an entry is called in the labels of its lines."""
    return label_of(one) if hasattr(one, "key") else str(number)
