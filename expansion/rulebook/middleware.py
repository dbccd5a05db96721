"""One request reads the rulebook once, and not at all where nothing has changed since."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from expansion.rulebook.selectors import asked_once


def rules_asked_once(get_response: Callable[[HttpRequest], HttpResponse]):
    def answer(request: HttpRequest) -> HttpResponse:
        with asked_once(getattr(request.user, "revision", None)):
            return get_response(request)

    return answer
