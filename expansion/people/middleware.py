"""Each request speaks the person's language and is named as a page in the trail."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from expansion.audit.models import Source
from expansion.audit.services import through
from expansion.people.sessions import see

LANGUAGE_COOKIE = "language"


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
