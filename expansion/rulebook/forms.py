"""Forms of the rulebook editor."""

from django import forms
from django.utils.translation import gettext_lazy as _

from expansion.ui.forms import ServiceForm


class DraftForm(ServiceForm):
    """From when the draft holds, why, and which draft was open; the values stand beside it."""

    effective_on = forms.DateField(label=_("In force from"), required=False)
    reason = forms.CharField(
        label=_("Why the rules change"), widget=forms.Textarea, max_length=1000, required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
