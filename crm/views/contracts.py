"""Pages of contracts and obligations."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from crm import forms_contracts as forms
from crm import tables_contracts as tables
from crm.authority import require_authority
from crm.models import Client, Contract, Obligation
from crm.searching import matching
from crm.selectors_authority import authority_of
from crm.selectors_contracts import contract_page
from crm.services import contracts, obligations
from crm.views.ledger import ledger_tabs
from crm.wording import PHASE_TONES, phase_label
from expansion import access, clock
from expansion.rulebook.selectors import rules_on
from expansion.ui.drawing import Page
from expansion.ui.forms import is_id
from expansion.ui.gates import SIGNED_IN
from expansion.ui.pages import ActPage, DetailPage, FormPage, ListPage

OFFERED = 12  # clients shown where a contract has none yet


class ContractList(ListPage):
    """Open to everyone: legal and leadership find here what is or was theirs to decide."""

    gate = SIGNED_IN
    listing = tables.CONTRACTS
    export_route = "transfer:export-create"
    template = "crm/contract_list.html"
    create_route = "crm:contract-create"
    create_label = _("New contract")
    empty = {
        "icon": "file-text",
        "title": _("No contracts yet"),
        "text": _("Draft the first one for a client."),
    }

    def records(self):
        return Contract.objects.live()

    def context(self, page: Page) -> dict[str, Any]:
        return super().context(page) | {"tabs": ledger_tabs("contracts")}


class ObligationList(ListPage):
    gate = SIGNED_IN
    listing = tables.OBLIGATIONS
    export_route = "transfer:export-create"
    template = "crm/contract_list.html"
    empty = {
        "icon": "list-check",
        "title": _("No obligations yet"),
        "text": _("They are written with their contract."),
    }

    def records(self):
        return Obligation.objects.filter(contract__deleted_at=None)

    def context(self, page: Page) -> dict[str, Any]:
        return super().context(page) | {"tabs": ledger_tabs("obligations")}


class ContractDetail(DetailPage):
    gate = SIGNED_IN
    model = Contract
    template = "crm/contract.html"
    tabs = (("text", _("Text")), ("obligations", _("Obligations")), ("files", _("Files")))

    def records(self):
        return Contract.objects.live().select_related("client", "owner", "signed_owner", "team")

    def context(self, record: Contract) -> dict[str, Any]:
        asked = self.request.GET.get("tab", "text")
        tab = asked if asked in dict(self.tabs) else "text"
        page = contract_page(self.request.user, record)
        limits = authority_of(self.request.user, record, "sign", rules_on())
        counts = {"obligations": page["open"]}
        again = bool(limits["missing"]) and access.can(self.request.user, "submit", record)
        return (
            page
            | limits
            | {
                "may_submit_again": again,
                "tab": tab,
                "tabs": [
                    {
                        "label": label,
                        "url": f"?tab={key}",
                        "active": key == tab,
                        "count": counts.get(key),
                    }
                    for key, label in self.tabs
                ],
                "tone": PHASE_TONES[record.phase(clock.today())],
                "word": phase_label(record, clock.today()),
                "today": clock.today(),
                "sections": [
                    (record._meta.get_field(name).verbose_name, getattr(record, name))
                    for name in Contract.SECTIONS
                ],
            }
        )


class ContractForm(FormPage):
    model = Contract
    form = forms.ContractForm
    done = _("Contract saved")

    def records(self):
        return Contract.objects.live()


class ContractCreate(ContractForm):
    """Asks for the client first, the last ones dealt with on top; then for the text."""

    title = _("New contract")

    def service(self, **values: Any) -> Contract:
        return contracts.create_contract(**values)

    def get(self, request: HttpRequest, pk: int | None = None, **kwargs: Any) -> HttpResponse:
        if not request.GET.get("client", "").isdigit():
            return self.choose()
        self.client = self.find(Client.objects.live(), request.GET["client"])
        return super().get(request, pk, **kwargs)

    def choose(self) -> HttpResponse:
        text = self.request.GET.get("q", "").strip()[:100]
        clients = access.visible_to(self.request.user, Client.objects.live())
        if text:
            clients = matching(clients, text)
        found = clients.order_by("-last_contact_at", "-pk")[:OFFERED]
        self.template = "crm/contract_client.html"
        return self.draw({"clients": found, "text": text, "title": self.title})

    def context(self, form: Any) -> dict[str, Any]:
        clients = form.fields["client"].queryset
        typed = str(form["client"].value() or "")
        chosen = clients.filter(pk=typed).first() if is_id(typed) else None
        back = chosen.get_absolute_url() if chosen else "/crm/contracts/"
        return super().context(form) | {"record": chosen, "cancel_url": back}


class ContractEdit(ContractForm):
    action = "edit"
    title = _("Edit contract")

    def load(self, pk: int | None) -> None:
        super().load(pk)
        contracts.require_editable(self.record)

    def service(self, **values: Any) -> Contract:
        return contracts.update_contract(**values)


class ContractAct(ActPage):
    model = Contract

    def records(self):
        return Contract.objects.live()


class ContractSubmit(ContractAct):
    action = "submit"
    form = forms.SubmitForm
    title = _("Submit for approval")
    verb = _("Submit")
    done = _("Submitted for approval")

    def service(self, **values: Any) -> Contract:
        return contracts.submit_contract(rules=rules_on(), **values)


class ContractSign(ContractAct):
    action = "sign"
    form = forms.SignForm
    title = _("Record the signatures")
    verb = _("Save")
    done = _("Signatures recorded")

    def load(self, pk: int | None) -> None:
        super().load(pk)
        if self.record.status == Contract.Status.APPROVED:
            require_authority(self.request.user, "sign", self.record, rules_on())

    def service(self, **values: Any) -> Contract:
        return contracts.sign_contract(**values)


class ContractDelete(ContractAct):
    action = "delete"
    danger = True
    title = _("Delete contract")
    verb = _("Delete")
    done = _("Contract deleted")

    def service(self, **values: Any) -> Contract:
        return contracts.delete_contract(**values)

    def success_url(self, record: Any) -> str:
        return "/crm/contracts/"


class ObligationAdd(ContractAct):
    form = forms.ObligationForm
    title = _("New obligation")
    done = _("Obligation saved")

    def service(self, **values: Any) -> Obligation:
        return obligations.add_obligation(**values)


class ObligationAct(ActPage):
    model = Obligation

    def records(self):
        return Obligation.objects.filter(contract__deleted_at=None).select_related("contract")


class ObligationComplete(ObligationAct):
    form = forms.CompleteForm
    title = _("Tick off")
    verb = _("Tick off")
    done = _("Ticked off")

    def service(self, **values: Any) -> Obligation:
        return obligations.complete_obligation(**values)


class ObligationReopen(ObligationAct):
    title = _("Open again")
    verb = _("Open again")
    done = _("Open again")

    def service(self, **values: Any) -> Obligation:
        return obligations.reopen_obligation(**values)


class ObligationRemove(ObligationAct):
    form = forms.RemoveForm
    danger = True
    title = _("Remove obligation")
    verb = _("Remove")
    done = _("Removed")

    def service(self, **values: Any) -> Contract:
        return obligations.remove_obligation(**values)

    def success_url(self, record: Any) -> str:
        return f"{record.get_absolute_url()}?tab=obligations"
