"""How allauth's single sign-on answers in this house: it opens accounts and makes none."""

import logging
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from expansion.people.services.sso import link_sign_on
from expansion.people.sso import meant

logger = logging.getLogger("expansion.login")


class SsoAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Ties the sign-on to the account it means, the first time; refuses where it means none."""
        account = sociallogin.account
        if sociallogin.is_existing:
            self._forget_what_was_said(account)
            if not sociallogin.user.is_active:
                raise self._back(request, _("This account is closed. Ask the administrator."))
            return
        match = account.get_provider(request).app.settings.get("match", "email")
        person = meant(account.provider, account.extra_data, match)
        if person is None:
            logger.warning("Sign-on by %s means no account here.", account.provider)
            raise self._back(
                request, _("Nobody here has the address or number that your company gave.")
            )
        link_sign_on(actor=person, request=request, login=sociallogin)

    def on_authentication_error(self, request: HttpRequest, provider: Any, **details: Any) -> None:
        logger.warning("Sign-on by %s failed: %s.", provider.id, details.get("error"))
        raise self._back(request, _("Your company’s sign-on did not work out. Try again."))

    @staticmethod
    def _forget_what_was_said(account: Any) -> None:
        if account.extra_data:
            account.extra_data = {}
            account.save(update_fields=["extra_data"])

    @staticmethod
    def _back(request: HttpRequest, sentence: str) -> ImmediateHttpResponse:
        messages.error(request, sentence)
        return ImmediateHttpResponse(HttpResponseRedirect(reverse("account_login")))
