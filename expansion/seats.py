"""What the gate knows of a person: seats with their scopes and regrants, shares, and reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import reduce
from operator import or_
from typing import Any, Protocol

from django.db.models import Q

from expansion import shares as sharing
from expansion.shares import NOTHING_SHARED, Shares


class Scope(IntEnum):
    """How far a grant reaches, narrow to wide."""

    NONE = 0
    OWN = 1
    TEAM = 2  # the seat's unit and all units below it
    DEPARTMENT = 3


class Regrants(Mapping[tuple[str, str], Scope]):
    """What an administrator has granted a role otherwise than the house does by default.

    Maps a kind of record and an action to a scope. It is part of a seat, so a query prepared for
    seats is another one once the rights have changed.
    """

    def __init__(self, cells: Mapping[tuple[str, str], Scope] | None = None):
        self._cells = dict(cells or {})
        self._hash = hash(frozenset(self._cells.items()))

    def __getitem__(self, cell: tuple[str, str]) -> Scope:
        return self._cells[cell]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Regrants) and self._cells == other._cells


AS_DEFAULT = Regrants()


@dataclass(frozen=True)
class Seat:
    """One role that a person holds today in one unit, in person or for an absent principal.

    `units` holds the ids of the unit and of all units below it. `acting_for` is the principal's id
    while a mandate runs. `regrants` are the changed rights of the role. `post` is the id of the
    post that gives it: it names the seat and opens nothing.
    """

    role: str
    unit: int
    units: frozenset[int]
    acting_for: int | None = None
    regrants: Regrants = AS_DEFAULT
    post: int | None = field(default=None, compare=False)


class Person(Protocol):
    """What the gate needs to know of a user."""

    pk: Any

    @property
    def is_authenticated(self) -> bool: ...

    @property
    def seats(self) -> tuple[Seat, ...]: ...

    @property
    def shares(self) -> Shares: ...


@dataclass(frozen=True)
class Reach:
    """What the gate knows of a person besides who it is: the same for many, and hashable."""

    seats: tuple[Seat, ...]
    shares: Shares = NOTHING_SHARED


@dataclass(frozen=True)
class Holder:
    """Anybody of this reach, for a query that is prepared once for all of them.

    `pk` is the place where the id of the person asking goes.
    """

    pk: Any
    reach: Reach
    is_authenticated: bool = True

    @property
    def seats(self) -> tuple[Seat, ...]:
        return self.reach.seats

    @property
    def shares(self) -> Shares:
        return self.reach.shares


def principals(person: Person) -> set[Any]:
    """The person, and those for whom the person acts today."""
    return {person.pk} | sharing.acted_for(person)


def reach_of(person: Person) -> Reach:
    return Reach(person.seats, person.shares)


@dataclass(frozen=True)
class Reason:
    """Why a person may: the seat that grants it, a share of the record or of what it hangs on, or
    where both are missing a rule of the record's own."""

    person: Person
    seat: Seat | None
    scope: Scope
    share: Any = None


NOTHING = Q(pk__in=[])
EVERYTHING = Q()


def either(*conditions: Q) -> Q:
    """Any of the conditions; nothing where none is left."""
    return reduce(or_, (one for one in conditions if one != NOTHING), Q()) or NOTHING
