"""Forms of this app; none of them writes."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from expansion import access, clock
from expansion.people.models import Unit, User
from expansion.rulebook.lists import guidance
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.values import choices_of
from expansion.ui.forms import RecordForm, ServiceForm, SeveralRecords
from research.models import Finding, QualityReview, ResearchPlan, ResearchReport, Section
from research.services import plans, reports
from research.wording import open_topics, periods

TEXT = "text_"


def with_texts(values: dict[str, Any]) -> dict[str, Any]:
    """The values of a form with its section fields gathered as `texts`, as the services take it."""
    texts = {
        name.removeprefix(TEXT): text for name, text in values.items() if name.startswith(TEXT)
    }
    return {name: value for name, value in values.items() if not name.startswith(TEXT)} | {
        "texts": texts
    }


class SectionsForm(RecordForm):
    """A form with one text field per section of the rulebook (`text_<key>`)."""

    longest = plans.LONGEST
    rows = 6

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for section in self.outline():
            area = forms.Textarea(attrs={"rows": self.rows, "maxlength": self.longest})
            self.fields[f"{TEXT}{section.key}"] = forms.CharField(
                label=section.label,
                required=False,
                max_length=self.longest,
                initial=section.text,
                widget=area,
            )

    def outline(self) -> Iterable[Section]:
        return list(self.instance.sections)

    @property
    def sections(self) -> list[tuple[Section, forms.BoundField]]:
        """Each section as it was last stored, with its field."""
        return [(section, self[f"{TEXT}{section.key}"]) for section in self.outline()]


class PlanForm(SectionsForm):
    class Meta:
        model = ResearchPlan
        fields = ["title", "due_on"]

    def outline(self) -> Iterable[Section]:
        if self.instance.pk:
            return super().outline()
        asked = choices_of(rules_on().research.plan_fields)
        return [Section(key, label, "") for key, label in asked]


def period_field() -> forms.ChoiceField:
    offered = [(period.key, period.label) for period in periods(rules_on())]
    return forms.ChoiceField(label=_("Period"), choices=offered)


def plan_field(offered: QuerySet[ResearchPlan]) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(offered, label=_("Plan"), required=False, empty_label="—")


class ReportBeginForm(RecordForm):
    """What a new report needs before anybody writes: its title and its period."""

    class Meta:
        model = ResearchReport
        fields = ["title", "period", "plan"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["period"] = period_field()
        self.fields["plan"] = plan_field(
            access.visible_to(self.person, ResearchPlan.objects.collecting())
        )


class ReportForm(SectionsForm):
    """The editor of a report."""

    longest = reports.LONGEST
    rows = 5

    class Meta:
        model = ResearchReport
        fields = ["title", "period", "plan"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["period"] = period_field()
        if self.instance.period not in dict(self.fields["period"].choices):
            own = (self.instance.period, self.instance.span.label)
            self.fields["period"].choices += [own]
        visible = access.visible_to(self.person, ResearchPlan.objects.live())
        self.fields["plan"] = plan_field(visible.filter(status__in=ResearchPlan.COLLECTING))
        if self.instance.plan_id:
            self.fields["plan"].queryset = visible


class SubmitForm(ServiceForm):
    comment = forms.CharField(
        label=_("Comment for the deciders"),
        widget=forms.Textarea,
        max_length=2000,
        required=False,
    )


class EmptyForm(ServiceForm):
    """An act that asks nothing more."""


class DistributeForm(ServiceForm):
    """To whom a report goes: units with all below them, and single people."""

    units = SeveralRecords(
        Unit.objects.all(),
        label=_("Departments and teams"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    people = SeveralRecords(
        User.objects.active(),
        label=_("People"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class ReviewForm(ServiceForm):
    """Four scores, the rulebook's review list, and a remark.

    `read` is the digest of the document that they are about.
    """

    read = forms.CharField(widget=forms.HiddenInput, max_length=64)
    checklist = forms.MultipleChoiceField(
        label=_("Review list"), required=False, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        label=_("Remark"), required=False, max_length=1000, widget=forms.Textarea
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in QualityReview.RESPECTS:
            label = QualityReview._meta.get_field(name).verbose_name
            number = forms.NumberInput(attrs={"class": "form-control num", "inputmode": "numeric"})
            self.fields[name] = forms.IntegerField(
                label=label, min_value=0, max_value=100, widget=number
            )
        self.fields["checklist"].choices = choices_of(rules_on().research.report_checklist)
        self.order_fields([*QualityReview.RESPECTS, "checklist", "note"])

    def values(self) -> dict[str, Any]:
        values = super().values()
        return values | {"scores": {name: values.pop(name) for name in QualityReview.RESPECTS}}


class FindingForm(RecordForm):
    """One entry of the information log."""

    link = forms.URLField(label=_("Link"), required=False, max_length=500, assume_scheme="https")

    class Meta:
        model = Finding
        fields = [
            "title",
            "source",
            "category",
            "collected_on",
            "origin",
            "link",
            "period",
            "text",
            "plan",
        ]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        rules = rules_on()
        self.fields["source"] = forms.ChoiceField(
            label=_("Source"),
            choices=choices_of(rules.research.sources, self.instance.source),
            widget=forms.RadioSelect,
        )
        self.fields["category"] = forms.ChoiceField(
            label=_("Topic"),
            choices=open_topics(rules, self.instance.category),
            required=False,
            widget=forms.RadioSelect,
        )
        self.fields["plan"] = plan_field(self.plans())
        self.fields["text"].widget.attrs["rows"] = 6
        self.fields["text"].help_text = guidance(rules, "site_survey")
        if not self.instance.pk:
            self.fields["collected_on"].initial = clock.today

    def plans(self) -> QuerySet[ResearchPlan]:
        """Those that are running; a plan that is over stays with what was collected under it."""
        visible = access.visible_to(self.person, ResearchPlan.objects.live())
        running = visible.filter(status__in=ResearchPlan.COLLECTING)
        own = visible.filter(pk=self.instance.plan_id) if self.instance.plan_id else visible.none()
        return running | own


class ScreenForm(ServiceForm):
    """Whether a finding holds."""

    valid = forms.TypedChoiceField(
        label=_("Does it hold?"),
        choices=[("yes", _("valid")), ("no", _("invalid"))],
        coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason, where it does not hold"), required=False, max_length=300
    )


class AdoptForm(ServiceForm):
    decision = forms.CharField(
        label=_("Which decision rests on it?"), max_length=300, widget=forms.Textarea
    )
