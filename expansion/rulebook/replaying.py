"""A draft of the rules replayed on a closed period, beside what happened. It only reads (R-exp-01).

Rooms and apps offer their part (`offers.Replay`), and the checks of the compliance board count by
the draft too (`recounting`); here they are asked, behind a bar that lets no statement through that
would write.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from django.db import connection, models

from expansion import access, clock, offers
from expansion.offers import Replay, Replayed
from expansion.rulebook.differing import Differing, differing, looks_at
from expansion.rulebook.models import Version
from expansion.rulebook.recounting import Recounted, asked, recount
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import drafted_rules, rules_of, rules_on
from expansion.worktime import Period, PeriodKind

MOST = 10_000  # records of one part that are looked at
PAST = {PeriodKind.QUARTER: 6, PeriodKind.MONTH: 12}
LONG = (PeriodKind.YEAR, PeriodKind.HALF_YEAR)  # offered where something closed in them
WRITING = ("INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "COPY", "TRUNCATE")


class WroteWhileReplaying(RuntimeError):
    """A part of a replay tried to write: a mistake in that part, never a person's."""


@dataclass(frozen=True)
class Part:
    """What one room replays, as far as the viewer sees the records: those first that would differ.

    `cut`: the period has more than are looked at.
    """

    offer: Replay
    rows: list[Replayed]
    cut: bool

    @property
    def differing(self) -> int:
        return sum(row.differs for row in self.rows)

    @property
    def unknown(self) -> int:
        """Of how many it cannot be said."""
        return sum(row.after is None for row in self.rows)

    @property
    def is_empty(self) -> bool:
        """Whether there is no record in it from which the viewer could judge."""
        return not self.rows

    @property
    def is_same(self) -> bool:
        """Whether nothing of what the viewer sees would change."""
        return not self.is_empty and not self.differing and not self.unknown


def closed_periods() -> list[Period]:
    """The quarters and months that lie behind, the latest first; years and half-years in which a
    room has closed something."""
    found = [one for kind, count in PAST.items() for one in _before_today(kind, count)]
    return [*found, *_long_periods()]


def _long_periods() -> Iterator[Period]:
    days = {day for one in offers.of(Replay) if one.ends for day in one.ends()}
    today = clock.today()
    for kind in LONG:
        found = {Period.containing(kind, day) for day in days}
        yield from sorted((one for one in found if one.end < today), reverse=True)


def _before_today(kind: PeriodKind, count: int) -> Iterator[Period]:
    period = Period.containing(kind, clock.today())
    for _number in range(count):
        period = period.previous()
        yield period


def rules_as_published(version: Version) -> Rules:
    """The rules that a draft would put in force.

    Raises:
        Invalid: together its values do not hold yet; a sentence per reason.
    """
    if version.is_open:
        return drafted_rules(version).with_changes(version.changes, confirm=True)
    return rules_of(version)


@dataclass(frozen=True)
class Rehearsal:
    """A draft on a closed period: the parts of the rooms, the clauses counted anew, and what of the
    draft none of them looks at."""

    parts: list[Part]
    recounted: list[Recounted]
    found: list[Differing]  # in which the draft differs from the rules in force
    unseen: list[Differing]

    @cached_property
    def differs(self) -> bool:
        """Whether anything would have been otherwise, as far as it is looked at."""
        moved = any(one.moved for one in self.recounted)
        return moved or any(part.differing for part in self.parts)

    @property
    def is_blind(self) -> bool:
        """Whether nothing of what the draft changes is looked at by any part."""
        return bool(self.found) and len(self.unseen) == len(self.found)

    @cached_property
    def is_unjudged(self) -> bool:
        """Whether the viewer sees no record in any part that looks at what the draft changes, and
        no case of any clause: how many there are for others is not said (law 1)."""
        paths = [one.path for one in self.found]
        looking = [
            part for part in self.parts if any(looks_at(part.offer.reads, path) for path in paths)
        ]
        counted = any(sum((one.before + one.after).values()) for one in self.recounted)
        return all(part.is_empty for part in looking) and not counted


def rehearse(viewer: Any, rules: Rules, period: Period) -> Rehearsal:
    """The rules of a draft against those in force today. Nothing is written."""
    before = rules_on()
    found = differing(before, rules)
    with only_reading():
        recounted = recount(viewer, before, rules, period, found)
    return Rehearsal(replay(viewer, rules, period), recounted, found, unseen(before, found))


def unseen(rules: Rules, found: list[Differing]) -> list[Differing]:
    """Those of these differences that no part of a rehearsal looks at."""
    reads = [path for one in offers.of(Replay) for path in one.reads]
    reads += [path for check in asked(rules, found) for path in check.reads]
    return [one for one in found if not looks_at(reads, one.path)]


def replay(viewer: Any, rules: Rules, period: Period) -> list[Part]:
    """Every part that rooms offer, by their order, of the records that this person may see: no
    number tells of others (law 1). Nothing is written."""
    with only_reading():
        return [_part(viewer, one, rules, period) for one in offers.of(Replay)]


def _part(viewer: Any, offer: Replay, rules: Rules, period: Period) -> Part:
    found = list(islice(offer.rows(rules, period), MOST + 1))
    seen: Iterable[Replayed] = _seen(viewer, found[:MOST])
    seen = offer.read_by(viewer, seen) if offer.read_by else seen
    rows = sorted(seen, key=lambda row: (not row.differs, row.after is not None))
    return Part(offer, rows, cut=len(found) > MOST)


@contextmanager
def only_reading() -> Iterator[None]:
    """Inside the block the database is asked and never told."""
    with connection.execute_wrapper(_refuse_writes):
        yield


def _refuse_writes(execute: Callable[..., Any], sql: Any, *rest: Any) -> Any:
    if str(sql).lstrip(" (\n").upper().startswith(WRITING):
        raise WroteWhileReplaying(str(sql)[:80])
    return execute(sql, *rest)


def _seen(viewer: Any, rows: Iterable[Replayed]) -> list[Replayed]:
    """The rows whose record this person may see, asked together."""
    ids: dict[type[models.Model], set[Any]] = {}
    for row in rows:
        ids.setdefault(type(row.record), set()).add(row.record.pk)
    seen = {where[1:] for where in access.seen((viewer, *kind) for kind in ids.items())}
    return [row for row in rows if (type(row.record), row.record.pk) in seen]
