"""Forms of the second factor: at the login, and on one's own page."""

from typing import Any

from allauth.core import context
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from expansion.errors import Invalid, TooEarly
from expansion.people.factors import FactorAdapter, unseal
from expansion.people.forms import ProvedForm
from expansion.people.models import Role, User
from expansion.people.services.factors import prove_code
from expansion.ui.forms import ServiceForm

CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}


class CodeForm(forms.Form):
    """At the login: a code of the app, or one of the recovery codes."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs=CODE | {"autofocus": True}),
        help_text=_("Six digits from your app, or one of your recovery codes."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        try:
            self.factor = prove_code(user=self.user, code=code)
        except (TooEarly, Invalid) as refusal:
            raise forms.ValidationError(refusal.message) from None
        return code

    def save(self) -> None:
        post_authentication(context.request, self.factor)


class PasskeyForm(AuthenticateWebAuthnForm):
    """At the login: what the device answered. Nothing of it can be guessed, so nothing delays."""

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except (ValueError, TypeError, KeyError, AttributeError):
            raise FactorAdapter().validation_error("incorrect_code") from None


class FactorForm(ProvedForm):
    """Something done to the own second factors; the service needs no password for it."""

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values().items() if name != "current"}


class AddForm(FactorForm):
    """Whoever has just logged in is not asked for the password again.

    `sealed` is what the page was made with.
    """

    sealed = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, just_proved: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if just_proved:
            del self.fields["current"]

    def values(self) -> dict[str, Any]:
        values = super().values()
        facts = unseal(self.person, values.pop("sealed"))
        return {**values, **{name: fact for name, fact in facts.items() if name != "person"}}


class AppForm(AddForm):
    code = forms.CharField(
        label=_("Code of the app"), max_length=20, widget=forms.TextInput(attrs=CODE)
    )
    field_order = ["code", "current"]


class PasskeyAddForm(AddForm):
    name = forms.CharField(
        label=_("Name"), max_length=60, help_text=_("By which you know the device again.")
    )
    credential = forms.JSONField(widget=forms.HiddenInput)
    field_order = ["name", "current"]


class LoginPolicyForm(ServiceForm):
    version = forms.IntegerField(widget=forms.HiddenInput)
    factor_roles = forms.MultipleChoiceField(
        label=_("Roles that need a second factor"),
        choices=Role.choices,
        required=False,
        show_hidden_initial=True,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Whoever holds one of them, for somebody else too, and has no second factor sets one "
            "up at the next page and gets nothing else before. Tokens of programs go on."
        ),
    )
