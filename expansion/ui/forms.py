"""Forms of the house: they validate and keep what was typed; services write."""

import uuid
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _

from expansion.errors import Invalid, Refusal


class Renderer(TemplatesSetting):
    """Draws fields with our component."""

    field_template_name = "components/field.html"


def new_key() -> str:
    return uuid.uuid4().hex


class ServiceForm(forms.Form):
    """A form that one service answers.

    Carries `request_id`, so that a second click changes nothing twice. The person who fills it is
    `self.person`.
    """

    request_id = forms.CharField(widget=forms.HiddenInput, max_length=64, initial=new_key)

    def __init__(self, *args: Any, person: Any = None, **kwargs: Any):
        self.person = person
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            self._complete(name, field)

    def _complete(self, name: str, field: forms.Field) -> None:
        if isinstance(field.widget, forms.Textarea):
            field.widget.attrs.setdefault("rows", 4)
        if isinstance(field, forms.DateField) and not isinstance(field.widget, forms.HiddenInput):
            field.widget = forms.DateInput(attrs=field.widget.attrs, format="%Y-%m-%d")
            field.widget.input_type = "date"

    def values(self) -> dict[str, Any]:
        """The cleaned values without the form's own housekeeping, ready for the service."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in {"request_id", "version"}
        }

    def take(self, refusal: Refusal) -> None:
        """Shows a service's refusal where it belongs: under its field, else above the form."""
        fields = refusal.fields if isinstance(refusal, Invalid) else {}
        for name, sentences in fields.items():
            for sentence in sentences:
                self.add_error(name if name in self.fields else None, sentence)
        if not fields:
            self.add_error(None, refusal.message)


class RecordForm(ServiceForm, forms.ModelForm):
    """A form whose fields come from a model. It never saves: the service gets `values()`."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            del self.fields["version"]
        else:
            self.initial["version"] = self.instance.version

    def save(self, commit: bool = True) -> Any:
        raise TypeError("A form never saves. Hand values() to the service.")


class ReasonForm(ServiceForm):
    """An act that asks why."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea, max_length=1000)
