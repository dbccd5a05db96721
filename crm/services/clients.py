"""Writes over clients, their contact persons and how these are reached (R-crm-01)."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm.models import Client, ClientRole, Contact, ContactPoint
from crm.naming import firm_key, valid_credit_code
from crm.searching import indexed
from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Invalid
from expansion.people.models import Unit, User
from expansion.people.selectors import home_unit
from expansion.records import differences, lock, snapshot
from expansion.transfer.phones import read_phones

FIELDS = (
    "name",
    "kind",
    "credit_code",
    "industry",
    "size",
    "business_scope",
    "preferences",
    "region",
    "address",
    "source",
    "grade",
    "major",
    "note",
    "next_contact_on",
)


@transaction.atomic
def create_client(
    *,
    actor: User,
    name: str,
    kind: str = Client.Kind.FIRM,
    owner: User | None = None,
    team: Unit | None = None,
    role: str = ClientRole.Role.PROSPECT,
    contact: Mapping[str, Any] | None = None,
    **values: Any,
) -> Client:
    """A new client with its first contact person (A-3.2.1a).

    `contact` is {"name", "post", "phones", "email"}; phones are free text, several in one.

    Raises:
        Invalid: the firm is there already, or a number or the credit code does not hold.
    """
    access.require(actor, "create", Client)
    client = Client(
        name=name.strip(),
        kind=kind,
        owner=owner or actor,
        team=team or home_unit(owner or actor),
        **values,
    )
    _check(client)
    client.save()
    ClientRole.objects.create(client=client, role=role, since=clock.today())
    _first_contact(actor, client, contact or {})
    refresh_search(client)
    write(
        actor=actor,
        verb="crm.client.created",
        about=client,
        changes={"name": [None, client.name], "owner": [None, client.owner_id]},
    )
    return client


@transaction.atomic
def update_client(
    *, actor: User, record: Client, version: int | None = None, **values: Any
) -> Client:
    """Changes a client's own fields; `values` names those that the form sent.

    Raises:
        Forbidden: the client is not this person's to change.
        Stale: somebody has changed it since `version`.
        Invalid: another firm has this name or credit code.
    """
    access.require(actor, "edit", record)
    client = lock(Client.objects.live(), record.pk, version=version)
    before = snapshot(client, FIELDS)
    for name in FIELDS:
        if name in values:
            setattr(client, name, values[name])
    _check(client)
    client.version += 1
    client.save()
    refresh_search(client)
    changes = differences(before, snapshot(client, FIELDS))
    write(actor=actor, verb="crm.client.changed", about=client, changes=changes)
    return client


@transaction.atomic
def reassign_client(*, actor: User, record: Client, owner: User, reason: str) -> Client:
    """Hands a client to another person; the history keeps who had it (R-crm-01)."""
    access.require(actor, "reassign", record)
    client = lock(Client.objects.live(), record.pk)
    before = snapshot(client, ("owner", "team"))
    client.owner, client.team = owner, home_unit(owner)
    client.version += 1
    client.save(update_fields=["owner", "team", "version", "updated_at"])
    changes = differences(before, snapshot(client, ("owner", "team")))
    changes["reason"] = [None, reason]
    write(actor=actor, verb="crm.client.reassigned", about=client, changes=changes)
    return client


@transaction.atomic
def delete_client(*, actor: User, record: Client, reason: str) -> Client:
    """Takes a client out of every list; `restore_client` brings it back."""
    access.require(actor, "delete", record)
    client = lock(Client.objects.live(), record.pk)
    client.deleted_at, client.deleted_by = clock.now(), actor
    client.version += 1
    client.save(update_fields=["deleted_at", "deleted_by", "version", "updated_at"])
    write(actor=actor, verb="crm.client.deleted", about=client, changes={"reason": [None, reason]})
    return client


@transaction.atomic
def restore_client(*, actor: User, record: Client) -> Client:
    """Brings a deleted client back.

    Raises:
        Invalid: the same firm has been created anew meanwhile.
    """
    client = lock(Client.objects.exclude(deleted_at=None), record.pk)
    access.require(actor, "restore", client)
    _check(client)
    client.deleted_at = client.deleted_by = None
    client.version += 1
    client.save()
    write(actor=actor, verb="crm.client.restored", about=client)
    return client


@transaction.atomic
def add_contact(
    *,
    actor: User,
    record: Client,
    name: str = "",
    post: str = "",
    phones: str = "",
    email: str = "",
    main: bool = False,
    note: str = "",
) -> Contact:
    """A contact person of a client; `phones` is free text with one number or several.

    Raises:
        Invalid: a number cannot be read; the sentence says which and why.
    """
    access.require(actor, "edit", record)
    client = lock(Client.objects.live(), record.pk)
    contact = Contact(client=client, name=name, post=post, note=note, main=main)
    points = _points(phones, email)
    if not (contact.name or points):
        raise Invalid(fields={"name": [_("Give a name or a number, so that we know who it is.")]})
    contact.save()
    _save_points(actor, contact, points)
    refresh_search(client)
    write(actor=actor, verb="crm.contact.added", about=client, changes={"contact": [None, name]})
    return contact


def touched(client: Client, *, at: Any, next_contact_on: Any = None) -> None:
    """Notes a contact with the client: the first one stays the first, the newest the last.

    Called inside the transaction that logs the contact (R-crm-07: the first-contact date never
    changes when later records are added).
    """
    client.first_contact_on = client.first_contact_on or clock.local_date(at)
    client.last_contact_at = max(filter(None, [client.last_contact_at, at]))
    client.next_contact_on = next_contact_on
    client.version += 1
    client.save(
        update_fields=[
            "first_contact_on",
            "last_contact_at",
            "next_contact_on",
            "version",
            "updated_at",
        ]
    )


def refresh_search(client: Client) -> None:
    """Rewrites what the client is found by, after its name or numbers changed."""
    tails = client.points.values_list("tail", flat=True)
    names = client.contacts.filter(deleted_at=None).values_list("name", flat=True)
    client.search = indexed(client.name, [*tails, *names])
    Client.objects.filter(pk=client.pk).update(search=client.search)


def _check(client: Client) -> None:
    """One firm stands in the book once, and a credit code has its check digit."""
    client.identity = firm_key(client.name)
    if client.credit_code and not valid_credit_code(client.credit_code):
        raise Invalid(
            fields={
                "credit_code": [_("This is not a credit code: 18 characters with a check digit.")]
            }
        )
    others = Client.objects.live().exclude(pk=client.pk)
    if client.kind == Client.Kind.FIRM and others.filter(identity=client.identity).exists():
        raise Invalid(fields={"name": [taken(others.get(identity=client.identity))]})
    if client.credit_code and others.filter(credit_code=client.credit_code).exists():
        raise Invalid(fields={"credit_code": [taken(others.get(credit_code=client.credit_code))]})


def taken(client: Client) -> str:
    """Says that the firm is there, and with which team, without showing it."""
    return _(
        "This firm is in the book already, with %(team)s. Ask there before you write it anew."
    ) % {"team": client.team.name}


def _first_contact(actor: User, client: Client, given: Mapping[str, Any]) -> None:
    points = _points(given.get("phones", ""), given.get("email", ""))
    name = given.get("name", "") or (client.name if client.kind == Client.Kind.PERSON else "")
    if not (name or points):
        return
    contact = Contact.objects.create(
        client=client, name=name, post=given.get("post", ""), main=True
    )
    _save_points(actor, contact, points)


def _points(phones: str, email: str) -> list[ContactPoint]:
    """The contact points in free text; refuses what cannot be read."""
    cell = read_phones(phones)
    if cell.bad:
        raise Invalid(fields={"phones": [bad.message for bad in cell.bad]})
    points = [
        ContactPoint(
            kind=ContactPoint.Kind.PHONE,
            value=phone.e164,
            tail=phone.e164[-4:],
            extension=phone.extension,
        )
        for phone in cell.phones
    ]
    if email:
        points.append(ContactPoint(kind=ContactPoint.Kind.EMAIL, value=email.lower()))
    return points


def _save_points(actor: User, contact: Contact, points: Iterable[ContactPoint]) -> None:
    for point in points:
        point.client_id, point.contact, point.added_by = contact.client_id, contact, actor
    ContactPoint.objects.bulk_create(points)
