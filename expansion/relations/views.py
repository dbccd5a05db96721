"""Tying a record to one of a neighbour's, and untying the two."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import access, offers
from expansion.errors import Gone
from expansion.relations.forms import RelationForm
from expansion.relations.models import Relation
from expansion.relations.services import link, unlink
from expansion.ui.gates import SIGNED_IN
from expansion.ui.pages import FormPage, Screen

SHOWN = 8  # records of a kind
LONGEST_TEXT = 80


class RelationAdd(FormPage):
    """Finds the other record by `?q=` and ties the two."""

    gate = SIGNED_IN
    form = RelationForm
    template = "relations/add.html"
    title = lazy("Tie to another record")
    verb = lazy("Tie")
    done = lazy("Tied")

    def load(self, pk: int | None) -> None:
        self.record = self.find(tieable(self.kwargs["kind"]).model, pk)
        access.require(self.request.user, "edit", self.record)

    def make_form(self, **given: Any) -> RelationForm:
        return self.form(person=self.request.user, **given)

    def write(self, form: Any) -> models.Model:
        kind, pk = form.cleaned_data["target"]
        target = self.find(tieable(kind).model, pk)
        link(actor=self.request.user, source=self.record, target=target, **form.values())
        return self.record

    def context(self, form: Any) -> dict[str, Any]:
        text = self.request.GET.get("q", "").strip()[:LONGEST_TEXT]
        return super().context(form) | {
            "text": text,
            "groups": list(self.groups(text)),
            "chosen": form.data.get("target", "") if form.is_bound else "",
        }

    def groups(self, text: str) -> Iterator[dict[str, Any]]:
        """What can be chosen, kind by kind; the record itself is left out."""
        for one in offers.of(offers.Tieable):
            found = one.find(self.request.user, text, SHOWN + 1)
            others = [record for record in found if record != self.record][:SHOWN]
            rows = [{"value": f"{one.key}:{record.pk}", "record": record} for record in others]
            if rows:
                yield {"label": one.label, "rows": rows}


class RelationRemove(Screen):
    """Unties two records; the page comes back to the one it was asked from."""

    gate = SIGNED_IN

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        relation = Relation.objects.filter(pk=pk).first()
        if relation is None:
            raise Gone(_("There is nothing here for you at this address."))
        source: Any = unlink(actor=request.user, relation=relation)
        messages.success(request, _("Untied"))
        return HttpResponseRedirect(source.get_absolute_url())


def tieable(kind: str) -> offers.Tieable:
    """The noun named `partnerships.project`.

    Raises:
        Gone: records of this kind are tied to nothing.
    """
    for one in offers.of(offers.Tieable):
        if one.key == kind:
            return one
    raise Gone(_("There is nothing here for you at this address."))
