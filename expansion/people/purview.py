"""Who oversees whom: the units and people that the overview of a person is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from expansion import clock, offers
from expansion.errors import Forbidden
from expansion.people.models import Membership, Role, Status, Unit, User
from expansion.people.selectors import Tree, department
from expansion.worktime import Period, PeriodKind

# A seat of these reaches its unit and all below; the leadership stands outside and sees the whole.
LEADING = (Role.MANAGER, Role.LEADER)
OVERSEERS = (*LEADING, Role.LEADERSHIP)


@dataclass(frozen=True)
class Team:
    """A unit of the overview with the people who sit in it."""

    unit: Unit
    people: tuple[User, ...]


def oversees(person: Any) -> bool:
    """Whether the overview is this person's to open."""
    return bool(person.holds(*OVERSEERS))


def require_overseer(person: Any) -> None:
    """
    Raises:
        Forbidden: the person oversees nobody.
    """
    if not oversees(person):
        raise Forbidden(_("The overview is for those who lead a team or the department."))


def principal_over(person: Any, unit: int) -> int | None:
    """For whom the person oversees this unit, where no own seat gives it."""
    reaching = [
        seat.acting_for
        for seat in person.seats
        if seat.role == Role.LEADERSHIP or (seat.role in LEADING and unit in seat.units)
    ]
    return None if None in reaching else next(iter(reaching), None)


def units_of(person: Any) -> frozenset[int]:
    """The units that the person oversees today, for a principal too while a mandate runs."""
    found = {unit for seat in person.seats if seat.role in LEADING for unit in seat.units}
    head = department() if person.holds(Role.LEADERSHIP) else None
    return frozenset(found | (Tree().below(head.pk) if head else set()))


def teams_in(units: frozenset[int]) -> list[Team]:
    """The units with the active people of today; whoever sits in several counts in the first.

    Teams go before the department, so that a leader of the department's stands in the own team.
    """
    seats = (
        Membership.objects.on(clock.today())
        .filter(unit__in=units, user__status=Status.ACTIVE)
        .select_related("user", "unit")
        .order_by("-unit__kind", "unit__order", "unit_id", "post_id", "user__username", "pk")
    )
    people: dict[int, Membership] = {}
    for seat in seats:
        people.setdefault(seat.user_id, seat)
    grouped: dict[int, list[Membership]] = {}
    for seat in people.values():
        grouped.setdefault(seat.unit_id, []).append(seat)
    return [Team(held[0].unit, tuple(seat.user for seat in held)) for held in grouped.values()]


def running_quarter() -> Period:
    """The period of the overview's figures: the quarter, until today."""
    return Period.containing(PeriodKind.QUARTER, clock.today())


def purview_of(person: Any) -> tuple[offers.Purview, list[Team]]:
    """What the person oversees today, and the same team by team."""
    units, period = units_of(person), running_quarter()
    teams = teams_in(units)
    people = tuple(one for team in teams for one in team.people)
    return offers.Purview(units, people, period.begins_at, period.ends_at), teams
