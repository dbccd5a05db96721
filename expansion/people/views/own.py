"""Pages of one's own: mandates, tokens, password, language."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from expansion import access, clock, offers
from expansion.audit.selectors import for_reader, label_of
from expansion.audit.wording import act_label
from expansion.people.forms import LanguageForm, MandateForm, OwnPasswordForm, TokenForm
from expansion.people.middleware import LANGUAGE_COOKIE
from expansion.people.models import Mandate, Token, User
from expansion.people.selectors import acts_under
from expansion.people.services import accounts, mandates, passwords, tokens
from expansion.people.tables import MANDATES, mandate_badge
from expansion.people.views.once_shown import SecretPage
from expansion.ui.forms import ServiceForm
from expansion.ui.gates import PUBLIC, SIGNED_IN, May, behind
from expansion.ui.pages import ActPage, DetailPage, FormPage, ListPage, Screen

MOST_ACTS = 200


class MandateList(ListPage):
    """Those given and held; the manager, HR, leadership and administrator see all."""

    gate = SIGNED_IN
    listing = MANDATES
    export_route = "transfer:export-create"
    create_route = "people:mandate-create"
    create_label = _("New mandate")
    empty = {
        "icon": "user-share",
        "title": _("Nobody acts for anybody"),
        "text": _("A mandate lets somebody act for you from one moment to another."),
    }


class MandateDetail(DetailPage):
    """Who acts for whom, and everything done under it (R-exp-04)."""

    gate = SIGNED_IN
    model = Mandate
    template = "people/mandate.html"

    def records(self):
        return Mandate.objects.select_related("principal", "delegate", "created_by")

    def context(self, record: Mandate) -> dict[str, Any]:
        kinds = {one.kind: one.label for one in offers.of(offers.Subject)}
        running = record.status(clock.now()) in {"planned", "active"}
        return {
            "badge": mandate_badge(record),
            "kinds": [kinds.get(kind, kind) for kind in record.kinds],
            "acts": [
                {"entry": entry, "label": act_label(entry), "name": label_of(entry)}
                for entry in for_reader(self.request.user, acts_under(record))[:MOST_ACTS]
            ],
            "may_revoke": running and access.can(self.request.user, "revoke", record),
        }


class MandateCreate(FormPage):
    model = Mandate
    form = MandateForm
    title = _("New mandate")
    verb = _("Give the mandate")
    done = _("Mandate given")

    def service(self, **values: Any) -> Mandate:
        return mandates.create_mandate(**values)


class MandateRevoke(ActPage):
    gate = SIGNED_IN
    model = Mandate
    form = ServiceForm
    action = "revoke"
    danger = True
    title = _("Revoke mandate")
    verb = _("Revoke")
    done = _("Mandate revoked")

    def service(self, *, record: Mandate, **values: Any) -> Mandate:
        return mandates.revoke_mandate(mandate=record, **values)


class TokenList(Screen):
    """One's own API tokens: what for, until when, last used."""

    gate = SIGNED_IN
    template = "people/token_list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        tokens = access.visible_to(request.user, Token.objects.all())
        order = F("revoked_at").desc(nulls_first=True)
        return self.draw({"tokens": tokens.order_by(order, "-pk"), "today": clock.today()})


class TokenCreate(SecretPage):
    """The secret stands in the one answer that makes it; nothing keeps it but its hash."""

    gate = May("create", Token)
    model = Token
    form = TokenForm
    title = _("New token")
    verb = _("Create")
    shown_template = "people/token_created.html"

    def make(self, **values: Any) -> tuple[Token, str]:
        return tokens.create_token(**values)

    def shown_context(self, record: Token, secret: str | None) -> dict[str, Any]:
        return {"token": record, "secret": secret}


class TokenRevoke(ActPage):
    gate = SIGNED_IN
    model = Token
    form = ServiceForm
    action = "revoke"
    danger = True
    title = _("Revoke token")
    verb = _("Revoke")
    done = _("Token revoked")

    def service(self, *, record: Token, **values: Any) -> Token:
        return tokens.revoke_token(token=record, **values)

    def context(self, form: Any) -> dict[str, Any]:
        return {**super().context(form), "cancel_url": reverse("people:token-list")}

    def success_url(self, record: Token) -> str:
        return reverse("people:token-list")


class OwnPassword(FormPage):
    """The person stays logged in here; other sessions and every token end."""

    gate = SIGNED_IN
    model = User
    form = OwnPasswordForm
    title = _("Change the password")
    verb = _("Change the password")
    done = _("The password is changed")

    def make_form(self, **given: Any) -> ServiceForm:
        network = get_adapter(self.request).get_client_ip(self.request)
        return super().make_form(network=network, **given)

    def service(self, **values: Any) -> User:
        user = passwords.change_own_password(**values)
        update_session_auth_hash(self.request, user)
        return user

    def success_url(self, record: User) -> str:
        return reverse("me")


@require_POST
@behind(PUBLIC)
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keeps the language with the person, or in a cookie before the login."""
    form = LanguageForm(request.POST)
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = "/"
    response = HttpResponse(status=303, headers={"Location": back})
    if form.is_valid():
        language = form.cleaned_data["language"]
        response.set_cookie(
            LANGUAGE_COOKIE,
            language,
            max_age=31536000,
            samesite="Lax",
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
        )
        if request.user.is_authenticated:
            accounts.update_own_account(actor=request.user, language=language)
    return response


choose_language.gate = PUBLIC  # type: ignore[attr-defined]
