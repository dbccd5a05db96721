"""Where somebody is logged in: one's own list, ending one or all others, and an administrator's
way to end all sessions of a person."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion.errors import Gone
from expansion.people.models import LoginSession, User
from expansion.people.services import sessions
from expansion.people.sessions import sessions_of
from expansion.ui.forms import ReasonForm, ServiceForm
from expansion.ui.gates import SIGNED_IN
from expansion.ui.pages import ActPage, FormPage, Screen


class SessionList(Screen):
    """On which devices the person is logged in."""

    gate = SIGNED_IN
    template = "people/session_list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        found, here = list(sessions_of(request.user)), request.session.session_key
        found.sort(key=lambda one: one.session_key != here)
        return self.draw({"sessions": found, "here": here, "several": len(found) > 1})


class SessionAct(FormPage):
    """Something done to the own sessions."""

    gate = SIGNED_IN
    model = User
    form = ServiceForm
    danger = True

    def context(self, form: ServiceForm) -> dict[str, Any]:
        return {**super().context(form), "cancel_url": reverse("people:session-list")}

    def success_url(self, record: Any) -> str:
        return reverse("people:session-list")


class SessionEnd(SessionAct):
    """Ends one of them; that of somebody else is not found."""

    title = lazy("End this session")
    verb = lazy("End the session")
    done = lazy("The session has ended.")
    session: LoginSession

    def load(self, pk: Any) -> None:
        wanted = self.kwargs["mark"]
        found = [one for one in sessions_of(self.request.user) if one.mark == wanted]
        if not found:
            raise Gone(_("There is nothing here for you at this address."))
        self.session = found[0]

    @property
    def note(self) -> str:
        words = {"device": self.session.device or _("unknown device")}
        return _("%(device)s: whoever uses it has to log in again.") % words

    def service(self, **values: Any) -> User:
        here = self.request.session.session_key
        return sessions.end_session(session=self.session, here=here, **values)


class SessionsEndOthers(SessionAct):
    title = lazy("End all other sessions")
    note = lazy("You stay logged in here and nowhere else.")
    verb = lazy("End the others")
    done = lazy("All other sessions have ended.")

    def service(self, **values: Any) -> User:
        here = self.request.session.session_key
        return sessions.end_other_sessions(here=here, **values)


class PersonSessionsEnd(ActPage):
    """By an administrator, of somebody else."""

    model = User
    form = ReasonForm
    danger = True
    title = lazy("End all sessions")
    note = lazy("The person has to log in again on every device, and is told. Tokens stay.")
    verb = lazy("End all sessions")
    done = lazy("Every session of this person has ended.")

    def service(self, **values: Any) -> User:
        return sessions.end_all_sessions(**values)
