"""What no text of the house holds is taken out of a request before anybody reads it."""

import codecs
from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import get_resolver
from django.utils.http import parse_header_parameters

# The house's own, in which forms, query strings and JSON come, and what is a part of it.
CODECS = {"utf-8", "ascii"}
UNREADABLE = "expansion.unreadable"

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def declared(application: Application) -> Application:
    """Keeps a Content-Type that Django cannot read away from it; `readable` answers instead.

    A request is made before any middleware runs: what its constructor trips over leaves no page.
    """

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not _is_text(environ.get("CONTENT_TYPE", "")):
            environ |= {"CONTENT_TYPE": "", UNREADABLE: True}
        return application(environ, start_response)

    return answer


def _is_text(content_type: str) -> bool:
    """Whether the header can be read and names no charset but ours."""
    try:
        _kind, parameters = parse_header_parameters(content_type)
        return codecs.lookup(parameters.get("charset", "utf-8")).name in CODECS
    except (LookupError, ValueError):
        return False


def readable(get_response: Callable[[HttpRequest], HttpResponse]):
    """Drops NUL, which PostgreSQL keeps in no text, from address, query string and cookies.

    A request whose Content-Type says that it is no text of ours gets 400 and a sentence.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info:
            request.path_info = request.path_info.replace("\x00", "")
            request.path = request.path.replace("\x00", "")
        while "%00" in request.META.get("QUERY_STRING", ""):  # Taking one out can make another.
            request.META["QUERY_STRING"] = request.META["QUERY_STRING"].replace("%00", "")
        for name in [name for name, value in request.COOKIES.items() if "\x00" in name + value]:
            del request.COOKIES[name]
        return get_response(request)

    answer.process_view = _refuse_unreadable  # type: ignore[attr-defined]
    return answer


def _refuse_unreadable(request: HttpRequest, *view: Any) -> HttpResponse | None:
    """Asked when language and reader are known, which the answer needs, and before any view."""
    if UNREADABLE not in request.META:
        return None
    # The house's own refusal: a page, or what the clients of the API read.
    return get_resolver().resolve_error_handler(400)(request, exception=None)
