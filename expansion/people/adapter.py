"""How allauth asks and answers in this house: no sign-up, growing delays instead of limits."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.core.exceptions import ImmediateHttpResponse
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from expansion.people import throttle
from expansion.people.backends import find_account

logger = logging.getLogger("expansion.login")
BEGUN = "login_begun"


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        seconds = throttle.wait(credentials.get("username", ""), self.get_client_ip(request))
        if seconds:
            logger.warning("Login delayed: another try comes %d seconds too early.", seconds)
            raise ValidationError(throttle.too_early(seconds), code="wait")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        account, network = credentials.get("username", ""), self.get_client_ip(request)
        throttle.failed(account, network)
        logger.warning("Login refused: %s from %s.", known_name(account), network)
        raise ValidationError(wrong(throttle.wait(account, network)), code="wrong")

    def pre_login(self, request: HttpRequest, user: Any, **details: Any) -> Any:
        request.session[BEGUN] = user.get_session_auth_hash()
        return super().pre_login(request, user, **details)

    def login(self, request: HttpRequest, user: Any) -> None:
        """Whoever lost the password, or the account, between the steps begins anew."""
        if request.session.pop(BEGUN, "") != user.get_session_auth_hash() or not user.is_active:
            clear_login(request)
            raise ImmediateHttpResponse(HttpResponseRedirect(reverse("account_login")))
        super().login(request, user)

    def post_login(self, request: HttpRequest, user: Any, **details: Any) -> Any:
        network = self.get_client_ip(request)
        throttle.succeeded(user.username, network)
        logger.info("Login: %s from %s.", user.username, network)
        return super().post_login(request, user, **details)


def known_name(account: str) -> str:
    """The user name meant; what leads to nobody is not logged, it may be a password."""
    meant = find_account(account.replace("\x00", ""))
    return meant.username if meant else "an unknown name"


def wrong(seconds: int) -> str:
    if not seconds:
        return _("Name or password is wrong.")
    return ngettext(
        "Name or password is wrong. Try again in %(seconds)d second.",
        "Name or password is wrong. Try again in %(seconds)d seconds.",
        seconds,
    ) % {"seconds": seconds}
