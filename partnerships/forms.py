"""Forms of this app; none of them writes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms_leads import OfClientForm
from crm.models import Contract
from expansion import access, clock
from expansion.people.models import User
from expansion.people.selectors import Tree, department, members_on
from expansion.rulebook.lists import guidance
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.values import choices_of, offered
from expansion.ui.formats import SYMBOLS
from expansion.ui.forms import RecordForm, ServiceForm
from partnerships.models import Milestone, Partner, Project
from partnerships.requirements import pipeline_of

RATINGS = [(number, str(number)) for number in range(1, 6)]


class PartnerForm(OfClientForm):
    """The partner profile of a client, which is chosen once."""

    class Meta:
        model = Partner
        fields = ["kind", "status", "source", "capacity", "rating"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        rules = rules_on().partnerships
        self.fields["kind"] = forms.ChoiceField(
            label=_("Kind of partner"), choices=choices_of(rules.partner_types, self.instance.kind)
        )
        self.fields["source"] = forms.ChoiceField(
            label=_("Source"),
            choices=[("", "—"), *choices_of(rules.opportunity_sources, self.instance.source)],
            required=False,
        )
        self.fields["rating"] = forms.TypedChoiceField(
            label=_("Relation, 1 to 5"),
            choices=[("", "—"), *RATINGS],
            coerce=int,
            empty_value=None,
            required=False,
        )
        if "client" in self.fields:
            self.order_fields(["client"])


class ProjectForm(RecordForm):
    """A project's own fields; its partner is chosen once."""

    partner = forms.ModelChoiceField(
        Partner.objects.none(), label=_("Partner"), widget=forms.HiddenInput
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=[(key, key) for key in SYMBOLS])

    class Meta:
        model = Project
        fields = [
            "partner",
            "title",
            "planned_start",
            "planned_end",
            "amount",
            "currency",
            "scheme",
            "resources",
            "evaluation",
        ]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["partner"]
        else:
            del self.fields["evaluation"]
            visible = access.visible_to(self.person, Partner.objects.active())
            self.fields["partner"].queryset = visible.select_related("client")
        rules = rules_on()
        asked = [item.label() for item in offered(rules.partnerships.scheme_fields)]
        argued = guidance(rules, "feasibility_parts")
        self.fields["scheme"].help_text = " · ".join(filter(None, [*asked, argued]))
        self.fields["resources"].help_text = guidance(rules, "client_support")
        self.fields["amount"].widget.attrs["inputmode"] = "decimal"


class MoveForm(ServiceForm):
    """To which stage, and why where that is asked."""

    stage = forms.ChoiceField(label=_("To stage"))
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea,
        max_length=1000,
        required=False,
        help_text=_("Needed for going back, and for moving without what is asked."),
    )
    override = forms.BooleanField(
        label=_("Move it without what is missing (leader or manager)"), required=False
    )

    def __init__(self, *args: Any, record: Project, may_override: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        stages = pipeline_of(record).open_stages
        self.fields["stage"].choices = [(stage.key, stage.label()) for stage in stages]
        if not may_override:
            del self.fields["override"]


class ContractLinkForm(ServiceForm):
    contract = forms.ModelChoiceField(Contract.objects.none(), label=_("Contract"))

    def __init__(self, *args: Any, record: Project, **kwargs: Any):
        super().__init__(*args, **kwargs)
        visible = access.visible_to(self.person, Contract.objects.live())
        self.fields["contract"].queryset = visible.filter(client=record.partner.client_id)


class SubmitForm(ServiceForm):
    comment = forms.CharField(
        label=_("Comment for the deciders"),
        widget=forms.Textarea,
        max_length=2000,
        required=False,
    )


class StartForm(ServiceForm):
    started_on = forms.DateField(label=_("Started on"), initial=clock.today)


class FinishForm(ServiceForm):
    ended_on = forms.DateField(label=_("Ended on"), initial=clock.today)


class PhaseFields(forms.Form):
    """What a phase and a changed phase have in common: who may answer for it."""

    def offer_people(self) -> None:
        root = department()
        people = members_on(Tree().below(root.pk), clock.today()) if root else []
        self.fields["owner"].queryset = User.objects.filter(pk__in=[one.pk for one in people])


class MilestoneForm(ServiceForm, PhaseFields):
    title = forms.CharField(label=_("Milestone"), max_length=120)
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Responsible"), required=False)
    due_on = forms.DateField(label=_("Due on"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.offer_people()


class EditMilestoneForm(RecordForm, PhaseFields):
    class Meta:
        model = Milestone
        fields = ["title", "owner", "due_on"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.offer_people()


class CompleteForm(ServiceForm):
    done_on = forms.DateField(label=_("Done on"), initial=clock.today)


class CheckForm(ServiceForm):
    checked_on = forms.DateField(label=_("Checked on"), initial=clock.today)
    progress = forms.IntegerField(label=_("Progress, percent"), min_value=0, max_value=100)
    rating = forms.TypedChoiceField(
        label=_("Quality, 1 to 5"), choices=RATINGS, coerce=int, widget=forms.RadioSelect
    )
    findings = forms.CharField(
        label=_("What was found"), widget=forms.Textarea, max_length=2000, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["findings"].help_text = guidance(rules_on(), "project_aspects")
