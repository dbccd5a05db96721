"""Forms of the rulebook editor."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from expansion.rulebook.deciders import Deciders
from expansion.rulebook.fields import field_of
from expansion.rulebook.loading import ENCODING
from expansion.rulebook.parameters import Listed
from expansion.rulebook.schema import Rules
from expansion.ui.forms import ServiceForm

LARGEST_FILE = 1_000_000  # bytes; the largest shipped one has 120,000


class DraftForm(ServiceForm):
    """From when the draft holds, why, and which draft was open; the values stand beside it."""

    effective_on = forms.DateField(label=_("In force from"), required=False)
    reason = forms.CharField(
        label=_("Why the rules change"), widget=forms.Textarea, max_length=1000, required=False
    )
    draft = forms.IntegerField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def move_on(self, draft: Any) -> None:
        """After a conflict the next sending is meant for the draft as it stands now."""
        self.data = self.data.copy()
        self.data["draft"] = str(draft.pk if draft else 0)
        self.data["version"] = str(draft.version) if draft else ""


class SeenForm(ServiceForm):
    """Asks nothing; it carries which draft was open."""

    draft = forms.IntegerField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class FileForm(ServiceForm):
    """A TOML file with a whole rulebook; `cleaned_data["text"]` is what it says."""

    file = forms.FileField(
        label=_("TOML file"),
        help_text=_("As it was downloaded here, or one of the shipped ones."),
        widget=forms.ClearableFileInput(attrs={"accept": ".toml"}),
    )
    draft = forms.IntegerField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_file(self) -> Any:
        sent = self.cleaned_data["file"]
        if sent.size > LARGEST_FILE:
            raise forms.ValidationError(_("A rulebook is not that large. Is it the right file?"))
        try:
            self.cleaned_data["text"] = sent.read().decode(ENCODING)
        except UnicodeDecodeError:
            raise forms.ValidationError(_("The file is no UTF-8 text.")) from None
        return sent


class ParametersForm(forms.Form):
    """One field per parameter, named by its path."""

    def __init__(self, shown: Collection[Listed], rules: Rules, data: Any = None):
        super().__init__(data)
        deciders = Deciders(rules, [one.value for one in shown])
        self.fields = {one.path: field_of(one, deciders) for one in shown}
        for one in shown:
            self.fields[one.path].label = one.label
