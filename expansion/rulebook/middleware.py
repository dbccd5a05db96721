"""One request reads the rulebook once."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from expansion.rulebook.selectors import asked_once


def rules_asked_once(get_response: Callable[[HttpRequest], HttpResponse]):
    def answer(request: HttpRequest) -> HttpResponse:
        with asked_once():
            return get_response(request)

    return answer
