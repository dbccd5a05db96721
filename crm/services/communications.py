"""Writes over contacts with a client that are no visit (R-crm-07)."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm.models import Client, Communication, Contact
from crm.services.following import check_next_contact, check_past, touch
from crm.services.leads import judge_client
from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Invalid
from expansion.people.models import User
from expansion.records import lock
from expansion.rulebook.schema import Rules
from expansion.rulebook.values import offered


@transaction.atomic
def log_communication(
    *,
    actor: User,
    rules: Rules,
    client: Client,
    channel: str,
    said: str,
    at: datetime | None = None,
    contact: Contact | None = None,
    next_contact_on: date | None = None,
    **values: Any,
) -> Communication:
    """Records a call, mail or message. The first one sets the client's first contact, for good.

    `values` are reached, needs, concerns and interest; `channel` is one of the rulebook's
    (A-3.2.3a).

    Raises:
        Forbidden: the client is not this person's to work.
        Invalid: nothing said, a moment in the future, an unknown channel, another's contact.
    """
    access.require(actor, "edit", client)
    _check(rules, client, channel, said, contact)
    at = at or clock.now()
    check_past("at", at)
    check_next_contact(next_contact_on)
    client = lock(Client.objects.live(), client.pk)
    record = Communication.objects.create(
        client=client,
        owner_id=client.owner_id,
        team_id=client.team_id,
        by=actor,
        contact=contact,
        channel=channel,
        at=at,
        said=said.strip(),
        next_contact_on=next_contact_on,
        **values,
    )
    touch(client, at=at, next_contact_on=next_contact_on)
    changes = {"channel": [None, channel], "said": [None, record.said]}
    write(actor=actor, verb="crm.communication.logged", about=record, changes=changes)
    judge_client(actor=actor, rules=rules, client=client)
    return record


@transaction.atomic
def plan_next_contact(*, actor: User, rules: Rules, record: Client, day: date | None) -> Client:
    """Sets the client's next contact without a record of a talk.

    Raises:
        Forbidden: the client is not this person's to work.
        Invalid: the day is past.
    """
    access.require(actor, "edit", record)
    check_next_contact(day)
    client = lock(Client.objects.live(), record.pk)
    before, client.next_contact_on = client.next_contact_on, day
    client.version += 1
    client.save(update_fields=["next_contact_on", "version", "updated_at"])
    changes = {"next_contact_on": [before, day]}
    write(actor=actor, verb="crm.client.contact_planned", about=client, changes=changes)
    judge_client(actor=actor, rules=rules, client=client)
    return client


def _check(rules: Rules, client: Client, channel: str, said: str, contact: Contact | None) -> None:
    if channel not in {item.key for item in offered(rules.crm.contact_channels)}:
        raise Invalid(fields={"channel": [_("The rulebook knows no such channel.")]})
    if not said.strip():
        raise Invalid(fields={"said": [_("One sentence is enough: what was said?")]})
    if contact is not None and contact.client_id != client.pk:
        raise Invalid(fields={"contact": [_("This contact belongs to another client.")]})
