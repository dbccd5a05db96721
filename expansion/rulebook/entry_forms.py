"""The form of one entry of the rulebook, made from the schema: words, references and values."""

from collections.abc import Iterator
from typing import Any, get_origin

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from expansion import metrics, offers
from expansion.rulebook.blanks import blank, parameter_in
from expansion.rulebook.checks import ROLES
from expansion.rulebook.deciders import Deciders, roles
from expansion.rulebook.entries import HOW, Collection, collections, label_of, title_of
from expansion.rulebook.fields import Choices, field_of
from expansion.rulebook.lists import guidance
from expansion.rulebook.naming import LABELS
from expansion.rulebook.parameters import Listed, leaves
from expansion.rulebook.schema import Rules
from expansion.rulebook.templatetags.rules import WORDS
from expansion.rulebook.values import Approver, Chain, Mark, Parameter, Source
from expansion.rulebook.waiting import EVENTS
from expansion.ui.forms import ServiceForm
from expansion.ui.templatetags.ui import source_chip

# Of which list a field names an entry.
NAMES = {
    "kpi_set": "kpi_sets",
    "acts_for": "posts",
    "leads_team": "teams",
    "parent": "teams",
    "team": "teams",
    "teams": "teams",
    "level": "appraisal.levels",
    "grades": "crm.grading.grades",
}
OPTIONS = {
    "common": _("beside every team's set"),
    "whole": _("stands alone"),
    "team": _("of a team"),
    "department": _("of the department"),
    "person": _("of a person"),
    "unit": _("of everybody in the units below"),
    **HOW,
    "public": _("public"),
    "internal": _("internal"),
    "confidential": _("confidential"),
    "secret": _("secret"),
    "opportunities": _("opportunities"),
    "projects": _("projects"),
    "research_plans": _("research plans"),
    "events": EVENTS,
    "operations": _("openings, patrols and operating data"),
}
NONE = ("", _("none"))
# The open lists that say how a department is divided.
TEAMS = ("sales_divisions", "structure", "functions")


class EntryForm(ServiceForm):
    """An entry to add, or with `held` one to change; `like` fills a new one."""

    draft = forms.IntegerField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, found: Collection, rules: Rules, held: Any, like: Any, **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        for name, field in entry_fields(found, held or like, rules):
            if name == "key" and held:
                continue
            self.fields[name] = field
        if found.path == "teams":
            self.fields["zh"].help_text = guidance(rules, *TEAMS)
        if held:
            return
        for name in {"key", "zh", "en"} & self.fields.keys():
            self.fields[name].initial = ""
        if found.path == "approvals":
            self.fields["key"] = _kind_of_approval(rules)


def entry_fields(
    found: Collection, pattern: Any, rules: Rules
) -> Iterator[tuple[str, forms.Field]]:
    """The fields of an entry, its words first; its own lists have pages of their own."""
    fields = found.model.model_fields
    values = {name: getattr(pattern, name, None) for name in fields}
    deciders = Deciders(rules, [getattr(one, "value", one) for one in values.values()])
    for name, field in fields.items():
        if name == "source":  # follows from what is changed
            continue
        made = _field(name, field, values[name], deciders)
        if made is not None:
            yield name, made


def _field(name: str, field: Any, value: Any, deciders: Deciders) -> forms.Field | None:
    kind = parameter_in(field.annotation)
    if kind is not None:
        shown = value or _default(field) or blank(kind)
        made = _of_parameter(title_of(name, field), shown, deciders)
        made.help_text = _origin(value) if value else ""
        return made
    if value is None and not field.is_required():
        value = field.get_default()
    made = _plain(name, field, value, deciders)
    if made is not None:
        made.label = LABELS.get(name) or title_of(name, field)
        made.initial = list(value) if isinstance(value, tuple) else value
    return made


def _default(field: Any) -> Parameter[Any] | None:
    default = None if field.is_required() else field.get_default()
    return default if isinstance(default, Parameter) else None


def _origin(parameter: Parameter[Any]) -> SafeString:
    """Where a value comes from: its source, its clause, what the regulation says of it."""
    chip, clause = source_chip(parameter.source), parameter.clause
    told = format_html('<span class="clause">{}</span>', clause) if clause else ""
    return format_html("{} {} {}", chip, told, parameter.note)


def _of_parameter(title: str, parameter: Parameter[Any], deciders: Deciders) -> forms.Field:
    field = field_of(Listed("", "", (), title, parameter), deciders)
    if field.widget.attrs.get("class") == "num":
        field.widget.attrs["class"] = "form-control num"
    return field


def _plain(name: str, field: Any, value: Any, deciders: Deciders) -> forms.Field | None:
    rules = deciders.rules
    found = [*leaves(field.annotation), *field.metadata]
    options = [(one, _option(one)) for one in found if isinstance(one, str)]
    many, optional = get_origin(field.annotation) is tuple, type(None) in found
    if Mark.APPROVER in found:
        return _deciding(field.annotation, value, deciders)
    if name in NAMES and not options:
        options = named_in(NAMES[name], rules)
    elif name in CHOSEN:
        options = CHOSEN[name](rules)
        optional = name == "metric"
    if options:
        nothing = None if type(None) in found else ""
        return _chosen(options, nothing, many=many, optional=optional)
    if bool in found:
        return forms.BooleanField(required=False)
    if name == "key":
        return forms.CharField(
            max_length=60,
            required=False,
            help_text=_("Records keep it. Left empty, it is made of the English words."),
        )
    return forms.CharField(max_length=500) if name in ("zh", "en") else None


def _deciding(annotation: Any, value: Any, deciders: Deciders) -> forms.Field:
    """The same field as that of a chain, or of one who decides, that is a parameter."""
    many = get_origin(annotation) is tuple
    kind: Any = Parameter[Chain] if many else Parameter[Approver]
    held = kind.model_construct(
        value=value or (() if many else "manager"), source=Source.STATED, clause=None, note=""
    )
    return _of_parameter("", held, deciders)


def _chosen(options: Choices, nothing: Any, *, many: bool, optional: bool) -> forms.Field:
    if many:
        boxes = forms.CheckboxSelectMultiple
        return forms.MultipleChoiceField(choices=options, required=False, widget=boxes)
    offered = [NONE, *options] if optional else options
    return forms.TypedChoiceField(choices=offered, required=not optional, empty_value=nothing)


def _kind_of_approval(rules: Rules) -> forms.Field:
    """The kinds of matter that are approved here and have no chain yet."""
    there = {one.key for one in rules.approvals}
    asked = (one for one in offers.of(offers.Subject) if not one.own_chain)
    missing = [(one.kind, one.label) for one in asked if one.kind not in there]
    return forms.ChoiceField(label=_("Kind of matter"), choices=missing)


def _option(word: str) -> Any:
    return OPTIONS.get(word) or WORDS.get(word, word)


def named_in(path: str, rules: Rules) -> list[tuple[str, Any]]:
    """The entries of another list; where a draft has none, nothing can be named."""
    found = next((one.items for one in collections(rules) if one.path == path), ())
    return [(one.key, label_of(one)) for one in found]


def _audience(rules: Rules) -> list[tuple[str, Any]]:
    """Whom a report can be asked of: everyone, roles, posts and teams."""
    named = {one.key: one.label() for one in (*rules.posts, *rules.teams)}
    return list(({"everyone": _("everyone")} | roles(rules, ROLES) | named).items())


def _metrics(rules: Rules) -> list[tuple[str, Any]]:
    return sorted((key, one.label) for key, one in metrics.known().items())


def _clauses(rules: Rules) -> list[tuple[str, Any]]:
    return [(one.id, f"{one.id} {one.label()}"[:80]) for one in rules.clauses]


CHOSEN = {"who": _audience, "metric": _metrics, "clause": _clauses}
