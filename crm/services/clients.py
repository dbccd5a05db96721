"""Writes over clients, their contact persons and how these are reached (R-crm-01)."""

from collections.abc import Iterable, Mapping
from copy import copy
from typing import Any

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from crm import own_fields
from crm.authority import GRADE, MARKED
from crm.models import Client, ClientRole, Lead, Opportunity, Visit
from crm.naming import firm_key, valid_credit_code
from crm.services.contacts import add_first_contact, refresh_search
from crm.services.escalations import escalate, settle_with
from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Invalid
from expansion.notices.services import tell
from expansion.people.models import Unit, User
from expansion.people.selectors import home_unit
from expansion.records import differences, lock, snapshot
from expansion.rulebook.schema import Rules
from expansion.rulebook.values import offered

FIELDS = (
    "name",
    "kind",
    "category",
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
    "size_rating",
    "spending_rating",
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
    own: Mapping[str, str] | None = None,
    rules: Rules | None = None,
    **values: Any,
) -> Client:
    """A new client with its first contact person (A-3.2.1a).

    `contact` is {"name", "post", "phones", "email"}; phones are free text, several in one. `own`
    are texts by the keys of `crm.own_fields`. With `rules` source, kind of client and own texts
    are such as they offer.

    Raises:
        Invalid: the firm is there already; a number, credit code, source, kind or own text does
            not hold.
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
    check_source(rules, client.source)
    _check_category(rules, client.category)
    client.own = _own(rules, own or {}, client)
    client.save()
    ClientRole.objects.create(client=client, role=role, since=clock.today())
    if add_first_contact(actor, client, contact or {}) is None:
        refresh_search(client)
    write(
        actor=actor,
        verb="crm.client.created",
        about=client,
        changes={"name": [None, client.name], "owner": [None, client.owner_id]},
    )
    escalate(actor=actor, record=client, rules=rules)
    return client


@transaction.atomic
def update_client(
    *,
    actor: User,
    record: Client,
    version: int | None = None,
    own: Mapping[str, str] | None = None,
    rules: Rules | None = None,
    **values: Any,
) -> Client:
    """Changes a client's own fields; `values` and `own` name those that the form sent.

    With `rules` a new source, kind or own text is one that they offer; what it has may stay.

    Raises:
        Forbidden: the client is not this person's to change.
        Stale: somebody has changed it since `version`.
        Invalid: another firm has this name or credit code; the rules do not offer what is new.
    """
    access.require(actor, "edit", record)
    client = lock(Client.objects.live(), record.pk, version=version)
    before = snapshot(client, FIELDS)
    for name in FIELDS:
        if name in values:
            setattr(client, name, values[name])
    _check(client)
    check_source(rules, client.source, before["source"])
    _check_category(rules, client.category, before["category"])
    texts, client.own = client.own, _own(rules, own or {}, client)
    client.version += 1
    client.save()
    refresh_search(client)
    changes = differences(before, snapshot(client, FIELDS)) | own_fields.changed(texts, client.own)
    write(actor=actor, verb="crm.client.changed", about=client, changes=changes)
    escalate(actor=actor, record=client, rules=rules, anew=_anew(client, changes))
    return client


def _anew(client: Client, changes: Mapping[str, Any]) -> set[str]:
    """What makes the client major since this very change."""
    marked = {MARKED} if client.major and "major" in changes else set()
    return marked | ({GRADE} if "grade" in changes else set())


@transaction.atomic
def reassign_client(*, actor: User, record: Client, owner: User, reason: str) -> Client:
    """Hands a client to another person, with its open leads, opportunities and planned visits.

    The history keeps who had it (R-crm-01); no stage and no date changes.

    Raises:
        Forbidden: the client is not this person's to hand over, or not into that team.
        Invalid: the new owner does not work clients.
    """
    return reassign_clients(actor=actor, records=[record], owner=owner, reason=reason)[0]


@transaction.atomic
def reassign_clients(
    *, actor: User, records: Iterable[Client], owner: User, reason: str
) -> list[Client]:
    """Hands several clients over, all or none; the new owner gets one notice for all of them."""
    in_order = sorted(records, key=lambda client: client.pk)  # two at once lock in one order
    clients = [_reassign(actor, record, owner, reason) for record in in_order]
    if owner.pk != actor.pk and clients:
        tell(
            people=[owner],
            kind="crm.clients.handed_over",
            title=format_lazy(
                lazy("{name} handed over to you: {clients}"),
                name=actor.name,
                clients=_few_names(clients),
            ),
            text=reason[:200],
            url="/crm/clients/?view=mine",
            actor=actor,
        )
    return clients


def _few_names(clients: list[Client]) -> str:
    names = "、".join(client.name for client in clients[:3])
    return f"{names} … ({len(clients)})" if len(clients) > 3 else names


def _reassign(actor: User, record: Client, owner: User, reason: str) -> Client:
    access.require(actor, "reassign", record)
    client = lock(Client.objects.live(), record.pk)
    if not (owner.is_active and access.can(owner, "create", Client)):
        raise Invalid(
            fields={"owner": [_("%(name)s does not work clients.") % {"name": owner.name}]}
        )
    moved = copy(client)
    moved.owner, moved.team = owner, home_unit(owner)
    access.require(actor, "reassign", moved)
    return hand_over(actor=actor, client=client, owner=owner, reason=reason)


@transaction.atomic
def hand_over(*, actor: User, client: Client, owner: User, reason: str) -> Client:
    """The client goes to somebody else with all that is open. Called by a service that holds the
    client and has asked whether it may go there."""
    before = snapshot(client, ("owner", "team"))
    former, client.owner, client.team = client.owner, owner, home_unit(owner)
    client.version += 1
    client.save(update_fields=["owner", "team", "version", "updated_at"])
    _take_along(client, former)
    changes = differences(before, snapshot(client, ("owner", "team")))
    changes["reason"] = [None, reason]
    write(actor=actor, verb="crm.client.reassigned", about=client, changes=changes)
    settle_with(actor=actor, client=client, reason=reason)
    return client


def _take_along(client: Client, former: User) -> None:
    """What is open goes along; what is done stays with who did it."""
    now = {"owner": client.owner, "team": client.team}
    Lead.objects.live().open().filter(client=client).update(**now)
    Opportunity.objects.live().open().filter(client=client).update(**now)
    planned = Visit.objects.live().planned().filter(client=client, arrived_at=None)
    planned.update(**now)
    planned.filter(visitor=former).update(visitor=client.owner)


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
def delete_clients(*, actor: User, records: Iterable[Client], reason: str) -> list[Client]:
    """Takes several clients out of the book, all or none."""
    in_order = sorted(records, key=lambda client: client.pk)
    return [delete_client(actor=actor, record=record, reason=reason) for record in in_order]


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
    firms = others.filter(kind=Client.Kind.FIRM, identity=client.identity)
    if client.kind == Client.Kind.FIRM and firms.exists():
        raise Invalid(fields={"name": [taken(firms.get())]})
    if client.credit_code and others.filter(credit_code=client.credit_code).exists():
        raise Invalid(fields={"credit_code": [taken(others.get(credit_code=client.credit_code))]})


def check_source(rules: Rules | None, source: str, kept: str = "") -> None:
    """A source is one that the rulebook offers, or the one that the record has."""
    if rules is None or source in ("", kept):
        return
    if source not in {item.key for item in offered(rules.crm.sources)}:
        raise Invalid(fields={"source": [_("Choose one of the listed sources.")]})


def _check_category(rules: Rules | None, category: str, kept: str = "") -> None:
    """A kind of client is one that the rulebook offers, or the one that the record has."""
    if rules is None or category in ("", kept):
        return
    if category not in {item.key for item in offered(rules.crm.client_kinds)}:
        raise Invalid(fields={"category": [_("Choose one of the listed kinds.")]})


def _own(rules: Rules | None, given: Mapping[str, str], client: Client) -> dict[str, str]:
    asked = own_fields.of_client(rules, client) if rules else None
    return own_fields.merged(asked, given, client.own)


def taken(client: Client) -> str:
    """Says that the firm is there, and with which team, without showing it."""
    return taken_by(client.team.name)


def taken_by(team: str) -> str:
    return _(
        "This firm is in the book already, with %(team)s. Ask there before you write it anew."
    ) % {"team": team}
