"""Who may see and do what with the department's papers."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from expansion import access, clock
from expansion.access import Scope, principals
from expansion.office.models import Handover, HandoverItem, ReportComment, WorkReport
from expansion.people.models import Role

OVERSEEING = {Role.LEADER: Scope.TEAM, Role.MANAGER: Scope.DEPARTMENT}
OWN = {
    role: Scope.OWN
    for role in (Role.MEMBER, Role.LEADER, Role.DEPUTY, Role.CONSOLIDATOR, Role.MANAGER)
}
OPEN_ACTS = {"edit", "submit"}
AFTER_ACTS = {"read", "comment"}


@access.register(WorkReport)
class WorkReportAccess(access.Rule):
    """Own; a leader's team; the department's manager; whoever it is addressed to.

    The consolidator merges what goes to the manager (R-exp-10) and sees no more than that.
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
        return addressed | Q(to_role=Role.MANAGER) if consolidates(person) else addressed

    def may(self, person: Any, action: str, record: Any = None) -> bool:
        if record is None:
            return action == "view" or consolidates(person) or super().may(person, action)
        if action in AFTER_ACTS and record.recipient_id in principals(person):
            return self.allows(person, action, record)
        if action == "oversee" and record.to_role == Role.MANAGER and consolidates(person):
            return True
        return super().may(person, action, record)

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


def consolidates(person: Any) -> bool:
    return person.holds(Role.CONSOLIDATOR)


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
