"""What the house asks of a login, on a page of the administrator's."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from expansion import access
from expansion.people.factors import without_factor
from expansion.people.forms_factors import LoginPolicyForm
from expansion.people.models import LoginPolicy
from expansion.people.services.policy import ONLY, change_login_policy
from expansion.ui.forms import ServiceForm
from expansion.ui.gates import May
from expansion.ui.pages import FormPage


class Policy(FormPage):
    """Which roles need a second factor, and who of them has none yet."""

    gate = May("edit", LoginPolicy)
    model = LoginPolicy
    form = LoginPolicyForm
    action = "edit"
    template = "people/login_policy.html"
    title = lazy("Logging in")
    verb = lazy("Save")
    done = lazy("It holds from now on.")

    def load(self, pk: Any) -> None:
        access.require(self.request.user, self.action, LoginPolicy)
        self.record = stored()

    def make_form(self, **given: Any) -> ServiceForm:
        return self.form_of(self.record, **given)

    def form_of(self, kept: LoginPolicy, **given: Any) -> ServiceForm:
        given["initial"] = {"version": kept.version, "factor_roles": kept.factor_roles}
        return LoginPolicyForm(person=self.request.user, **given)

    def write(self, form: ServiceForm) -> LoginPolicy:
        version = form.cleaned_data["version"]
        return change_login_policy(actor=self.request.user, version=version, **form.values())

    def differences(self, form: ServiceForm) -> list[dict[str, Any]]:
        """None where nothing is stored: the version sent was never there."""
        return super().differences(form) if LoginPolicy.objects.exists() else []

    def context(self, form: ServiceForm) -> dict[str, Any]:
        lacking = without_factor(self.record.factor_roles)
        return {**super().context(form), "lacking": lacking, "cancel_url": ""}

    def success_url(self, record: Any) -> str:
        return reverse("people:login-policy")


def stored() -> LoginPolicy:
    """The one row, or what stands for it before there is one."""
    return LoginPolicy.objects.filter(pk=ONLY).first() or LoginPolicy(pk=ONLY, version=0)
