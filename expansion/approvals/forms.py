"""Forms of this room; none of them writes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from expansion.approvals.models import Decision
from expansion.ui.forms import ServiceForm

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


class EmptyForm(ServiceForm):
    """An act that asks nothing more."""


class AnswerForm(ServiceForm):
    answer = forms.CharField(label=_("Answer"), widget=forms.Textarea, max_length=2000)
