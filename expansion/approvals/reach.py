"""Which steps a person's seats reach, in person or for a principal whose mandate runs.

Read from the database at the moment of asking, never from the seats that a request has cached: a
mandate that ended a second ago opens nothing (R-exp-04).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from expansion import clock, offers
from expansion.access import NOTHING, Seat
from expansion.approvals.approvers import answering
from expansion.approvals.models import HOLDER, Decision
from expansion.people.models import Mandate, Role, Unit, User
from expansion.people.selectors import memberships_on, seats_of, standings


@dataclass(frozen=True)
class Chair:
    """A seat from which a person decides, limited to some kinds of approval where a mandate is."""

    seat: Seat
    holder: int
    words: frozenset[str]  # the chain words it answers to besides its role
    kinds: tuple[str, ...] = ()

    @property
    def steps(self) -> Q:
        """The condition that selects the steps this chair decides, whatever their state."""
        role = answering(self.seat, role="role", unit="request__team")
        named = Q(person=self.holder) | Q(escalated_to=self.holder)
        reached = named | (Q(person=None) & (role | Q(role__in=sorted(self.words))))
        return (
            reached
            & not_own(self.holder)
            & (Q(request__kind__in=self.kinds) if self.kinds else Q())
        )

    @property
    def undecided(self) -> Q:
        """The same without the steps that the holder has decided, in person or by a delegate."""
        decided = Decision.objects.alias(holder=HOLDER).filter(holder=self.holder)
        return self.steps & ~Q(pk__in=decided.values("step_id"))


def chairs(person: User, *, seats: Iterable[Seat] | None = None) -> list[Chair]:
    """The person's own chairs first, then those of principals.

    `seats` are those of this very request, where they have been read already; what else is read
    for them is then read once.
    """
    if seats is None:
        standing = standings([person])[person.pk]
        return _chairs(person, standing.seats, standing.mandates)
    kept = person.__dict__.setdefault("_chairs", {})
    seats = tuple(seats)
    if seats not in kept:
        kept[seats] = _chairs(person, seats, person.standing.mandates)
    return kept[seats]


def _chairs(person: User, read: Iterable[Seat], running: Iterable[Mandate]) -> list[Chair]:
    held: list[tuple[Seat, tuple[str, ...]]] = [(seat, ()) for seat in read]
    held += _listed_powers(running)
    words = _words({seat.acting_for or person.pk for seat, _kinds in held})
    return [
        Chair(seat, holder, words[holder] | _heads(seat), kinds)
        for seat, kinds in held
        for holder in [seat.acting_for or person.pk]
    ]


def reached(person: User, conditions: list[Q]) -> Q:
    """Any of these conditions, except over own matters; nothing where none is given."""
    if not conditions or not person.is_active:
        return NOTHING
    return reduce(or_, conditions) & not_own(person.pk)


def not_own(holder: int) -> Q:
    """The steps of no matter of this person's: not submitted, owned, received by or about them."""
    theirs = ~Q(request__submitted_by=holder) & ~Q(request__owner=holder)
    theirs &= ~Q(request__received_by=holder)
    for model, column, kinds in _about_people():
        records = model._default_manager.filter(**{column: holder}).order_by()
        theirs &= ~Q(request__kind__in=kinds, request__about_id__in=records.values("pk"))
    return theirs


def _about_people() -> list[tuple[Any, str, list[str]]]:
    """The nouns that are about a person, with the column that names them and their kinds."""
    found: dict[tuple[Any, str], list[str]] = {}
    for one in offers.subjects_about_people():
        found.setdefault((one.model, one.concerned), []).append(one.kind)
    return [(model, column, kinds) for (model, column), kinds in found.items()]


def _listed_powers(running: Iterable[Mandate]) -> list[tuple[Seat, tuple[str, ...]]]:
    """Seats from mandates that pass on some kinds of approval only; the gate knows none of them."""
    limited = [mandate for mandate in running if mandate.kinds]
    if not limited:
        return []
    seats = seats_of([mandate.principal for mandate in limited])
    return [
        (replace(seat, acting_for=mandate.principal_id), tuple(mandate.kinds))
        for mandate in limited
        for seat in seats[mandate.principal_id]
        if seat.acting_for is None  # A mandate is never passed on.
    ]


def _words(holders: Iterable[int]) -> dict[int, frozenset[str]]:
    """`post:…` and `department:…` that each holder answers to."""
    words: dict[int, set[str]] = {holder: set() for holder in holders}
    for membership in memberships_on(clock.today(), words):
        words[membership.user_id] |= {
            f"post:{membership.post.key}",
            f"department:{membership.unit.key}",
        }
    return {holder: frozenset(found) for holder, found in words.items()}


def _heads(seat: Seat) -> frozenset[str]:
    if seat.role != Role.LEADER:
        return frozenset()
    keys = Unit.objects.filter(pk__in=seat.units).values_list("key", flat=True)
    return frozenset(f"team:{key}" for key in keys)
