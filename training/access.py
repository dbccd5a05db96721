"""Who may see and do what in training.

Everybody sees catalogue and sessions and enrols in them; heads organise. Who took part, and how,
is seen by the person, by who organises or gives the session, and by the heads (R-trn-04); HR sees
attendance returns and appraisal results only (R-exp-03).
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from expansion import access
from expansion.access import Scope, Seat
from expansion.people.models import Role
from training.models import Course, Enrolment, Session

EVERYONE: Mapping[str, Scope] = {role: Scope.DEPARTMENT for role in Role.values}
ORGANISING: Mapping[str, Scope] = {
    Role.MANAGER: Scope.DEPARTMENT,
    Role.DEPUTY: Scope.OWN,
    Role.LEADER: Scope.OWN,
}
HEADS: Mapping[str, Scope] = {
    Role.MANAGER: Scope.DEPARTMENT,
    Role.LEADER: Scope.TEAM,
}
OWN: Mapping[str, Scope] = {role: Scope.OWN for role in Role.values}
PARTICIPANTS = (Role.MANAGER, Role.DEPUTY, Role.LEADER, Role.MEMBER, Role.CONSOLIDATOR)


@access.register(Course)
class CourseAccess(access.Rule):
    owner = team = None
    adjustable = True
    grants = {
        "view": EVERYONE,
        "create": dict.fromkeys(ORGANISING, Scope.DEPARTMENT),
        "edit": dict.fromkeys(ORGANISING, Scope.DEPARTMENT),
    }

    def allows(self, person: Any, action: str, record: Any) -> bool:
        return record.deleted_at is None


@access.register(Session)
class SessionAccess(access.Rule):
    """`enrol` is for people of the department; `mark` also for the trainer (A-6.3.1)."""

    adjustable = True
    grants = {
        "view": EVERYONE,
        "create": ORGANISING,
        "edit": ORGANISING,
        "mark": ORGANISING,
        "enrol": dict.fromkeys(PARTICIPANTS, Scope.DEPARTMENT),
        "export": ORGANISING,
    }

    def covers(self, person: Any, seat: Seat, action: str, record: Any) -> bool:
        if action in {"mark", "export"} and record.trainer_id == (seat.acting_for or person.pk):
            return True
        return super().covers(person, seat, action, record)

    def allows(self, person: Any, action: str, record: Any) -> bool:
        return record.deleted_at is None


@access.register(Enrolment)
class EnrolmentAccess(access.Rule):
    adjustable = True
    grants = {
        "view": OWN | HEADS,
        "withdraw": OWN | {Role.MANAGER: Scope.DEPARTMENT},
        "export": OWN | HEADS,
    }

    def also_visible(self, person: Any) -> Q:
        return Q(session__trainer=person.pk) | Q(session__owner=person.pk)
