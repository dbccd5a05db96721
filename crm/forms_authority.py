"""Forms of major matters and bottom lines; none of them writes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.models import BottomLine
from expansion.ui.forms import RecordForm, ServiceForm


class BottomLineForm(RecordForm):
    class Meta:
        model = BottomLine
        fields = ["price", "currency", "term_months", "share", "note"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in ("price", "share"):
            self.fields[name].widget = forms.TextInput(attrs={"inputmode": "decimal"})


class MarkForm(ServiceForm):
    """An act that asks nothing more."""


class TakeOverForm(ServiceForm):
    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea, max_length=1000, required=False
    )
