"""The API of openings, candidates and changes of staff."""

from typing import Any

from rest_framework import serializers

from expansion.api import Act, Comment, Named, Reason, RecordViewSet, Shown, Taken, Visible
from expansion.office import tables_personnel as tables
from expansion.office.models import Candidate, Opening, PersonnelChange
from expansion.office.selectors.personnel import average, posts, units, with_hires
from expansion.office.services import candidates, effects, forgetting, openings
from expansion.office.services import changes as staff
from expansion.people.forms import PhoneField
from expansion.people.models import Membership, User
from expansion.people.validators import user_name
from expansion.rulebook.api import under_rules
from expansion.ui import formats


class OpeningShown(Shown):
    team = Named()
    post = Named()
    owner = Named()
    hires = serializers.IntegerField(read_only=True)
    applicants = serializers.IntegerField(read_only=True)

    class Meta:
        model = Opening
        fields = [
            "id",
            "version",
            "team",
            "post",
            "owner",
            "places",
            "hires",
            "applicants",
            "wanted_on",
            "duties",
            "skills",
            "traits",
            "reason",
            "status",
            "opened_at",
            "closed_at",
            "closing_reason",
        ]


class OpeningTaken(Taken):
    team = Visible(queryset=units())
    post = Visible(queryset=posts())

    class Meta:
        model = Opening
        fields = ["team", "post", "places", "wanted_on", "duties", "skills", "traits", "reason"]


class OpeningView(RecordViewSet):
    listing = tables.OPENINGS
    serializer_class = OpeningShown
    creates = Act(openings.create_opening, OpeningTaken)
    changes = Act(openings.update_opening, OpeningTaken, versioned=True)
    verbs = {
        "open": Act(openings.open_opening, asks="open"),
        "fill": Act(openings.fill_opening, asks="close"),
        "withdraw": Act(openings.withdraw_opening, Reason, asks="close"),
    }

    def records(self):
        return with_hires(Opening.objects.select_related("team", "post", "owner"))


class Phone(serializers.CharField):
    """A number in the one international form."""

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        return PhoneField(required=False).clean(text)


class CandidateShown(Shown):
    """Number and address are masked, as on the page until somebody looks."""

    opening = Named()
    phone = serializers.SerializerMethodField()
    email = serializers.SerializerMethodField()
    ratings = serializers.DictField(child=serializers.IntegerField(), read_only=True)
    mean_rating = serializers.SerializerMethodField()
    decided_by = Named(allow_null=True)

    class Meta:
        model = Candidate
        fields = [
            "id",
            "version",
            "opening",
            "name",
            "phone",
            "email",
            "source",
            "note",
            "ratings",
            "mean_rating",
            "decision",
            "decision_reason",
            "decided_by",
            "decided_at",
            "forgotten_at",
        ]

    def get_phone(self, candidate: Candidate) -> str:
        return formats.masked_phone(candidate.phone)

    def get_email(self, candidate: Candidate) -> str:
        return formats.masked_email(candidate.email)

    def get_mean_rating(self, candidate: Candidate) -> float | None:
        return average(candidate)


class CandidateRevealed(Shown):
    class Meta:
        model = Candidate
        fields = ["id", "phone", "email"]


class CandidateChanged(Taken):
    phone = Phone(max_length=30, required=False, allow_blank=True)

    class Meta:
        model = Candidate
        fields = ["name", "phone", "email", "source", "note"]


class CandidateTaken(CandidateChanged):
    opening = Visible(queryset=Opening.objects.all())

    class Meta(CandidateChanged.Meta):
        fields = ["opening", *CandidateChanged.Meta.fields]


class Rated(serializers.Serializer):
    """By the key of each criterion of the regulation, 1 to 5."""

    ratings = serializers.DictField(child=serializers.IntegerField())


class Decided(serializers.Serializer):
    decision = serializers.ChoiceField(Candidate.Decision.choices)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


class Hired(serializers.Serializer):
    """The account to be; name, e-mail and phone are the candidate's where none are sent."""

    username = serializers.CharField(max_length=60, validators=[user_name])
    name = serializers.CharField(max_length=60, required=False, allow_blank=True)
    email = serializers.EmailField(required=False, allow_blank=True)
    phone = Phone(max_length=30, required=False, allow_blank=True)
    effective_on = serializers.DateField()
    reason = serializers.CharField(max_length=500)
    source_case = serializers.CharField(max_length=200, required=False, allow_blank=True)


class ChangeShown(Shown):
    person = Named(allow_null=True)
    owner = Named()
    team = Named()
    to_unit = Named(allow_null=True)
    to_post = Named(allow_null=True)
    seats = Named(many=True)

    class Meta:
        model = PersonnelChange
        fields = [
            "id",
            "version",
            "kind",
            "status",
            "person",
            "name",
            "username",
            "seats",
            "to_unit",
            "to_post",
            "effective_on",
            "reason",
            "source_case",
            "owner",
            "team",
            "approved_at",
            "effective_at",
            "held_up",
        ]


class ChangeMade(Taken):
    """Who moves or goes. `seats` are the posts given up: the ids of memberships."""

    kind = serializers.ChoiceField(PersonnelChange.Kind.choices)
    person = Visible(queryset=User.objects.all())
    seats = Visible(queryset=Membership.objects.all(), many=True, required=False)
    to_unit = Visible(queryset=units(), required=False, allow_null=True)
    to_post = Visible(queryset=posts(), required=False, allow_null=True)

    class Meta:
        model = PersonnelChange
        fields = [
            "kind",
            "person",
            "seats",
            "to_unit",
            "to_post",
            "effective_on",
            "reason",
            "source_case",
        ]


class ChangeTaken(Taken):
    to_unit = Visible(queryset=units(), required=False)
    to_post = Visible(queryset=posts(), required=False)
    phone = Phone(max_length=30, required=False, allow_blank=True)

    class Meta:
        model = PersonnelChange
        fields = [
            "name",
            "username",
            "email",
            "phone",
            "to_unit",
            "to_post",
            "effective_on",
            "reason",
            "source_case",
        ]


def hire(*, record: Candidate, **given: Any) -> PersonnelChange:
    """Proposes to hire a chosen candidate for the place of the opening."""
    return staff.propose_hire(candidate=record, **given)


class CandidateView(RecordViewSet):
    listing = tables.CANDIDATES
    serializer_class = CandidateShown
    creates = Act(candidates.add_candidate, CandidateTaken)
    changes = Act(candidates.update_candidate, CandidateChanged, versioned=True)
    verbs = {
        "rate": Act(under_rules(candidates.rate_candidate), Rated),
        "decide": Act(candidates.decide_candidate, Decided),
        "reveal": Act(candidates.reveal_candidate, gives=CandidateRevealed, asks="reveal"),
        "hire": Act(under_rules(hire), Hired, gives=ChangeShown),
        "forget": Act(forgetting.forget_candidate, Reason, asks="erase"),
    }

    def records(self):
        related = ("opening__team", "opening__post", "decided_by")
        return Candidate.objects.select_related(*related)


class ChangeView(RecordViewSet):
    listing = tables.CHANGES
    serializer_class = ChangeShown
    creates = Act(under_rules(staff.propose_change), ChangeMade)
    changes = Act(staff.update_change, ChangeTaken, versioned=True)
    verbs = {
        "submit": Act(under_rules(staff.submit_change), Comment, asks="submit"),
        "withdraw": Act(staff.withdraw_change, Reason, asks="withdraw"),
        "effect": Act(effects.make_effective, asks="effect"),
    }

    def records(self):
        return tables.with_places(PersonnelChange.objects.all())


NOUNS = {"openings": OpeningView, "candidates": CandidateView, "changes": ChangeView}
