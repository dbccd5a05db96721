"""Compliance: whether each clause of the regulation is kept, read from the records themselves.

An app offers from its own `compliance.py` what answers for a clause: a `Check` finds the cases that
keep or break it, a `Fact` shows what proves it at this moment, a `Screen` says where it is lived.
One check serves the clauses of all regulations that say the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Case as SqlCase
from django.db.models import Count, F, Q, QuerySet, Value, When
from django.db.models.functions import TruncMonth

from expansion import clock

KEPT, BROKEN, OPEN = "kept", "broken", "open"
NEVER = Q(pk__in=())
Rows = QuerySet[Any, Any]


@dataclass(frozen=True)
class Reach:
    """Whose cases are meant: those of some units and their people, or one person's own."""

    units: frozenset[int]
    people: frozenset[int]
    person: int | None = None

    def of(self, person: str, team: str = "") -> Q:
        """The rows of these people, by the columns of who and where; without `team` by who."""
        if self.person is not None:
            return Q(**{person: self.person})
        return Q(**({f"{team}__in": self.units} if team else {f"{person}__in": self.people}))


class Span(NamedTuple):
    """Some whole months, by their first and last day."""

    first: date
    last: date

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """Its first moment, and the first one after it."""
        after = self.last + timedelta(days=1)
        return clock.moment_on(self.first, time()), clock.moment_on(after, time())

    def has(self, due: date | datetime) -> bool:
        """Whether a day, or the day of a moment, lies in it."""
        return self.first <= _day(due) <= self.last


class Instance(NamedTuple):
    """One case: something that a person had to do by a day or a moment.

    `done` is None for what is not done; `state` is one of `KEPT`, `BROKEN` and `OPEN`: its time is
    not over yet.
    """

    record: models.Model
    person: int | None
    due: Any
    done: Any
    state: str


@dataclass(frozen=True)
class Query:
    """Cases that the database sorts and counts.

    `due` names the column that says when; it decides the month in which a case counts, and is a
    moment or a day. `kept` and `open` are conditions; what meets neither is broken. `person` and
    `team` name the columns of who had to do it and where; `team` is empty where a record has none.
    `record` names what a case is shown as, where that is not the row itself.
    """

    rows: Rows
    person: str
    due: str
    kept: Q
    open: Q = NEVER
    done: str = ""
    team: str = "team_id"
    record: str = ""

    def within(self, reach: Reach, span: Span) -> Rows:
        """The cases of these people in these months, with their `state`."""
        found = self.rows.filter(self._due_in(span), reach.of(self.person, self.team))
        sorted_out: Rows = found.annotate(
            state=SqlCase(
                When(self.kept, then=Value(KEPT)),
                When(self.open, then=Value(OPEN)),
                default=Value(BROKEN),
                output_field=models.CharField(),
            )
        )
        return sorted_out

    @property
    def _is_day(self) -> bool:
        annotated = self.rows.query.annotations.get(self.due)
        kind = annotated.output_field if annotated else _column(self.rows.model, self.due)
        return not isinstance(kind, models.DateTimeField)

    def _due_in(self, span: Span) -> Q:
        if self._is_day:
            return Q(**{f"{self.due}__range": span})
        first, end = span.moments
        return Q(**{f"{self.due}__gte": first, f"{self.due}__lt": end})

    def count(self, reach: Reach, span: Span) -> Counter[tuple[date, str]]:
        """How many cases of each state each month has, by the month's first day: one query."""
        zone = {} if self._is_day else {"tzinfo": clock.zone()}
        months = TruncMonth(self.due, output_field=models.DateField(), **zone)
        found = self.within(reach, span).order_by().annotate(month=months)
        counted = found.values_list("month", "state").annotate(number=Count("pk"))
        return Counter({(month, state): number for month, state, number in counted})

    def by_person(self, reach: Reach, span: Span) -> Counter[tuple[int | None, str]]:
        """How many cases of each state each person has: one query."""
        found = self.within(reach, span).order_by().values_list(self.person, "state")
        return Counter(
            {(person, state): n for person, state, n in found.annotate(number=Count("pk"))}
        )

    def listed(
        self, reach: Reach, span: Span, state: str, most: int, skip: int = 0
    ) -> list[Instance]:
        """The latest cases of a state after those skipped, at most so many: one query."""
        found = self._read(reach, span).filter(state=state).order_by(f"-{self.due}", "-pk")
        return [self._instance(one, state) for one in found[skip : skip + most]]

    def every(self, reach: Reach, span: Span) -> Iterator[Instance]:
        """All cases, in no order: one query."""
        return (self._instance(one, one.state) for one in self._read(reach, span).order_by())

    def _read(self, reach: Reach, span: Span) -> Rows:
        named = {"case_person": F(self.person), "case_due": F(self.due)}
        named |= {"case_done": F(self.done)} if self.done else {}
        found: Rows = self.within(reach, span).annotate(**named)
        return found

    def _instance(self, row: Any, state: str) -> Instance:
        record = getattr(row, self.record) if self.record else row
        done = getattr(row, "case_done", None)
        return Instance(record, row.case_person, row.case_due, done, state)


def _column(model: Any, path: str) -> Any:
    *way, last = path.split("__")
    for step in way:
        model = model._meta.get_field(step).related_model
    return model._meta.get_field(last)


@dataclass(frozen=True)
class Listed:
    """Cases that no single query tells, such as a visit every thirty days; found in one go.

    `find(reach, span)` gives those whose due day lies in the span.
    """

    find: Callable[[Reach, Span], Iterable[Instance]]

    def count(self, reach: Reach, span: Span) -> Counter[tuple[date, str]]:
        return Counter((_day(one.due).replace(day=1), one.state) for one in self.find(reach, span))

    def by_person(self, reach: Reach, span: Span) -> Counter[tuple[int | None, str]]:
        return Counter((one.person, one.state) for one in self.find(reach, span))

    def listed(
        self, reach: Reach, span: Span, state: str, most: int, skip: int = 0
    ) -> list[Instance]:
        found = [one for one in self.find(reach, span) if one.state == state]
        found.sort(key=lambda one: (_day(one.due), one.record.pk), reverse=True)
        return found[skip : skip + most]

    def every(self, reach: Reach, span: Span) -> Iterator[Instance]:
        return iter(self.find(reach, span))


def _day(due: date | datetime) -> date:
    return clock.local_date(due) if isinstance(due, datetime) else due


def state_of(due: Any, done: Any) -> str:
    """How a case stands by when it was due and done, both moments or both days."""
    if done is not None:
        return KEPT if done <= due else BROKEN
    running = due >= (clock.now() if isinstance(due, datetime) else clock.today())
    return OPEN if running else BROKEN


def numbers_by(rows: Rows, column: str) -> Counter[str]:
    """How many rows each value of a column has: one query."""
    counted = rows.order_by().values_list(column).annotate(number=Count("pk"))
    return Counter(dict(counted))


Cases = Query | Listed


@dataclass(frozen=True)
class Reminder:
    """That whoever has an open case of a check is told of it, ahead and once it is late, and those
    above by the rulebook's `ladder` (R-exp-11).

    `kind` is how its notices begin. `what` names one case, with `{record}` in it, and `number` so
    many of them. `cases` finds those that are told of, where that is not all of the check's.
    """

    ladder: str
    kind: str
    what: Any
    number: Callable[[int], str]
    cases: Callable[[Any, str], Cases] | None = None


@dataclass(frozen=True)
class Check:
    """Finds the cases of clauses. `cases(rules, clause)` gives them for one clause, not read yet.

    `due` and `done` are the words before the moments of a case. `settings` are the parameters of
    the rulebook it rests on, by their path. `by_clause`: each clause has cases of its own.

    `reads` is what of the rulebook decides its cases whenever they are counted, by path, `*` for
    any one step: what a draft would change in them. What a record keeps from the rules of its day,
    a deadline that was written into it, is not among them. `reminder` says how people hear of its
    cases; without one no deadline runs there, or the room tells of it itself.
    """

    key: str
    label: Any
    cases: Callable[[Any, str], Cases]
    clauses: Sequence[str]
    due: Any = ""
    done: Any = ""
    settings: Sequence[str] = ()
    by_clause: bool = False
    reads: Sequence[str] = ()
    reminder: Reminder | None = None


@dataclass(frozen=True)
class Fact:
    """What proves a clause at this moment: `lines(rules)` in words; empty where nothing does."""

    key: str
    lines: Callable[[Any], Iterable[str]]
    clauses: Sequence[str]


@dataclass(frozen=True)
class Screen:
    """Where clauses are lived: the route of a page, and its name."""

    route: str
    label: Any
    clauses: Sequence[str]


@dataclass(frozen=True)
class Answer:
    """Everything that answers for one clause."""

    check: Check | None = None
    facts: tuple[Fact, ...] = ()
    screens: tuple[Screen, ...] = ()


@dataclass
class _Register:
    checks: dict[str, Check] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)


_register = _Register()


def add(*offers: Check | Fact | Screen) -> None:
    """Registers what answers for clauses.

    Raises:
        LookupError: a clause has a check already, or a check's key is taken.
    """
    for offer in offers:
        if isinstance(offer, Check):
            if offer.key in _register.checks:
                raise LookupError(f"The check {offer.key!r} is offered twice.")
            _register.checks[offer.key] = offer
        for clause in offer.clauses:
            _register.answers[clause] = _joined(answer_for(clause), offer, clause)


def _joined(answer: Answer, offer: Check | Fact | Screen, clause: str) -> Answer:
    if isinstance(offer, Check):
        if answer.check is not None:
            raise LookupError(f"{clause} has two checks, {answer.check.key} and {offer.key}.")
        return replace(answer, check=offer)
    if isinstance(offer, Fact):
        return replace(answer, facts=(*answer.facts, offer))
    return replace(answer, screens=(*answer.screens, offer))


def answer_for(clause: str) -> Answer:
    """What answers for a clause; an empty one where no app does yet."""
    return _register.answers.get(clause, Answer())


def checks() -> Mapping[str, Check]:
    """Every check by its key."""
    return dict(_register.checks)
