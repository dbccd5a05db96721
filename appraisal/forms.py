"""Forms of this app; none of them writes."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appraisal import scoring
from appraisal.models import Appeal, ConsequenceCase, Cycle, Participant, Rating, Review
from appraisal.services.consequences import rule_of
from expansion.people.models import Unit, User
from expansion.rulebook.entries import label_of
from expansion.rulebook.scoring import Indicator
from expansion.rulebook.values import choices_of, offered
from expansion.ui.forms import HOUSEKEEPING, ReasonForm, ServiceForm

MOST_TEXT = 4000


class Score(forms.DecimalField):
    """A score from 0 to 100 with at most two decimals."""

    def __init__(self, **given: Any):
        widget = forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"})
        super().__init__(
            min_value=Decimal(0),
            max_value=Decimal(100),
            decimal_places=2,
            required=False,
            widget=widget,
            **given,
        )


def text_field(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=MOST_TEXT, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReviewForm(ServiceForm):
    """Score and comment per indicator; a computed one takes a comment only (R-apr-04, R-apr-05)."""

    achievements = text_field(_("Achievements"))
    problems = text_field(_("Problems"))
    plan = text_field(_("Plan for the next period"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        participant: Participant,
        review: Review | None,
        stored: int = 0,
        **given: Any,
    ):
        """`review` is the draft that the person continues, `stored` the version of whatever is
        kept of this form; 0 while nothing is."""
        super().__init__(*args, **given)
        cycle = participant.cycle
        self.initial["version"] = stored
        self.indicators = scoring.indicators(cycle.rules, participant.indicators)
        looked_at = {one.key: one.items for one in cycle.rules.lists}.get("cycle_contents", ())
        asked = [one.label() for one in offered(looked_at) if one.key == cycle.kind]
        self.fields["achievements"].help_text = " · ".join(asked)
        for one in self.indicators:
            self._add(one)
        if review is not None:
            self._fill(review)
        for name in self.names:  # so that a field which nobody touched takes over what is stored
            self.fields[name].show_hidden_initial = True

    @property
    def names(self) -> list[str]:
        """The fields that a person fills."""
        return [name for name in self.fields if name not in HOUSEKEEPING]

    def _add(self, one: Indicator) -> None:
        if one.is_rated:
            self.fields[f"score_{one.key}"] = Score(label=_("Score"))
        self.fields[f"comment_{one.key}"] = forms.CharField(
            label=_("Comment"),
            max_length=1000,
            required=False,
            widget=forms.Textarea(attrs={"rows": 2}),
        )
        for name in (f"score_{one.key}", f"comment_{one.key}"):
            if name in self.fields:  # beside its row the short label says enough
                field: Any = self.fields[name]
                field.full_label = f"{one.label()} · {field.label}"

    def _fill(self, review: Review) -> None:
        self.initial |= {
            name: getattr(review, name) for name in ("achievements", "problems", "plan")
        }
        for rating in Rating.objects.filter(review=review):
            self.initial[f"score_{rating.indicator}"] = rating.score
            self.initial[f"comment_{rating.indicator}"] = rating.comment

    def label_of(self, name: str) -> str:
        """The field's label, behind the indicator that it belongs to."""
        field = self.fields[name]
        return str(getattr(field, "full_label", field.label))

    @property
    def rows(self) -> Iterator[dict[str, Any]]:
        """Each indicator with its bound fields, for the template."""
        for one in self.indicators:
            score = f"score_{one.key}"
            yield {
                "indicator": one,
                "score": self[score] if score in self.fields else None,
                "comment": self[f"comment_{one.key}"],
            }

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        ratings = {
            one.key: {
                "score": data.get(f"score_{one.key}"),
                "comment": data.get(f"comment_{one.key}", ""),
            }
            for one in self.indicators
        }
        texts = {name: data[name] for name in ("achievements", "problems", "plan")}
        return {"ratings": ratings, "submit": "submit" in self.data, **texts}


class PlainForm(ServiceForm):
    """An act that asks for nothing."""


class AdjustForm(ServiceForm):
    """Moves a score by a few points, with the reason."""

    adjustment = forms.DecimalField(
        label=_("Points up or down"), decimal_places=2, max_digits=5, help_text=_("For example −2.")
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=1000, required=False, widget=forms.Textarea
    )


class AppealForm(ServiceForm):
    """Why a result, a figure or a record is wrong."""

    ground = forms.ChoiceField(
        label=_("What is wrong"), choices=Appeal.Ground.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("Explanation"), max_length=MOST_TEXT, required=False, widget=forms.Textarea
    )
    indicator = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)
    line = forms.IntegerField(widget=forms.HiddenInput, required=False)
    evidence = forms.IntegerField(widget=forms.HiddenInput, required=False)


class FactsForm(ServiceForm):
    """What whoever prepares an appeal has found out, for whoever decides it."""

    facts = text_field(_("Facts"))


class FurtherForm(ServiceForm):
    """Why the decision of the first instance is wrong."""

    text = text_field(_("Explanation"))


class DecisionForm(ServiceForm):
    """The handler's findings, the decision, and corrected values of figures."""

    decision = forms.ChoiceField(
        label=_("Decision"), choices=Appeal.Decision.choices, widget=forms.RadioSelect
    )
    findings = forms.CharField(
        label=_("Findings"), max_length=MOST_TEXT, required=False, widget=forms.Textarea
    )

    def __init__(self, *args: Any, appeal: Appeal, labels: dict[int, str], **given: Any):
        super().__init__(*args, **given)
        for pk, label in labels.items():
            self.fields[f"value_{pk}"] = forms.DecimalField(
                label=label, max_digits=18, decimal_places=4, required=False, min_value=Decimal(0)
            )

    def values(self) -> dict[str, Any]:
        corrected = {
            int(name.removeprefix("value_")): value
            for name, value in self.cleaned_data.items()
            if name.startswith("value_") and value is not None
        }
        plain = {name: self.cleaned_data[name] for name in ("decision", "findings")}
        return {**plain, "values": corrected}


class MeasureForm(ServiceForm):
    """One measure of the rulebook's list, with facts and reason."""

    measure = forms.ChoiceField(label=_("Measure"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Facts and reason"), max_length=MOST_TEXT, required=False, widget=forms.Textarea
    )
    said = forms.CharField(
        label=_("What the person said"),
        help_text=_("The person is heard first. Who will not speak: write that down."),
        max_length=MOST_TEXT,
        required=False,
        widget=forms.Textarea,
    )

    def __init__(self, *args: Any, case: ConsequenceCase, **given: Any):
        super().__init__(*args, **given)
        self.fields["measure"].choices = choices_of(rule_of(case).measures, case.measure)
        self.initial |= {name: getattr(case, name) for name in ("measure", "reason", "said")}


class TakeInForm(ReasonForm):
    """Who is to take part in an open cycle, and why."""

    person = forms.ModelChoiceField(User.objects.none(), label=_("Person"))
    field_order = ("person", "reason")

    def __init__(self, *args: Any, people: Iterable[User], **given: Any):
        super().__init__(*args, **given)
        self.fields["person"].queryset = User.objects.filter(pk__in=[one.pk for one in people])


class TargetForm(ServiceForm):
    """The target of one part of an indicator, for a person or for a team."""

    what = forms.ChoiceField(label=_("Indicator"))
    person = forms.ModelChoiceField(User.objects.none(), label=_("Person"), required=False)
    team = forms.ModelChoiceField(
        Unit.objects.filter(kind=Unit.Kind.TEAM), label=_("or team"), required=False
    )
    value = forms.DecimalField(
        label=_("Target"), max_digits=18, decimal_places=4, min_value=Decimal("0.0001")
    )

    def __init__(self, *args: Any, cycle: Cycle, people: Iterable[User], **given: Any):
        super().__init__(*args, **given)
        self.fields["what"].choices = list(_parts_with_targets(cycle))
        self.fields["person"].queryset = User.objects.filter(pk__in=[one.pk for one in people])

    def values(self) -> dict[str, Any]:
        indicator, part = self.cleaned_data["what"].split(".")
        names = ("person", "team", "value")
        plain = {name: self.cleaned_data[name] for name in names}
        return {"indicator": indicator, "part": part, **plain}


def _parts_with_targets(cycle: Cycle) -> Iterator[tuple[str, str]]:
    for kpi_set, one, part in scoring.parts_with_targets(cycle.rules):
        yield f"{one.key}.{part.key}", f"{kpi_set} · {one} · {label_of(part)}"
