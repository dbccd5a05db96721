"""The compliance board: clause by clause and period by period, what was kept (R-exp-01).

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
from expansion.rulebook.clause_settings import Setting, settings_by_clause
from expansion.rulebook.clauses import SETTLED, Clause
from expansion.rulebook.schema import Rules
from expansion.rulebook.waiting import CLAUSES, setting_waits_for
from expansion.worktime import Period, PeriodKind

# How many periods of a kind stand side by side.
COLUMNS = {PeriodKind.MONTH: 8, PeriodKind.QUARTER: 6, PeriodKind.HALF_YEAR: 4, PeriodKind.YEAR: 3}
MOST = 50  # cases that the drawer lists at once
# How a clause stands in a period, the loudest first.
BROKEN_SOME, RUNNING, ALL_KEPT, NOTHING = "broken", "open", "kept", "nothing"
FACT, RECORDED, UNANSWERED = "fact", "recorded", "unanswered"
STANDINGS = (ALL_KEPT, BROKEN_SOME, RUNNING, NOTHING, FACT, RECORDED, UNANSWERED)


@dataclass(frozen=True)
class Cell:
    """One clause in one period: how many cases were kept, broken, or still run."""

    period: Period
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
    proof: str = UNANSWERED  # how it stands where nothing is counted

    @property
    def label(self) -> str:
        return self.clause.label()

    @property
    def state(self) -> str:
        """How it stands in the last period, or how it is proven where nothing is counted."""
        return self.cells[-1].state if self.cells else self.proof

    @property
    def waits_for(self) -> Any:
        """The noun without which nothing answers for it; empty where something does."""
        return CLAUSES.get(self.clause.id, "") if self.state == UNANSWERED else ""

    def state_in(self, period: Period) -> str:
        """The same of another period."""
        return self.cell_of(period).state if self.cells else self.proof

    def cell_of(self, period: Period) -> Cell:
        """What was counted in a period; nothing in one that is not shown."""
        return next((one for one in self.cells if one.period == period), Cell(period))


@dataclass(frozen=True)
class Chapter:
    label: str
    key: str
    rows: tuple[Row, ...]


class Board:
    """What one person sees of the compliance of some units, or of one person, until a month, a
    quarter, a half-year or a year, beside those before it."""

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
        self._said: dict[str, list[str]] = {}

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

    @property
    def whose(self) -> str:
        """The person or the unit that it is narrowed to; empty where it is not."""
        if self.person:
            return self.people[self.person].name
        units = {team.unit.pk: team.unit for team in self.teams}
        return str(units[self.unit]) if self.unit in units else ""

    @cached_property
    def periods(self) -> list[Period]:
        """The periods shown, the last one being the one asked for."""
        found = [self.until]
        while len(found) < COLUMNS[self.until.kind]:
            found.append(found[-1].previous())
        return found[::-1]

    @cached_property
    def _months(self) -> dict[Period, list[date]]:
        """The first days of the months of each period."""
        month = PeriodKind.MONTH
        return {one: [each.start for each in one.within(month)] for one in self.periods}

    @property
    def span(self) -> Span:
        return Span(self.periods[0].start, self.until.end)

    @cached_property
    def rows(self) -> list[Row]:
        return [self.row(clause) for clause in self.rules.clauses]

    def row(self, clause: Clause) -> Row:
        answer = compliance.answer_for(clause.id)
        cells = tuple(self._cells(clause, answer))
        return Row(clause, answer, cells, "" if cells else self._proof(clause, answer))

    def _proof(self, clause: Clause, answer: Answer) -> str:
        """A clause that cases can break is proven by nothing else than cases."""
        if clause.is_measured:
            return UNANSWERED
        if self._is_settled(clause) or any(self.said(fact) for fact in answer.facts):
            return FACT
        if answer.facts:
            return NOTHING
        return RECORDED if answer.screens and clause.is_record else UNANSWERED

    def _is_settled(self, clause: Clause) -> bool:
        """Whether a clause that asks for a setting has one that something obeys."""
        if SETTLED.isdisjoint(clause.kind):
            return False
        return any(
            one.value is not None and not setting_waits_for(one.path, self.rules)
            for one in self.settings.get(clause.id, ())
        )

    @cached_property
    def settings(self) -> dict[str, list[Setting]]:
        """What the rulebook itself holds, by clause."""
        return settings_by_clause(self.rules)

    def said(self, fact: compliance.Fact) -> list[str]:
        """What the fact says now; read once for all clauses that it proves."""
        if fact.key not in self._said:
            self._said[fact.key] = list(fact.lines(self.rules))
        return self._said[fact.key]

    def _cells(self, clause: Clause, answer: Answer) -> Iterator[Cell]:
        if answer.check is None:
            return
        counted = self._count(answer.check, clause.id)
        for period, months in self._months.items():
            numbers = {
                state: sum(counted[month, state] for month in months)
                for state in (KEPT, BROKEN, OPEN)
            }
            yield Cell(period, **numbers)

    def _count(self, check: compliance.Check, clause: str) -> Counter[tuple[date, str]]:
        """Counted once for all clauses that share a check, unless it asks which clause is meant."""
        key = (check.key, clause if check.by_clause else "")
        if key not in self._counted:
            self._counted[key] = check.cases(self.rules, clause).count(self.reach, self.span)
        return self._counted[key]

    def chapters(self, *, only: str = "", chapter: str = "") -> list[Chapter]:
        """The clauses by chapter; with `only`, one of STANDINGS, those that stand so in the last
        period."""
        grouped: dict[str, list[Row]] = {}
        for row in self.rows:
            if only not in ("", row.state):
                continue
            grouped.setdefault(row.clause.chapter, []).append(row)
        return [
            Chapter(self.rules.chapter_label(key), key, tuple(rows))
            for key, rows in grouped.items()
            if chapter in ("", key)
        ]

    @property
    def sums(self) -> Counter[str]:
        """How many clauses stand how in the last period."""
        return self.sums_of(self.until)

    def sums_of(self, period: Period) -> Counter[str]:
        """How many clauses stand how in one of the periods shown."""
        return Counter(row.state_in(period) for row in self.rows)

    def broken_in(self, period: Period) -> list[Row]:
        """The clauses broken in a period, the one broken most often first."""
        found = [row for row in self.rows if row.state_in(period) == BROKEN_SOME]
        return sorted(found, key=lambda row: -row.cell_of(period).broken)

    def detail(self, clause: Clause, period: Period, state: str, page: int = 1) -> Detail:
        return Detail(self, self.row(clause), period, state, page)


@dataclass(frozen=True)
class Named:
    """A case as its reader may read it; the record's name is empty where it is not theirs."""

    case: Instance
    person: str
    name: str = ""
    url: str = ""


class Detail:
    """One clause in one period, down to the cases and the people.

    Without a `state` the loudest that there is: broken, then running, then kept.
    """

    def __init__(self, board: Board, row: Row, period: Period, state: str = "", page: int = 1):
        self.board, self.row, self.period = board, row, period
        cell = row.cell_of(period)
        self.state = state or (BROKEN if cell.broken else OPEN if cell.open else KEPT)
        self.page = min(page, max(1, -(-self.number // MOST)))

    @property
    def clause(self) -> Clause:
        return self.row.clause

    @property
    def check(self) -> compliance.Check | None:
        return self.row.answer.check

    @property
    def cell(self) -> Cell:
        return self.row.cell_of(self.period)

    @property
    def number(self) -> int:
        """How many cases stand as asked for."""
        return {KEPT: self.cell.kept, BROKEN: self.cell.broken, OPEN: self.cell.open}[self.state]

    @property
    def span(self) -> Span:
        return Span(self.period.start, self.period.end)

    @property
    def _cases(self) -> compliance.Cases:
        assert self.check is not None  # noqa: S101 — asked only where a check answers
        return self.check.cases(self.board.rules, self.clause.id)

    @cached_property
    def cases(self) -> list[Named]:
        """The latest cases of the state asked for, page by page."""
        return self._named(self.state, MOST, (self.page - 1) * MOST) if self.check else []

    def all_cases(self, most: int) -> list[Named]:
        """The cases of every state, the broken ones first; at most so many of each."""
        return [one for state in (BROKEN, OPEN, KEPT) for one in self._named(state, most)]

    def _named(self, state: str, most: int, skip: int = 0) -> list[Named]:
        found = self._cases.listed(self.board.reach, self.span, state, most, skip)
        return list(named(self.board.viewer, found))

    @cached_property
    def people(self) -> list[tuple[str, Cell]]:
        """Who kept and broke how much, those who broke most first."""
        if self.check is None:
            return []
        counted = self._cases.by_person(self.board.reach, self.span)
        cells = {
            person: Cell(
                self.period,
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
    def settings(self) -> list[Setting]:
        """The parameters and lists that the clause rests on: its own, and those of its check."""
        own = self.board.settings.get(self.clause.id, [])
        known = {one.path for one in own}
        wanted = self.check.settings if self.check else ()
        return own + [
            Setting(one.path, one.label, one.value, one.source)
            for one in self.board.rules.parameters()
            if one.path in wanted and one.path not in known
        ]

    @cached_property
    def facts(self) -> list[str]:
        return [line for fact in self.row.answer.facts for line in self.board.said(fact)]

    @property
    def waits_for(self) -> Any:
        return self.row.waits_for

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


def named(viewer: User, cases: list[Instance]) -> Iterator[Named]:
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


def running(kind: PeriodKind = PeriodKind.MONTH) -> Period:
    """The period of a kind in which today lies."""
    return Period.containing(kind, clock.today())
