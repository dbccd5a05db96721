"""Forms of accounts and mandates."""

from allauth.account.forms import LoginForm as AllauthLoginForm
from django import forms
from django.utils.translation import gettext_lazy as _

from expansion.people.models import Mandate, User
from expansion.ui.forms import ServiceForm


class LoginForm(AllauthLoginForm):
    """Name or phone, and the password."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label, password.label = _("Name or phone number"), _("Password")
        login.max_length = 120
        login.widget.attrs = {"autocomplete": "username", "autofocus": True, "maxlength": 120}
        password.widget.attrs = {"autocomplete": "current-password", "maxlength": 128}


class MandateForm(ServiceForm):
    """Who acts for whom, and from when to when."""

    delegate = forms.ModelChoiceField(User.objects.none(), label=_("Acts for me"))
    starts_at = forms.DateTimeField(
        label=_("From"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    ends_at = forms.DateTimeField(
        label=_("Until"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=Mandate.Reason)

    def __init__(self, *args, person: User, **kwargs) -> None:
        super().__init__(*args, person=person, **kwargs)
        self.fields["delegate"].queryset = User.objects.active().exclude(pk=person.pk)


class LanguageForm(forms.Form):
    language = forms.ChoiceField(choices=User._meta.get_field("language").choices)


class TokenForm(ServiceForm):
    """A new API token."""

    name = forms.CharField(label=_("What it is for"), max_length=60)
    expires_on = forms.DateField(
        label=_("Valid until"), widget=forms.DateInput(attrs={"type": "date"})
    )
