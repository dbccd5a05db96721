"""Clients, opportunities and contracts shared one by one."""

from django.db import models

from crm.models.client import Client
from crm.models.contract import Contract
from crm.models.opportunity import Opportunity
from expansion.people.sharing import PersonShare, TeamShare


class ClientPersonShare(PersonShare):
    content_object = models.ForeignKey(Client, models.CASCADE, related_name="+")


class ClientTeamShare(TeamShare):
    content_object = models.ForeignKey(Client, models.CASCADE, related_name="+")


class OpportunityPersonShare(PersonShare):
    content_object = models.ForeignKey(Opportunity, models.CASCADE, related_name="+")


class OpportunityTeamShare(TeamShare):
    content_object = models.ForeignKey(Opportunity, models.CASCADE, related_name="+")


class ContractPersonShare(PersonShare):
    content_object = models.ForeignKey(Contract, models.CASCADE, related_name="+")


class ContractTeamShare(TeamShare):
    content_object = models.ForeignKey(Contract, models.CASCADE, related_name="+")
