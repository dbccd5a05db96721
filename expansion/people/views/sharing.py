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
from expansion.people.forms import ShareForm
from expansion.people.models import User
from expansion.people.services.shares import end_share, share_record
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
            }
        )


def _may_share(person: User, record: models.Model) -> bool:
    return type(record) in shares.tables() and access.can(person, "share", record)


class OfRecord:
    """A form about one record that is named by its kind and id."""

    gate = SIGNED_IN
    model = User  # of the form's own gate; what is asked is the record

    def load(self, pk: int | None) -> None:
        asked = subject(self.request.user, self.kwargs["kind"], pk)
        if not asked.visible or type(asked.record) not in shares.tables():
            raise Gone(_("There is nothing here for you at this address."))
        self.record = asked.record
        access.require(self.request.user, "share", self.record)

    def success_url(self, record: models.Model) -> str:
        return reverse("people:readers", args=[self.kwargs["kind"], self.kwargs["pk"]])


class ShareCreate(OfRecord, FormPage):
    form = ShareForm
    title = lazy("Share")
    verb = lazy("Share")
    done = lazy("Shared; they are told.")

    def make_form(self, **given: Any) -> ServiceForm:
        return ShareForm(person=self.request.user, **given)

    def write(self, form: ServiceForm) -> models.Model:
        share_record(actor=self.request.user, record=self.record, **form.values())
        return self.record


class ShareEnd(OfRecord, ActPage):
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
