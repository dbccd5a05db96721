"""Who reads the trail (R-exp-26): administrator and leadership all, a manager the own people's."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q

from expansion import access
from expansion.access import NOTHING, Scope
from expansion.audit.models import Entry

# Roles are named by their keys: the people room stands above this one.
ADMINISTRATOR, LEADERSHIP, MANAGER = "administrator", "leadership", "manager"


@access.register(Entry)
class EntryAccess(access.Rule):
    """An entry belongs to where its actor sits or sat; what ran by itself is everybody's."""

    owner = team = None
    adjustable = True
    grants = {
        "view": {
            ADMINISTRATOR: Scope.DEPARTMENT,
            LEADERSHIP: Scope.DEPARTMENT,
            MANAGER: Scope.TEAM,
        }
    }

    def also_visible(self, person: Any) -> Q:
        units = {
            unit for seat in person.seats if seat.role == MANAGER for unit in sorted(seat.units)
        }
        if not units:
            return NOTHING
        people = get_user_model()._default_manager.filter(memberships__unit__in=units)
        return Q(actor=None) | Q(actor__in=people.values("pk"))
