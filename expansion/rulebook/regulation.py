"""The regulation as people read it: clauses by chapter, values by section."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from expansion.rulebook.clauses import Clause
from expansion.rulebook.entries import Collection
from expansion.rulebook.lists import Choices
from expansion.rulebook.models import Interpretation
from expansion.rulebook.parameters import UNCONFIRMED, Listed
from expansion.rulebook.printed import Line, lines
from expansion.rulebook.schema import Rules

OPEN = "open"  # in place of a source: whatever still waits for somebody's word


@dataclass(frozen=True)
class Chapter:
    id: str
    label: str
    clauses: list[Clause]


@dataclass(frozen=True)
class Section:
    """Some parameters and lists of one section."""

    key: str
    rows: list[Listed]
    lists: list[Choices | Collection]

    @property
    def count(self) -> int:
        return len(self.rows) + len(self.lists)


@dataclass(frozen=True)
class Printed:
    """Everything that one section says."""

    key: str
    lines: list[Line]


def chapters_of(rules: Rules) -> list[Chapter]:
    """The clauses under the headings of the written regulation, in its order."""
    grouped: dict[str, list[Clause]] = {}
    for clause in rules.clauses:
        grouped.setdefault(clause.chapter, []).append(clause)
    return [Chapter(id, rules.chapter_label(id), found) for id, found in grouped.items()]


def notes_by_clause() -> dict[str, list[Interpretation]]:
    """The interpretations that stand, by the clause which they are on: one query."""
    notes: dict[str, list[Interpretation]] = {}
    for note in Interpretation.objects.standing().select_related("by", "for_person"):
        notes.setdefault(note.clause, []).append(note)
    return notes


def sections_of(rules: Rules, source: str = "") -> list[Printed]:
    """All that the rulebook says, by section (`printed`); with `source` only the parameters that
    come from there, `open` for all that nobody has settled yet."""
    wanted = UNCONFIRMED if source == OPEN else (source,)
    found: dict[str, list[Line]] = {}
    for one in lines(rules):
        if not source or one.source in wanted:
            found.setdefault(one.section, []).append(one)
    return [Printed(key, printed) for key, printed in found.items()]


def by_section(
    rules: Rules, rows: Iterable[Listed], lists: Iterable[Choices | Collection] = ()
) -> list[Section]:
    """These parameters and lists by section, in the order of the rulebook."""
    found: dict[str, Section] = {key: Section(key, [], []) for key in type(rules).model_fields}
    for one in rows:
        found[one.section].rows.append(one)
    for each in lists:
        found[each.section].lists.append(each)
    return [one for one in found.values() if one.rows or one.lists]


def values_of(sections: Iterable[Printed]) -> Iterator[Any]:
    """The values in these sections that the rulebook's words write out."""
    return (line.value for section in sections for line in section.lines)
