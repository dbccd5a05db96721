"""Reads over clients that need more than a queryset method."""

from itertools import chain
from typing import Any

from django.contrib.contenttypes.models import ContentType

from crm.models import Client
from expansion import access, offers
from expansion.audit.models import Entry


def client_page(person: Any, client: Client, tab: str) -> dict[str, Any]:
    """Everything the client's page shows: roles, contacts, the merged timeline, who sees it."""
    return {
        "tab": tab,
        "roles": list(client.roles.all()),
        "contacts": list(client.contacts.filter(deleted_at=None).prefetch_related("points")),
        "timeline": timeline(person, client),
        "readers": list(access.who_may("view", client)),
        "may_edit": access.can(person, "edit", client),
        "may_reassign": access.can(person, "reassign", client),
        "may_delete": access.can(person, "delete", client),
    }


def timeline(person: Any, client: Client, *, most: int = 50) -> list[offers.TimelineEntry]:
    """What happened with the client, newest first, from every room that offers entries."""
    sources = [source for source in offers.of(offers.TimelineSource) if source.model is Client]
    found = chain.from_iterable(source.entries(person, client) for source in sources)
    return sorted(found, key=lambda entry: entry.at, reverse=True)[:most]


def changes(client: Client) -> list[Entry]:
    """The trail of the client itself."""
    kind = ContentType.objects.get_for_model(Client)
    return list(
        Entry.objects.filter(about_type=kind, about_id=client.pk).select_related(
            "actor", "for_person"
        )[:100]
    )
