"""Each request counts by the calendar as it stands, and reads it only where it has changed."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from expansion.worktime import known

Answer = Callable[[HttpRequest], HttpResponse]


def calendar_known(get_response: Answer) -> Answer:
    """The person of a session brings the word along; a program with a token has to ask for it.

    Whoever is nobody yet, at the login for example, is given no date.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            known.learn(getattr(request.user, known.FACT, ""))
        elif "Authorization" in request.headers:
            known.look()
        return get_response(request)

    return answer
