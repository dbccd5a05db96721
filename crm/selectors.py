"""Reads over clients that need more than a queryset method."""

from collections.abc import Iterable
from itertools import chain
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from crm.models import Client, ClientRole, Contact, ContactPoint, Contract, Opportunity, Visit
from crm.searching import matching, named
from expansion import access, clock, offers
from expansion.access import EVERYTHING, Holder, Reach, reach_of
from expansion.audit.models import Entry
from expansion.prepared import prepared
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import rules_on
from expansion.worktime import Period

MOST_ENTRIES = 50
MOST_CONTACTS = 4  # beside the page


def client_page(person: Any, pk: int) -> Client:
    """The client with what its page counts, in one query.

    Raises:
        Gone: it is not there for this person.
    """
    quarter = Period.containing("quarter")
    span = quarter.begins_at, quarter.ends_at
    return access.found(lambda: _client_page.first(pk, person.pk, *span, reach=reach_of(person)))


@prepared
def _client_page(pk: Any, person: Any, begin: Any, end: Any, *, reach: Reach) -> QuerySet[Client]:
    holder = Holder(person, reach)
    visible = access.visible_to(holder, Client.objects.live())
    contracts = Contract.objects.live().filter(access.rule_of(Contract).held(holder))
    in_quarter = Visit.objects.live().done_in(begin, end)
    return (
        visible.filter(pk=pk)
        .select_related("owner", "team")
        .annotate(
            contract_count=_many(contracts),
            contact_count=_many(Contact.objects.filter(deleted_at=None)),
            opportunity_count=_many(Opportunity.objects.filter(deleted_at=None)),
            visits_in_quarter=_many(in_quarter),
        )
    )


def rules_of_visit(visit: Visit) -> Rules:
    """The rules under which its record was written; today's where there is none yet."""
    return rules_on(clock.local_date(visit.recorded_at) if visit.recorded_at else None)


def clients_found(person: Any, text: str) -> QuerySet[Client]:
    """The clients by which the records that hang on them are found.

    Those that the person sees, by all they are known by; all others by their name alone, which
    such a record shows (law 1).
    """
    found, seen = matching(Client.objects.live(), text), access.condition(person, Client)
    return (found if seen == EVERYTHING else found.filter(seen | named(text))).order_by()


def roles_of(client: Client) -> list[str]:
    """What the client is to the department, in the order of the house."""
    held = set(_roles(client.pk))
    return [str(role.label) for role in ClientRole.Role if role in held]


@prepared
def _roles(client: Any) -> QuerySet[ClientRole, str]:
    return ClientRole.objects.filter(client=client).values_list("role", flat=True)


def _many(records: QuerySet) -> Coalesce:
    """How many of `records` hang on the client of the outer query."""
    grouped = records.filter(client=OuterRef("pk")).order_by().values("client")
    counted = grouped.annotate(many=Count("pk")).values("many")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def timeline(person: Any, client: Client, kind: str = "") -> list[offers.TimelineEntry]:
    """What happened with the client, newest first, from every room that offers entries."""
    sources = [source for source in offers.of(offers.TimelineSource) if source.model is Client]
    found = chain.from_iterable(source.entries(person, client) for source in sources)
    entries = [entry for entry in found if not kind or entry.kind == kind]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:MOST_ENTRIES]


def changes(client: Client) -> list[Entry]:
    """The trail of the client itself."""
    kind = ContentType.objects.get_for_model(Client)
    trail = Entry.objects.filter(about_type=kind, about_id=client.pk)
    return list(trail.select_related("actor", "for_person")[:100])


def contacts_of(client: Client) -> Iterable[Contact]:
    """The contact persons with their numbers, the main one first."""
    return client.contacts.filter(deleted_at=None).prefetch_related("points")


def first_contacts(client: Client) -> list[Contact]:
    """The contact persons of the side panel with the first number or address, in one query."""
    people = _first_contacts(client.pk)
    for one in people:
        one.client = client
    return people


@prepared
def _first_contacts(client: Any) -> QuerySet[Contact]:
    first = ContactPoint.objects.filter(contact=OuterRef("pk")).order_by("pk")
    return Contact.objects.filter(client=client, deleted_at=None).annotate(
        point_pk=Subquery(first.values("pk")[:1]),
        point_kind=Subquery(first.values("kind")[:1]),
        point_value=Subquery(first.values("value")[:1]),
    )[:MOST_CONTACTS]
