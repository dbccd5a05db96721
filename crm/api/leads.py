"""Leads and opportunities."""

from rest_framework import serializers

from crm import tables_leads
from crm.api.clients import LIVE_CLIENTS
from crm.models import (
    Lead,
    LeadCondition,
    Opportunity,
)
from crm.services import (
    leads,
    opportunities,
)
from expansion.api import (
    Act,
    Named,
    Reason,
    RecordViewSet,
    Shown,
    Taken,
    Visible,
)
from expansion.rulebook.api import under_rules, under_version


class ConditionShown(Shown):
    by = Named()

    class Meta:
        model = LeadCondition
        fields = ["id", "key", "met", "on", "evidence", "overruled", "by", "at"]


class LeadShown(Shown):
    client = Named()
    owner = Named()
    effective_owner = Named(allow_null=True)
    conditions = ConditionShown(many=True)

    class Meta:
        model = Lead
        fields = [
            "id",
            "version",
            "client",
            "title",
            "need",
            "source",
            "long_cycle",
            "status",
            "effective_on",
            "effective_owner",
            "closed_reason",
            "conditions",
            "owner",
            "created_at",
            "updated_at",
        ]


class LeadTaken(Taken):
    class Meta:
        model = Lead
        fields = ["title", "need", "source", "long_cycle"]


class LeadMade(LeadTaken):
    client = Visible(queryset=LIVE_CLIENTS)

    class Meta(LeadTaken.Meta):
        fields = ["client", *LeadTaken.Meta.fields]


class ConditionMark(serializers.Serializer):
    key = serializers.CharField(max_length=40)
    met = serializers.BooleanField()
    evidence = serializers.CharField(max_length=500)
    on = serializers.DateField(required=False, allow_null=True)


class ConditionOverruled(Reason):
    key = serializers.CharField(max_length=40)
    met = serializers.BooleanField()
    reason = serializers.CharField(max_length=500)


class OpportunityShown(Shown):
    client = Named()
    owner = Named()
    lead = Named(allow_null=True)

    class Meta:
        model = Opportunity
        fields = [
            "id",
            "version",
            "client",
            "lead",
            "title",
            "need",
            "pipeline",
            "stage",
            "stage_since",
            "amount",
            "currency",
            "probability",
            "expected_on",
            "status",
            "closed_at",
            "closed_reason",
            "owner",
            "created_at",
            "updated_at",
        ]


class OpportunityTaken(Taken):
    class Meta:
        model = Opportunity
        fields = ["title", "need", "amount", "currency", "probability", "expected_on"]


class OpportunityOpened(OpportunityTaken):
    """With the pipeline that it is to walk; without one that of the client's team."""

    pipeline = serializers.CharField(max_length=60, required=False, allow_blank=True)

    class Meta(OpportunityTaken.Meta):
        fields = [*OpportunityTaken.Meta.fields, "pipeline"]


class OpportunityMade(OpportunityOpened):
    client = Visible(queryset=LIVE_CLIENTS)

    class Meta(OpportunityOpened.Meta):
        fields = ["client", *OpportunityOpened.Meta.fields]


class LeadConverted(OpportunityOpened):
    title = serializers.CharField(max_length=120, required=False, allow_blank=True)


class OpportunityMove(serializers.Serializer):
    stage = serializers.CharField(max_length=40)
    reason = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    override = serializers.BooleanField(required=False)


class WonBecause(serializers.Serializer):
    reason = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class LeadView(RecordViewSet):
    listing = tables_leads.LEADS
    serializer_class = LeadShown
    creates = Act(under_rules(leads.create_lead), LeadMade)
    changes = Act(under_rules(leads.update_lead), LeadTaken, versioned=True)
    verbs = {
        "mark": Act(under_rules(leads.mark_condition), ConditionMark),
        "overrule": Act(under_rules(leads.overrule_condition), ConditionOverruled, asks="overrule"),
        "close": Act(leads.close_lead, Reason),
        "reopen": Act(under_rules(leads.reopen_lead)),
        "convert": Act(
            under_version(opportunities.convert_lead),
            LeadConverted,
            OpportunityShown,
        ),
    }

    def records(self):
        found = Lead.objects.live().select_related("client", "owner", "effective_owner")
        return found.prefetch_related("conditions__by")


class OpportunityView(RecordViewSet):
    listing = tables_leads.OPPORTUNITIES
    serializer_class = OpportunityShown
    creates = Act(
        under_version(opportunities.create_opportunity),
        OpportunityMade,
    )
    changes = Act(opportunities.update_opportunity, OpportunityTaken, versioned=True)
    verbs = {
        "move": Act(opportunities.move_opportunity, OpportunityMove),
        "win": Act(opportunities.win_opportunity, WonBecause),
        "lose": Act(opportunities.lose_opportunity, Reason),
        "reopen": Act(opportunities.reopen_opportunity, Reason),
    }

    def records(self):
        return Opportunity.objects.live().select_related("client", "owner", "lead", "rules_version")
