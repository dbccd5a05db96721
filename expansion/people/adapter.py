"""How allauth asks and answers in this house: no sign-up, growing delays instead of limits."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from expansion.people import throttle


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        seconds = throttle.wait(credentials.get("username", ""), self.get_client_ip(request))
        if seconds:
            raise ValidationError(throttle.too_early(seconds), code="wait")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        account, network = credentials.get("username", ""), self.get_client_ip(request)
        throttle.failed(account, network)
        raise ValidationError(wrong(throttle.wait(account, network)), code="wrong")

    def post_login(self, request: HttpRequest, user: Any, **details: Any) -> Any:
        throttle.succeeded(request.POST.get("login", ""), self.get_client_ip(request))
        return super().post_login(request, user, **details)


def wrong(seconds: int) -> str:
    if not seconds:
        return _("Name or password is wrong.")
    return ngettext(
        "Name or password is wrong. Try again in %(seconds)d second.",
        "Name or password is wrong. Try again in %(seconds)d seconds.",
        seconds,
    ) % {"seconds": seconds}
