"""Visits and calls."""

from rest_framework import serializers
from rest_framework.parsers import MultiPartParser

from crm import tables_visits
from crm.api.clients import LIVE_CLIENTS, OwnTexts
from crm.models import (
    Communication,
    Contact,
    Visit,
    VisitComment,
)
from crm.models.visit import Outcome
from crm.services import (
    communications,
    feedback,
    visits,
)
from crm.services.check_in import check_in
from crm.services.photos import keep_photo
from expansion.api import (
    Act,
    Moment,
    Named,
    Number,
    Provisional,
    Reason,
    RecordViewSet,
    Shown,
    Taken,
    Visible,
)
from expansion.files.models import Attachment
from expansion.rulebook.api import under_rules

PHOTOS = {
    "max_length": 64,
    "required": False,
    "help_text": "The key under which pictures were sent before.",
}


class VisitShown(Shown):
    client = Named()
    visitor = Named()
    contacts = Named(many=True)
    own = OwnTexts(read_only=True)
    due_at_provisional = Provisional("due_at")

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
            "own",
            "next_contact_on",
            "due_at",
            "due_at_provisional",
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

    own = OwnTexts(required=False)
    photos = serializers.CharField(**PHOTOS)

    class Meta:
        model = Visit
        fields = [
            "said",
            "photos",
            "took_place_at",
            "contacts",
            "outcomes",
            "needs",
            "opinions",
            "concerns",
            "own",
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


class PhotoSent(serializers.Serializer):
    """One picture of a visit; `key` is the caller's word for the record that will take it."""

    key = serializers.CharField(max_length=64)
    photo = serializers.FileField(allow_empty_file=True)


class PhotoShown(Shown):
    class Meta:
        model = Attachment
        fields = ["id", "name", "size", "media_type", "digest"]


class CheckedIn(serializers.Serializer):
    """The position of this moment, or a reason instead of it; both count the same."""

    latitude = Number(required=False, allow_null=True)
    longitude = Number(required=False, allow_null=True)
    accuracy = Number(required=False, allow_null=True, help_text="Metres.")
    age = Number(required=False, allow_null=True, help_text="Seconds.")
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)
    photos = serializers.CharField(**PHOTOS)


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
    starts = {
        "plan": Act(visits.plan_visit, VisitPlanned),
        "photos": Act(keep_photo, PhotoSent, PhotoShown, reads=MultiPartParser),
    }
    verbs = {
        "check-in": Act(under_rules(check_in), CheckedIn, asks="record"),
        "record": Act(under_rules(visits.log_visit), VisitSaid, asks="record"),
        "reschedule": Act(visits.reschedule_visit, VisitMoved, versioned=True),
        "cancel": Act(visits.cancel_visit, Reason),
        "comment": Act(feedback.comment_visit, VisitRemark, VisitCommentShown, asks="comment"),
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
