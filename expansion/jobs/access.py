"""Who may see jobs: each their own, the administrator all."""

from typing import Any

from django.db.models import Q

from expansion import access
from expansion.access import Scope
from expansion.jobs.models import Heartbeat, Job

# Roles are named by their keys: the people room stands above this one.
ADMINISTRATOR = "administrator"


@access.register(Job)
class JobAccess(access.Rule):
    """A job belongs to whoever asked for it; scheduled ones belong to nobody."""

    owner, team = "actor", None
    grants = dict.fromkeys(("view", "cancel", "retry"), {ADMINISTRATOR: Scope.DEPARTMENT})

    def also_visible(self, person: Any) -> Q:
        return Q(actor_id=person.pk)

    def may(self, person: Any, action: str, record: Any = None) -> bool:
        own = record is None or record.actor_id == person.pk
        return own or super().may(person, action, record)


@access.register(Heartbeat)
class HeartbeatAccess(access.Rule):
    owner = team = None
    grants = {"view": {ADMINISTRATOR: Scope.DEPARTMENT}}
