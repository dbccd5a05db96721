"""Beginning and ending a rehearsal."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as lazy

from expansion.people import rehearsing
from expansion.people.models import User
from expansion.people.services.rehearsals import begin_rehearsal, end_rehearsal
from expansion.ui.gates import SIGNED_IN
from expansion.ui.pages import ActPage, Screen


class RehearsalBegin(ActPage):
    model = User
    action = "rehearse"
    title = lazy("Look as this person does")
    note = lazy(
        "For half an hour you see what this person sees, without appraisals, notices and drafts. "
        "You change nothing. The person is told, and the trail keeps what you looked at."
    )
    verb = lazy("Begin the rehearsal")

    def service(self, **values: Any) -> User:
        person = begin_rehearsal(**values)
        rehearsing.start(self.request, person)
        return person

    def success_url(self, record: User) -> str:
        return "/"


class RehearsalEnd(Screen):
    """Back to one's own pages."""

    gate = SIGNED_IN

    def post(self, request: HttpRequest) -> HttpResponse:
        person = rehearsing.rehearsed(request)
        rehearsing.end(request)
        if person is None:
            return HttpResponseRedirect("/")
        end_rehearsal(actor=request.user, record=person)
        return HttpResponseRedirect(person.get_absolute_url())
