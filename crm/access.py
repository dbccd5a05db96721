"""Who may see and do what with clients and all that hangs on them.

A member works the own clients, a leader those of the own team, the manager all (R-exp-03). What
hangs on a client is seen by whoever sees the client.
"""

from collections.abc import Mapping
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from crm.models import (
    BottomLine,
    Client,
    ClientPersonShare,
    ClientRole,
    ClientTeamShare,
    Communication,
    Contact,
    ContactPoint,
    Contract,
    ContractPersonShare,
    ContractTeamShare,
    Escalation,
    Lead,
    Obligation,
    Opportunity,
    OpportunityPersonShare,
    OpportunityTeamShare,
    Visit,
)
from expansion import access
from expansion.access import Scope, Seat
from expansion.approvals.selectors import decided_records
from expansion.people.models import Role
from expansion.shares import keep_in

WORKING: Mapping[str, Scope] = {
    Role.MEMBER: Scope.OWN,
    Role.LEADER: Scope.TEAM,
    Role.DEPUTY: Scope.OWN,
    Role.CONSOLIDATOR: Scope.OWN,
    Role.MANAGER: Scope.DEPARTMENT,
}
LEADING: Mapping[str, Scope] = {Role.LEADER: Scope.TEAM, Role.MANAGER: Scope.DEPARTMENT}
SECRET: Mapping[str, Scope] = {**WORKING, Role.LEADER: Scope.OWN}
LOGGED: Mapping[str, Scope] = {**WORKING, Role.LEADERSHIP: Scope.DEPARTMENT}
NEGOTIATING: Mapping[str, Scope] = {
    **dict.fromkeys(WORKING, Scope.OWN),
    Role.MANAGER: Scope.DEPARTMENT,
}

keep_in(Client, persons=ClientPersonShare, teams=ClientTeamShare)
keep_in(Opportunity, persons=OpportunityPersonShare, teams=OpportunityTeamShare)
keep_in(Contract, persons=ContractPersonShare, teams=ContractTeamShare)


@access.register(Client)
class ClientAccess(access.Rule):
    adjustable = True
    grants = {
        "view": WORKING,
        "create": WORKING,
        "edit": WORKING,
        "delete": LEADING,
        "export": WORKING,
        "import": WORKING,
        "reveal": WORKING,
        "share": WORKING,
        "reassign": LEADING,
        "unmark": {Role.MANAGER: Scope.DEPARTMENT},
    }

    def allows(self, person: Any, action: str, record: Any) -> bool:
        return record.deleted_at is None or action == "restore"


class HangsOnClient(access.Rule):
    """Access flows from the client to its children, whoever wrote them (law 2)."""

    owner, team = "client__owner", "client__team"
    follows, via, adjustable = Client, "client", True
    grants = {"view": WORKING, "create": WORKING, "edit": WORKING, "delete": WORKING}


@access.register(Contact)
class ContactAccess(HangsOnClient):
    """Who answers for the department's data tells a person what is kept, and forgets it (law 8);
    an administrator may be asked to, without reading any of it."""

    fixed = ("erase", "report")
    grants = HangsOnClient.grants | {
        "report": {Role.MANAGER: Scope.DEPARTMENT},
        "erase": {Role.MANAGER: Scope.DEPARTMENT, Role.ADMINISTRATOR: Scope.DEPARTMENT},
    }


@access.register(ContactPoint)
class ContactPointAccess(HangsOnClient):
    """A number is kept as its contact is, and shown in full as those of the client are."""

    adjustable = False

    def scope(self, seat: Seat, action: str) -> Scope:
        ruling = Client if action == "reveal" else Contact
        return access.rule_of(ruling).scope(seat, action)


@access.register(ClientRole)
class ClientRoleAccess(HangsOnClient):
    adjustable = False


@access.register(Communication)
class CommunicationAccess(HangsOnClient):
    pass


@access.register(Lead)
class LeadAccess(HangsOnClient):
    grants = HangsOnClient.grants | {"overrule": LEADING, "export": WORKING}


@access.register(Opportunity)
class OpportunityAccess(HangsOnClient):
    grants = HangsOnClient.grants | {
        "override": LEADING,
        "export": WORKING,
        "share": WORKING,
    }


@access.register(Visit)
class VisitAccess(HangsOnClient):
    """Whoever sees the client sees its visits; only the visitor checks in and writes the record.

    A visitor keeps seeing a visit that still waits for its record, also when the client has
    another owner meanwhile. `review` names who is told of a record (A-3.2.4c).
    """

    grants = HangsOnClient.grants | {
        "record": WORKING,
        "comment": WORKING,
        "review": LEADING,
        "export": WORKING,
    }

    also_because = _("is to write its record")

    def freezes(self, record: Any) -> bool:
        """A photo of a recorded visit is part of what was recorded."""
        return record.recorded_at is not None

    def also_visible(self, person: Any) -> Q:
        return Q(visitor_id=person.pk, status__in=[Visit.Status.PLANNED, Visit.Status.MISSED])

    def covers(self, person: Any, seat: Seat, action: str, record: Any) -> bool:
        if action == "record":
            allowed = self.scope(seat, action) is not Scope.NONE
            return allowed and record.visitor_id == (seat.acting_for or person.pk)
        return super().covers(person, seat, action, record)


@access.register(Contract)
class ContractAccess(HangsOnClient):
    """Legal and leadership see those that are or were theirs to decide, and no others.

    The state of the contract is asked by the services, whose sentences say what to do instead.
    """

    level = "level"
    grants = HangsOnClient.grants | {
        "submit": WORKING,
        "sign": WORKING,
        "export": WORKING,
        "share": WORKING,
        "confidential": WORKING,
        "secret": SECRET,
        "download": WORKING,
        "classify": LEADING,
    }

    also_because = _("decides over it, or has decided")

    def also_visible(self, person: Any) -> Q:
        return Q(pk__in=decided_contracts(person))

    def freezes(self, record: Any) -> bool:
        return not record.is_editable

    def decided_now(self, record: Any) -> bool:
        return record.status == Contract.Status.IN_APPROVAL

    def allows(self, person: Any, action: str, record: Any) -> bool:
        return record.deleted_at is None


@access.register(Obligation)
class ObligationAccess(access.Rule):
    """What is owed by a contract is seen and ticked off by whoever sees or works the contract."""

    owner, team = "contract__client__owner", "contract__client__team"
    level = "contract__level"
    follows, via, adjustable = Contract, "contract", True
    grants = {"view": WORKING, "create": WORKING, "edit": WORKING, "export": WORKING}

    also_because = _("decides over its contract, or has decided")

    def also_visible(self, person: Any) -> Q:
        return Q(contract__in=decided_contracts(person))


def decided_contracts(person: Any) -> QuerySet:
    """The ids of contracts a step of whose approval is or was this person's."""
    kind = ContentType.objects.get_for_model(Contract)
    return decided_records(person, about_type=kind)


@access.register(BottomLine)
class BottomLineAccess(access.Rule):
    """Who negotiates the deal, the manager and the supervising leader, and nobody else: not by a
    share of the deal, not by leading its team, not in a rehearsal, whatever rights are granted."""

    owner, team = "opportunity__owner", None
    private = True
    grants = {
        "view": NEGOTIATING | {Role.LEADERSHIP: Scope.DEPARTMENT},
        "create": NEGOTIATING,
        "edit": NEGOTIATING,
    }

    def allows(self, person: Any, action: str, record: Any) -> bool:
        deal = record.opportunity
        return deal.deleted_at is None and deal.client.deleted_at is None


@access.register(Escalation)
class EscalationAccess(HangsOnClient):
    """Seen with the client, by leadership, by who worked the matter and by whoever decides it.

    Deciding is nobody's by role alone: whose the matter is says the rulebook of its day.
    """

    adjustable, level = True, "contract__level"
    also_because = _("decides it, or has worked it")
    grants = {
        "view": LOGGED,
        "export": LOGGED,
        "confidential": LOGGED,
        "secret": {**SECRET, Role.LEADERSHIP: Scope.DEPARTMENT},
    }

    def also_visible(self, person: Any) -> Q:
        """By what the matter itself says; a role of the line sees it with the client."""
        outside = {seat.role for seat in person.seats} - (set(WORKING) - {Role.DEPUTY})
        named = {seat.acting_for or person.pk for seat in person.seats}
        return Q(owner=person.pk) | Q(decider__in=named) | Q(role__in=sorted(outside))
