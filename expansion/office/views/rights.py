"""Pages of rights in ideas."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion.office import tables_confidence as tables
from expansion.office.forms_confidence import RightForm
from expansion.office.models import IpRight
from expansion.office.services import rights
from expansion.office.views.confidence import (
    ConfidenceAct,
    ConfidenceDetail,
    ConfidenceForm,
    ConfidenceList,
)
from expansion.rulebook.selectors import rules_on
from expansion.ui import formats


class RightList(ConfidenceList):
    listing = tables.RIGHTS
    create_route = "office:right-create"
    create_label = lazy("Register a right")
    empty = {
        "icon": "certificate",
        "title": lazy("No rights registered yet"),
        "text": lazy("Patents, trademarks and copyrights stand here, with the day they end."),
    }

    def records(self):
        return IpRight.objects.live()


class RightDetail(ConfidenceDetail):
    model = IpRight
    related = ("recorded_by",)
    list_route = "office:right-list"
    noun = "right"

    def context(self, record: IpRight) -> dict[str, Any]:
        return super().context(record) | {
            "heading": record.title,
            "badge": tables.right_badge(record),
            "texts": [(_("Note"), record.note)],
        }

    def facts(self, record: IpRight) -> list[dict[str, Any]]:
        return [
            {"label": _("Kind"), "value": tables.kind_label(record)},
            {"label": _("Number"), "value": record.number or formats.NOTHING},
            {"label": _("Belongs to"), "value": record.holder},
            {"label": _("Registered on"), "value": formats.day_as("full", record.registered_on)},
            {"label": _("Valid until"), "value": formats.day_as("full", record.expires_on)},
            {"label": _("Recorded by"), "value": record.recorded_by.name},
        ]


class RightForms(ConfidenceForm):
    model = IpRight
    form = RightForm
    list_route = "office:right-list"


class RightCreate(RightForms):
    title = lazy("Register a right")
    done = lazy("Registered. Add the certificate as a file.")

    def service(self, **values: Any) -> IpRight:
        return rights.register_right(rules=rules_on(), **values)


class RightEdit(RightForms):
    action = "edit"
    title = lazy("Edit right")
    done = lazy("Right saved")

    def service(self, **values: Any) -> IpRight:
        return rights.change_right(rules=rules_on(), **values)


class RightDelete(ConfidenceAct):
    model = IpRight
    action = "delete"
    list_route = "office:right-list"
    danger = True
    title = lazy("Delete right")
    note = lazy("For what was registered by mistake. A right that has expired stays.")
    verb = lazy("Delete")
    done = lazy("Right deleted")

    def service(self, **values: Any) -> IpRight:
        return rights.delete_right(**values)
