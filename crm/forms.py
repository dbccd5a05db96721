"""Forms of this app; none of them writes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm import own_fields
from crm.fields import ask
from crm.models import Client, Contact
from expansion.people.models import User
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.values import choices_of
from expansion.ui.forms import RecordForm, ServiceForm


class ClientForm(RecordForm):
    """A client's own fields; a new one is written with its first contact person."""

    contact_name = forms.CharField(label=_("Contact person"), max_length=60, required=False)
    contact_post = forms.CharField(label=_("Post"), max_length=60, required=False)
    phones = forms.CharField(
        label=_("Phone"),
        max_length=200,
        required=False,
        help_text=_("Several numbers are fine, with a comma between them."),
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )

    class Meta:
        model = Client
        fields = [
            "name",
            "kind",
            "category",
            "industry",
            "business_scope",
            "preferences",
            "region",
            "address",
            "credit_code",
            "source",
            "size_rating",
            "spending_rating",
            "next_contact_on",
            "note",
        ]
        widgets = {"preferences": forms.Textarea, "kind": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        rules = rules_on()
        sources = choices_of(rules.crm.sources, self.instance.source)
        self.fields["source"] = forms.ChoiceField(
            label=_("Source"), choices=[("", "—"), *sources], required=False
        )
        self._ask_kind(choices_of(rules.crm.client_kinds, self.instance.category))
        kept = self.instance if self.instance.pk else None
        line = _("One line for each cooperation.")
        ask(self, own_fields.of_client(rules, kept), kept, help_text=line)
        self.order_fields(["name", "kind", "category", "contact_name", "contact_post", "phones"])
        if self.instance.pk:
            # The next contact has a form of its own: a stale value here would undo a logged visit.
            for name in ("contact_name", "contact_post", "phones", "next_contact_on"):
                del self.fields[name]

    def _ask_kind(self, kinds: list[tuple[str, str]]) -> None:
        """Where the rulebook tells kinds of clients apart."""
        if not kinds:
            del self.fields["category"]
            return
        self.fields["category"] = forms.ChoiceField(
            label=_("Kind of client"), choices=[("", "—"), *kinds], required=False
        )
        self.fields["category"].show_hidden_initial = self.instance.pk is not None

    def values(self) -> dict[str, Any]:
        values = super().values()
        if self.instance.pk is None:
            values["contact"] = {
                "name": values.pop("contact_name"),
                "post": values.pop("contact_post"),
                "phones": values.pop("phones"),
            }
        return values

    def _post_clean(self) -> None:
        """Leaves uniqueness to the service, which names the team that has the firm."""
        instance = self.instance
        self.instance = Client(pk=instance.pk)
        super()._post_clean()
        self.instance = instance

    def validate_unique(self) -> None:
        """See `_post_clean`."""


class ContactForm(ServiceForm):
    """A contact person of a client."""

    name = forms.CharField(label=_("Name"), max_length=60, required=False)
    post = forms.CharField(label=_("Post"), max_length=60, required=False)
    phones = forms.CharField(
        label=_("Phone"),
        max_length=200,
        required=False,
        help_text=_("Several numbers are fine, with a comma between them."),
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    email = forms.EmailField(label=_("E-mail"), max_length=120, required=False)
    birthday = forms.DateField(label=_("Birthday"), required=False)
    main = forms.BooleanField(label=_("Main contact"), required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class EraseForm(ServiceForm):
    """Why a contact's personal values go, and that whoever sends it means it."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea, max_length=1000)
    sure = forms.BooleanField(label=_("I know that this cannot be undone."))

    def values(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"]}


class ReassignForm(ServiceForm):
    """Hands a record to another person."""

    owner = forms.ModelChoiceField(User.objects.none(), label=_("New owner"))
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea, max_length=1000)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        units = {unit for seat in self.person.seats for unit in seat.units}
        people = User.objects.active().filter(memberships__unit__in=units).distinct()
        self.fields["owner"].queryset = people


class EditContactForm(RecordForm):
    """A contact person; numbers written here are added to those that are there."""

    phones = forms.CharField(
        label=_("Add phone"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    email = forms.EmailField(label=_("Add e-mail"), max_length=120, required=False)

    class Meta:
        model = Contact
        fields = ["name", "post", "birthday", "main", "note"]
