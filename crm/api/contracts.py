"""Contracts and what each side owes by them."""

from typing import Any

from rest_framework import serializers

from crm import tables_contracts
from crm.api.clients import LIVE_CLIENTS
from crm.models import (
    Contract,
    Obligation,
)
from crm.services import (
    contracts,
    obligations,
)
from expansion.api import (
    Act,
    Comment,
    Named,
    Reason,
    RecordViewSet,
    Shown,
    Taken,
    Visible,
)
from expansion.people.api import LevelSet
from expansion.people.services.levels import classify
from expansion.rulebook.api import under_rules


class ContractShown(Shown):
    client = Named()
    owner = Named()
    signed_owner = Named(allow_null=True)

    class Meta:
        model = Contract
        fields = [
            "id",
            "version",
            "client",
            "number",
            "title",
            "kind",
            "amount",
            "currency",
            "starts_on",
            "ends_on",
            *Contract.SECTIONS,
            "status",
            "level",
            "approved_at",
            "digest",
            "signed_on",
            "signed_owner",
            "signed_by_us",
            "signed_by_them",
            "owner",
            "created_at",
            "updated_at",
        ]


class ContractTaken(Taken):
    class Meta:
        model = Contract
        fields = [
            "title",
            "kind",
            "amount",
            "currency",
            "starts_on",
            "ends_on",
            *Contract.SECTIONS,
        ]


class ContractMade(ContractTaken):
    client = Visible(queryset=LIVE_CLIENTS)

    class Meta(ContractTaken.Meta):
        fields = ["client", *ContractTaken.Meta.fields]


class ContractSigned(serializers.Serializer):
    signed_on = serializers.DateField()
    signed_by_us = serializers.CharField(max_length=60)
    signed_by_them = serializers.CharField(max_length=60)


class ObligationShown(Shown):
    contract = Named()

    class Meta:
        model = Obligation
        fields = ["id", "version", "contract", "party", "what", "amount", "due_on", "done_on"]


class ObligationMade(Taken):
    contract = Visible(queryset=Contract.objects.live())

    class Meta:
        model = Obligation
        fields = ["contract", "party", "what", "amount", "due_on"]


class ObligationDone(serializers.Serializer):
    done_on = serializers.DateField()


def add_obligation(*, contract: Contract, **given: Any) -> Obligation:
    """A line of the payment plan or another duty, part of a draft's text."""
    return obligations.add_obligation(record=contract, **given)


class ContractView(RecordViewSet):
    listing = tables_contracts.CONTRACTS
    serializer_class = ContractShown
    creates = Act(contracts.create_contract, ContractMade)
    changes = Act(contracts.update_contract, ContractTaken, versioned=True)
    verbs = {
        "submit": Act(under_rules(contracts.submit_contract), Comment, asks="submit"),
        "classify": Act(classify, LevelSet, asks="classify"),
        "sign": Act(contracts.sign_contract, ContractSigned, asks="sign"),
        "delete": Act(contracts.delete_contract, Reason, asks="delete"),
    }

    def records(self):
        return Contract.objects.live().select_related("client", "owner", "signed_owner")


class ObligationView(RecordViewSet):
    listing = tables_contracts.OBLIGATIONS
    serializer_class = ObligationShown
    creates = Act(add_obligation, ObligationMade)
    verbs = {
        "done": Act(obligations.complete_obligation, ObligationDone),
        "reopen": Act(obligations.reopen_obligation, Reason),
        "remove": Act(obligations.remove_obligation, gives=ContractShown),
    }

    def records(self):
        return Obligation.objects.filter(contract__deleted_at=None).select_related("contract")
