"""The API of approvals: what waits for one's decision, and deciding it."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from expansion import access
from expansion.api import Act, Named, Provisional, RecordViewSet, Shown, Visible, routes
from expansion.approvals import remarks, services, signers
from expansion.approvals.models import Comment, Decision, Request, Step
from expansion.approvals.selectors import WITH_DECISIONS, chairs_in, waiting_for
from expansion.people.models import User


class DecisionShown(Shown):
    by = Named()
    for_person = Named(allow_null=True)

    class Meta:
        model = Decision
        fields = ["id", "decision", "by", "for_person", "at", "comment"]


class CommentShown(Shown):
    by = Named()
    for_person = Named(allow_null=True)

    class Meta:
        model = Comment
        fields = ["id", "by", "for_person", "at", "text"]


class StepShown(Shown):
    person = Named(allow_null=True)
    escalated_to = Named(allow_null=True)
    added_by = Named(allow_null=True)
    due_at_provisional = Provisional("due_at")
    decisions = DecisionShown(many=True)

    class Meta:
        model = Step
        fields = [
            "id",
            "order",
            "role",
            "person",
            "joint",
            "because",
            "added_by",
            "added_why",
            "status",
            "opened_at",
            "due_at",
            "due_at_provisional",
            "escalated_to",
            "decisions",
        ]


class RequestShown(Shown):
    """`snapshot` is the frozen document over which is decided, `digest` its SHA-256; `comments`
    were made without deciding. `owner` had the record then, `received_by` has taken it over."""

    about = serializers.SerializerMethodField()
    owner = Named()
    received_by = Named(allow_null=True)
    submitted_by = Named()
    snapshot = serializers.DictField(read_only=True)
    steps = StepShown(many=True)
    comments = CommentShown(many=True)

    class Meta:
        model = Request
        fields = [
            "id",
            "version",
            "kind",
            "title",
            "about",
            "round",
            "status",
            "owner",
            "received_by",
            "submitted_by",
            "submitted_at",
            "closed_at",
            "comment",
            "amount",
            "currency",
            "snapshot",
            "digest",
            "steps",
            "comments",
        ]

    def get_about(self, request: Request) -> int | None:
        return request.about_id


class NoteTaken(serializers.Serializer):
    section = serializers.CharField(max_length=60)
    text = serializers.CharField(max_length=2000)


class DecisionTaken(serializers.Serializer):
    """Returning and rejecting need a comment."""

    decision = serializers.ChoiceField(Decision.Kind.choices)
    comment = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    notes = NoteTaken(many=True, required=False)


class CommentTaken(serializers.Serializer):
    text = serializers.CharField(max_length=2000)


class HandedOn(serializers.Serializer):
    """Who decides instead, and why."""

    person = Visible(queryset=User.objects.all())
    reason = serializers.CharField(max_length=500)


class SignerAdded(HandedOn):
    place = serializers.ChoiceField([Step.Because.BEFORE.value, Step.Because.AFTER.value])


def add_signer(*, record: Request, **given: Any) -> Request:
    """Asks another person before or after the own step."""
    return signers.add_signer(request=record, **given)


def hand_on(*, record: Request, **given: Any) -> Request:
    """Gives the own step to another person."""
    return signers.hand_on(request=record, **given)


def comment(*, record: Request, **given: Any) -> Request:
    """Says something without deciding; the others concerned are told."""
    remarks.comment(request=record, **given)
    return record


def decide(*, record: Request, **given: Any) -> Request:
    """Decides the open step, in the own right or for an absent principal."""
    return services.decide(request=record, **given)


def withdraw(*, record: Request, **given: Any) -> Request:
    """Takes a request back before its first decision."""
    return services.withdraw(request=record, **given)


class RequestView(RecordViewSet):
    serializer_class = RequestShown
    verbs = {
        "decide": Act(decide, DecisionTaken, versioned=True, asks=""),
        "add_signer": Act(add_signer, SignerAdded, versioned=True, asks="decide"),
        "hand_on": Act(hand_on, HandedOn, versioned=True, asks="decide"),
        "comment": Act(comment, CommentTaken, asks=""),
        "withdraw": Act(withdraw, asks=""),
    }

    def records(self) -> QuerySet[Request]:
        return complete()

    def ask(self, act: Act, record: Any) -> None:
        """Whoever has no seat in it is told so before the form; the slower one by the service."""
        person = self.request.user
        if self.action == "act_comment":
            remarks.require_voice(person, record)
        if act.asks or (self.action == "act_decide" and not chairs_in(person, record)):
            access.require(person, "decide", record)


class InboxView(RecordViewSet):
    """The requests whose open step the person may decide now."""

    serializer_class = RequestShown

    def records(self) -> QuerySet[Request]:
        return complete()

    def narrowed(self, records: QuerySet) -> QuerySet:
        steps = waiting_for(self.request.user).order_by()
        return records.filter(pk__in=steps.values("request_id"))


def complete() -> QuerySet[Request]:
    """Requests with their steps and decisions, in a fixed number of queries."""
    found = Request.objects.select_related("owner", "received_by", "submitted_by")
    return found.prefetch_related(*WITH_DECISIONS)


urlpatterns = routes("approvals", {"requests": RequestView, "inbox": InboxView})
