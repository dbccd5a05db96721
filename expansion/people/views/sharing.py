"""Who sees a record and why, and with whom it is shared."""

from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import access, clock, shares
from expansion.errors import Gone
from expansion.people.explaining import readers, subject
from expansion.people.forms import LevelForm, ShareForm
from expansion.people.models import User
from expansion.people.services.levels import classify
from expansion.people.services.shares import end_share, share_record
from expansion.records import Graded
from expansion.ui.forms import ServiceForm
from expansion.ui.gates import SIGNED_IN
from expansion.ui.pages import ActPage, FormPage, Screen


class Readers(Screen):
    """Everybody who sees the record; pages of records load it as a fragment."""

    gate = SIGNED_IN
    template = "people/readers.html"
    fragment = "components/why_visible.html"

    def get(self, request: HttpRequest, kind: str, pk: int) -> HttpResponse:
        asked = subject(request.user, kind, pk)
        record = asked.record
        shared = shares.of_record(record, clock.today())
        return self.draw(
            {
                "subject": asked,
                "people": readers(record),
                "shares": shared,
                "shareable": type(record) in shares.tables(),
                "may_share": asked.visible and _may_share(request.user, record),
                "graded": isinstance(record, Graded),
                "may_classify": asked.visible and _may_classify(request.user, record),
            }
        )


def _may_share(person: User, record: models.Model) -> bool:
    return type(record) in shares.tables() and access.can(person, "share", record)


def _may_classify(person: User, record: models.Model) -> bool:
    return isinstance(record, Graded) and access.can(person, "classify", record)


class OfRecord:
    """A form about one record that is named by its kind and id."""

    gate = SIGNED_IN
    action: str
    model: type[models.Model]  # known with the record
    request: HttpRequest
    kwargs: dict[str, Any]

    def offered(self, record: models.Model) -> bool:
        """Whether records of this kind have what the form sets."""
        raise NotImplementedError

    def load(self, pk: int | None) -> None:
        asked = subject(self.request.user, self.kwargs["kind"], pk)
        if not asked.visible or not self.offered(asked.record):
            raise Gone(_("There is nothing here for you at this address."))
        self.record, self.model = asked.record, type(asked.record)
        access.require(self.request.user, self.action, self.record)

    def success_url(self, record: models.Model) -> str:
        return reverse("people:readers", args=[self.kwargs["kind"], self.kwargs["pk"]])


class LevelSet(OfRecord, ActPage):
    """How far the record is kept; who does not see it any more is led to the first page."""

    action = "classify"
    form = LevelForm
    title = lazy("Level of confidentiality")
    verb = lazy("Set the level")
    done = lazy("Level set")

    def offered(self, record: models.Model) -> bool:
        return isinstance(record, Graded)

    def make_form(self, **given: Any) -> ServiceForm:
        stored = {"level": self.record.level, "version": self.record.version}
        return LevelForm(person=self.request.user, **(given | {"initial": stored}))

    def form_of(self, stored: Any) -> ServiceForm:
        initial = {"level": stored.level, "version": stored.version}
        return LevelForm(person=self.request.user, initial=initial)

    def service(self, **values: Any) -> models.Model:
        return classify(**values)

    def success_url(self, record: models.Model) -> str:
        seen = access.can(self.request.user, "view", record)
        return super().success_url(record) if seen else "/"


class OfShare(OfRecord):
    action = "share"

    def offered(self, record: models.Model) -> bool:
        return type(record) in shares.tables()


class ShareCreate(OfShare, FormPage):
    form = ShareForm
    title = lazy("Share")
    verb = lazy("Share")
    done = lazy("Shared; they are told.")

    def make_form(self, **given: Any) -> ServiceForm:
        return ShareForm(person=self.request.user, **given)

    def write(self, form: ServiceForm) -> models.Model:
        share_record(actor=self.request.user, record=self.record, **form.values())
        return self.record


class ShareEnd(OfShare, ActPage):
    form = ServiceForm
    danger = True
    title = lazy("End the share")
    verb = lazy("End it")
    done = lazy("Not shared any more.")

    def load(self, pk: int | None) -> None:
        super().load(pk)
        kept = shares.tables()[type(self.record)]
        table = {"person": kept.persons, "team": kept.teams}.get(self.kwargs["who"])
        rows = table._default_manager.filter(content_object=self.record) if table else None
        self.share = rows.filter(pk=self.kwargs["share"]).first() if rows is not None else None
        if self.share is None:
            raise Gone(_("There is nothing here for you at this address."))

    def write(self, form: ServiceForm) -> models.Model:
        return end_share(actor=self.request.user, record=self.record, share=self.share)

    def context(self, form: ServiceForm) -> dict[str, Any]:
        note = _("%(name)s will not see it any more, unless by role.")
        return super().context(form) | {"note": note % {"name": self.share.receiver}}
