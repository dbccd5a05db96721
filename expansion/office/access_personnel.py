"""Who may see and do what with openings, candidates and changes of staff (R-exp-24).

Personnel matters are the manager's and HR's; leadership reads the changes. Administrators read none
of it, and a rehearsal shows none.
"""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from expansion import access
from expansion.access import EVERYTHING, NOTHING, Scope, Seat
from expansion.approvals.selectors import decided_records
from expansion.office.models import Candidate, Opening, PersonnelChange
from expansion.people.models import Role

STAFFING = {Role.MANAGER: Scope.DEPARTMENT, Role.HR: Scope.DEPARTMENT}
READING = STAFFING | {Role.LEADERSHIP: Scope.DEPARTMENT}
KINDS = ("personnel_change", "dismissal")  # of approval


@access.register(Opening)
class OpeningAccess(access.Rule):
    private = True
    adjustable = True
    grants = {
        "view": STAFFING,
        "create": STAFFING,
        "edit": STAFFING,
        "open": STAFFING,
        "close": STAFFING,
        "export": STAFFING,
    }

    def allows(self, person: Any, action: str, record: Any) -> bool:
        status = Opening.Status
        states = {
            "edit": (status.DRAFT, status.OPEN),
            "open": (status.DRAFT,),
            "close": (status.DRAFT, status.OPEN),
        }
        return action not in states or record.status in states[action]


@access.register(Candidate)
class CandidateAccess(access.Rule):
    """Private persons: nobody grants it to anybody else."""

    private = True
    owner = team = None
    grants = dict.fromkeys(("view", "create", "edit", "reveal", "erase", "export"), STAFFING)

    def allows(self, person: Any, action: str, record: Any) -> bool:
        """Of a forgotten candidate nothing is left to change or to show."""
        return record.forgotten_at is None


@access.register(PersonnelChange)
class PersonnelChangeAccess(access.Rule):
    """Whoever decides it sees it too; the person concerned once it is approved.

    Until then nobody reads a change of their own person, in whatever post.
    """

    private = True
    owner = team = None
    grants = {
        "view": READING,
        "create": STAFFING,
        "edit": STAFFING,
        "submit": STAFFING,
        "withdraw": STAFFING,
        "effect": STAFFING,
        "export": READING,
    }
    also_because = _("decides over it, or it is about them and approved")

    def also_visible(self, person: Any) -> Q:
        own = Q(person_id=person.pk, status__in=PersonnelChange.SETTLED)
        return own | Q(pk__in=decided_records(person, kind__in=KINDS))

    def covers(self, person: Any, seat: Seat, action: str, record: Any) -> bool:
        theirs = record.person_id in (person.pk, seat.acting_for or person.pk)
        return not (theirs and record.person_id) and super().covers(person, seat, action, record)

    def allows(self, person: Any, action: str, record: Any) -> bool:
        status = PersonnelChange.Status
        states = {
            "edit": (status.RETURNED,),
            "submit": (status.RETURNED,),
            "withdraw": (status.RETURNED, status.APPROVED),
            "effect": (status.APPROVED,),
        }
        return action not in states or record.status in states[action]

    def _reach(self, person: Any, seat: Seat, action: str) -> Q:
        """What a seat gives, without what is about the person, or about whose seat it is."""
        found = super()._reach(person, seat, action)
        if found == NOTHING:
            return found
        others = ~Q(person_id=person.pk)
        if seat.acting_for is not None:
            others &= ~Q(person_id=seat.acting_for)
        return others if found == EVERYTHING else found & others
