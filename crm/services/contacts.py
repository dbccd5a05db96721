"""Writes over contact persons and how they are reached; who reads a number leaves a trace."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm.models import Client, Contact, ContactPoint
from crm.searching import indexed
from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Invalid
from expansion.people.models import User
from expansion.records import differences, lock, snapshot
from expansion.rulebook.schema import Rules
from expansion.transfer.phones import read_phones
from expansion.transfer.services.volumes import watch_reveals

FIELDS = ("name", "post", "birthday", "main", "note")
REVEALED = "crm.contact.revealed"


@transaction.atomic
def add_contact(
    *,
    actor: User,
    record: Client,
    name: str = "",
    phones: str = "",
    email: str = "",
    **values: Any,
) -> Contact:
    """A contact person of a client; `phones` is free text with one number or several.

    `values` are post, birthday, main and note.

    Raises:
        Forbidden: the client is not this person's to work.
        Invalid: a number cannot be read; the sentence says which and why.
    """
    access.require(actor, "edit", record)
    client = lock(Client.objects.live(), record.pk)
    contact = _add(actor, client, name=name.strip(), phones=phones, email=email, **values)
    write(
        actor=actor,
        verb="crm.contact.added",
        about=client,
        changes={"contact": [None, str(contact)]},
    )
    return contact


@transaction.atomic
def update_contact(
    *,
    actor: User,
    record: Contact,
    phones: str = "",
    email: str = "",
    version: int | None = None,
    **values: Any,
) -> Contact:
    """Changes a contact person; numbers given are added, none is taken away.

    Raises:
        Stale: somebody has changed it since `version`.
        Invalid: a number cannot be read.
    """
    access.require(actor, "edit", record)
    client = lock(Client.objects.live(), record.client_id)
    contact = lock(Contact.objects.filter(deleted_at=None), record.pk, version=version)
    before = snapshot(contact, FIELDS)
    for name in FIELDS:
        setattr(contact, name, values.get(name, getattr(contact, name)))
    contact.version += 1
    contact.save()
    if contact.main:
        _only_main(contact)
    _save_points(actor, contact, _new_points(contact, phones, email))
    refresh_search(client)
    changes = differences(before, snapshot(contact, FIELDS))
    write(actor=actor, verb="crm.contact.changed", about=client, changes=changes)
    return contact


@transaction.atomic
def remove_contact(*, actor: User, record: Contact, reason: str) -> Contact:
    """Takes a contact person out of the client's file; the talks with that person stay."""
    access.require(actor, "delete", record)
    client = lock(Client.objects.live(), record.client_id)
    contact = lock(Contact.objects.filter(deleted_at=None), record.pk)
    contact.deleted_at, contact.deleted_by = clock.now(), actor
    contact.version += 1
    contact.save(update_fields=["deleted_at", "deleted_by", "version", "updated_at"])
    refresh_search(client)
    changes = {"contact": [str(contact), None], "reason": [None, reason]}
    write(actor=actor, verb="crm.contact.removed", about=client, changes=changes)
    return contact


@transaction.atomic
@transaction.atomic
def reveal_point(*, actor: User, record: ContactPoint, rules: Rules) -> ContactPoint:
    """Shows one number or address in full; each time is written down, and many are told (R-exp-18).

    Raises:
        Forbidden: the client is not this person's to work.
    """
    access.require(actor, "reveal", record)
    write(
        actor=actor,
        verb=REVEALED,
        about=record.client,
        changes={"contact": [None, str(record.contact)], "kind": [None, record.kind]},
    )
    watch_reveals(actor=actor, verb=REVEALED, limits=rules.confidentiality)
    return record


def add_first_contact(actor: User, client: Client, given: Mapping[str, Any]) -> Contact | None:
    """The contact person that comes with a new client; a private client is its own contact."""
    own = client.name if client.kind == Client.Kind.PERSON else ""
    values = {"phones": "", "email": "", **given, "name": given.get("name") or own, "main": True}
    if not (values["name"] or values["phones"] or values["email"]):
        return None
    return _add(actor, client, **values)


def refresh_search(client: Client) -> None:
    """Rewrites what the client is found by, after its name, people or numbers changed."""
    points = client.points.filter(contact__deleted_at=None)
    contacts = client.contacts.filter(deleted_at=None)
    client.search = indexed(
        client.name,
        people=contacts.values_list("name", flat=True),
        tails=points.values_list("tail", flat=True),
    )
    Client.objects.filter(pk=client.pk).update(search=client.search)


def _add(actor: User, client: Client, *, phones: str, email: str, **values: Any) -> Contact:
    points = _points(phones, email)
    contact = Contact(client=client, **values)
    if not (contact.name or points):
        raise Invalid(fields={"name": [_("Give a name or a number, so that we know who it is.")]})
    contact.save()
    if contact.main:
        _only_main(contact)
    _save_points(actor, contact, points)
    refresh_search(client)
    return contact


def _only_main(contact: Contact) -> None:
    contact.client.contacts.exclude(pk=contact.pk).filter(main=True).update(main=False)


def _new_points(contact: Contact, phones: str, email: str) -> list[ContactPoint]:
    known = set(contact.points.values_list("value", flat=True))
    return [point for point in _points(phones, email) if point.value not in known]


def _points(phones: str, email: str) -> list[ContactPoint]:
    """The contact points in free text, each once; refuses what cannot be read."""
    cell = read_phones(phones)
    if cell.bad:
        raise Invalid(fields={"phones": [bad.message for bad in cell.bad]})
    points = {
        phone.e164: ContactPoint(
            kind=ContactPoint.Kind.PHONE,
            value=phone.e164,
            tail=phone.e164[-4:],
            extension=phone.extension,
        )
        for phone in cell.phones
    }
    if email:
        address = email.strip().lower()
        points[address] = ContactPoint(kind=ContactPoint.Kind.EMAIL, value=address)
    return list(points.values())


def _save_points(actor: User, contact: Contact, points: Iterable[ContactPoint]) -> None:
    points = list(points)
    for point in points:
        point.client_id, point.contact, point.added_by = contact.client_id, contact, actor
    ContactPoint.objects.bulk_create(points)
