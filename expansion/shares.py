"""Single records shared with a person or a team until a day, as the gate reads them.

Each kind of record that can be shared has two tables, one of persons and one of teams, that point
at it directly (django-guardian's direct foreign keys, with our `until`). They are read here, and
nowhere by guardian's own checks, which know no end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.lookups import In

READ, WORK = "view", "change"  # how the permissions of a share begin
# What may be done to a record that is shared for working on it, by those who may do it to their
# own: everything but giving it away, taking it away and deciding over it.
WORKED = frozenset(
    {
        "check",
        "comment",
        "complete",
        "create",
        "edit",
        "record",
        "reveal",
        "screen",
        "submit",
        "write",
    }
)


class Among(In):
    """`id__among=rows`: one of the ids that a subquery gives, found by the index of the ids.

    PostgreSQL reads `id IN (SELECT …)` beside an `OR` by going through the whole table; an array
    it looks up in the index, as it does the conditions on the other side of the `OR`.
    """

    lookup_name = "among"

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, params = self.process_lhs(compiler, connection)
        rows, more = self.process_rhs(compiler, connection)
        return f"{left} = ANY(ARRAY{rows})", [*params, *more]


models.Field.register_lookup(Among)
models.ForeignKey.register_lookup(Among)


@dataclass(frozen=True)
class Shares:
    """The kinds of record ("crm.client") of which some are shared with a person on that day."""

    kinds: frozenset[str] = frozenset()
    day: date | None = None


NOTHING_SHARED = Shares()


@dataclass(frozen=True)
class Tables:
    """Where the shares of one kind of record stand; a table's `whom` leads to the receiver."""

    persons: type[models.Model]
    teams: type[models.Model]

    def each(self) -> Iterator[Any]:
        yield self.persons
        yield self.teams


_tables: dict[type[models.Model], Tables] = {}


def keep_in(
    model: type[models.Model], *, persons: type[models.Model], teams: type[models.Model]
) -> None:
    """Records of `model` can be shared; these two tables say with whom."""
    _tables[model] = Tables(persons, teams)


def tables() -> dict[type[models.Model], Tables]:
    return dict(_tables)


def shared(person: Any, model: type[models.Model], column: str = "pk") -> Q | None:
    """The condition for rows whose `column` names a record of `model` shared with the person.

    None where nothing of that kind is shared with them, so that most people's queries stay as
    they are.
    """
    if model not in _tables or model._meta.label_lower not in person.shares.kinds:
        return None
    condition = Q()
    for rows in _rows(person, _tables[model]):
        condition |= Q(**{f"{column}__among": rows.values("content_object_id")})
    return condition


def works_on(person: Any, record: models.Model) -> bool:
    """Whether this very record is shared with the person for working on it."""
    kept = _tables.get(type(record))
    if kept is None or record._meta.label_lower not in person.shares.kinds:
        return False
    return any(
        rows.filter(
            content_object_id=record.pk, permission__codename__startswith=f"{WORK}_"
        ).exists()
        for rows in _rows(person, kept)
    )


def acted_for(person: Any) -> set[int]:
    """Those for whom the person acts today."""
    return {seat.acting_for for seat in person.seats if seat.acting_for}


def _rows(person: Any, kept: Tables) -> Iterable[QuerySet]:
    """The shares that run, with the person, and with the teams in which the person sits."""
    running = Q(until__gte=person.shares.day)
    own = Q(user_id=person.pk)
    if principals := acted_for(person):
        own |= Q(user_id__in=sorted(principals))
    yield kept.persons._default_manager.filter(running, own)
    units = {seat.unit for seat in person.seats}
    if units:
        yield kept.teams._default_manager.filter(running, group__unit__in=sorted(units))


def reaches(share: Any, person: Any) -> bool:
    """Whether this share is with the person, or with a team in which the person sits."""
    if share.who == "person":
        return share.user_id == person.pk or share.user_id in acted_for(person)
    return any(seat.unit == share.group.unit.pk for seat in person.seats)


def of_record(record: models.Model, day: date) -> list[models.Model]:
    """The shares of this record that run on that day, those with persons first."""
    kept = _tables.get(type(record))
    if kept is None:
        return []
    found: list[models.Model] = []
    for table in kept.each():
        rows = table._default_manager.filter(content_object_id=record.pk, until__gte=day)
        found += rows.select_related(table.whom, "by", "permission").order_by("pk")
    return found
