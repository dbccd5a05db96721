"""Forms of accounts, posts held, mandates and tokens."""

from datetime import timedelta
from typing import Any

import phonenumbers
from allauth.account.forms import LoginForm as AllauthLoginForm
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from expansion import clock, offers
from expansion.errors import Invalid, TooEarly
from expansion.people.models import Mandate, Post, Role, Token, Unit, User
from expansion.people.rights import SCOPES, Kind
from expansion.people.selectors import holders
from expansion.people.services.passwords import prove_password
from expansion.people.validators import user_name
from expansion.records import Level
from expansion.ui.forms import RecordForm, ServiceForm

MOMENT = "%Y-%m-%dT%H:%M"


class LoginForm(AllauthLoginForm):
    """Name or phone, and the password."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label, password.label = _("Name or phone number"), _("Password")
        login.max_length = 120
        login.widget.attrs = {"autocomplete": "username", "autofocus": True, "maxlength": 120}
        password.widget.attrs = {"autocomplete": "current-password", "maxlength": 128}


class LanguageForm(forms.Form):
    language = forms.ChoiceField(choices=User._meta.get_field("language").choices)


class PhoneField(forms.CharField):
    """A phone number, kept in the one international form (E.164)."""

    default_error_messages = {"phone": _("This is no phone number. Write 11 digits, or +country.")}

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            number = phonenumbers.parse(text, "CN")
        except phonenumbers.NumberParseException:
            raise forms.ValidationError(self.error_messages["phone"], code="phone") from None
        if not phonenumbers.is_possible_number(number):
            raise forms.ValidationError(self.error_messages["phone"], code="phone")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class UserNameField(forms.CharField):
    """The name with which somebody logs in."""

    default_validators = [user_name]

    def __init__(self, **given: Any):
        words = _("Letters, digits, dots, hyphens and underscores. It never changes.")
        super().__init__(**{"label": _("User name"), "max_length": 60, "help_text": words} | given)


class PersonForm(RecordForm):
    """Name and how to reach somebody; both ways also log in."""

    phone = PhoneField(label=_("Phone"), max_length=30, required=False)

    class Meta:
        model = User
        fields = ["name", "email", "phone"]

    def _get_validation_exclusions(self) -> set[str]:
        """Whether e-mail or phone are taken the service says, and not to a form sent twice."""
        return super()._get_validation_exclusions() | {"email", "phone"}


FIRST_PASSWORD = _(
    "10 to 128 characters, to be told in person. Left empty, you get a link with which the person "
    "sets their own."
)


class NewPersonForm(PersonForm):
    username = UserNameField()
    password = forms.CharField(
        label=_("First password"),
        max_length=128,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=FIRST_PASSWORD,
    )
    field_order = ["username", "name", "email", "phone", "password"]


class SeatForm(ServiceForm):
    """A post for somebody, from a day on."""

    unit = forms.ModelChoiceField(Unit.objects.all(), label=_("Unit"))
    post = forms.ModelChoiceField(Post.objects.all(), label=_("Post"))
    since = forms.DateField(label=_("First day"), initial=clock.today)
    until = forms.DateField(label=_("Last day"), required=False)


class LastDayForm(ServiceForm):
    until = forms.DateField(label=_("Last day"), initial=clock.today)


class PasswordForm(ServiceForm):
    password = forms.CharField(
        label=_("New password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("10 to 128 characters."),
    )


class WelcomeForm(PasswordForm):
    """The first password, or a new one, of whoever holds a link."""


class ProvedForm(ServiceForm):
    """A form that asks for the present password again."""

    current = forms.CharField(
        label=_("Present password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args, network: str = "", **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.network = network

    def clean_current(self) -> str:
        """Proved here and not in the service: a wrong one counts although nothing is written."""
        current = self.cleaned_data["current"]
        try:
            prove_password(actor=self.person, password=current, network=self.network)
        except (TooEarly, Invalid) as refusal:
            raise forms.ValidationError(refusal.message) from None
        return current


class OwnPasswordForm(ProvedForm, PasswordForm):
    field_order = ["current", "password"]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = _(
            "10 to 128 characters. Every other session and every token ends with the old one."
        )


class MandateForm(ServiceForm):
    """Who acts for whom, from when to when, in which matters."""

    principal = forms.ModelChoiceField(User.objects.none(), label=_("Acts for"))
    delegate = forms.ModelChoiceField(User.objects.none(), label=_("Delegate"))
    starts_at = forms.DateTimeField(
        label=_("Starts"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, MOMENT),
        help_text=_("A moment that has passed counts as now."),
    )
    ends_at = forms.DateTimeField(
        label=_("Ends"), widget=forms.DateTimeInput({"type": "datetime-local"}, MOMENT)
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=Mandate.Reason)
    kinds = forms.MultipleChoiceField(
        label=_("Only these approvals"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing chosen means every duty, except matters of the delegate's own."),
    )

    def __init__(self, *args, person: User, **kwargs) -> None:
        super().__init__(*args, person=person, **kwargs)
        people = User.objects.active().order_by("name")
        self.fields["delegate"].queryset = people
        self.fields["kinds"].choices = [
            (subject.kind, subject.label) for subject in offers.of(offers.Subject)
        ]
        if person.holds(Role.ADMINISTRATOR):
            self.fields["principal"].queryset = people
        else:
            del self.fields["principal"]
            self.fields["delegate"].queryset = people.exclude(pk=person.pk)
        self._propose()

    def _propose(self) -> None:
        """From now to this evening, by the deputy: what is meant most often."""
        now = clock.now().replace(second=0, microsecond=0)
        self.fields["starts_at"].initial = now
        self.fields["ends_at"].initial = now + timedelta(days=1)
        self.fields["delegate"].initial = next(iter(holders(Role.DEPUTY)), None)

    def values(self) -> dict[str, Any]:
        return {"principal": self.person, **super().values()}


class TokenForm(ServiceForm):
    """A new API token."""

    name = forms.CharField(label=_("What it is for"), max_length=60)
    scope = forms.ChoiceField(
        label=_("What it may do"), choices=Token.Scope, initial=Token.Scope.READ
    )
    expires_on = forms.DateField(label=_("Valid until"), help_text=_("A year at most."))


class RightsForm(ServiceForm):
    """A choice for every right of one kind of record that is not fixed."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for line in kind.lines:
            for cell in line.cells:
                if cell.choices:
                    self.fields[f"{line.action}.{cell.role}"] = forms.ChoiceField(
                        label=f"{line.label} · {cell.role.label}",
                        choices=[(one.name.lower(), SCOPES[one]) for one in cell.choices],
                        initial=cell.name,
                        show_hidden_initial=True,
                        widget=forms.Select(
                            attrs={"aria-label": f"{cell.role.label} · {line.label}"}
                        ),
                    )


class LevelForm(ServiceForm):
    """How far one record is kept, and why."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    level = forms.ChoiceField(
        label=pgettext_lazy("confidentiality", "Level"),
        widget=forms.RadioSelect,
        choices=Level,
        help_text=_(
            "Public may be shown outside, internal is read by role. What is confidential or secret "
            "is read only with the right to it, and each file taken away is written down."
        ),
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def values(self) -> dict[str, Any]:
        return super().values() | {"version": self.cleaned_data["version"]}


class ShareForm(ServiceForm):
    """One record, shared with one person or one team until a day."""

    whom = forms.ChoiceField(label=_("Share with"))
    for_work = forms.TypedChoiceField(
        label=_("What for"),
        choices=[("", _("to read it")), ("work", _("to work on it"))],
        coerce=bool,
        empty_value=False,
        required=False,
        widget=forms.RadioSelect,
        initial="",
    )
    until = forms.DateField(label=_("Last day"))
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, person: User, **kwargs: Any):
        super().__init__(*args, person=person, **kwargs)
        people = User.objects.active().exclude(pk=person.pk).order_by("name")
        teams = Unit.objects.exclude(kind=Unit.Kind.OUTSIDE)
        self.fields["whom"].choices = [
            ("", _("Choose one")),
            (_("People"), [(f"person:{one.pk}", one.name) for one in people]),
            (_("Teams"), [(f"team:{unit.pk}", str(unit)) for unit in teams]),
        ]
        self.fields["until"].initial = clock.today() + timedelta(days=30)

    def values(self) -> dict[str, Any]:
        values = super().values()
        kind, _colon, pk = values.pop("whom").partition(":")
        table = User if kind == "person" else Unit
        values["person" if kind == "person" else "unit"] = table.objects.get(pk=pk)
        return values

    def take(self, refusal: Any) -> None:
        """What is wrong with the person or team stands under the one choice of both."""
        fields = getattr(refusal, "fields", {})
        if "person" in fields:
            fields["whom"] = fields.pop("person")
        super().take(refusal)
