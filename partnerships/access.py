"""Who may see and do what with partners and projects.

A partner is seen and worked as its client is. A project is worked by its lead, the lead's team
leader and the manager (R-exp-03); whoever sees the partner's client or answers for one of its
phases sees it. Who decides over its scheme reads the frozen copy and its files.
"""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from crm.access import LEADING, WORKING, HangsOnClient
from crm.models import Client
from expansion import access
from expansion.access import Seat
from expansion.approvals.selectors import involving
from expansion.shares import keep_in
from partnerships.models import (
    Milestone,
    Partner,
    Project,
    ProjectCheck,
    ProjectPersonShare,
    ProjectTeamShare,
)

keep_in(Project, persons=ProjectPersonShare, teams=ProjectTeamShare)


@access.register(Partner)
class PartnerAccess(HangsOnClient):
    grants = HangsOnClient.grants | {"export": WORKING}


@access.register(Project)
class ProjectAccess(access.Rule):
    adjustable = True
    grants = {
        "view": WORKING,
        "create": WORKING,
        "edit": WORKING,
        "submit": WORKING,
        "check": WORKING,
        "override": LEADING,
        "delete": LEADING,
        "export": WORKING,
        "share": WORKING,
    }

    also_because = _("sees its client, or answers for one of its phases")

    def also_visible(self, person: Any) -> Q:
        clients = access.visible_to(person, Client.objects.all()).order_by().values("pk")
        phases = Milestone.objects.filter(owner=person.pk).order_by().values("project_id")
        return Q(partner__client__in=clients) | Q(pk__in=phases)

    def files_besides(self, person: Any) -> Q:
        """Who decides over the scheme reads the files that the frozen copy names."""
        kind = ContentType.objects.get_for_model(Project)
        named = involving(person, seats=person.seats).filter(
            about_type=kind, about_id=OuterRef("about_id"), submitted_at__gte=OuterRef("at")
        )
        return Q(Exists(named.order_by()))

    def keeps(self, record: Any, file: Any) -> bool:
        """While its scheme is decided over all files stay; once approved, those that were there."""
        decided = record.scheme_approved_at
        if record.scheme_status == Project.SchemeStatus.APPROVED:
            return decided is None or file.at <= decided
        return self.decided_now(record)

    def decided_now(self, record: Any) -> bool:
        return record.scheme_status == Project.SchemeStatus.IN_APPROVAL

    def allows(self, person: Any, action: str, record: Any) -> bool:
        return record.deleted_at is None


class OfProject(access.Rule):
    """Seen by whoever sees the project, changed by whoever works it."""

    owner, team = "project__owner", "project__team"
    follows, via, adjustable = Project, "project", True
    grants = {"view": WORKING, "create": WORKING, "edit": WORKING}

    def also_visible(self, person: Any) -> Q:
        projects = access.visible_to(person, Project.objects.all()).order_by().values("pk")
        return Q(project__in=projects)


@access.register(Milestone)
class MilestoneAccess(OfProject):
    """Whoever answers for a phase ticks it off; dates and owners are the lead's to set."""

    grants = OfProject.grants | {"complete": WORKING}

    def covers(self, person: Any, seat: Seat, action: str, record: Any) -> bool:
        answerable = record.owner_id == (seat.acting_for or person.pk)
        if action == "complete" and answerable:
            return True
        return super().covers(person, seat, action, record)


@access.register(ProjectCheck)
class ProjectCheckAccess(OfProject):
    adjustable = False
