"""What no text of the house holds is taken out of a request before anybody reads it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


def readable(get_response: Callable[[HttpRequest], HttpResponse]):
    """Drops NUL, which PostgreSQL keeps in no text, from address, query string and cookies."""

    def answer(request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info:
            request.path_info = request.path_info.replace("\x00", "")
            request.path = request.path.replace("\x00", "")
        while "%00" in request.META.get("QUERY_STRING", ""):  # Taking one out can make another.
            request.META["QUERY_STRING"] = request.META["QUERY_STRING"].replace("%00", "")
        for name in [name for name, value in request.COOKIES.items() if "\x00" in name + value]:
            del request.COOKIES[name]
        return get_response(request)

    return answer
