"""Forms of contracts and obligations; none of them writes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.models import Client, Contract, Obligation
from expansion import access, clock
from expansion.ui.formats import SYMBOLS
from expansion.ui.forms import RecordForm, ServiceForm


class ContractForm(RecordForm):
    """The text of a contract; its client is chosen once, when it is drafted."""

    # Only visible clients are known; the widget shows the chosen one, never all of them.
    client = forms.ModelChoiceField(
        Client.objects.none(), label=_("Client"), widget=forms.HiddenInput
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=[(key, key) for key in SYMBOLS])

    class Meta:
        model = Contract
        fields = [
            "client",
            "title",
            "kind",
            "amount",
            "currency",
            "starts_on",
            "ends_on",
            *Contract.SECTIONS,
        ]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["client"]
        else:
            clients = access.visible_to(self.person, Client.objects.live())
            self.fields["client"].queryset = clients
        self.fields["amount"].widget.attrs["inputmode"] = "decimal"
        for name in Contract.SECTIONS:
            self.fields[name].widget.attrs["rows"] = 6


class SubmitForm(ServiceForm):
    comment = forms.CharField(
        label=_("Comment for the deciders"),
        widget=forms.Textarea,
        max_length=2000,
        required=False,
    )


class SignForm(ServiceForm):
    signed_on = forms.DateField(label=_("Signed on"), initial=clock.today)
    signed_by_us = forms.CharField(label=_("Signed for us by"), max_length=60)
    signed_by_them = forms.CharField(label=_("Signed for the client by"), max_length=60)


class ObligationForm(ServiceForm):
    party = forms.ChoiceField(
        label=_("Who owes it"), choices=Obligation.Party.choices, widget=forms.RadioSelect
    )
    what = forms.CharField(label=_("What"), max_length=200)
    due_on = forms.DateField(label=_("Due on"))
    amount = forms.DecimalField(label=_("Amount"), max_digits=18, decimal_places=2, required=False)


class CompleteForm(ServiceForm):
    done_on = forms.DateField(label=_("Done on"), initial=clock.today)


class RemoveForm(ServiceForm):
    """An act that asks nothing more."""
