"""Clients, their contact persons and how these are reached."""

from typing import Any

from rest_framework import serializers

from crm import tables
from crm.models import (
    Client,
    Contact,
    ContactPoint,
)
from crm.own_fields import LONGEST
from crm.services import (
    clients,
    communications,
    contacts,
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
from expansion.people.models import User
from expansion.rulebook.api import under_rules
from expansion.ui import formats

LIVE_CLIENTS = Client.objects.live()


class OwnTexts(serializers.DictField):
    """What the rulebook asks for beside the columns, by the keys of its lists `history_fields`,
    `territory_by` and `visit_fields`; an empty text takes its key away, those not sent stay."""

    child = serializers.CharField(max_length=LONGEST, allow_blank=True)


class ClientShown(Shown):
    owner = Named()
    team = Named()
    own = OwnTexts(read_only=True)
    roles = serializers.SerializerMethodField()

    class Meta:
        model = Client
        fields = [
            "id",
            "version",
            "name",
            "kind",
            "category",
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
            "own",
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
    own = OwnTexts(required=False)

    class Meta:
        model = Client
        fields = [
            "name",
            "kind",
            "category",
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
            "own",
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
    creates = Act(under_rules(clients.create_client), ClientMade)
    changes = Act(under_rules(clients.update_client), ClientTaken, versioned=True)
    verbs = {
        "reassign": Act(clients.reassign_client, ClientHandedOver, asks="reassign"),
        "next-contact": Act(under_rules(communications.plan_next_contact), NextContact),
        "delete": Act(clients.delete_client, Reason, asks="delete"),
    }

    def records(self):
        return LIVE_CLIENTS.select_related("owner", "team").prefetch_related("roles")


class ContactView(RecordViewSet):
    serializer_class = ContactShown
    creates = Act(add_contact, ContactMade)
    changes = Act(contacts.update_contact, ContactTaken, versioned=True)
    verbs = {"remove": Act(contacts.remove_contact, Reason, asks="delete")}

    def records(self):
        live = Contact.objects.filter(deleted_at=None, client__deleted_at=None)
        return live.select_related("client").prefetch_related("points__contact")


class PointView(RecordViewSet):
    serializer_class = PointShown
    verbs = {"reveal": Act(under_rules(contacts.reveal_point), gives=PointRevealed, asks="reveal")}

    def records(self):
        live = ContactPoint.objects.filter(contact__deleted_at=None, client__deleted_at=None)
        return live.select_related("contact", "client")
