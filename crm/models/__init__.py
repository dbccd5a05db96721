"""The address book and the ledger: everyone outside the department that it deals with."""

from crm.models.authority import BottomLine, Escalation
from crm.models.client import Client, ClientRole, Contact, ContactPoint, Rating
from crm.models.communication import Communication, Interest
from crm.models.contract import Contract, Obligation
from crm.models.lead import Lead, LeadCondition
from crm.models.opportunity import Opportunity, StageMove
from crm.models.shares import (
    ClientPersonShare,
    ClientTeamShare,
    ContractPersonShare,
    ContractTeamShare,
    OpportunityPersonShare,
    OpportunityTeamShare,
)
from crm.models.visit import Outcome, PositionConsent, Visit, VisitComment, VisitReading

__all__ = [
    "BottomLine",
    "Client",
    "ClientPersonShare",
    "ClientRole",
    "ClientTeamShare",
    "Communication",
    "Contact",
    "ContactPoint",
    "Contract",
    "ContractPersonShare",
    "ContractTeamShare",
    "Escalation",
    "Interest",
    "Lead",
    "LeadCondition",
    "Obligation",
    "Opportunity",
    "OpportunityPersonShare",
    "OpportunityTeamShare",
    "Outcome",
    "PositionConsent",
    "Rating",
    "StageMove",
    "Visit",
    "VisitComment",
    "VisitReading",
]
