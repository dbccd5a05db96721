"""Each request speaks the person's language and is named as a page in the trail; whoever needs a
second factor gets nothing before it is set up."""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import resolve, reverse
from django.urls.exceptions import Resolver404
from django.utils import translation
from django.utils.translation import gettext as _

from expansion.audit.models import Source
from expansion.audit.services import through
from expansion.errors import Forbidden
from expansion.people.factors import needs_factor
from expansion.people.sessions import see
from expansion.ui.middleware import refused

LANGUAGE_COOKIE = "language"
# What is open to somebody who has to set up a second factor first.
OPEN_BEFORE = {"people:app-add", "people:passkey-add", "account_logout", "language", "welcome"}
OPEN_BEFORE |= {"launch:healthz", "worker"}


def person(get_response: Callable[[HttpRequest], HttpResponse]):
    """Activates the language of the person, or of the cookie set on the login page.

    What a person is shown stays in no cache, unless the view says how long it may.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        language = _language(request)
        source = Source.API if request.path.startswith("/api/") else Source.PAGE
        with translation.override(language), through(source):
            if request.user.is_authenticated:
                see(request)
            response = get_response(request)
            response.headers.setdefault("Content-Language", language)
            if request.user.is_authenticated:
                response.headers.setdefault("Cache-Control", "private, no-store")
            return response

    return answer


def _language(request: HttpRequest) -> str:
    if request.user.is_authenticated:
        return request.user.language
    chosen = request.COOKIES.get(LANGUAGE_COOKIE, "")
    try:
        return translation.get_supported_language_variant(chosen)
    except LookupError:
        return translation.get_language_from_request(request)


def factor_first(get_response: Callable[[HttpRequest], HttpResponse]):
    """Leads whoever lacks a needed second factor to where it is set up, and nowhere else.

    The API takes their session for nobody's; a token is a login of its own and goes on.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        if not (request.user.is_authenticated and needs_factor(request.user)):
            return get_response(request)
        request.factor_needed = True  # type: ignore[attr-defined]
        if request.path_info.startswith("/api/v1/"):
            request.user = AnonymousUser()
        elif _route(request) not in OPEN_BEFORE:
            return _lead_to_setting_up(request)
        return get_response(request)

    return answer


def _route(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).view_name
    except Resolver404:
        return ""


def _lead_to_setting_up(request: HttpRequest) -> HttpResponse:
    """A form that was sent is refused and not led away: what waits on a device stays there."""
    place = reverse("people:app-add")
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": place})
    if request.method in ("GET", "HEAD"):
        return HttpResponseRedirect(place)
    return refused(
        request, Forbidden(_("Your role asks for a second factor. Set one up to go on."))
    )
