"""Pages of major matters and of the bottom line of a deal (R-exp-06)."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from crm import forms_authority as forms
from crm import tables_authority as tables
from crm.authority import decider_names, decides, require_decision
from crm.models import BottomLine, Client, Escalation, Opportunity
from crm.selectors_authority import WITH_RECORD
from crm.services import bottom_lines, major
from crm.views.ledger import ledger_tabs
from expansion import access
from expansion.rulebook.selectors import rules_on
from expansion.ui import formats
from expansion.ui.drawing import Page
from expansion.ui.forms import ReasonForm
from expansion.ui.gates import SIGNED_IN
from expansion.ui.pages import ActPage, DetailPage, FormPage, ListPage


class EscalationList(ListPage):
    """Open to everyone: whose decision it is, finds it here whatever the role."""

    gate = SIGNED_IN
    listing = tables.ESCALATIONS
    export_route = "transfer:export-create"
    template = "crm/contract_list.html"
    empty = {
        "icon": "flag",
        "title": lazy("No major matters yet"),
        "text": lazy("They come by themselves: by a client's mark or grade, by amount, by term."),
    }

    def records(self):
        return Escalation.objects.live()

    def context(self, page: Page) -> dict[str, Any]:
        return super().context(page) | {"tabs": ledger_tabs("escalations")}


class EscalationDetail(DetailPage):
    model = Escalation
    template = "crm/escalation.html"

    def records(self):
        related = ("client__owner", "opportunity", "contract", "owner", "team", "decider")
        return Escalation.objects.live().select_related(*related, "decided_by", "decided_for")

    def context(self, record: Escalation) -> dict[str, Any]:
        person = self.request.user
        line = BottomLine.objects.filter(opportunity=record.opportunity_id)
        return {
            "badge": tables.state_badge(record),
            "kind": record.kind,
            "facts": matter_facts(record),
            "may_decide": record.is_open and decides(person, record) is not None,
            "may_open": access.can(person, "view", record.record),
            "line": access.visible_to(person, line).first(),
        }


def matter_facts(one: Escalation) -> list[dict[str, Any]]:
    found = [
        {"label": _("Client"), "value": one.client.name},
        {"label": _("Why it is major"), "value": tables.why(one)},
        {"label": _("Amount"), "value": formats.money(one.amount, one.currency)},
        {"label": _("Worked by"), "value": one.owner.name, "note": one.team.name},
        {"label": _("Put forward"), "value": formats.moment(one.opened_at)},
    ]
    if one.is_open:
        return [*found, {"label": _("To be decided by"), "value": decider_names(one)}]
    decided = {"label": _("Decided by"), "value": tables.decided_by(one)}
    return [*found, decided | {"note": formats.moment(one.decided_at)}]


class EscalationAct(ActPage):
    model = Escalation

    def records(self):
        return Escalation.objects.live().select_related(*WITH_RECORD, "decided_by")

    def load(self, pk: int | None) -> None:
        self.record = self.find(self.records(), pk)
        require_decision(self.request.user, self.record)


class EscalationTakeOver(EscalationAct):
    form = forms.TakeOverForm
    title = lazy("Take it over")
    verb = lazy("Take it over")
    done = lazy("Taken over")

    @property
    def note(self) -> str:
        if self.record.about_id:
            return _("The project becomes yours; the client stays where it is.")
        return _("The client, its open opportunities and drafts of contracts become yours.")

    def service(self, **values: Any) -> Escalation:
        return major.take_over(**values)


class EscalationLeave(EscalationAct):
    form = ReasonForm
    title = lazy("Leave it where it is")
    note = lazy("Who works it goes on within the own limit.")
    verb = lazy("Leave it")
    done = lazy("Left with its owner")

    def service(self, **values: Any) -> Escalation:
        return major.leave_with(**values)


class ClientMajor(ActPage):
    model = Client
    form = forms.MarkForm
    title = lazy("Mark as a major client")
    note = lazy("Whoever decides over major clients is told at once and says who carries it on.")
    verb = lazy("Mark as major")
    done = lazy("Marked as major")

    def records(self):
        return Client.objects.live()

    def service(self, **values: Any) -> Client:
        return major.mark_major(rules=rules_on(), **values)


class ClientOrdinary(ActPage):
    model = Client
    action = "unmark"
    title = lazy("Take the mark away")
    verb = lazy("Take the mark away")
    done = lazy("The client is an ordinary one again")

    def records(self):
        return Client.objects.live()

    def service(self, **values: Any) -> Client:
        return major.unmark_major(**values)


class BottomLineDetail(DetailPage):
    """A page of its own: leadership reads it without seeing the opportunity."""

    model = BottomLine
    template = "crm/bottom_line.html"

    def records(self):
        return live_lines()

    def context(self, record: BottomLine) -> dict[str, Any]:
        person = self.request.user
        return {
            "deal": record.opportunity,
            "facts": line_facts(record),
            "may_edit": record.opportunity.is_open and access.can(person, "edit", record),
            "may_open": access.can(person, "view", record.opportunity),
        }


def live_lines():
    found = BottomLine.objects.filter(opportunity__in=Opportunity.objects.live())
    return found.select_related("opportunity__client", "opportunity__owner", "set_by")


def line_facts(line: BottomLine) -> list[dict[str, Any]]:
    deal = line.opportunity
    share = f"{formats.number(line.share)} %"
    return [
        {"label": _("Lowest price"), "value": formats.money(line.price, line.currency)},
        {
            "label": _("Shortest term"),
            "value": line.term or formats.NOTHING,
        },
        {
            "label": _("Our smallest share"),
            "value": formats.NOTHING if line.share is None else share,
        },
        {"label": _("Amount now"), "value": formats.money(deal.amount, deal.currency)},
        {
            "label": _("Set by"),
            "value": line.set_by.name,
            "note": formats.moment(line.updated_at),
        },
    ]


class BottomLineForms(FormPage):
    form = forms.BottomLineForm
    note = lazy("Only who negotiates, the manager and leadership read this.")
    done = lazy("Bottom line saved")


class BottomLineCreate(BottomLineForms):
    """Asked for at the opportunity's address, where there is no line yet."""

    model = BottomLine
    gate = SIGNED_IN
    title = lazy("Set the bottom line")

    def load(self, pk: int | None) -> None:
        self.deal = self.find(Opportunity.objects.live().select_related("client"), pk)
        access.require(self.request.user, "create", BottomLine(opportunity=self.deal))

    def get(self, request: HttpRequest, pk: int | None = None, **kwargs: Any) -> HttpResponse:
        self.load(pk)
        there = BottomLine.objects.filter(opportunity=self.deal).first()
        if there is not None:
            return HttpResponseRedirect(f"{there.get_absolute_url()}/edit")
        return self.answer(self.make_form(initial={"currency": self.deal.currency}))

    def service(self, **values: Any) -> BottomLine:
        return bottom_lines.set_bottom_line(opportunity=self.deal, rules=rules_on(), **values)

    def success_url(self, record: Any) -> str:
        return record.opportunity.get_absolute_url()

    def way_back(self) -> str:
        return self.deal.get_absolute_url()


class BottomLineEdit(BottomLineForms):
    model = BottomLine
    action = "edit"
    title = lazy("Change the bottom line")

    def records(self):
        return live_lines()

    def service(self, **values: Any) -> BottomLine:
        return bottom_lines.change_bottom_line(rules=rules_on(), **values)
