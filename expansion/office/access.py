"""Who may see and do what with the department's papers."""

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from expansion import access, clock
from expansion.access import NOTHING, Scope, principals
from expansion.approvals.approvers import answering, answers
from expansion.office.models import Handover, HandoverItem, ReportComment, WorkReport
from expansion.people.models import Role

OVERSEEING = {Role.LEADER: Scope.TEAM, Role.MANAGER: Scope.DEPARTMENT}
OWN = {
    role: Scope.OWN
    for role in (Role.MEMBER, Role.LEADER, Role.DEPUTY, Role.CONSOLIDATOR, Role.MANAGER)
}
# Whom a rulebook may name to gather; a member would do it together with all other members.
GATHERING = (Role.CONSOLIDATOR, Role.LEADER, Role.DEPUTY, Role.MANAGER)
OPEN_ACTS = {"edit", "submit"}
AFTER_ACTS = {"read", "comment"}


@access.register(WorkReport)
class WorkReportAccess(access.Rule):
    """Own; a leader's team; the department's manager; whoever it is addressed to.

    The post that the rulebook names for it gathers a report (R-exp-10, E11-2.3.1), and sees of
    others no more than those.
    """

    adjustable = True
    fixed = ("edit", "submit", "withdraw")  # A report is its writer's.
    grants = {
        "view": OVERSEEING,
        "oversee": OVERSEEING,
        "edit": OWN,
        "submit": OWN,
        "withdraw": OWN,
        "read": OVERSEEING,
        "comment": OVERSEEING,
    }

    def also_visible(self, person: Any) -> Q:
        addressed = Q(owner_id=person.pk) | Q(recipient_id__in=sorted(principals(person)))
        return access.either(addressed, gathered(person))

    def may(self, person: Any, action: str, record: Any = None) -> bool:
        if record is None:
            return action == "view" or super().may(person, action) or self._gathers(person, action)
        if action in AFTER_ACTS and record.recipient_id in principals(person):
            return self.allows(person, action, record)
        if action == "oversee" and gathers(person, record):
            return True
        return super().may(person, action, record)

    def _gathers(self, person: Any, action: str) -> bool:
        """Whether there is a report that the person gathers."""
        found = gathered(person) if action == "oversee" else NOTHING
        return found != NOTHING and WorkReport.objects.filter(found).exists()

    def kept_back(self) -> Q:
        return Q(status__in=WorkReport.OPEN)

    def allows(self, person: Any, action: str, record: Any) -> bool:
        if action in OPEN_ACTS:
            return record.is_open
        if action == "withdraw":
            return record.status == record.Status.SUBMITTED and clock.now() <= record.due_at
        if action in AFTER_ACTS:
            return not record.is_open and record.owner_id != person.pk
        return True


def gathered(person: Any) -> Q:
    """Which reports the person gathers, by the rulebook under which they were opened."""
    seats = [seat for seat in person.seats if seat.role in GATHERING]
    return reduce(or_, (answering(one, role="gathered_by", unit="team") for one in seats), NOTHING)


def gathers(person: Any, report: WorkReport) -> bool:
    """The same of one report."""
    return any(answers(seat, report.gathered_by, report.team_id) for seat in person.seats)


@access.register(ReportComment)
class ReportCommentAccess(access.Rule):
    """Seen by whoever sees the report."""

    owner, team = "report__owner", "report__team"
    follows = WorkReport
    grants = {"view": OVERSEEING}

    def also_visible(self, person: Any) -> Q:
        return Q(report__owner_id=person.pk) | Q(
            report__recipient_id__in=sorted(principals(person))
        )


@access.register(Handover)
class HandoverAccess(access.Rule):
    """The manager divides and checks, HR opens and closes; the person and the receivers look.

    What stands in it by name is shown to the manager and, of the own part, to each receiver.
    """

    owner = team = None
    adjustable, fixed = True, ("divide", "close")
    grants = {
        "view": {Role.MANAGER: Scope.DEPARTMENT, Role.HR: Scope.DEPARTMENT},
        "create": {Role.MANAGER: Scope.DEPARTMENT, Role.HR: Scope.DEPARTMENT},
        "divide": {Role.MANAGER: Scope.DEPARTMENT},
        "close": {Role.HR: Scope.DEPARTMENT},
    }
    also_because = _("hands over, or takes over")

    def also_visible(self, person: Any) -> Q:
        received = HandoverItem.objects.filter(receiver=person.pk).exclude(status="planned")
        return Q(person_id=person.pk) | Q(pk__in=received.values("handover_id"))
