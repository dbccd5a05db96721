"""The compliance board: clause by clause and month by month, what was kept (R-exp-01).

Counts come from the checks of all rooms, one query each; a record is named only to whoever may see
it. Those who lead see their units, everybody else the own cases.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from expansion import access, clock, compliance
from expansion.compliance import BROKEN, KEPT, OPEN, Answer, Instance, Reach, Span
from expansion.people.models import User
from expansion.people.purview import oversees, teams_in, units_of
from expansion.people.selectors import Tree
from expansion.rulebook.clauses import Clause
from expansion.rulebook.parameters import Listed
from expansion.rulebook.schema import Rules
from expansion.worktime import Period, PeriodKind

MONTHS = 8
MOST = 50  # cases that the drawer lists
# How a clause stands in a period, the loudest first.
BROKEN_SOME, RUNNING, ALL_KEPT, NOTHING = "broken", "open", "kept", "nothing"
FACT, RECORDED, UNANSWERED = "fact", "recorded", "unanswered"


@dataclass(frozen=True)
class Cell:
    """One clause in one month: how many cases were kept, broken, or still run."""

    month: Period
    kept: int = 0
    broken: int = 0
    open: int = 0

    @property
    def state(self) -> str:
        if self.broken:
            return BROKEN_SOME
        if self.open:
            return RUNNING
        return ALL_KEPT if self.kept else NOTHING

    @property
    def due(self) -> int:
        """The cases whose time is over."""
        return self.kept + self.broken

    @property
    def number(self) -> int:
        return {BROKEN_SOME: self.broken, RUNNING: self.open}.get(self.state, self.kept)

    @property
    def share(self) -> int | None:
        """How many of a hundred were kept, rounded down; None where none was due."""
        return self.kept * 100 // self.due if self.due else None


@dataclass(frozen=True)
class Row:
    """A clause with what answers for it."""

    clause: Clause
    answer: Answer
    cells: tuple[Cell, ...] = ()

    @property
    def label(self) -> str:
        return self.clause.label()

    @property
    def state(self) -> str:
        """How it stands in the last month, or how it is proven where nothing is counted."""
        if self.cells:
            return self.cells[-1].state
        if self.answer.facts:
            return FACT
        return RECORDED if self.answer.screens else UNANSWERED


@dataclass(frozen=True)
class Chapter:
    label: str
    key: str
    rows: tuple[Row, ...]


class Board:
    """What one person sees of the compliance of some units, or of one person, until a month."""

    def __init__(
        self,
        viewer: User,
        rules: Rules,
        until: Period,
        *,
        unit: int | None = None,
        person: int | None = None,
    ):
        self.viewer, self.rules, self.until = viewer, rules, until
        self.units = units_of(viewer) if oversees(viewer) else frozenset()
        self.unit = unit if unit in self.units else None
        self.person = person if person in self.people else None
        self._counted: dict[Any, Counter] = {}

    @cached_property
    def teams(self) -> list[Any]:
        """The teams overseen with their people."""
        return teams_in(self.units)

    @cached_property
    def people(self) -> dict[int, User]:
        """Whom the board can be narrowed to; the viewer alone for who oversees nobody."""
        found = [one for team in self.teams for one in team.people]
        return {one.pk: one for one in found or [self.viewer]}

    @cached_property
    def reach(self) -> Reach:
        if not self.units:
            return Reach(frozenset(), frozenset({self.viewer.pk}), self.viewer.pk)
        units = Tree().below(self.unit) if self.unit else self.units
        people = [one.pk for team in self.teams if team.unit.pk in units for one in team.people]
        return Reach(units, frozenset(people), self.person)

    @cached_property
    def months(self) -> list[Period]:
        """The months shown, the last one being the one asked for."""
        found = [self.until]
        while len(found) < MONTHS:
            found.append(found[-1].previous())
        return found[::-1]

    @property
    def span(self) -> Span:
        return Span(self.months[0].start, self.until.end)

    @cached_property
    def rows(self) -> list[Row]:
        return [self.row(clause) for clause in self.rules.clauses]

    def row(self, clause: Clause) -> Row:
        answer = compliance.answer_for(clause.id)
        return Row(clause, answer, tuple(self._cells(clause, answer)))

    def _cells(self, clause: Clause, answer: Answer) -> Iterator[Cell]:
        if answer.check is None:
            return
        counted = self._count(answer.check, clause.id)
        for month in self.months:
            numbers = {state: counted[month.start, state] for state in (KEPT, BROKEN, OPEN)}
            yield Cell(month, **numbers)

    def _count(self, check: compliance.Check, clause: str) -> Counter[tuple[date, str]]:
        """Counted once for all clauses that share a check, unless it asks which clause is meant."""
        key = (check.key, clause if check.by_clause else "")
        if key not in self._counted:
            self._counted[key] = check.cases(self.rules, clause).count(self.reach, self.span)
        return self._counted[key]

    def chapters(self, *, only_broken: bool = False, chapter: str = "") -> list[Chapter]:
        """The clauses by chapter; with `only_broken` those broken in the last month."""
        grouped: dict[str, list[Row]] = {}
        for row in self.rows:
            if only_broken and row.state != BROKEN_SOME:
                continue
            grouped.setdefault(row.clause.chapter, []).append(row)
        return [
            Chapter(self.rules.chapter_label(key), key, tuple(rows))
            for key, rows in grouped.items()
            if chapter in ("", key)
        ]

    @property
    def sums(self) -> Counter[str]:
        """How many clauses stand how in the last month."""
        return Counter(row.state for row in self.rows)

    def detail(self, clause: Clause, month: Period, state: str) -> Detail:
        return Detail(self, self.row(clause), month, state)


@dataclass(frozen=True)
class Named:
    """A case as its reader may read it; the record's name is empty where it is not theirs."""

    case: Instance
    person: str
    name: str = ""
    url: str = ""


class Detail:
    """One clause in one month, down to the cases and the people."""

    def __init__(self, board: Board, row: Row, month: Period, state: str):
        self.board, self.row, self.month, self.state = board, row, month, state

    @property
    def clause(self) -> Clause:
        return self.row.clause

    @property
    def check(self) -> compliance.Check | None:
        return self.row.answer.check

    @property
    def cell(self) -> Cell:
        return next((one for one in self.row.cells if one.month == self.month), Cell(self.month))

    @property
    def span(self) -> Span:
        return Span(self.month.start, self.month.end)

    @property
    def _cases(self) -> compliance.Cases:
        assert self.check is not None  # noqa: S101 — asked only where a check answers
        return self.check.cases(self.board.rules, self.clause.id)

    @cached_property
    def cases(self) -> list[Named]:
        """The latest cases of the state asked for."""
        if self.check is None:
            return []
        found = self._cases.listed(self.board.reach, self.span, self.state, MOST)
        return list(_named(self.board.viewer, found))

    @cached_property
    def people(self) -> list[tuple[str, Cell]]:
        """Who kept and broke how much, those who broke most first."""
        if self.check is None:
            return []
        counted = self._cases.by_person(self.board.reach, self.span)
        cells = {
            person: Cell(
                self.month,
                counted[person, KEPT],
                counted[person, BROKEN],
                counted[person, OPEN],
            )
            for person, _state in counted
        }
        names = User.objects.in_bulk([pk for pk in cells if pk is not None])
        found = [(_name_of(names.get(pk)), cell) for pk, cell in cells.items()]
        return sorted(found, key=lambda one: (-one[1].broken, -one[1].kept, one[0]))

    @cached_property
    def settings(self) -> list[Listed]:
        """The parameters of the rulebook that the clause rests on: named by it, or its check's."""
        wanted = self.check.settings if self.check else ()
        return [
            one
            for one in self.board.rules.parameters()
            if one.clause == self.clause.id or one.path in wanted
        ]

    @property
    def facts(self) -> list[str]:
        rules = self.board.rules
        return [line for fact in self.row.answer.facts for line in fact.lines(rules)]

    @property
    def screens(self) -> list[tuple[str, str]]:
        """Where the clause is lived: label and address."""
        found = ((str(one.label), _address(one.route)) for one in self.row.answer.screens)
        return [(label, url) for label, url in found if url]


def _address(route: str) -> str:
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""


def _name_of(person: User | None) -> str:
    return person.name if person else _("nobody")


def _named(viewer: User, cases: list[Instance]) -> Iterator[Named]:
    """The cases with the names of those records that the viewer may see, asked together."""
    ids: dict[type, set[int]] = {}
    for one in cases:
        ids.setdefault(type(one.record), set()).add(one.record.pk)
    seen = {where[1:] for where in access.seen((viewer, *kind) for kind in ids.items())}
    names = User.objects.in_bulk([one.person for one in cases if one.person is not None])
    for one in cases:
        person = _name_of(names.get(one.person))
        if (type(one.record), one.record.pk) in seen:
            yield Named(one, person, str(one.record), one.record.get_absolute_url())
        else:
            yield Named(one, person)


def this_month() -> Period:
    return Period.containing(PeriodKind.MONTH, clock.today())
