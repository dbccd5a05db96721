"""Forms of this room; none of them writes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from expansion.approvals.models import Decision, Step
from expansion.approvals.services import LONGEST as LONGEST_COMMENT
from expansion.approvals.signers import LONGEST as LONGEST_REASON
from expansion.people.models import User
from expansion.ui.forms import ServiceForm, is_id

NOTE = "note-"


class DecisionForm(ServiceForm):
    """The decision bar, with the notes written beside the sections (`note-<section>`)."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    decision = forms.ChoiceField(choices=Decision.Kind.choices)
    comment = forms.CharField(label=_("Comment"), required=False, max_length=2000)

    def values(self) -> dict[str, Any]:
        return super().values() | {
            "version": self.cleaned_data["version"],
            "notes": [
                {"section": name.removeprefix(NOTE), "text": text}
                for name, text in self.data.items()
                if name.startswith(NOTE)
            ],
        }

    def note(self, section: str) -> str:
        """What was typed beside a section, kept when the form comes back."""
        return self.data.get(f"{NOTE}{section}", "")

    @property
    def typed(self) -> str:
        """Comment and notes in one, for a page that has no fields for them any more."""
        names = ["comment", *(name for name in self.data if name.startswith(NOTE))]
        found = (self.data.get(name, "").strip() for name in names)
        return "\n".join(text for text in found if text)


class EmptyForm(ServiceForm):
    """An act that asks nothing more."""


class AnswerForm(ServiceForm):
    answer = forms.CharField(label=_("Answer"), widget=forms.Textarea, max_length=2000)


class CommentForm(ServiceForm):
    text = forms.CharField(label=_("Comment"), widget=forms.Textarea, max_length=LONGEST_COMMENT)


class HandOnForm(ServiceForm):
    """Who decides instead, and why. `among` names to whom alone it may go."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    person = forms.ModelChoiceField(User.objects.none(), label=_("Person"))
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea, max_length=LONGEST_REASON)

    def __init__(
        self,
        *args: Any,
        person: User,
        asked: set[int] | None = None,
        among: set[int] | None = None,
        **kwargs: Any,
    ):
        super().__init__(*args, person=person, **kwargs)
        others = User.objects.active().exclude(pk__in={person.pk, *(asked or ())})
        if among is not None:
            others = others.filter(pk__in=among)
        self.fields["person"].queryset = others.order_by("name")


class SignerForm(HandOnForm):
    """Who decides besides, before or after the own step."""

    place = forms.ChoiceField(
        label=_("When"),
        choices=[
            (Step.Because.BEFORE, _("before me: it comes back to me afterwards")),
            (Step.Because.AFTER, _("after me, before the next step")),
        ],
        widget=forms.RadioSelect,
        initial=Step.Because.AFTER,
    )
    field_order = ["person", "place", "reason"]


class SeveralForm(ServiceForm):
    """Which of the waiting ones are approved, each with the version that was read."""

    chosen = forms.CharField(required=False)
    comment = forms.CharField(label=_("Comment"), required=False, max_length=2000)

    def versions(self) -> dict[int, int]:
        """{request: version}; what is neither is left out, as if it had not been ticked."""
        pairs = (one.partition(":") for one in self.data.getlist("chosen"))
        return {
            int(pk): int(version) for pk, _colon, version in pairs if is_id(pk) and is_id(version)
        }
