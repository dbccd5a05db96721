"""The form field that edits a parameter of each kind."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from expansion.rulebook.cadence_field import CadenceField
from expansion.rulebook.chain_fields import NOBODY, ChainField, Choices
from expansion.rulebook.deciders import (
    Deciders,
    approvals_of,
    heads_of,
    partners_of,
    posts_of,
    roles,
    words_in,
)
from expansion.rulebook.parameters import Kind, Listed
from expansion.rulebook.templatetags.rules import UNITS, rule_value
from expansion.worktime import Limit
from expansion.worktime.limits import LARGEST, Unit


def field_of(one: Listed, deciders: Deciders) -> forms.Field:
    """A field whose cleaned value the schema reads, with the parameter's own value at first."""
    field = FIELDS[one.kind](one, deciders)
    field.label = one.label
    return field


class Parts(forms.MultiWidget):
    """Several plain inputs in one row, each with a name of its own for those who listen."""

    def __init__(
        self, widgets: Sequence[forms.Widget] | dict[str, forms.Widget], labels: Sequence[Any]
    ):
        super().__init__(widgets)
        for widget, label in zip(self.widgets, labels, strict=True):
            widget.attrs["aria-label"] = label

    def decompress(self, value: Any) -> list[Any]:
        return [None] * len(self.widgets)


class LimitWidget(Parts):
    def __init__(self) -> None:
        amount = forms.NumberInput(attrs={"min": 0, "max": LARGEST})
        super().__init__([amount, forms.Select(choices=UNITS)], [_("Number"), _("Unit of time")])

    def decompress(self, value: Limit | None) -> list[Any]:
        return [None, None] if value is None else [value.amount or None, value.unit]


class LimitField(forms.MultiValueField):
    """A number and its unit; without a number there is no limit."""

    def __init__(self) -> None:
        fields = [
            forms.IntegerField(min_value=0, max_value=LARGEST, required=False),
            forms.ChoiceField(choices=UNITS, required=False),
        ]
        super().__init__(fields, widget=LimitWidget(), required=False)

    def compress(self, parts: list[Any]) -> str:
        amount, unit = parts or (0, "")
        return f"{amount or 0} {unit or Unit.DAYS}"


def approvers(one: Listed, deciders: Deciders) -> Choices:
    """Roles, the posts and team heads of this department, and whatever stands there now."""
    known = roles(deciders.rules) | posts_of(deciders.rules) | heads_of(deciders.rules)
    kept = {word: deciders.names.get(word, word) for word in words_in([one.value])}
    return list({**known, **{word: kept[word] for word in kept if word not in known}}.items())


def _options(one: Listed) -> Choices:
    return [(option, rule_value(option)) for option in one.options]


def _switch(one: Listed, deciders: Deciders) -> forms.Field:
    choices = [("yes", _("yes")), ("no", _("no"))]
    return forms.TypedChoiceField(
        choices=choices,
        coerce=lambda word: word == "yes",
        initial="yes" if one.value else "no",
    )


def _choices(one: Listed, deciders: Deciders) -> forms.Field:
    return forms.MultipleChoiceField(
        choices=_options(one),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        initial=list(one.value or ()),
    )


def _post(one: Listed, deciders: Deciders) -> forms.Field:
    return _one_of([(post.key, post.label()) for post in deciders.rules.posts], one)


def _entries(one: Listed, named: dict[str, str]) -> forms.Field:
    """Some of the entries that this department knows."""
    return forms.MultipleChoiceField(
        choices=list(named.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        initial=list(one.value or ()),
    )


def _one_of(choices: Choices, one: Listed) -> forms.Field:
    """One of these; nobody too where the parameter may stand empty."""
    offered = [NOBODY, *choices] if one.optional else choices
    return forms.TypedChoiceField(
        choices=offered, required=not one.optional, empty_value=None, initial=one.value
    )


def _decimal(one: Listed, deciders: Deciders) -> forms.Field:
    return forms.DecimalField(
        required=not one.optional,
        initial=one.value,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "maxlength": 20, "class": "num"}),
    )


def _count(one: Listed, deciders: Deciders) -> forms.Field:
    return forms.IntegerField(required=not one.optional, min_value=0, initial=one.value)


def _time(one: Listed, deciders: Deciders) -> forms.Field:
    widget = forms.TimeInput(format="%H:%M")
    widget.input_type = "time"
    return forms.TimeField(initial=one.value, widget=widget)


def _started(field: forms.Field, one: Listed) -> forms.Field:
    field.initial = one.value
    return field


FIELDS: dict[Kind, Callable[[Listed, Deciders], forms.Field]] = {
    "switch": _switch,
    "choice": lambda one, deciders: forms.ChoiceField(choices=_options(one), initial=one.value),
    "choices": _choices,
    "approver": lambda one, deciders: _one_of(approvers(one, deciders), one),
    "chain": lambda one, deciders: ChainField(one.value, deciders),
    "post": _post,
    "approvals": lambda one, deciders: _entries(one, approvals_of(deciders.rules)),
    "partners": lambda one, deciders: _entries(one, partners_of(deciders.rules)),
    "percent": _decimal,
    "number": _decimal,
    "count": _count,
    "limit": lambda one, deciders: _started(LimitField(), one),
    "time": _time,
    "cadence": lambda one, deciders: _started(CadenceField(one.value), one),
    "text": lambda one, deciders: forms.CharField(max_length=500, initial=one.value),
}
