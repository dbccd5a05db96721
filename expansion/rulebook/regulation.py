"""The regulation as people read it: clauses by chapter, values by section."""

from dataclasses import dataclass

from expansion.rulebook.clauses import Clause
from expansion.rulebook.lists import Choices, lists
from expansion.rulebook.parameters import Listed
from expansion.rulebook.schema import Rules


@dataclass(frozen=True)
class Chapter:
    id: str
    label: str
    clauses: list[Clause]


@dataclass(frozen=True)
class Section:
    key: str
    rows: list[Listed]
    lists: list[Choices]


def chapters_of(rules: Rules) -> list[Chapter]:
    """The clauses under the headings of the written regulation, in its order."""
    grouped: dict[str, list[Clause]] = {}
    for clause in rules.clauses:
        grouped.setdefault(clause.chapter, []).append(clause)
    return [Chapter(id, rules.chapter_label(id), found) for id, found in grouped.items()]


def sections_of(rules: Rules, source: str = "") -> list[Section]:
    """The parameters by section, with the lists of choices; with `source` only the parameters that
    come from there."""
    rows: dict[str, list[Listed]] = {}
    for one in rules.parameters():
        if source in ("", one.source):
            rows.setdefault(one.section, []).append(one)
    chosen: dict[str, list[Choices]] = {}
    for each in () if source else lists(rules):
        if each.items:
            chosen.setdefault(each.section, []).append(each)
    keys = [key for key in type(rules).model_fields if key in rows or key in chosen]
    return [Section(key, rows.get(key, []), chosen.get(key, [])) for key in keys]
