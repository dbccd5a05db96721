"""Who may see and do what with research.

A member works the own records, the research team's head those of the team (A-2.2.2b), the manager
all. The log is read by the team, what is published of it by the department. A report leaves the
team only by approval and distribution (R-res-07): before that its readers see nothing.
"""

from collections.abc import Mapping
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from expansion import access
from expansion.access import NOTHING, Scope, Seat
from expansion.approvals.selectors import decided_records
from expansion.people.models import Role
from expansion.shares import keep_in
from research.models import (
    Citation,
    Finding,
    QualityReview,
    Receipt,
    Recipient,
    ReportPersonShare,
    ReportTeamShare,
    ResearchPlan,
    ResearchReport,
)
from research.selectors import INSIDE, may_score, sits_in_research

Grants = Mapping[str, Scope]

WORKING: Grants = {
    Role.MEMBER: Scope.OWN,
    Role.LEADER: Scope.TEAM,
    Role.DEPUTY: Scope.OWN,
    Role.MANAGER: Scope.DEPARTMENT,
}
TEAMWIDE: Grants = {**WORKING, Role.MEMBER: Scope.TEAM}
LEADING: Grants = {Role.LEADER: Scope.TEAM, Role.MANAGER: Scope.DEPARTMENT}
SECRET: Grants = {**WORKING, Role.LEADER: Scope.OWN}
DECIDING: Grants = {Role.LEADER: Scope.DEPARTMENT, Role.MANAGER: Scope.DEPARTMENT}


keep_in(ResearchReport, persons=ReportPersonShare, teams=ReportTeamShare)


class ResearchRule(access.Rule):
    """Only a seat that reaches the research team begins something new there."""

    adjustable = True

    def scope(self, seat: Seat, action: str) -> Scope:
        scope = super().scope(seat, action)
        if action == "create" and scope is not Scope.NONE and not sits_in_research(seat):
            return Scope.NONE
        return scope


@access.register(Finding)
class FindingAccess(ResearchRule):
    """`screen` judges it, `publish` shows it to the department, `adopt` marks its use."""

    grants = {
        "view": TEAMWIDE,
        "create": WORKING,
        "edit": WORKING,
        "screen": WORKING,
        "publish": LEADING,
        "adopt": DECIDING,
        "delete": WORKING,
        "restore": LEADING,
        "export": TEAMWIDE,
    }

    also_because = _("it is published to the department")

    def also_visible(self, person: Any) -> Q:
        inside = any(seat.role in INSIDE for seat in person.seats)
        return Q(published_at__isnull=False) if inside else NOTHING

    def allows(self, person: Any, action: str, record: Any) -> bool:
        """Nobody marks the own finding as adopted: it counts in the own score (A-5.2.1c)."""
        if action == "adopt":
            return record.owner_id != person.pk and access.can(person, "view", record)
        return record.deleted_at is None or action == "restore"


class ApprovedRule(ResearchRule):
    """What is approved: `write` is for whoever works it, `edit` only while its text is open.

    Services ask `write` and say themselves why a locked text stays as it is; files and pages ask
    `edit`. Deciders see what is or was theirs to decide.
    """

    grants = {
        "view": WORKING,
        "create": WORKING,
        "write": WORKING,
        "edit": WORKING,
        "submit": WORKING,
        "delete": WORKING,
        "restore": LEADING,
        "export": WORKING,
    }

    also_because = _("decides over it, or has decided")

    def also_visible(self, person: Any) -> Q:
        kind = ContentType.objects.get_for_model(self.model)
        return Q(pk__in=decided_records(person, about_type=kind))

    def kept_back(self) -> Q:
        return Q(status__in=self.model.EDITABLE)

    def freezes(self, record: Any) -> bool:
        return not record.is_editable

    def allows(self, person: Any, action: str, record: Any) -> bool:
        if action in ("edit", "delete"):
            return record.is_editable
        if action == "submit":
            return record.is_editable and not record.missing
        return record.deleted_at is None or action == "restore"


@access.register(ResearchPlan)
class PlanAccess(ApprovedRule):
    grants = {**ApprovedRule.grants, "view": TEAMWIDE}


@access.register(ResearchReport)
class ReportAccess(ApprovedRule):
    """`distribute` names and sends to readers; `inside` shows what only the department's side of
    the report may see: scores, receipts, comments. `score` is for who approves."""

    level = "level"
    grants = {
        **ApprovedRule.grants,
        "distribute": WORKING,
        "inside": WORKING,
        "share": WORKING,
        "confidential": WORKING,
        "secret": SECRET,
        "download": WORKING,
        "classify": LEADING,
    }

    also_because = _("decides over it, or it was sent to them")

    def also_visible(self, person: Any) -> Q:
        sent = Receipt.objects.filter(person=person.pk).order_by()
        return super().also_visible(person) | Q(pk__in=sent.values("report_id"))

    def may(self, person: Any, action: str, record: Any = None) -> bool:
        if action == "score" and record is not None:
            return may_score(person, record)
        return super().may(person, action, record)


class PartOfReport(access.Rule):
    """Seen by whoever works the report."""

    owner, team, level = "report__owner", "report__team", "report__level"
    follows = ResearchReport
    grants = {"view": WORKING}


@access.register(Citation)
class CitationAccess(PartOfReport):
    pass


@access.register(Recipient)
class RecipientAccess(PartOfReport):
    pass


@access.register(QualityReview)
class QualityReviewAccess(PartOfReport):
    def also_visible(self, person: Any) -> Q:
        return Q(by_id=person.pk)


@access.register(Receipt)
class ReceiptAccess(PartOfReport):
    """A reader sees and confirms the own receipt only."""

    grants = {"view": WORKING}

    def also_visible(self, person: Any) -> Q:
        return Q(person_id=person.pk)
