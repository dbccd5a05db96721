"""Taking an import of clients back: what somebody has worked on since stays as it is."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Prefetch, prefetch_related_objects

from crm.models import Client, ClientRole, Contact, ContactPoint
from crm.searching import indexed
from expansion import clock
from expansion.audit.models import Entry
from expansion.audit.services import write_many
from expansion.people.models import User
from expansion.transfer.models import Import, ImportRow, Outcome

OWN_PARTS = (ClientRole, Contact, ContactPoint)
# Looking is not touching.
LOOKED_AT = "crm.contact.revealed"


def undo_rows(*, actor: User, batch: Import, rows: Sequence[ImportRow]) -> set[int]:
    """Deletes the clients these rows created and takes off what they added to others.

    Returns the numbers of the rows taken back; the clients of the others were touched since.
    """
    ids = [row.record for row in rows]
    clients = Client.objects.live().select_for_update(of=("self",)).in_bulk(ids)
    changed = _changed_since(batch, clients)
    created = [row for row in rows if row.outcome == Outcome.CREATED and row.record in clients]
    pointed_at = _pointed_at([row.record for row in created])
    gone = [row for row in created if row.record not in changed | pointed_at]
    completed = [
        row
        for row in rows
        if row.outcome == Outcome.UPDATED
        and row.record in clients
        and row.record not in changed
        and clients[row.record].version == row.written["version"]
    ]
    _delete(actor, batch, [clients[row.record] for row in gone])
    _take_off(actor, batch, [(clients[row.record], row.written) for row in completed])
    return {row.number for row in [*gone, *completed]}


def _changed_since(batch: Import, ids: Iterable[int]) -> set[int]:
    """Clients that the trail names after the import ended."""
    kind = ContentType.objects.get_for_model(Client)
    later = Entry.objects.filter(about_type=kind, about_id__in=ids, pk__gt=batch.last_entry)
    return set(later.exclude(verb=LOOKED_AT).order_by().values_list("about_id", flat=True))


def _pointed_at(ids: Sequence[int]) -> set[int]:
    """Clients on which anything hangs beside their own contacts: visits, leads, contracts, links
    from neighbours whom this app does not know."""
    found: set[int] = set()
    for relation in Client._meta.related_objects:
        if relation.related_model in OWN_PARTS or relation.field.many_to_many:
            continue
        name = relation.field.attname
        rows = relation.related_model._base_manager.filter(**{f"{name}__in": ids})
        found |= set(rows.order_by().values_list(name, flat=True))
    return found


def _delete(actor: User, batch: Import, clients: Sequence[Client]) -> None:
    Client.objects.filter(pk__in=[client.pk for client in clients]).update(
        deleted_at=clock.now(), deleted_by=actor, version=F("version") + 1, updated_at=clock.now()
    )
    changes = {"import": [batch.pk, None]}
    write_many(actor=actor, verb="crm.client.deleted", changed=[(one, changes) for one in clients])


def _take_off(
    actor: User, batch: Import, completed: Sequence[tuple[Client, dict[str, Any]]]
) -> None:
    """Blank what the import filled and remove the numbers and contacts that it added."""
    moment = clock.now()
    for client, written in completed:
        for name in written["fields"]:
            setattr(client, name, None if name == "next_contact_on" else "")
        client.version += 1
        client.updated_at = moment
    points = [pk for _client, written in completed for pk in written["points"]]
    ContactPoint.objects.filter(pk__in=points).delete()
    contacts = [written["contact"] for _client, written in completed if written["contact"]]
    Contact.objects.filter(pk__in=contacts).delete()
    clients = [client for client, _written in completed]
    _refresh_searches(clients)
    names = {name for _client, written in completed for name in written["fields"]}
    Client.objects.bulk_update(clients, [*sorted(names), "search", "version", "updated_at"])
    changes = {"import": [batch.pk, None]}
    write_many(
        actor=actor,
        verb="crm.client.completion_undone",
        changed=[(client, changes) for client, _written in completed],
    )


def _refresh_searches(clients: Sequence[Client]) -> None:
    prefetch_related_objects(
        clients, Prefetch("contacts", Contact.objects.filter(deleted_at=None)), "points"
    )
    for client in clients:
        people = [contact.name for contact in client.contacts.all()]
        tails = [point.tail for point in client.points.all()]
        client.search = indexed(client.name, people=people, tails=tails)
