"""The API of the client desk."""

from typing import Any

from rest_framework import serializers

from crm import tables, tables_contracts, tables_leads, tables_visits
from crm.models import (
    Client,
    Communication,
    Contact,
    ContactPoint,
    Contract,
    Lead,
    LeadCondition,
    Obligation,
    Opportunity,
    Visit,
    VisitComment,
)
from crm.models.visit import Outcome
from crm.services import (
    clients,
    communications,
    contacts,
    contracts,
    feedback,
    leads,
    obligations,
    opportunities,
    visits,
)
from expansion.api import (
    Act,
    Comment,
    Moment,
    Named,
    Reason,
    RecordViewSet,
    Shown,
    Taken,
    Visible,
    routes,
)
from expansion.people.models import User
from expansion.rulebook.api import under_rules, under_version
from expansion.ui import formats

LIVE_CLIENTS = Client.objects.live()


# --- Clients and contacts -----------------------------------------------------------------------


class ClientShown(Shown):
    owner = Named()
    team = Named()
    roles = serializers.SerializerMethodField()

    class Meta:
        model = Client
        fields = [
            "id",
            "version",
            "name",
            "kind",
            "credit_code",
            "industry",
            "size",
            "business_scope",
            "preferences",
            "region",
            "address",
            "source",
            "grade",
            "major",
            "size_rating",
            "spending_rating",
            "stage",
            "note",
            "roles",
            "owner",
            "team",
            "first_contact_on",
            "last_contact_at",
            "last_visit_at",
            "next_contact_on",
            "created_at",
            "updated_at",
        ]

    def get_roles(self, client: Client) -> list[str]:
        return [one.role for one in client.roles.all()]


class ClientTaken(Taken):
    class Meta:
        model = Client
        fields = [
            "name",
            "kind",
            "credit_code",
            "industry",
            "size",
            "business_scope",
            "preferences",
            "region",
            "address",
            "source",
            "size_rating",
            "spending_rating",
            "note",
        ]


class FirstContact(serializers.Serializer):
    """The contact person that a new client is written with; phones are free text."""

    name = serializers.CharField(max_length=60, required=False, allow_blank=True)
    post = serializers.CharField(max_length=60, required=False, allow_blank=True)
    phones = serializers.CharField(max_length=200, required=False, allow_blank=True)
    email = serializers.EmailField(max_length=120, required=False, allow_blank=True)


class ClientMade(ClientTaken):
    contact = FirstContact(required=False)

    class Meta(ClientTaken.Meta):
        fields = [*ClientTaken.Meta.fields, "next_contact_on", "contact"]


class ClientHandedOver(Reason):
    owner = Visible(queryset=User.objects.active())


class NextContact(serializers.Serializer):
    day = serializers.DateField(allow_null=True)


class PointShown(Shown):
    """A phone or address as the page shows it: masked until somebody looks."""

    contact = Named()
    masked = serializers.SerializerMethodField()

    class Meta:
        model = ContactPoint
        fields = ["id", "contact", "kind", "masked", "extension"]

    def get_masked(self, point: ContactPoint) -> str:
        mask = formats.masked_email if point.kind == "email" else formats.masked_phone
        return mask(point.value)


class PointRevealed(PointShown):
    class Meta(PointShown.Meta):
        fields = [*PointShown.Meta.fields, "value"]


class ContactShown(Shown):
    client = Named()
    points = PointShown(many=True)

    class Meta:
        model = Contact
        fields = ["id", "version", "client", "name", "post", "birthday", "main", "note", "points"]


class ContactTaken(Taken):
    """Numbers written here are added to those that are there."""

    phones = serializers.CharField(max_length=200, required=False, allow_blank=True)
    email = serializers.EmailField(max_length=120, required=False, allow_blank=True)

    class Meta:
        model = Contact
        fields = ["name", "post", "birthday", "main", "note", "phones", "email"]


class ContactMade(ContactTaken):
    client = Visible(queryset=LIVE_CLIENTS)

    class Meta(ContactTaken.Meta):
        fields = ["client", *ContactTaken.Meta.fields]


def add_contact(*, client: Client, **given: Any) -> Contact:
    """A contact person of a client."""
    return contacts.add_contact(record=client, **given)


class ClientView(RecordViewSet):
    listing = tables.CLIENTS
    serializer_class = ClientShown
    creates = Act(clients.create_client, ClientMade)
    changes = Act(clients.update_client, ClientTaken, versioned=True)
    verbs = {
        "reassign": Act(clients.reassign_client, ClientHandedOver),
        "next-contact": Act(under_rules(communications.plan_next_contact), NextContact),
        "delete": Act(clients.delete_client, Reason),
    }

    def records(self):
        return LIVE_CLIENTS.select_related("owner", "team").prefetch_related("roles")


class ContactView(RecordViewSet):
    serializer_class = ContactShown
    creates = Act(add_contact, ContactMade)
    changes = Act(contacts.update_contact, ContactTaken, versioned=True)
    verbs = {"remove": Act(contacts.remove_contact, Reason)}

    def records(self):
        live = Contact.objects.filter(deleted_at=None, client__deleted_at=None)
        return live.select_related("client").prefetch_related("points__contact")


class PointView(RecordViewSet):
    serializer_class = PointShown
    verbs = {"reveal": Act(contacts.reveal_point, gives=PointRevealed)}

    def records(self):
        live = ContactPoint.objects.filter(contact__deleted_at=None, client__deleted_at=None)
        return live.select_related("contact", "client")


# --- Leads and opportunities --------------------------------------------------------------------


class ConditionShown(Shown):
    by = Named()

    class Meta:
        model = LeadCondition
        fields = ["id", "key", "met", "on", "evidence", "overruled", "by", "at"]


class LeadShown(Shown):
    client = Named()
    owner = Named()
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
            "status",
            "effective_on",
            "closed_reason",
            "conditions",
            "owner",
            "created_at",
            "updated_at",
        ]


class LeadTaken(Taken):
    class Meta:
        model = Lead
        fields = ["title", "need", "source"]


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


class OpportunityMade(OpportunityTaken):
    client = Visible(queryset=LIVE_CLIENTS)

    class Meta(OpportunityTaken.Meta):
        fields = ["client", *OpportunityTaken.Meta.fields]


class LeadConverted(OpportunityTaken):
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
    creates = Act(leads.create_lead, LeadMade)
    changes = Act(leads.update_lead, LeadTaken, versioned=True)
    verbs = {
        "mark": Act(under_rules(leads.mark_condition), ConditionMark),
        "overrule": Act(under_rules(leads.overrule_condition), ConditionOverruled),
        "close": Act(leads.close_lead, Reason),
        "reopen": Act(under_rules(leads.reopen_lead)),
        "convert": Act(
            under_version(opportunities.convert_lead),
            LeadConverted,
            OpportunityShown,
        ),
    }

    def records(self):
        found = Lead.objects.live().select_related("client", "owner")
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


# --- Visits and calls ---------------------------------------------------------------------------


class VisitShown(Shown):
    client = Named()
    visitor = Named()
    contacts = Named(many=True)

    class Meta:
        model = Visit
        fields = [
            "id",
            "version",
            "client",
            "visitor",
            "contacts",
            "status",
            "purpose",
            "materials",
            "place",
            "planned_at",
            "took_place_at",
            "arrived_at",
            "distance",
            "outcomes",
            "said",
            "needs",
            "opinions",
            "concerns",
            "next_contact_on",
            "due_at",
            "recorded_at",
            "late",
            "closed_reason",
            "created_at",
            "updated_at",
        ]


class VisitSaid(Taken):
    """What a record says of a visit (A-3.2.4c)."""

    said = serializers.CharField(max_length=4000)
    outcomes = serializers.ListField(child=serializers.ChoiceField(Outcome.choices), required=False)
    contacts = Visible(
        queryset=Contact.objects.filter(deleted_at=None, client__deleted_at=None),
        many=True,
        required=False,
    )

    class Meta:
        model = Visit
        fields = [
            "said",
            "took_place_at",
            "contacts",
            "outcomes",
            "needs",
            "opinions",
            "concerns",
            "next_contact_on",
        ]


class VisitLogged(VisitSaid):
    client = Visible(queryset=LIVE_CLIENTS)

    class Meta(VisitSaid.Meta):
        fields = ["client", *VisitSaid.Meta.fields]


class VisitMoved(Taken):
    planned_at = Moment()

    class Meta:
        model = Visit
        fields = ["planned_at", "purpose", "materials", "place"]


class VisitPlanned(VisitMoved):
    client = Visible(queryset=LIVE_CLIENTS)

    class Meta(VisitMoved.Meta):
        fields = ["client", *VisitMoved.Meta.fields]


class VisitRemark(serializers.Serializer):
    text = serializers.CharField(max_length=2000)


class VisitCommentShown(Shown):
    by = Named()

    class Meta:
        model = VisitComment
        fields = ["id", "by", "at", "text"]


class VisitView(RecordViewSet):
    listing = tables_visits.VISITS
    serializer_class = VisitShown
    creates = Act(under_rules(visits.log_visit), VisitLogged)
    starts = {"plan": Act(visits.plan_visit, VisitPlanned)}
    verbs = {
        "record": Act(under_rules(visits.log_visit), VisitSaid),
        "reschedule": Act(visits.reschedule_visit, VisitMoved, versioned=True),
        "cancel": Act(visits.cancel_visit, Reason),
        "comment": Act(feedback.comment_visit, VisitRemark, VisitCommentShown),
    }

    def records(self):
        found = Visit.objects.live().select_related("client", "visitor")
        return found.prefetch_related("contacts")


class CommunicationShown(Shown):
    client = Named()
    contact = Named(allow_null=True)
    by = Named()

    class Meta:
        model = Communication
        fields = [
            "id",
            "version",
            "client",
            "contact",
            "by",
            "channel",
            "at",
            "reached",
            "said",
            "needs",
            "concerns",
            "interest",
            "next_contact_on",
        ]


class CommunicationMade(Taken):
    client = Visible(queryset=LIVE_CLIENTS)
    contact = Visible(
        queryset=Contact.objects.filter(deleted_at=None), required=False, allow_null=True
    )
    at = Moment(required=False)

    class Meta:
        model = Communication
        fields = [
            "client",
            "contact",
            "channel",
            "at",
            "reached",
            "said",
            "needs",
            "concerns",
            "interest",
            "next_contact_on",
        ]


class CommunicationView(RecordViewSet):
    serializer_class = CommunicationShown
    creates = Act(
        under_rules(communications.log_communication),
        CommunicationMade,
    )

    def records(self):
        return Communication.objects.live().select_related("client", "contact", "by")


# --- Contracts ----------------------------------------------------------------------------------


class ContractShown(Shown):
    client = Named()
    owner = Named()

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
            "approved_at",
            "digest",
            "signed_on",
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
        "submit": Act(under_rules(contracts.submit_contract), Comment),
        "sign": Act(contracts.sign_contract, ContractSigned),
        "delete": Act(contracts.delete_contract, Reason),
    }

    def records(self):
        return Contract.objects.live().select_related("client", "owner")


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


urlpatterns = routes(
    "crm",
    {
        "clients": ClientView,
        "contacts": ContactView,
        "points": PointView,
        "leads": LeadView,
        "opportunities": OpportunityView,
        "visits": VisitView,
        "communications": CommunicationView,
        "contracts": ContractView,
        "obligations": ObligationView,
    },
)
