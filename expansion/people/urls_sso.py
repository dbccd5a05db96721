"""The addresses of single sign-on; there only where a way is configured."""

from importlib import import_module

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _

from expansion.single_sign_on import OIDC
from expansion.ui.gates import PUBLIC, behind

PROVIDERS = "allauth.socialaccount.providers"


def cancelled(request: HttpRequest) -> HttpResponse:
    """Whoever gave up at the provider, or was refused there, stands at the login again."""
    messages.info(request, _("You were not signed on. Log in with your password or try again."))
    return HttpResponseRedirect(reverse("account_login"))


def _addresses(provider: str) -> list:
    views = import_module(f"{PROVIDERS}.{provider}.views")
    if provider == OIDC:
        place, login, callback = "<str:provider_id>", views.login, views.callback
    else:
        place, login, callback = provider, views.oauth2_login, views.oauth2_callback
    return [
        path(f"{place}/", behind(PUBLIC)(login), name=f"{provider}_login"),
        path(f"{place}/callback/", behind(PUBLIC)(callback), name=f"{provider}_callback"),
    ]


# The company's own provider has a word in its place that would take the others' too: it is last.
_in_order = sorted((way.provider for way in settings.SSO), key=lambda provider: provider == OIDC)
urlpatterns = [
    path("cancelled/", behind(PUBLIC)(cancelled), name="socialaccount_login_cancelled"),
    path("error/", behind(PUBLIC)(cancelled), name="socialaccount_login_error"),
    *(address for provider in _in_order for address in _addresses(provider)),
]
