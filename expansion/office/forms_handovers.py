"""Forms of handovers; none of them writes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from expansion import clock
from expansion.office.models import Handover, HandoverItem
from expansion.people.models import User
from expansion.ui.forms import ServiceForm, SeveralRecords


class HandoverForm(ServiceForm):
    """Who leaves or moves, when, why, and what has to come back."""

    person = forms.ModelChoiceField(User.objects.none(), label=_("Person"))
    last_day = forms.DateField(label=_("Last day"), initial=clock.today)
    reason = forms.CharField(label=_("Reason"), max_length=300)
    things = forms.CharField(
        label=_("Documents, devices and keys to come back"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One line each."),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any):
        super().__init__(*args, person=person, **kwargs)
        people = User.objects.exclude(status="left").exclude(pk=person.pk)
        self.fields["person"].queryset = people.order_by("name")

    def clean_things(self) -> list[str]:
        lines = (line.strip() for line in self.cleaned_data["things"].splitlines())
        found = [line for line in lines if line]
        if any(len(line) > 120 for line in found):
            raise forms.ValidationError(_("A line holds 120 characters at most."))
        return found


class DivideForm(ServiceForm):
    """Some records of one kind, or all that have no receiver yet, for one receiver."""

    receiver = forms.ModelChoiceField(User.objects.none(), label=_("Receiver"))
    items = SeveralRecords(
        HandoverItem.objects.none(),
        label=_("Records to hand over"),
        required=False,
        help_text=_("Choose none to give all that have no receiver yet."),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, handover: Handover, kind: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        people = User.objects.active().exclude(pk=handover.person_id)
        self.fields["receiver"].queryset = people.order_by("name")
        items = handover.items.filter(kind=kind, status=HandoverItem.Status.PLANNED)
        self.fields["items"].queryset = items.select_related("receiver")
        self.fields["items"].label_from_instance = _with_receiver
        self.kind = kind

    def values(self) -> dict[str, Any]:
        values = super().values()
        values["items"] = [item.pk for item in values["items"]]
        return values | {"kind": self.kind}


def _with_receiver(item: HandoverItem) -> str:
    return f"{item.about_label} → {item.receiver.name}" if item.receiver else item.about_label


class ThingForm(ServiceForm):
    label = forms.CharField(label=_("What comes back"), max_length=120)


class CheckForm(ServiceForm):
    secrecy_signed_on = forms.DateField(
        label=_("Statement of secrecy signed on"),
        required=False,
        help_text=_("Nothing is taken away, and the duty of secrecy goes on (A-4.4.3)."),
    )
