"""Pages of openings."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import access, clock
from expansion.office.forms_personnel import OpeningForm
from expansion.office.models import Candidate, Opening
from expansion.office.selectors.personnel import average, hires_of, vacancies, with_hires
from expansion.office.services import openings
from expansion.office.tables_personnel import (
    OPENINGS,
    candidate_badge,
    change_badge,
    opening_badge,
)
from expansion.office.timeline import happened
from expansion.office.views.personnel import BackToList, tabs
from expansion.ui import formats
from expansion.ui.forms import ReasonForm, ServiceForm
from expansion.ui.pages import ActPage, DetailPage, FormPage, ListPage

MOST_SHOWN = 200


class OpeningList(ListPage):
    listing = OPENINGS
    template = "office/personnel_list.html"
    create_route = "office:opening-create"
    create_label = lazy("New opening")
    export_route = "transfer:export-create"
    empty = {
        "icon": "user-search",
        "title": lazy("Nobody is looked for at present"),
        "text": lazy("An opening says which post, how many, and what is asked of them."),
    }

    def context(self, page: Any) -> dict[str, Any]:
        return super().context(page) | {"tabs": tabs(self.request.user, Opening)}


class OfOpening:
    model = Opening

    def records(self) -> QuerySet[Opening]:
        return with_hires(Opening.objects.select_related("team", "post", "owner"))


class OpeningDetail(OfOpening, DetailPage):
    template = "office/opening.html"

    def context(self, record: Opening) -> dict[str, Any]:
        person = self.request.user
        return {
            "badge": opening_badge(record),
            "facts": facts(record),
            "over": openings.over_headcount(record) if record.status in ("draft", "open") else "",
            "candidates": self.candidates(record),
            "hires": [
                {"change": one, "badge": change_badge(one)}
                for one in access.visible_to(person, hires_of(record).select_related("person"))
            ],
            "may_edit": access.can(person, "edit", record),
            "may_open": access.can(person, "open", record),
            "may_close": access.can(person, "close", record),
            "may_add": record.status == "open" and access.can(person, "create", Candidate),
            "entries": happened(record),
        }

    def candidates(self, record: Opening) -> list[dict[str, Any]]:
        seen = access.visible_to(self.request.user, record.candidates.all())
        return [
            {"candidate": one, "badge": candidate_badge(one), "rating": average(one)}
            for one in seen.order_by("-pk")[:MOST_SHOWN]
        ]


def facts(record: Opening) -> list[dict[str, Any]]:
    free = vacancies(record.post, record.wanted_on, opening=record)
    vacant = _("no limit") if free is None else str(max(free, 0))
    return [
        {"label": _("Hired / places"), "value": f"{record.hires} / {record.places}"},
        {"label": _("Vacant besides"), "value": vacant},
        {"label": _("Wanted by"), "value": formats.day_as("full", record.wanted_on)},
        {"label": _("Proposed by"), "value": record.owner.name},
    ]


class OpeningWrite(FormPage):
    model = Opening
    form = OpeningForm


class OpeningCreate(BackToList, OpeningWrite):
    list_route = "office:opening-list"
    title = lazy("New opening")
    verb = lazy("Save the draft")
    done = lazy("Opening saved as a draft")

    def initial(self) -> dict[str, Any]:
        return {"wanted_on": clock.today()} | super().initial()

    def service(self, **values: Any) -> Opening:
        return openings.create_opening(**values)


class OpeningEdit(OpeningWrite):
    action = "edit"
    title = lazy("Edit the opening")
    done = lazy("Opening saved")

    def service(self, **values: Any) -> Opening:
        return openings.update_opening(**values)


class OpeningOpen(OfOpening, ActPage):
    action = "open"
    form = ServiceForm
    title = lazy("Begin recruiting")
    note = lazy("HR is told; from now on candidates are noted.")
    verb = lazy("Begin recruiting")
    done = lazy("Recruiting has begun; HR is told.")

    def service(self, **values: Any) -> Opening:
        return openings.open_opening(**values)


class OpeningFill(OfOpening, ActPage):
    action = "close"
    form = ServiceForm
    title = lazy("Close it as filled")
    note = lazy("With the last place taken up this happens by itself; here with fewer people.")
    verb = lazy("Filled")
    done = lazy("Closed as filled")

    def service(self, **values: Any) -> Opening:
        return openings.fill_opening(**values)


class OpeningWithdraw(OfOpening, ActPage):
    action = "close"
    form = ReasonForm
    danger = True
    title = lazy("Withdraw the opening")
    verb = lazy("Withdraw")
    done = lazy("Opening withdrawn")

    def service(self, **values: Any) -> Opening:
        return openings.withdraw_opening(**values)
