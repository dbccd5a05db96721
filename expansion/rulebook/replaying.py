"""A draft of the rules replayed on a closed period, beside what happened. It only reads (R-exp-01).

Rooms and apps offer their part (`offers.Replay`); here they are asked, behind a bar that lets no
statement through that would write.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import connection, models

from expansion import access, clock, offers
from expansion.offers import Replay, Replayed
from expansion.rulebook.models import Version
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import drafted_rules, rules_of
from expansion.worktime import Period, PeriodKind

MOST = 10_000  # records of one part that are looked at
PAST = {PeriodKind.QUARTER: 6, PeriodKind.MONTH: 12}
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


def closed_periods() -> list[Period]:
    """The quarters and months that lie behind, the latest first."""
    return [one for kind, count in PAST.items() for one in _before_today(kind, count)]


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


def replay(viewer: Any, rules: Rules, period: Period) -> list[Part]:
    """Every part that rooms offer, by their order, of the records that this person may see: no
    number tells of others (law 1). Nothing is written."""
    with only_reading():
        return [_part(viewer, one, rules, period) for one in offers.of(Replay)]


def _part(viewer: Any, offer: Replay, rules: Rules, period: Period) -> Part:
    found = list(islice(offer.rows(rules, period), MOST + 1))
    seen = _seen(viewer, found[:MOST])
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
