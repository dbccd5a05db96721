"""Pages of administrators: what was told and what has left, the robots, the words of notices."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from expansion import access
from expansion.errors import Gone
from expansion.notices import desk, selectors
from expansion.notices.events import EVENTS, event_label, placeholders
from expansion.notices.forms import ResendAllForm, RobotForm, WordingForm
from expansion.notices.models import Mail, Robot, Told, Wording
from expansion.notices.tables import ROBOTS, SENT, TOLD, channel, state_badge
from expansion.notices.words import braced, example, wrong_with
from expansion.ui.forms import ServiceForm, new_key
from expansion.ui.gates import May
from expansion.ui.pages import UNPROCESSABLE, ActPage, DetailPage, FormPage, ListPage, Screen


class SentList(ListPage):
    listing = SENT
    template = "notices/sent_list.html"
    export_route = "transfer:export-create"
    extra = {"tab": "sent"}
    empty = {
        "icon": "mail",
        "title": _("Nothing has left the house yet"),
        "text": _("E-mails and robots' messages are listed here, without what they said."),
    }

    def context(self, page: Any) -> dict[str, Any]:
        return super().context(page) | {
            "no_mail_server": not settings.MAIL_LEAVES,
            "resendable": Mail.objects.resendable().exists(),
        }


class ToldList(ListPage):
    """What stands in the application: whom it told, what kind of thing, and when it was read."""

    listing = TOLD
    template = "notices/sent_list.html"
    export_route = "transfer:export-create"
    extra = {"tab": "told"}
    empty = {
        "icon": "bell",
        "title": _("Nobody has been told anything yet"),
        "text": _("Who was told what kind of thing is listed here, without what it said."),
    }

    def records(self):
        """One that stands for several is listed in their place."""
        return Told.objects.listed()


class Sent(DetailPage):
    """One message: to whom, when, how often tried; its words only its reader has."""

    model = Mail
    template = "notices/sent.html"

    def records(self):
        return Mail.objects.select_related("person", "robot")

    def context(self, record: Mail) -> dict[str, Any]:
        return {
            "badge": state_badge(record),
            "event": event_label(record.kind),
            "channel": channel(record),
            "alike": Mail.objects.filter(batch=record.batch).count() if record.batch else 1,
            "may_resend": record.may_be_resent,
            "key": new_key(),
        }


class Resend(ActPage):
    """Puts a failed message back in the queue."""

    model = Mail
    form = ServiceForm
    action = "resend"
    title = _("Send again")
    verb = _("Send again")
    done = _("It stands in the queue")

    def service(self, **values: Any) -> Mail:
        return desk.resend_mail(**values)


class ResendAll(FormPage):
    """Puts all failed messages of one kind back in the queue."""

    gate = May("resend", Mail)
    model = Mail
    form = ResendAllForm
    title = _("Send all again")
    note = _(
        "Each goes to the address its receiver has now. What must not leave any more does not."
    )
    verb = _("Send all again")
    done = _("They stand in the queue")

    def make_form(self, **given: Any) -> ResendAllForm:
        return self.form(person=self.request.user, counts=desk.resendable(), **given)

    def service(self, **values: Any) -> Mail:
        return desk.resend_all(**values)

    def success_url(self, record: Any) -> str:
        return reverse("notices:sent-list")

    def way_back(self) -> str:
        return self.success_url(None)


class RobotList(ListPage):
    listing = ROBOTS
    template = "notices/sent_list.html"
    create_route = "notices:robot-create"
    create_label = _("New robot")
    extra = {"tab": "robots"}
    empty = {
        "icon": "robot",
        "title": _("No robots yet"),
        "text": _("A robot tells a group's chat what happened, and where to read on."),
    }


class OfRobots:
    """Back to the list of robots."""

    def success_url(self, record: Any) -> str:
        return reverse("notices:robot-list")

    def context(self, form: Any) -> dict[str, Any]:
        return super().context(form) | {"cancel_url": reverse("notices:robot-list")}


class RobotCreate(OfRobots, FormPage):
    model = Robot
    form = RobotForm
    title = _("New robot")
    done = _("Robot saved")

    def initial(self) -> dict[str, Any]:
        return {"is_active": True, "language": self.request.user.language} | super().initial()

    def service(self, **values: Any) -> Robot:
        return desk.create_robot(**values)


class RobotEdit(OfRobots, FormPage):
    model = Robot
    form = RobotForm
    action = "edit"
    title = _("Edit robot")
    done = _("Robot saved")
    template = "notices/robot.html"

    def service(self, **values: Any) -> Robot:
        return desk.update_robot(**values)


class RobotGreet(OfRobots, ActPage):
    """Sends the group a trial message."""

    model = Robot
    form = ServiceForm
    title = _("Send a trial message")
    verb = _("Send a trial message")
    done = _("It stands in the queue")

    def service(self, **values: Any) -> Robot:
        return desk.greet_robot(**values)


class WordingList(Screen):
    """Every event that can be reworded, and in which languages it is."""

    gate = May("view", Wording)
    template = "notices/wording_list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.draw({"groups": selectors.events_by_group(), "tab": "wordings"})


class WordingEdit(FormPage):
    """The words of one event in one language, with what they may name and an example."""

    gate = May("edit", Wording)
    model = Wording
    form = WordingForm
    action = "edit"
    title = _("Words of a notice")
    done = _("It holds for what is told from now on.")
    template = "notices/wording.html"

    def load(self, pk: Any) -> None:
        access.require(self.request.user, self.action, Wording)
        kind, language = self.kwargs["kind"], self.kwargs["language"]
        if kind not in EVENTS or language not in selectors.LANGUAGES:
            raise Gone(translation.gettext("There is nothing here for you at this address."))
        self.record = selectors.wording_of(kind, language)

    def make_form(self, **given: Any) -> ServiceForm:
        return self.form_of(self.record, **given)

    def form_of(self, kept: Wording, **given: Any) -> ServiceForm:
        words = {"title": kept.title or "{title}", "text": kept.text if kept.title else "{text}"}
        given["initial"] = words | {"version": kept.version}
        return WordingForm(person=self.request.user, **given)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "preview" in request.POST:
            self.load(None)
            form = self.make_form(data=request.POST)
            return self.answer(form, status=200 if form.is_valid() else UNPROCESSABLE)
        return super().post(request, **kwargs)

    def write(self, form: ServiceForm) -> Wording:
        return desk.reword(
            actor=self.request.user,
            kind=self.record.kind,
            language=self.record.language,
            version=form.cleaned_data["version"],
            **form.values(),
        )

    def differences(self, form: ServiceForm) -> list[dict[str, Any]]:
        """None where nothing is stored: the version sent was never there."""
        self.record = selectors.wording_of(self.record.kind, self.record.language)
        return super().differences(form) if self.record.pk else []

    def context(self, form: ServiceForm) -> dict[str, Any]:
        kind = self.record.kind
        said = {name: form[name].value() or "" for name in ("title", "text")}
        faults = [wrong_with(kind, words) for words in said.values()]
        shown = {} if any(faults) else {name: example(kind, one) for name, one in said.items()}
        return super().context(form) | {
            "preview": shown,
            "faults": [fault for fault in faults if fault],
            "placeholders": [(braced(name), what) for name, what in placeholders(kind).items()],
            "cancel_url": reverse("notices:wording-list"),
        }

    def success_url(self, record: Any) -> str:
        return reverse("notices:wording-list")


class WordingRestore(ActPage):
    """The words as they come hold again."""

    model = Wording
    form = ServiceForm
    title = _("Back to the words as they come")
    verb = _("Back to the words as they come")
    done = _("The event has its own words again")

    def service(self, **values: Any) -> Wording:
        return desk.restore_wording(**values)

    def success_url(self, record: Any) -> str:
        return reverse("notices:wording-list")
