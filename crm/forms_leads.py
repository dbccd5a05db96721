"""Forms of leads and opportunities; none of them writes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from crm.models import Lead, Opportunity
from crm.pickers import ClientField
from expansion.rulebook.selectors import rules_of, rules_on
from expansion.rulebook.values import choices_of
from expansion.ui.forms import RecordForm, ServiceForm


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

    def validate_constraints(self) -> None:
        """The service says what does not hold, field by field."""


class LeadForm(OfClientForm):
    class Meta:
        model = Lead
        fields = ["title", "need", "source"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        sources = choices_of(rules_on().crm.sources, self.instance.source)
        self.fields["source"] = forms.ChoiceField(
            label=lazy("Source"), choices=[("", "—"), *sources], required=False
        )
        self.order_fields(["client"])


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


class OpportunityForm(OfClientForm):
    class Meta:
        model = Opportunity
        fields = ["title", "amount", "currency", "probability", "expected_on", "need"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["amount"].widget = forms.TextInput(attrs={"inputmode": "decimal"})
        self.order_fields(["client"])


class ConvertForm(ServiceForm):
    """A lead becomes an opportunity."""

    title = forms.CharField(label=lazy("Title"), max_length=120)
    amount = forms.DecimalField(
        label=lazy("Amount"), max_digits=18, decimal_places=2, min_value=0, required=False
    )
    expected_on = forms.DateField(label=lazy("Expected signing"), required=False)


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
        stages = rules_of(record.rules_version).pipeline("client").open_stages
        self.fields["stage"].choices = [(stage.key, stage.label()) for stage in stages]
        if not may_override:
            del self.fields["override"]


class CloseForm(ServiceForm):
    reason = forms.CharField(
        label=lazy("Reason"), widget=forms.Textarea, max_length=1000, required=False
    )
