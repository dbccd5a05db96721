"""Forms of the house: they validate and keep what was typed; services write."""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _

from expansion.errors import Invalid, Refusal

FIRST_YEAR, LAST_YEAR = 1900, 2199
LARGEST_AMOUNT = 10**13  # what SQLite still keeps to the cent
LONGEST_ID = 18
HOUSEKEEPING = {"request_id", "version"}
# What a field refuses by itself, in the words of the house.
SENTENCES = {
    "max_length": _("At most %(limit_value)d characters; here are %(show_value)d."),
    "min_length": _("At least %(limit_value)d characters; here are %(show_value)d."),
    "max_value": _("At most %(limit_value)s."),
    "min_value": _("At least %(limit_value)s."),
    "max_digits": _("At most %(max)s digits."),
    "max_decimal_places": _("At most %(max)s digits behind the point."),
    "max_whole_digits": _("At most %(max)s digits before the point."),
    "null_characters_not_allowed": _("A character that cannot be kept stands in it. Type it anew."),
}


class Renderer(TemplatesSetting):
    """Draws fields with our component."""

    field_template_name = "components/field.html"


def is_id(text: str) -> bool:
    """Whether a text that somebody sent can be the id of a record in any database."""
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_ID


def new_key() -> str:
    return uuid.uuid4().hex


def bounds_of(field: forms.Field) -> list[Any]:
    """Ends of what the house keeps: beyond them lie errors of a database or of a calendar."""
    if isinstance(field, forms.DateField | forms.DateTimeField):
        return [plausible_year]
    if isinstance(field, forms.DecimalField):
        return [MinValueValidator(-LARGEST_AMOUNT), MaxValueValidator(LARGEST_AMOUNT)]
    return []


def plausible_year(value: Any) -> None:
    """Refuses dates that no record of a department can have."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise forms.ValidationError(_("This year cannot be meant."), code="year")


def with_words_for_nothing(field: forms.Field) -> None:
    """A choice not made yet is called so, instead of by a row of dashes."""
    nothing = _("Choose one") if field.required else _("none")
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label is not None:
            field.empty_label = nothing
    elif isinstance(field, forms.ChoiceField) and not isinstance(field, forms.MultipleChoiceField):
        choices = list(field.choices)
        if choices and choices[0] == BLANK_CHOICE_DASH[0]:
            field.choices = [("", nothing), *choices[1:]]


def complete(field: forms.Field) -> None:
    """Gives a field the bounds, the words and the looks of the house."""
    field.validators = [*field.validators, *bounds_of(field)]
    field.error_messages = {**SENTENCES, **field.error_messages}
    field.widget.attrs.pop("maxlength", None)  # it cuts what is pasted, and says nothing
    with_words_for_nothing(field)
    if isinstance(field.widget, forms.Textarea):
        field.widget.attrs.setdefault("rows", 4)
    if isinstance(field, forms.DateField) and not isinstance(field.widget, forms.HiddenInput):
        field.widget = forms.DateInput(attrs=field.widget.attrs, format="%Y-%m-%d")
        field.widget.input_type = "date"


class Fields(dict[str, forms.Field]):
    """The fields of a form; one that a form adds by itself is completed as it comes in."""

    def __setitem__(self, name: str, field: forms.Field) -> None:
        complete(field)
        super().__setitem__(name, field)


class SeveralRecords(forms.ModelMultipleChoiceField):
    """Several records by id; what is no id of any database is an invalid choice."""

    def clean(self, value: Any) -> Any:
        for one in value or ():
            if len(str(one)) > LONGEST_ID:
                sentence = self.error_messages["invalid_choice"] % {"value": str(one)[:LONGEST_ID]}
                raise forms.ValidationError(sentence, code="invalid_choice")
        return super().clean(value)


class ServiceForm(forms.Form):
    """A form that one service answers.

    Carries `request_id`, so that a second click changes nothing twice. The person who fills it is
    `self.person`.
    """

    request_id = forms.CharField(
        label=_("This form"),
        widget=forms.HiddenInput,
        max_length=64,
        initial=new_key,
        error_messages={"required": _("it did not arrive whole. Open the page anew, please.")},
    )

    def __init__(self, *args: Any, person: Any = None, **kwargs: Any):
        self.person = person
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            complete(field)

    def order_fields(self, field_order: Iterable[str] | None) -> None:
        super().order_fields(field_order)
        self.fields = Fields(self.fields)  # Django itself puts a plain dict there.

    def values(self) -> dict[str, Any]:
        """The cleaned values without the form's own housekeeping, ready for the service."""
        return {
            name: value for name, value in self.cleaned_data.items() if name not in HOUSEKEEPING
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
    """A form whose fields come from a model. It never saves: the service gets `values()`.

    Of a record to be changed it carries each value as it was opened, so that a field which nobody
    touched takes over what somebody else wrote meanwhile.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            del self.fields["version"]
        else:
            self.initial["version"] = self.instance.version
            for name, field in self.fields.items():
                field.show_hidden_initial = not (
                    name in HOUSEKEEPING or isinstance(field, forms.FileField)
                )

    def save(self, commit: bool = True) -> Any:
        raise TypeError("A form never saves. Hand values() to the service.")


class ReasonForm(ServiceForm):
    """An act that asks why."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea, max_length=1000)
