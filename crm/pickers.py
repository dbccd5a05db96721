"""Choosing a client by typing part of it: never a list of all clients in a page.

With its script the field offers what it finds while one types; without, the text is sent, and one
that fits a single client is that client, one that fits several comes back with them to choose from.
"""

from typing import Any

from django import forms
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from crm.models import Client, Contact
from crm.searching import fits, indexed, matching
from expansion import access
from expansion.people.models import User
from expansion.ui.forms import is_id

MOST = 8


def found_clients(person: User, text: str, most: int = MOST) -> QuerySet[Client]:
    """The visible clients that fit `text`, those visited last first; all of them for no text."""
    clients = access.visible_to(person, Client.objects.live())
    ordered = (F("last_visit_at").desc(nulls_last=True), F("last_contact_at").desc(nulls_last=True))
    return matching(clients, text).select_related("owner").order_by(*ordered, "-pk")[:most]


def offered_clients(person: User, text: str) -> list[Client]:
    """What the picker offers; `found_contact` names the person by whom a client was found."""
    clients = list(found_clients(person, text))
    for client in clients:
        client.found_contact = None
    if text:
        _name_contacts({client.pk: client for client in clients}, text)
    return clients


def _name_contacts(clients: dict[int, Client], text: str) -> None:
    for contact in Contact.objects.filter(client__in=clients, deleted_at=None):
        client = clients[contact.client_id]
        if client.found_contact is None and contact.name != client.name:
            if fits(text, indexed("", people=[contact.name])):
                client.found_contact = contact


class ClientWidget(forms.Widget):
    """The chosen id in a hidden field, the text in sight; `offered` are clients to choose from."""

    template_name = "crm/client_picker.html"

    def __init__(self) -> None:
        super().__init__()
        self.offered: list[Client] = []
        self.chosen: Client | None = None
        self.text = ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> tuple[str, str]:
        self.text = data.get(f"{name}_text", "").strip()[:100]
        return data.get(name) or data.get(f"{name}_choice", ""), self.text

    def get_context(self, name: str, value: Any, attrs: dict | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        shown = self.chosen.name if self.chosen else self.text
        context["widget"] |= {"offered": self.offered, "chosen": self.chosen, "text": shown}
        return context


class ClientField(forms.Field):
    """One visible client. `ready(person, value)` has to be called before the form is used."""

    widget = ClientWidget
    default_error_messages = {"required": lazy("Choose the client.")}

    def __init__(self, **kwargs: Any):
        super().__init__(**{"label": lazy("Client"), **kwargs})
        self.person: User | None = None

    def ready(self, person: User, value: Any = None) -> None:
        """Names who chooses; shows the client that the address already names, or the last ones."""
        self.person = person
        self.widget.chosen = self._by_id(value) if value else None
        if self.widget.chosen is None:
            self.widget.offered = list(found_clients(person, "", 4))

    def clean(self, value: tuple[str, str]) -> Client | None:
        pk, text = value or ("", "")
        chosen = self._by_id(pk) if pk else self._by_text(text) if text else None
        if chosen is None and pk:
            raise forms.ValidationError(_("This client is not there for you. Choose another one."))
        if chosen is None and self.required:
            raise forms.ValidationError(self.error_messages["required"])
        if chosen is not None:
            self.widget.chosen, self.widget.offered = chosen, []
        return chosen

    def _by_id(self, pk: Any) -> Client | None:
        if not is_id(str(pk)):
            return None
        visible = access.visible_to(self.person, Client.objects.live())
        return visible.select_related("owner").filter(pk=pk).first()

    def _by_text(self, text: str) -> Client:
        found = list(found_clients(self.person, text))
        exact = [client for client in found if client.name == text]
        if len(exact or found) == 1:
            return (exact or found)[0]
        self.widget.offered = found
        if found:
            raise forms.ValidationError(
                _("Several clients fit “%(text)s”. Which one?") % {"text": text}
            )
        raise forms.ValidationError(
            _("No client of yours fits “%(text)s”. Try fewer characters, or initials.")
            % {"text": text}
        )
