"""Pages of partners."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from expansion import access
from expansion.rulebook.selectors import rules_on
from expansion.ui import formats
from expansion.ui.drawing import Page
from expansion.ui.pages import DetailPage, FormPage, ListPage
from partnerships import forms, tables
from partnerships.models import Partner, Project
from partnerships.selectors import with_state
from partnerships.services import partners


def segments(active: str) -> list[dict[str, Any]]:
    """The two lists of this app as joined buttons."""
    return [
        {
            "label": _("Projects"),
            "url": "/partnerships/projects/",
            "active": active == "projects",
        },
        {
            "label": _("Partners"),
            "url": "/partnerships/partners/",
            "active": active == "partners",
        },
    ]


class PartnerList(ListPage):
    listing = tables.PARTNERS
    template = "partnerships/list.html"
    create_route = "partnerships:partner-create"
    create_label = _("New partner")
    export_route = "transfer:export-create"
    empty = {
        "icon": "heart-handshake",
        "title": _("No partners yet"),
        "text": _("Make a client a partner: supplier, franchisee, advertiser."),
    }

    def records(self):
        return Partner.objects.live()

    def context(self, page: Page) -> dict[str, Any]:
        return super().context(page) | {"segments": segments("partners")}


class PartnerDetail(DetailPage):
    model = Partner
    template = "partnerships/partner.html"

    def records(self):
        return Partner.objects.live().select_related("client__owner", "client__team")

    def context(self, record: Partner) -> dict[str, Any]:
        person = self.request.user
        may_edit = access.can(person, "edit", record)
        visible = access.visible_to(person, record.projects.live())
        found = visible.select_related("owner", "rules_version").order_by("-pk")
        return {
            "projects": [row(project) for project in with_state(found)],
            "badge": tables.partner_badge(record),
            "facts": facts(record),
            "may_edit": may_edit,
            "may_open": may_edit
            and record.status != Partner.Status.ENDED
            and access.can(person, "create", Project),
        }


def row(project: Project) -> dict[str, Any]:
    return {
        "project": project,
        "stage": tables.stage_label(project),
        "badge": tables.status_badge(project),
        "light": tables.light_badge(project),
    }


def facts(partner: Partner) -> list[dict[str, Any]]:
    return [
        {"label": _("Kind"), "value": tables.kind_label(partner)},
        {"label": _("Owner"), "value": partner.client.owner.name},
        {"label": _("Relation, 1 to 5"), "value": partner.rating or formats.NOTHING},
        {"label": _("Last contact"), "value": formats.moment(partner.client.last_contact_at)},
        {"label": _("Since"), "value": formats.day_as("full", partner.since)},
    ]


class PartnerForm(FormPage):
    model = Partner
    form = forms.PartnerForm
    done = _("Partner saved")

    def records(self):
        return Partner.objects.live().select_related("client")


class PartnerCreate(PartnerForm):
    title = _("New partner")

    def service(self, **values: Any) -> Partner:
        return partners.create_partner(rules=rules_on(), **values)


class PartnerEdit(PartnerForm):
    action = "edit"
    title = _("Edit partner")

    def service(self, **values: Any) -> Partner:
        return partners.update_partner(rules=rules_on(), **values)
