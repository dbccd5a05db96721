"""Pages of the public-relations log."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import clock
from expansion.office import tables_confidence as tables
from expansion.office.forms_confidence import MatterForm
from expansion.office.models import PublicMatter
from expansion.office.services import matters
from expansion.office.views.confidence import (
    ConfidenceAct,
    ConfidenceDetail,
    ConfidenceForm,
    ConfidenceList,
)
from expansion.ui import formats


class MatterList(ConfidenceList):
    listing = tables.MATTERS
    create_route = "office:matter-create"
    create_label = lazy("New matter")
    empty = {
        "icon": "building-community",
        "title": lazy("Nothing in the log yet"),
        "text": lazy("Authorities, media, neighbours: write down what was dealt with, and how."),
    }

    def records(self):
        return PublicMatter.objects.live()


class MatterDetail(ConfidenceDetail):
    model = PublicMatter
    related = ("owner", "team")
    list_route = "office:matter-list"
    noun = "matter"

    def context(self, record: PublicMatter) -> dict[str, Any]:
        return super().context(record) | {
            "heading": record.matter,
            "badge": "",
            "texts": [(_("What was done"), record.done)],
        }

    def facts(self, record: PublicMatter) -> list[dict[str, Any]]:
        return [
            {"label": _("Date"), "value": formats.day_as("full", record.happened_on)},
            {"label": _("Counterpart"), "value": record.counterpart},
            {"label": _("Dealt with by"), "value": record.owner.name, "note": record.team.name},
            {
                "label": _("Follow up on"),
                "value": formats.day_as("full", record.follow_up_on),
                **due(record.follow_up_on),
            },
        ]


def due(day: date | None) -> dict[str, Any]:
    """The mark of a day that has come."""
    if day is None or day > clock.today():
        return {}
    return {"tone": "due", "word": _("to follow up")}


class MatterForms(ConfidenceForm):
    model = PublicMatter
    form = MatterForm
    list_route = "office:matter-list"


class MatterCreate(MatterForms):
    title = lazy("New matter")
    done = lazy("Written down")

    def service(self, **values: Any) -> PublicMatter:
        return matters.log_matter(**values)


class MatterEdit(MatterForms):
    action = "edit"
    title = lazy("Edit matter")
    done = lazy("Matter saved")

    def service(self, **values: Any) -> PublicMatter:
        return matters.change_matter(**values)


class MatterDelete(ConfidenceAct):
    model = PublicMatter
    action = "delete"
    list_route = "office:matter-list"
    danger = True
    title = lazy("Delete matter")
    note = lazy("For what was written down by mistake.")
    verb = lazy("Delete")
    done = lazy("Matter deleted")

    def service(self, **values: Any) -> PublicMatter:
        return matters.delete_matter(**values)
