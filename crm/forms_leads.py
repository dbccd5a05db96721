"""Forms of leads and opportunities; none of them writes."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from crm import pipelines
from crm.models import Lead, Opportunity
from crm.pickers import ClientField
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.values import choices_of
from expansion.ui.forms import RecordForm, ServiceForm
from expansion.worktime import Limit


class OfClientForm(RecordForm):
    """A record of one client, which is chosen once, when the record is made."""

    client = ClientField()

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["client"]
            return
        value = self.data.get("client") or self.initial.get("client")
        self.fields["client"].ready(self.person, value)


class LeadForm(OfClientForm):
    class Meta:
        model = Lead
        fields = ["title", "need", "source", "long_cycle"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        sources = choices_of(rules_on().crm.sources, self.instance.source)
        self.fields["source"] = forms.ChoiceField(
            label=lazy("Source"), choices=[("", "—"), *sources], required=False
        )
        self._ask_long_cycle(rules_on().sla.long_cycle_follow_up.value)
        self.order_fields(["client"])

    def _ask_long_cycle(self, limit: Limit) -> None:
        """Where the rulebook follows projects of a long cycle up at an interval of their own."""
        if not limit and not self.instance.long_cycle:
            del self.fields["long_cycle"]
        elif limit:
            words = _("Only for projects of a long cycle: followed up every %(limit)s then.")
            self.fields["long_cycle"].help_text = words % {"limit": limit.label}


class MarkForm(ServiceForm):
    """One condition of a lead: met or not, since when, and what shows it."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=40)
    met = forms.TypedChoiceField(
        label=lazy("Condition"),
        choices=[("yes", lazy("Met")), ("no", lazy("Not met"))],
        coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
        initial="yes",
    )
    evidence = forms.CharField(label=lazy("What shows it"), max_length=500)
    on = forms.DateField(label=lazy("Since"), required=False)


class OverruleForm(ServiceForm):
    key = forms.CharField(widget=forms.HiddenInput, max_length=40)
    met = forms.TypedChoiceField(
        label=lazy("Condition"),
        choices=[("yes", lazy("Met")), ("no", lazy("Not met"))],
        coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=lazy("Reason"), widget=forms.Textarea, max_length=500)


class PipelineField(forms.ChoiceField):
    """Which way the business goes, asked where the rulebook has more than one; without an answer
    the service takes that of the client's team."""

    def __init__(self) -> None:
        label = pgettext_lazy("stages", "Pipeline")
        super().__init__(label=label, choices=pipelines.choices, required=False)


class OpportunityForm(OfClientForm):
    pipeline = PipelineField()

    class Meta:
        model = Opportunity
        fields = ["title", "amount", "currency", "probability", "expected_on", "need"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["amount"].widget = forms.TextInput(attrs={"inputmode": "decimal"})
        if self.instance.pk or not pipelines.several():
            del self.fields["pipeline"]
        else:
            client = self.fields["client"].widget.chosen
            usual = pipelines.usual(self.person, client.team if client else None)
            self.initial.setdefault("pipeline", usual.key)
        self.order_fields(["client", "pipeline"])


class ConvertForm(ServiceForm):
    """A lead becomes an opportunity."""

    pipeline = PipelineField()
    title = forms.CharField(label=lazy("Title"), max_length=120)
    amount = forms.DecimalField(
        label=lazy("Amount"), max_digits=18, decimal_places=2, min_value=0, required=False
    )
    expected_on = forms.DateField(label=lazy("Expected signing"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not pipelines.several():
            del self.fields["pipeline"]


class MoveForm(ServiceForm):
    """To which stage, and why where that is asked."""

    stage = forms.ChoiceField(label=lazy("To stage"))
    reason = forms.CharField(
        label=lazy("Reason"),
        widget=forms.Textarea,
        max_length=1000,
        required=False,
        help_text=lazy("Needed for going back, and for moving without what is asked."),
    )
    override = forms.BooleanField(
        label=lazy("Move it without what is missing (leader or manager)"), required=False
    )

    def __init__(self, *args: Any, record: Opportunity, may_override: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        stages = pipelines.pipeline_of(record).open_stages
        self.fields["stage"].choices = [(stage.key, stage.label()) for stage in stages]
        if not may_override:
            del self.fields["override"]


class CloseForm(ServiceForm):
    reason = forms.CharField(
        label=lazy("Reason"), widget=forms.Textarea, max_length=1000, required=False
    )
