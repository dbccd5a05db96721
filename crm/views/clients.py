"""Pages of clients and their contacts."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from crm import forms, own_fields, tables
from crm.forms_visits import NextContactDayForm
from crm.models import Client, Contact, ContactPoint
from crm.panels import KINDS, with_months
from crm.pickers import offered_clients
from crm.selectors import client_page, first_contacts, roles_of, timeline
from crm.selectors_authority import open_matters
from crm.services import clients, communications, contacts
from crm.tables import due_fact, label_in, stage_label
from crm.views.selected import SelectedPage
from expansion import access, offers
from expansion.people.explaining import why
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.values import offered
from expansion.ui import formats
from expansion.ui.forms import new_key
from expansion.ui.gates import May
from expansion.ui.pages import ActPage, DetailPage, FormPage, ListPage, Screen

ACTS = ("edit", "reassign", "delete", "unmark")


class ClientList(ListPage):
    listing = tables.CLIENTS
    create_route = "crm:client-create"
    create_label = lazy("New client")
    export_route = "transfer:export-create"
    import_route = "transfer:import-create"
    empty = {
        "icon": "building-store",
        "title": lazy("No clients yet"),
        "text": lazy("Write the first one, or import your workbook."),
    }

    def records(self):
        return Client.objects.live()

    def subline(self, page) -> str:
        return _("%(count)s clients") % {"count": page.total_label}


class ClientDetail(DetailPage):
    """Facts, tabs that the rooms bring, and why this person sees it."""

    model = Client
    template = "crm/client.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = client_page(request.user, pk)
        return self.draw({"record": record, **self.context(record)})

    def context(self, record: Client) -> dict[str, Any]:
        person, tab = self.request.user, self._tab()
        kind = self.request.GET.get("kind", "")
        panel = tab.context(person, record) or {}
        if kind and tab.key == "timeline":
            panel = {"entries": with_months(timeline(person, record, kind))}
        rules = rules_on()
        territory = own_fields.of_territory(rules)
        asked = own_fields.of_client(rules, record)
        history = [one for one in asked if one not in territory]
        return {
            **panel,
            "panel": tab.template,
            "tab": tab.key,
            "tabs": self._tabs(record, tab),
            "kinds": self._kinds(kind) if tab.key == "timeline" else [],
            "facts": facts(record),
            "stage": stage_label(record) if record.stage else "",
            "roles": roles_of(record),
            "people": first_contacts(record),
            "composer_key": new_key(),
            "composer_channel": offered(rules.crm.contact_channels)[0].key,
            "category": label_in(rules.crm.client_kinds, record.category),
            "titles": own_fields.titles_of_columns(territory),
            "territory": own_fields.written(territory, record),
            "history": own_fields.written(history, record),
            "matters": open_matters(person, record),
            "why": why(person, record),
            "may_share": access.can(person, "share", record),
            **self._acts(person, record),
        }

    def _tab(self) -> offers.Tab:
        known = {tab.key: tab for tab in offers.of(offers.Tab) if tab.model is Client}
        return known.get(self.request.GET.get("tab", ""), known["timeline"])

    def _tabs(self, record: Client, current: offers.Tab) -> list[dict[str, Any]]:
        return [
            {
                "label": tab.label,
                "url": f"?tab={tab.key}",
                "active": tab is current,
                "count": tab.count(self.request.user, record) if tab.count else 0,
            }
            for tab in offers.of(offers.Tab)
            if tab.model is Client
        ]

    @staticmethod
    def _kinds(current: str) -> list[dict[str, Any]]:
        return [
            {"label": label, "url": f"?kind={key}" if key else "?", "active": key == current}
            for key, label in KINDS.items()
        ]

    @staticmethod
    def _acts(person: Any, record: Client) -> dict[str, bool]:
        return {f"may_{act}": access.can(person, act, record) for act in ACTS}


def facts(client: Client) -> list[dict[str, Any]]:
    return [
        {"label": _("Owner"), "value": client.owner.name},
        {"label": _("Next contact"), **due_fact(client.next_contact_on)},
        {"label": _("Last contact"), "value": formats.moment(client.last_contact_at)},
        {"label": _("Visits this quarter"), "value": client.visits_in_quarter},
        {"label": _("First contact"), "value": formats.day(client.first_contact_on)},
    ]


class ClientPick(Screen):
    """What the picker offers for a few typed characters; those visited last first."""

    gate = May("view", Client)
    template = "crm/_client_options.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "").strip()[:100]
        return self.draw({"clients": offered_clients(request.user, text)})


class ClientForm(FormPage):
    model = Client
    form = forms.ClientForm

    def records(self):
        return Client.objects.live()


class ClientCreate(ClientForm):
    title = lazy("New client")
    done = lazy("Client saved")

    def service(self, **values: Any) -> Client:
        return clients.create_client(rules=rules_on(), **own_fields.packed(values))


class ClientEdit(ClientForm):
    action = "edit"
    title = lazy("Edit client")
    done = lazy("Client saved")

    def service(self, **values: Any) -> Client:
        return clients.update_client(rules=rules_on(), **own_fields.packed(values))


class ClientAct(ActPage):
    model = Client

    def records(self):
        return Client.objects.live()


class ClientReassign(ClientAct):
    action = "reassign"
    form = forms.ReassignForm
    title = lazy("Hand over client")
    verb = lazy("Hand over")
    done = lazy("Handed over")

    def service(self, **values: Any) -> Client:
        return clients.reassign_client(**values)

    def success_url(self, record: Client) -> str:
        """A leader may not see it any more once it is another team's."""
        seen = access.can(self.request.user, "view", record)
        return record.get_absolute_url() if seen else reverse("crm:client-list")


class ClientDelete(ClientAct):
    action = "delete"
    danger = True
    title = lazy("Delete client")
    verb = lazy("Delete")
    done = lazy("Client deleted")

    def service(self, **values: Any) -> Client:
        return clients.delete_client(**values)

    def success_url(self, record: Client) -> str:
        return reverse("crm:client-list")


class ClientNextContact(ClientAct):
    form = NextContactDayForm
    title = lazy("Next contact")
    verb = lazy("Save")
    done = lazy("Next contact saved")

    def service(self, **values: Any) -> Client:
        return communications.plan_next_contact(rules=rules_on(), **values)


class ClientsReassign(SelectedPage):
    gate = May("reassign", Client)
    form = forms.ReassignForm
    title = lazy("Hand over clients")
    verb = lazy("Hand over")
    done = lazy("Handed over")
    back = "crm:client-list"

    def records(self):
        return Client.objects.live()

    def service(self, **values: Any) -> list[Client]:
        return clients.reassign_clients(**values)


class ClientsDelete(SelectedPage):
    gate = May("delete", Client)
    danger = True
    title = lazy("Delete clients")
    verb = lazy("Delete")
    done = lazy("Clients deleted")
    back = "crm:client-list"

    def records(self):
        return Client.objects.live()

    def service(self, **values: Any) -> list[Client]:
        return clients.delete_clients(**values)


class ContactAdd(ClientAct):
    action = "edit"
    form = forms.ContactForm
    title = lazy("New contact")
    verb = lazy("Save")
    done = lazy("Contact saved")

    def service(self, **values: Any) -> Contact:
        return contacts.add_contact(**values)


class ContactEdit(FormPage):
    model = Contact
    form = forms.EditContactForm
    action = "edit"
    title = lazy("Edit contact")
    done = lazy("Contact saved")

    def records(self):
        live = Contact.objects.filter(deleted_at=None, client__deleted_at=None)
        return live.select_related("client")

    def service(self, **values: Any) -> Contact:
        return contacts.update_contact(**values)


class ContactRemove(ActPage):
    model = Contact
    action = "delete"
    danger = True
    title = lazy("Remove contact")
    verb = lazy("Remove")
    done = lazy("Contact removed")

    def records(self):
        live = Contact.objects.filter(deleted_at=None, client__deleted_at=None)
        return live.select_related("client")

    def service(self, **values: Any) -> Contact:
        return contacts.remove_contact(**values)


class PointReveal(Screen):
    """Shows a number in full, once per press; the trail keeps who looked."""

    gate = May("reveal", ContactPoint)
    template = "crm/point.html"
    fragment = "crm/_point.html"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        points = ContactPoint.objects.filter(
            contact__deleted_at=None, client__deleted_at=None
        ).select_related("client", "contact")
        point = contacts.reveal_point(
            actor=request.user, record=self.find(points, pk), rules=rules_on()
        )
        return self.draw({"point": point, "record": point.client})

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A reload of the revealed page shows nothing again."""
        points = ContactPoint.objects.select_related("client")
        return HttpResponseRedirect(self.find(points, pk).client.get_absolute_url())
