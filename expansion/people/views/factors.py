"""One's own second factor: set up, listed, removed; and what an administrator takes away."""

import time
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion.errors import Gone, Invalid
from expansion.people.devices import device_of, network_of
from expansion.people.factors import (
    codes_left,
    factors_of,
    picture_of,
    question_for,
    seal,
    unseal,
)
from expansion.people.forms_factors import AppForm, FactorForm, PasskeyAddForm
from expansion.people.models import User
from expansion.people.services import factors
from expansion.people.services.factors import APP, PASSKEY, Made
from expansion.people.views.once_shown import SecretPage
from expansion.ui.forms import ReasonForm, ServiceForm
from expansion.ui.gates import SIGNED_IN
from expansion.ui.pages import ActPage, FormPage, Screen

PLAIN, WHOLE = "layouts/plain.html", "layouts/app.html"
JUST_NOW = 5 * 60  # seconds after the login, in which the password is not asked for again


class FactorList(Screen):
    """What the person has, and what can be added."""

    gate = SIGNED_IN
    template = "people/factors.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        held = list(factors_of(request.user))
        return self.draw(
            {
                "app": next((one for one in held if one.type == APP), None),
                "passkeys": [one for one in held if one.type == PASSKEY],
                "held": held,
                "codes_left": codes_left(request.user) if held else 0,
            }
        )


class FactorPage(FormPage):
    """A form about the own second factor, which may ask for the password."""

    gate = SIGNED_IN
    model = Authenticator

    def make_form(self, **given: Any) -> ServiceForm:
        return self.form(
            person=self.request.user, network=network_of(self.request), **self.more(), **given
        )

    def more(self) -> dict[str, Any]:
        return {}

    def context(self, form: ServiceForm) -> dict[str, Any]:
        cancel_url = reverse("people:factor-list")
        return {**super().context(form), **self.frame(), "cancel_url": cancel_url}

    def frame(self) -> dict[str, Any]:
        """Whoever needs a second factor first gets the page without the menu."""
        needed = getattr(self.request, "factor_needed", False)
        return {"needed": needed, "layout": PLAIN if needed else WHOLE}

    def success_url(self, record: Any) -> str:
        return reverse("people:factor-list")


class FactorMade(FactorPage, SecretPage):
    """Its answer shows recovery codes this once, where there are new ones."""

    shown_template = "people/factor_made.html"

    def shown_context(self, record: Any, secret: list[str] | None) -> dict[str, Any]:
        codes = [f"{code[:5]} {code[5:]}" for code in secret or ()]
        return {**self.frame(), "codes": codes, "again": secret is None, "factor": record}


class FactorAdd(FactorMade):
    def more(self) -> dict[str, Any]:
        """Whether the password was typed a moment ago, at this session's login."""
        records = get_authentication_records(self.request, self.request.user)
        proved = [one["at"] for one in records if one.get("method") == "password"]
        return {"just_proved": bool(proved) and time.time() - proved[-1] < JUST_NOW}


class AppAdd(FactorAdd):
    """The secret waits, sealed, in the form until a code of it has been typed."""

    form = AppForm
    template = "people/factor_app.html"
    title = lazy("Set up an app")
    verb = lazy("Set up")

    def context(self, form: ServiceForm) -> dict[str, Any]:
        return {
            **super().context(form),
            "picture": picture_of(self.request.user, self.secret(form)),
        }

    def secret(self, form: ServiceForm) -> str:
        """The one that was shown before; a new one on the first look, or after an hour."""
        try:
            return unseal(self.request.user, form.data.get("sealed", ""))["secret"]
        except Invalid:
            secret = generate_totp_secret()
            enclose(form, seal(self.request.user, secret=secret))
            return secret

    def make(self, **values: Any) -> Made:
        return factors.add_app(**values)


class PasskeyAdd(FactorAdd):
    """What the answer is checked against waits, sealed, in the form; each page asks anew."""

    form = PasskeyAddForm
    template = "people/factor_passkey.html"
    title = lazy("Add a passkey")
    verb = lazy("Add")

    def initial(self) -> dict[str, Any]:
        return {"name": device_of(self.request)}

    def context(self, form: ServiceForm) -> dict[str, Any]:
        question, state = question_for(self.request.user)
        enclose(form, seal(self.request.user, state=state))
        return {**super().context(form), "question": question}

    def make(self, **values: Any) -> Made:
        return factors.add_passkey(**values)


def enclose(form: ServiceForm, sealed: str) -> None:
    """Puts it into the form, whether that has been sent already or not."""
    if form.is_bound:
        form.data = form.data.copy()
        form.data["sealed"] = sealed
    else:
        form.initial["sealed"] = sealed


class CodesRenew(FactorMade):
    form = FactorForm
    title = lazy("New recovery codes")
    note = lazy("The present ones open nothing any more. The new ones are shown this once.")
    verb = lazy("Make new codes")

    def make(self, **values: Any) -> Made:
        return factors.renew_codes(**values)


class FactorRemove(FactorPage):
    form = FactorForm
    danger = True
    title = lazy("Remove from the second factor")
    verb = lazy("Remove")
    done = lazy("Removed. You have been told by a notice, too.")
    factor: Authenticator

    def load(self, pk: int | None) -> None:
        found = factors_of(self.request.user).filter(pk=self.kwargs["number"]).first()
        if found is None:
            raise Gone(_("There is nothing here for you at this address."))
        self.factor = found

    @property
    def note(self) -> str:
        name = _("The app") if self.factor.type == APP else self.factor.wrap().name
        words = {"name": name}
        if factors_of(self.request.user).count() > 1:
            return _("%(name)s opens nothing any more.") % words
        sentence = _("%(name)s is the last one: afterwards the password alone opens your account.")
        return sentence % words

    def service(self, **values: Any) -> User:
        return factors.remove_factor(factor=self.factor, **values)


class PersonFactorsRemove(ActPage):
    """By an administrator, for somebody who lost phone, passkeys and codes."""

    model = User
    form = ReasonForm
    danger = True
    title = lazy("Take the second factor away")
    note = lazy("Afterwards the password alone opens the account. The person is told.")
    verb = lazy("Take away")
    done = lazy("The second factor is gone.")

    def service(self, **values: Any) -> User:
        return factors.take_away_factors(**values)
