"""New people, and the links with which a person sets the own password."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion.errors import Gone, Invalid, TooEarly
from expansion.once.services import answer_to, once
from expansion.people import throttle
from expansion.people.devices import network_of
from expansion.people.forms import NewPersonForm, WelcomeForm
from expansion.people.mailing import mail_link
from expansion.people.models import AccountLink, Status, User
from expansion.people.services import accounts, links
from expansion.people.services.tokens import digest_of
from expansion.people.views.once_shown import SecretPage
from expansion.ui.forms import ServiceForm
from expansion.ui.gates import PUBLIC
from expansion.ui.pages import UNPROCESSABLE, Screen, form_key


class LinkPage(SecretPage):
    """Its answer shows a link to copy, which is mailed as well where that is possible."""

    shown_template = "people/link_created.html"

    def shown_context(self, record: Any, secret: str | None) -> dict[str, Any]:
        if secret is None:
            return {"link": record, "person": record.person}
        path = reverse("welcome", args=[secret])
        address = self.request.build_absolute_uri(path)
        mailed = mail_link(record, address)
        return {"link": record, "person": record.person, "address": address, "mailed": mailed}


class PersonCreate(LinkPage):
    """A new account: with a first password it is open, without one a link opens it."""

    model = User
    form = NewPersonForm
    title = lazy("New person")
    done = lazy("Account created")

    def make(self, **values: Any) -> tuple[Any, str | None]:
        if values["password"]:
            return accounts.create_person(**values), None
        return links.invite_person(**values)

    def shown(self, record: Any, secret: Any) -> HttpResponse:
        if isinstance(record, AccountLink):
            return super().shown(record, secret)
        messages.success(self.request, self.done)
        return HttpResponseRedirect(record.get_absolute_url())


class PersonLink(LinkPage):
    """An invitation made anew, or the way back in for somebody who forgot the password."""

    model = User
    form = ServiceForm
    action = "edit"
    template = "ui/act.html"
    verb = lazy("Make the link")

    @property
    def title(self) -> str:
        active = self.record.status != Status.INVITED
        return _("Link for a new password") if active else _("Invitation link")

    @property
    def note(self) -> str:
        return _(
            "With the link %(name)s sets a password: once, within seven days. An earlier link ends."
        ) % {"name": self.record.name}

    def make_form(self, **given: Any) -> ServiceForm:
        return self.form(person=self.request.user, **given)

    def make(self, **values: Any) -> tuple[AccountLink, str]:
        return links.create_link(**values)


class Welcome(Screen):
    """Where a link leads: its person sets a password, and the page shows nothing else.

    Guessing links is slowed down per network, together with guessing passwords.
    """

    gate = PUBLIC
    template = "account/welcome.html"

    def get(self, request: HttpRequest, secret: str) -> HttpResponse:
        return self.answer(self.open(secret), WelcomeForm())

    def post(self, request: HttpRequest, secret: str) -> HttpResponse:
        if self.was_answered(secret):
            return self.leave()
        link, form = self.open(secret), WelcomeForm(request.POST)
        if not form.is_valid():
            return self.answer(link, form, status=UNPROCESSABLE)
        try:
            once(
                actor=link.person,
                key=form_key(request),
                act=lambda: links.use_link(secret=secret, **form.values()),
            )
        except Invalid as refusal:
            form.take(refusal)
            return self.answer(link, form, status=UNPROCESSABLE)
        return self.leave()

    def open(self, secret: str) -> AccountLink:
        """
        Raises:
            TooEarly: too many links that nobody made came from this network.
            Gone: the link opens nothing.
        """
        network = network_of(self.request)
        if seconds := throttle.wait_of_network(network):
            raise TooEarly(throttle.too_early(seconds), seconds)
        try:
            return links.open_link(secret)
        except Gone:
            throttle.failed_from_network(network)
            raise

    def was_answered(self, secret: str) -> bool:
        """Whether this very form was sent before: a second click gets the first one's answer."""
        link = AccountLink.objects.filter(digest=digest_of(secret)).first()
        key = form_key(self.request)
        return bool(link and key and answer_to(actor=link.person, key=key))

    def answer(self, link: AccountLink, form: WelcomeForm, *, status: int = 200) -> HttpResponse:
        context = {"form": form, "person": link.person, "link": link}
        response = self.draw(context, status=status)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    def leave(self) -> HttpResponse:
        messages.success(self.request, _("Your password is set. Log in with it."))
        return HttpResponseRedirect(reverse("account_login"))
