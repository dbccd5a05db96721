"""An act on the selected rows of a list: ask what it needs, then do it for all or for none."""

from typing import Any

from django.contrib import messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from expansion import access
from expansion.errors import Gone, Invalid, Refusal
from expansion.once.services import once
from expansion.ui.forms import ReasonForm, ServiceForm, is_id
from expansion.ui.pages import UNPROCESSABLE, Screen, form_key

MOST = 500


class SelectedPage(Screen):
    """The list posts `selected` ids; the first answer asks, the second acts.

    `service(actor=…, records=…, **values)` acts on all of them in one transaction. An id that this
    person does not see is left out, as if it did not exist.
    """

    template = "crm/selected.html"
    form: type[ServiceForm] = ReasonForm
    title: Any = ""
    verb: Any = ""
    done: Any = ""
    danger = False
    back = ""

    def records(self) -> QuerySet:
        raise NotImplementedError

    def service(self, **values: Any) -> list[models.Model]:
        raise NotImplementedError

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse(self.back))

    def post(self, request: HttpRequest) -> HttpResponse:
        self.chosen = self._chosen(request.POST.getlist("selected"))
        if "request_id" not in request.POST:
            return self.answer(self.form(person=request.user))
        form = self.form(person=request.user, data=request.POST)
        if not form.is_valid():
            return self.answer(form, status=UNPROCESSABLE)
        try:
            self._act(form)
        except Gone:
            raise
        except Refusal as refusal:
            form.take(refusal)
            status = UNPROCESSABLE if isinstance(refusal, Invalid) else refusal.status
            return self.answer(form, status=status)
        messages.success(request, self.done)
        return HttpResponseRedirect(reverse(self.back))

    def _chosen(self, given: list[str]) -> list[models.Model]:
        ids = list(filter(is_id, given))[:MOST]
        records = access.visible_to(self.request.user, self.records())
        return list(records.filter(pk__in=ids))

    def _act(self, form: ServiceForm) -> None:
        key = form_key(self.request)
        once(actor=self.request.user, key=key, act=lambda: self._done(form))

    def _done(self, form: ServiceForm) -> models.Model:
        """Acts on all; the first of them stands for all in the table of sent forms."""
        if not self.chosen:
            raise Invalid(_("Nothing is selected. Go back and tick some rows."))
        done = self.service(actor=self.request.user, records=self.chosen, **form.values())
        return done[0]

    def answer(self, form: ServiceForm, *, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "chosen": self.chosen,
            "title": self.title,
            "verb": self.verb,
            "danger": self.danger,
            "cancel_url": reverse(self.back),
        }
        return self.draw(context, status=status)
