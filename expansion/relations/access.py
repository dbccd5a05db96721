"""A relation is seen by whoever sees both its ends, and untied by whoever may change its source.

Neither stands in a column, so no list starts from `visible_to`: reads go through the selectors,
which ask the gate of each end.
"""

from typing import Any

from expansion import access
from expansion.access import Seat
from expansion.relations.models import Relation


@access.register(Relation)
class RelationAccess(access.Rule):
    owner = team = None

    def covers(self, person: Any, seat: Seat, action: str, record: Any) -> bool:
        source, target = record.source, record.target
        if source is None or target is None:
            return False
        wanted = "view" if action == "view" else "edit"
        reachable = access.rule_of(type(source)).covers(person, seat, wanted, source)
        return reachable and access.can(person, "view", target)
