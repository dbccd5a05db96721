"""Pages of confidentiality agreements."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import access, clock
from expansion.office import tables_confidence as tables
from expansion.office.forms_confidence import NdaForm
from expansion.office.models import Nda
from expansion.office.selectors.confidence import lacking
from expansion.office.services import ndas
from expansion.office.views.confidence import (
    ConfidenceAct,
    ConfidenceDetail,
    ConfidenceForm,
    ConfidenceList,
    tabs,
)
from expansion.rulebook.selectors import rules_on
from expansion.ui import formats
from expansion.ui.drawing import Page
from expansion.ui.gates import May
from expansion.ui.pages import Screen


class NdaList(ConfidenceList):
    listing = tables.NDAS
    create_route = "office:nda-create"
    create_label = lazy("Record an agreement")
    empty = {
        "icon": "shield-lock",
        "title": lazy("No agreements yet"),
        "text": lazy("HR records what has been signed; everybody reads the own one here."),
    }

    def records(self):
        return Nda.objects.live()

    def context(self, page: Page) -> dict[str, Any]:
        keeps = access.can(self.request.user, "create", Nda)
        missing = len(lacking(clock.today(), rules_on())) if keeps else 0
        return super().context(page) | {"missing": missing}


class NdaMissing(Screen):
    """Everybody of the department without a valid agreement (E8-5.1)."""

    gate = May("create", Nda)
    template = "office/nda_missing.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        rules = rules_on()
        return self.draw(
            {
                "tabs": tabs(request.user, Nda),
                "people": lacking(clock.today(), rules),
                "required": rules.documents.nda_required.value,
            }
        )


class NdaDetail(ConfidenceDetail):
    model = Nda
    related = ("person", "recorded_by")
    list_route = "office:nda-list"
    noun = "nda"

    def context(self, record: Nda) -> dict[str, Any]:
        others = Nda.objects.live().filter(person=record.person_id).exclude(pk=record.pk)
        seen = access.visible_to(self.request.user, others)
        return super().context(record) | {
            "heading": record.person.name,
            "badge": tables.nda_badge(record),
            "others": [{"nda": one, "badge": tables.nda_badge(one)} for one in seen],
        }

    def facts(self, record: Nda) -> list[dict[str, Any]]:
        return [
            {"label": _("Version of the text"), "value": record.edition},
            {"label": _("Signed on"), "value": formats.day_as("full", record.signed_on)},
            {"label": _("Valid until"), "value": tables.nda_end(record)},
            {"label": _("Goes on after leaving"), "value": tables.survival(record)},
            {"label": _("Recorded by"), "value": record.recorded_by.name},
        ]


class NdaForms(ConfidenceForm):
    model = Nda
    related = ("person",)
    form = NdaForm
    list_route = "office:nda-list"


class NdaCreate(NdaForms):
    title = lazy("Record an agreement")
    done = lazy("Recorded. Add the signed paper as a file.")

    def service(self, **values: Any) -> Nda:
        return ndas.record_nda(rules=rules_on(), **values)


class NdaEdit(NdaForms):
    action = "edit"
    title = lazy("Edit agreement")
    done = lazy("Agreement saved")

    def service(self, **values: Any) -> Nda:
        return ndas.change_nda(**values)


class NdaDelete(ConfidenceAct):
    model = Nda
    related = ("person",)
    action = "delete"
    list_route = "office:nda-list"
    danger = True
    title = lazy("Delete agreement")
    note = lazy("For what was recorded by mistake; the person’s one before it counts again.")
    verb = lazy("Delete")
    done = lazy("Agreement deleted")

    def service(self, **values: Any) -> Nda:
        return ndas.delete_nda(**values)
