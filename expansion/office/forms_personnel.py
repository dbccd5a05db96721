"""Forms of openings, candidates and changes of staff; none of them writes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from expansion import clock
from expansion.office.models import Candidate, Opening, PersonnelChange
from expansion.office.selectors.personnel import posts, seats_on, units
from expansion.office.services.candidates import DECISIONS, HIGHEST, LOWEST
from expansion.people.forms import PhoneField, UserNameField
from expansion.people.models import Membership, Post, Unit
from expansion.rulebook.schema import Rules
from expansion.ui.forms import RecordForm, ServiceForm

STAFF_KINDS = [
    choice for choice in PersonnelChange.Kind.choices if choice[0] != PersonnelChange.Kind.HIRE
]


class OpeningForm(RecordForm):
    """What a unit looks for: post, places, and what is asked."""

    team = forms.ModelChoiceField(Unit.objects.none(), label=_("Unit"))
    post = forms.ModelChoiceField(
        Post.objects.none(), label=pgettext_lazy("of the department", "Post")
    )

    class Meta:
        model = Opening
        fields = ["team", "post", "places", "wanted_on", "reason", "duties", "skills", "traits"]
        widgets = {"reason": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = units()
        self.fields["post"].queryset = posts()
        self.fields["duties"].help_text = _("What whoever holds the post answers for.")
        self.fields["skills"].help_text = _("Business knowledge, experience, languages, tools.")
        self.fields["traits"].help_text = _("How somebody works and deals with people.")


class CandidateForm(RecordForm):
    """A private person who applies."""

    phone = PhoneField(label=_("Phone"), max_length=30, required=False)

    class Meta:
        model = Candidate
        fields = ["opening", "name", "phone", "email", "source", "note"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["source"].help_text = _("A recruiting site, a colleague, an agency …")
        self.fields["note"].help_text = _("Nothing that has no bearing on the post.")
        if self.instance.pk is not None:
            del self.fields["opening"]  # An application stays with its opening.
        else:
            opening = self.fields["opening"]
            found = Opening.objects.filter(status=Opening.Status.OPEN)
            opening.queryset = found.select_related("team", "post")


class RatingForm(ServiceForm):
    """One to five by each criterion of the regulation in force."""

    def __init__(self, *args: Any, candidate: Candidate, rules: Rules, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.criteria = [
            one
            for one in rules.recruitment.criteria
            if not one.retired or one.key in candidate.ratings
        ]
        for one in self.criteria:
            self.fields[one.key] = forms.TypedChoiceField(
                label=one.label(),
                choices=[(number, str(number)) for number in range(LOWEST, HIGHEST + 1)],
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
                initial=candidate.ratings.get(one.key),
            )

    def values(self) -> dict[str, Any]:
        given = {one.key: self.cleaned_data.get(one.key) for one in self.criteria}
        return {"ratings": {key: rating for key, rating in given.items() if rating}}


class DecisionForm(ServiceForm):
    """What becomes of the application, and why."""

    decision = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea,
        max_length=500,
        required=False,
        help_text=_("Needed to choose or to turn down."),
    )

    def __init__(self, *args: Any, candidate: Candidate, **kwargs: Any):
        super().__init__(*args, **kwargs)
        following = DECISIONS[Candidate.Decision(candidate.decision)]
        self.fields["decision"].choices = [(one.value, DO[one]) for one in following]


DO = {
    Candidate.Decision.INVITED: _("Invite to an interview"),
    Candidate.Decision.CHOSEN: _("Choose"),
    Candidate.Decision.DECLINED: _("Turn down"),
}


class SeatChoice(forms.ModelChoiceField):
    def label_from_instance(self, seat: Membership) -> str:
        return f"{seat.user.name} · {seat.unit} · {seat.post}"


class ChangeForm(ServiceForm):
    """Moves or dismisses somebody: from which post, where to, when and why."""

    kind = forms.ChoiceField(label=_("Kind"), choices=STAFF_KINDS, widget=forms.RadioSelect)
    seat = SeatChoice(Membership.objects.none(), label=_("Person and present post"))
    others = forms.BooleanField(
        label=_("Gives up every other post of the department too"), required=False
    )
    to_unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label=_("New unit"),
        required=False,
        help_text=_("Left empty for a dismissal."),
    )
    to_post = forms.ModelChoiceField(Post.objects.none(), label=_("Post taken up"), required=False)
    effective_on = forms.DateField(label=_("Effective on"), initial=clock.today)
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea, max_length=500)
    source_case = forms.CharField(
        label=_("Follows from"),
        max_length=200,
        required=False,
        help_text=_("An appraisal, a case, a request, such as “appraisal of Q3”."),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["seat"].queryset = seats_on(clock.today()).exclude(user=self.person)
        self.fields["to_unit"].queryset = units()
        self.fields["to_post"].queryset = posts()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        moves = cleaned.get("kind") != PersonnelChange.Kind.DISMISSAL
        for name in ("to_unit", "to_post"):
            if moves and cleaned.get("kind") and not cleaned.get(name):
                self.add_error(name, _("Say where to."))
        return cleaned

    def values(self) -> dict[str, Any]:
        values = super().values()
        seat, others = values.pop("seat"), values.pop("others")
        held = seats_on(clock.today()).filter(user=seat.user_id)
        return values | {"person": seat.user, "seats": list(held) if others else [seat]}

    def take(self, refusal: Any) -> None:
        """Person and posts are one field here."""
        fields = getattr(refusal, "fields", None)
        if fields:
            for name in ("person", "seats"):
                fields["seat"] = [*fields.get("seat", []), *fields.pop(name, [])]
            if not fields["seat"]:
                del fields["seat"]
        super().take(refusal)


class HireForm(ServiceForm):
    """The account to be of a chosen candidate, and the first day."""

    name = forms.CharField(label=_("Full name"), max_length=60)
    username = UserNameField()
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = PhoneField(label=_("Phone"), max_length=30, required=False)
    effective_on = forms.DateField(label=_("First day at work"), initial=clock.today)
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea, max_length=500)
    source_case = forms.CharField(label=_("Follows from"), max_length=200, required=False)

    def __init__(self, *args: Any, candidate: Candidate, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in ("name", "email", "phone"):
            self.fields[name].initial = getattr(candidate, name)
        self.fields["reason"].initial = candidate.decision_reason
        self.fields["effective_on"].initial = max(clock.today(), candidate.opening.wanted_on)


class ReturnedForm(RecordForm):
    """What can be put right of a returned change: that of its kind, and no more."""

    username = UserNameField()
    phone = PhoneField(label=_("Phone"), max_length=30, required=False)

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
        widgets = {"reason": forms.Textarea}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in self._left_out():
            del self.fields[name]
        if "to_unit" in self.fields:
            self.fields["to_unit"].queryset, self.fields["to_post"].queryset = units(), posts()
            self.fields["to_unit"].required = self.fields["to_post"].required = True
        if "name" in self.fields:
            self.fields["name"].required = True

    def _left_out(self) -> Sequence[str]:
        kind = PersonnelChange.Kind
        hire, place = ("name", "username", "email", "phone"), ("to_unit", "to_post")
        if self.instance.kind == kind.HIRE:
            return place
        return (*hire, *place) if self.instance.kind == kind.DISMISSAL else hire
