"""Who reads the trail (R-exp-26): administrator and leadership all, a manager the own people's."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from expansion import access
from expansion.access import NOTHING, Scope
from expansion.audit.models import Entry

# Roles are named by their keys: the people room stands above this one.
ADMINISTRATOR, LEADERSHIP, MANAGER = "administrator", "leadership", "manager"

READERS = {
    ADMINISTRATOR: Scope.DEPARTMENT,
    LEADERSHIP: Scope.DEPARTMENT,
    MANAGER: Scope.TEAM,
}


@access.register(Entry)
class EntryAccess(access.Rule):
    """An entry belongs to where its actor sits or sat; what ran by itself is everybody's."""

    owner = team = None
    adjustable = True
    grants = {"view": READERS, "export": READERS}

    def also_visible(self, person: Any) -> Q:
        units = self.units(person)
        return Q(actor=None) | Q(actor__in=sat_in(units)) if units else NOTHING

    def units(self, person: Any) -> frozenset[int]:
        """Whose people's acts this person reads: those of the units below the own seats."""
        seats = [seat for seat in person.seats if self.scope(seat, "view") is Scope.TEAM]
        return frozenset[int]().union(*(seat.units for seat in seats))


def sat_in(units: Iterable[int]) -> QuerySet[Any]:
    """The ids of all who sit in one of these units, or sat there."""
    people = get_user_model()._default_manager.filter(memberships__unit__in=sorted(units))
    return people.order_by().values("pk")
