"""Forms of agreements, statements, rights in ideas and public matters; none of them writes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from expansion import access, clock
from expansion.access import Scope
from expansion.office.models import IpRight, Nda, PublicMatter, Statement
from expansion.office.selectors.confidence import staff
from expansion.people.models import User
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.values import choices_of
from expansion.ui.forms import RecordForm, ServiceForm


class NdaForm(RecordForm):
    """What a person has signed; whose it is, is chosen once."""

    class Meta:
        model = Nda
        fields = ["person", "edition", "signed_on", "until", "survives_leaving"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["edition"].help_text = _(
            "As it is called on the paper, such as “2026 edition”."
        )
        self.fields["until"].help_text = _("Left empty, it has no end.")
        if self.instance.pk:
            del self.fields["person"]
            return
        people = User.objects.exclude(status="left")
        self.fields["person"].queryset = people.order_by("name", "pk")
        self.initial.setdefault("signed_on", clock.today())
        goes_on = rules_on().confidentiality.duty_after_leaving.value
        self.initial.setdefault("survives_leaving", goes_on)


class StatementForm(RecordForm):
    """What is to be said, to whom and when; material is added on the statement's page."""

    class Meta:
        model = Statement
        fields = ["title", "kind", "audience", "planned_on", "text"]
        widgets = {"kind": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["audience"].help_text = _("To whom: a meeting, a paper, the readers of a page.")
        self.fields["text"].widget.attrs["rows"] = 12
        self.fields["text"].help_text = _(
            "Slides and pictures are added as files once it is saved."
        )


class SubmitForm(ServiceForm):
    comment = forms.CharField(
        label=_("Comment for the deciders"),
        widget=forms.Textarea,
        max_length=2000,
        required=False,
    )


class ReleaseForm(ServiceForm):
    """When it was said, and where."""

    released_on = forms.DateField(label=_("Released on"), initial=clock.today)
    released_where = forms.CharField(
        label=_("Released where"),
        required=False,
        max_length=200,
        help_text=_("The event, the paper, the address of the page."),
    )


class RightForm(RecordForm):
    class Meta:
        model = IpRight
        fields = ["title", "kind", "number", "holder", "registered_on", "expires_on", "note"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["title"].label = _("Name")
        self.fields["kind"] = forms.ChoiceField(
            label=_("Kind"),
            choices=choices_of(rules_on().documents.ip_kinds, self.instance.kind),
            widget=forms.RadioSelect,
        )
        self.fields["holder"].help_text = _("The company, or the person.")


class MatterForm(RecordForm):
    """A line of the log; who dealt with it is asked of those who write for others."""

    class Meta:
        model = PublicMatter
        fields = ["happened_on", "counterpart", "matter", "done", "owner", "follow_up_on"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["follow_up_on"].help_text = _("You are told on that day.")
        if not self.instance.pk:
            self.initial.setdefault("happened_on", clock.today())
        rule = access.rule_of(PublicMatter)
        if all(rule.scope(seat, "create") <= Scope.OWN for seat in self.person.seats):
            del self.fields["owner"]
            return
        people = {one.pk for one in staff(clock.today())} | {self.instance.owner_id}
        owner = self.fields["owner"]
        owner.queryset = User.objects.filter(pk__in=people - {None}).order_by("name", "pk")
        owner.label = _("Dealt with by")
        self.initial.setdefault("owner", self.person.pk)
