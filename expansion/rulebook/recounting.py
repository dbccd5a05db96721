"""The cases of the clauses counted by a draft of the rules, beside the count by those in force.

It asks the same checks as the compliance board, for the same people: those whom the reader sees
there. Checks that nothing of the draft could move are left out. It only reads (R-exp-01).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from expansion import compliance
from expansion.compliance import BROKEN, KEPT, OPEN, Check, Instance, Reach, Span
from expansion.people.models import User
from expansion.rulebook.board import Board, Named, named, running
from expansion.rulebook.differing import Differing, looks_at
from expansion.rulebook.schema import Rules
from expansion.worktime import Period

STATES = (KEPT, BROKEN, OPEN)
Numbers = Counter[str]
# One record under one person: what a case is told apart by, whatever the rules make of it.
Key = tuple[type, Any, int | None]


@dataclass(frozen=True)
class Moved:
    """A record whose cases would stand otherwise, as its reader may read it."""

    named: Named
    before: Numbers
    after: Numbers


@dataclass(frozen=True)
class Recounted:
    """One check by the rules in force and by the draft; `why` are the differences that it reads."""

    check: Check
    clauses: tuple[str, ...]
    why: tuple[Differing, ...]
    before: Numbers
    after: Numbers
    moved: list[Moved]


def moved_by(check: Check, found: Iterable[Differing]) -> tuple[Differing, ...]:
    """The differences that this check reads."""
    return tuple(one for one in found if looks_at(check.reads, one.path))


def asked(rules: Rules, found: Sequence[Differing]) -> list[Check]:
    """The checks of this regulation that one of these differences could move."""
    known = {one.id for one in rules.clauses}
    return [
        check
        for check in compliance.checks().values()
        if known.intersection(check.clauses) and moved_by(check, found)
    ]


def recount(
    viewer: User, before: Rules, after: Rules, period: Period, found: Sequence[Differing]
) -> list[Recounted]:
    """Every check that one of these differences could move, over the people whom the viewer sees on
    the board; those first whose cases move most."""
    checks = asked(before, found)
    if not checks:
        return []
    reach = Board(viewer, before, running()).reach
    span = Span(period.start, period.end)
    made = [_recounted(viewer, one, before, after, reach, span, found) for one in checks]
    return sorted(made, key=lambda one: -len(one.moved))


def _recounted(
    viewer: User,
    check: Check,
    before: Rules,
    after: Rules,
    reach: Reach,
    span: Span,
    found: Sequence[Differing],
) -> Recounted:
    ids = [one.id for one in before.clauses]
    clauses = tuple(one for one in check.clauses if one in ids)
    old, new = (_Count(check, rules, clauses, reach, span) for rules in (before, after))
    return Recounted(
        check,
        clauses,
        moved_by(check, found),
        old.numbers,
        new.numbers,
        list(_moved(viewer, old, new)),
    )


class _Count:
    """The cases of a check by one rulebook, for each record and person how many stand how."""

    def __init__(
        self, check: Check, rules: Rules, clauses: Sequence[str], reach: Reach, span: Span
    ):
        self.numbers: Numbers = Counter(dict.fromkeys(STATES, 0))
        self.by_key: dict[Key, Numbers] = {}
        self.cases: dict[Key, Instance] = {}
        for clause in clauses if check.by_clause else clauses[:1]:
            for case in check.cases(rules, clause).every(reach, span):
                self._take(case)

    def _take(self, case: Instance) -> None:
        key = (type(case.record), case.record.pk, case.person)
        self.numbers[case.state] += 1
        self.by_key.setdefault(key, Counter())[case.state] += 1
        self.cases.setdefault(key, case)

    def of(self, key: Key) -> Numbers:
        return self.by_key.get(key, Counter())


def _moved(viewer: User, old: _Count, new: _Count) -> Iterator[Moved]:
    """What stands otherwise, that first which the draft breaks most often."""
    keys = [key for key in old.by_key | new.by_key if old.of(key) != new.of(key)]
    keys.sort(key=lambda key: old.of(key)[BROKEN] - new.of(key)[BROKEN])
    cases = [new.cases.get(key) or old.cases[key] for key in keys]
    for key, one in zip(keys, named(viewer, cases), strict=True):
        yield Moved(one, old.of(key), new.of(key))
