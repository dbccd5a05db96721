"""Which clients a questionnaire may ask, and what the client's page says of it (R-crm-17)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from crm.models import Client, Contact, ContactPoint, Contract
from crm.searching import matching
from expansion import access, clock, offers
from expansion.surveys.selectors import asked_of
from expansion.ui.forms import is_id

EMAIL = ContactPoint.Kind.EMAIL
Clients = Callable[[], QuerySet[Client]]


def under_contract() -> QuerySet[Client]:
    """Clients with a contract in force today."""
    running = Contract.objects.live().in_force(clock.today())
    return Client.objects.live().filter(pk__in=running.values("client"))


def all_clients() -> QuerySet[Client]:
    return Client.objects.live()


def audience(key: str, label: Any, order: int, clients: Clients) -> offers.SurveyAudience:
    """Those of these clients whom a person sees, each by its contacts with an address; by the
    first contact where none has one, and by the firm where there is no contact."""

    def find(person: Any, text: str, most: int) -> Iterator[offers.Recipient]:
        visible = access.visible_to(person, clients())
        yield from _recipients(matching(visible, text).order_by("name", "pk")[:most])

    def pick(person: Any, keys: Iterable[str]) -> Iterator[offers.Recipient]:
        wanted = set(keys)
        ids = filter(is_id, (key.partition("-")[0] for key in wanted))
        visible = access.visible_to(person, clients()).filter(pk__in=list(ids))
        yield from (one for one in _recipients(visible.order_by("pk")) if one.key in wanted)

    return offers.SurveyAudience(key, label, order, Client, find, pick, email_of)


def _recipients(clients: QuerySet[Client]) -> Iterator[offers.Recipient]:
    found = list(clients.select_related("owner", "team"))
    people: dict[int, list[Contact]] = defaultdict(list)
    contacts = Contact.objects.filter(client__in=[one.pk for one in found], deleted_at=None)
    for contact in contacts.prefetch_related("points"):
        people[contact.client_id].append(contact)
    for client in found:
        reachable = [one for one in people[client.pk] if _email(one)]
        for contact in reachable or people[client.pk][:1] or [None]:
            yield _recipient(client, contact)


def _recipient(client: Client, contact: Contact | None) -> offers.Recipient:
    return offers.Recipient(
        record=client,
        contact=contact.pk if contact else 0,
        name=contact.name if contact and contact.name != client.name else "",
        owner=client.owner,
        team=client.team,
        has_email=bool(contact and _email(contact)),
    )


def _email(contact: Contact) -> str:
    return next((one.value for one in contact.points.all() if one.kind == EMAIL), "")


def email_of(record: Client, contact: int) -> str:
    """The first address of the contact, where it still stands; empty for one that was erased."""
    points = ContactPoint.objects.filter(client=record, contact=contact, kind=EMAIL)
    point = points.filter(contact__deleted_at=None).order_by("pk").first()
    return point.value if point else ""


def tab(person: Any, client: Client) -> dict[str, Any]:
    return {"asked": asked_of(person, client)}


offers.add(
    audience("crm.contracted", gettext_lazy("Clients under contract"), 10, under_contract),
    audience("crm.clients", gettext_lazy("All clients"), 20, all_clients),
    offers.Tab(
        "satisfaction",
        Client,
        gettext_lazy("Satisfaction"),
        50,
        "crm/satisfaction_panel.html",
        tab,
    ),
)
