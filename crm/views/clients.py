"""Pages of clients and their contacts."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm import forms, tables
from crm.models import Client
from crm.selectors import client_page
from crm.services import clients
from expansion.ui.pages import ActPage, DetailPage, FormPage, ListPage


class ClientList(ListPage):
    listing = tables.CLIENTS
    create_route = "crm:client-create"
    create_label = _("New client")
    empty = {
        "icon": "building-store",
        "title": _("No clients yet"),
        "text": _("Write the first one, or import your workbook."),
    }

    def records(self):
        return Client.objects.live()


class ClientDetail(DetailPage):
    model = Client
    template = "crm/client.html"

    def records(self):
        return Client.objects.live().select_related("owner", "team")

    def context(self, record: Client) -> dict[str, Any]:
        return client_page(self.request.user, record, self.request.GET.get("tab", "timeline"))


class ClientForm(FormPage):
    model = Client
    form = forms.ClientForm

    def records(self):
        return Client.objects.live()


class ClientCreate(ClientForm):
    title = _("New client")
    done = _("Client saved")

    def service(self, **values: Any) -> Client:
        return clients.create_client(**values)


class ClientEdit(ClientForm):
    action = "edit"
    title = _("Edit client")
    done = _("Client saved")

    def service(self, **values: Any) -> Client:
        return clients.update_client(**values)


class ClientAct(ActPage):
    model = Client

    def records(self):
        return Client.objects.live()


class ClientReassign(ClientAct):
    action = "reassign"
    form = forms.ReassignForm
    title = _("Hand over client")
    verb = _("Hand over")
    done = _("Handed over")

    def service(self, **values: Any) -> Client:
        return clients.reassign_client(**values)


class ClientDelete(ClientAct):
    action = "delete"
    title = _("Delete client")
    verb = _("Delete")
    done = _("Client deleted")

    def service(self, **values: Any) -> Client:
        return clients.delete_client(**values)

    def success_url(self, record: Client) -> str:
        return "/crm/clients/"


class ContactAdd(ClientAct):
    action = "edit"
    form = forms.ContactForm
    title = _("New contact")
    verb = _("Save")
    done = _("Contact saved")

    def service(self, **values: Any):
        return clients.add_contact(**values)
