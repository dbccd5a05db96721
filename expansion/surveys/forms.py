"""Forms of surveys; none of them writes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from expansion import clock, offers
from expansion.people.models import User
from expansion.rulebook.selectors import rules_on
from expansion.surveys.models import Invitation, Question, Questionnaire
from expansion.surveys.selectors import audience, audiences, possible
from expansion.surveys.services.questionnaires import last_day
from expansion.ui.forms import RecordForm, ServiceForm

MOST_OFFERED = 200
LONGEST_TEXT = 2000


class QuestionnaireForm(RecordForm):
    """Words and last day; questions and recipients are added on the questionnaire's page."""

    class Meta:
        model = Questionnaire
        fields = ["title", "audience", "purpose", "intro", "valid_until"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        rules = rules_on()
        self.fields["audience"] = forms.ChoiceField(
            label=_("Who is asked"),
            choices=audiences(rules, self.instance.audience),
            widget=forms.RadioSelect,
        )
        self.fields["purpose"].help_text = _("It stands on the public page.")
        if not self.instance.pk:
            self.initial.setdefault(
                "purpose", gettext("To see how satisfied you are with us and to do better.")
            )
            self.initial.setdefault("audience", audiences(rules)[0][0])
            self.initial.setdefault("valid_until", last_day(rules))


class CopyForm(ServiceForm):
    title = forms.CharField(label=_("Title"), max_length=120)
    valid_until = forms.DateField(label=_("Answers until"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("valid_until", last_day(rules_on()))


class QuestionForm(ServiceForm, forms.ModelForm):
    """One question. It never saves: the service gets `values()`."""

    class Meta:
        model = Question
        fields = ["text", "kind", "options", "required", "counts", "order"]
        widgets = {"kind": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["options"].help_text = _("For one of several: each choice on a line.")
        self.fields["counts"].help_text = _("Only scales and yes or no can count.")
        self.fields["order"].required = False
        self.fields["order"].help_text = _("Left empty, it comes last.")
        if not self.instance.pk:
            self.initial["order"] = None

    def save(self, commit: bool = True) -> Any:
        raise TypeError("A form never saves. Hand values() to the service.")


class InviteForm(ServiceForm):
    """Whom to ask, out of an offered audience; everybody not asked yet is ticked."""

    source = forms.CharField(widget=forms.HiddenInput)
    keys = forms.MultipleChoiceField(label=_("Recipients"), widget=forms.CheckboxSelectMultiple)

    def __init__(
        self, *args: Any, source: str = "", record: Any = None, text: str = "", **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.initial["source"] = source
        found = recipients(self.person, source, record, text)
        self.fields["keys"].choices = [(one.key, _described(one)) for one in found]
        self.fields["keys"].error_messages["required"] = _("Choose whom to ask.")
        self.initial["keys"] = [one.key for one in found]


def recipients(person: Any, source: str, record: Any, text: str) -> list[offers.Recipient]:
    """Who is offered and not asked yet."""
    offered = audience(source)
    if offered is None:
        return []
    asked = set(Invitation.objects.filter(questionnaire=record).values_list("about_id", "contact"))
    found = offered.find(person, text, MOST_OFFERED)
    return [one for one in found if (one.record.pk, one.contact) not in asked]


def _described(one: offers.Recipient) -> str:
    way = gettext("by e-mail") if one.has_email else gettext("link to hand over")
    return " · ".join(filter(None, [str(one.record), one.name, way]))


class ConfirmForm(ServiceForm):
    """An act that asks for nothing but the press of its button."""


class ReportForm(ServiceForm):
    summary = forms.CharField(
        label=pgettext_lazy("survey", "What was found"),
        widget=forms.Textarea(attrs={"rows": 10}),
        max_length=8000,
        help_text=_("What the answers say, and why; the figures stand beside it by themselves."),
    )


class MeasureForm(ServiceForm):
    text = forms.CharField(label=_("What is to become better"), max_length=300)
    responsible = forms.ModelChoiceField(label=_("Responsible"), queryset=User.objects.none())
    due_on = forms.DateField(label=_("Due on"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["responsible"].queryset = User.objects.active().order_by("name", "pk")
        self.initial.setdefault("responsible", self.person.pk)
        self.initial.setdefault("due_on", clock.today())


class MeasureDoneForm(ServiceForm):
    done_on = forms.DateField(label=_("Done on"), initial=clock.today)
    done_note = forms.CharField(
        label=_("What was done"), widget=forms.Textarea(attrs={"rows": 4}), max_length=500
    )


class AnswerForm(ServiceForm):
    """The public page's form: one field per question, named q and its id."""

    def __init__(self, invitation: Invitation, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        asked = invitation.questionnaire
        self.fields["request_id"].required = False  # A link is used once by itself.
        self.questions = list(asked.questions.all())
        for question in self.questions:
            self.fields[f"q{question.pk}"] = field_of(question, asked.scale)

    def values(self) -> dict[int, Any]:  # type: ignore[override]
        """What was answered, by the question's id."""
        return {one.pk: self.cleaned_data.get(f"q{one.pk}") for one in self.questions}

    def rows(self) -> list[dict[str, Any]]:
        """Each field with its question, for the template."""
        return [
            {"field": self[f"q{one.pk}"], "is_scale": one.kind == Question.Kind.SCALE}
            for one in self.questions
        ]


def field_of(question: Question, scale: int) -> forms.Field:
    """Texts have a limit, choices are chips; what has to be answered says so in words."""
    given: dict[str, Any] = {
        "label": question.text,
        "required": question.required,
        "error_messages": {"required": _("Please answer this.")},
    }
    if question.kind == Question.Kind.TEXT:
        widget = forms.Textarea(attrs={"rows": 4})
        return forms.CharField(widget=widget, max_length=LONGEST_TEXT, **given)
    choices = possible(question, scale)
    if question.kind == Question.Kind.SCALE:
        choices = sorted(choices)
    return forms.TypedChoiceField(
        choices=choices, coerce=int, empty_value=None, widget=forms.RadioSelect, **given
    )
