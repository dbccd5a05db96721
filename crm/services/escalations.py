"""A matter that becomes major is put before its owner at once, and settled (R-exp-06, A-2.2.1d).

Called inside the transaction of the service that made it so; that service holds the client's row,
which everybody takes first: whoever decides the matter waits for it.
"""

from collections.abc import Collection, Iterable
from typing import Any, cast

from django.db.models import Model, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as lazy

from crm.authority import (
    AMOUNT,
    CONDITIONS,
    TRIGGERS,
    Matter,
    Venture,
    decision_owners,
    decision_role,
    ruling,
    triggers_of,
)
from crm.models import Client, Contract, Escalation, Opportunity
from expansion import clock
from expansion.audit.services import write
from expansion.notices.services import tell
from expansion.people.models import Mandate, Role, User
from expansion.records import about
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import version_on

Outcome = Escalation.Outcome


def escalate(
    *, actor: User, record: Matter, rules: Rules | None = None, anew: Collection[str] = ()
) -> Escalation | None:
    """Puts a matter that has become major before whoever decides over it; None for any other.

    What was decided stays decided: the same trigger counts again where the deal has grown beyond
    what was decided, has fallen further below its bottom line, or is named in `anew`. Nothing is
    put before those who work the matter themselves. One open matter of a record takes up what
    comes to it.
    """
    if isinstance(record, Client) and not (record.major or record.grade):
        return None
    rules = ruling(rules)
    met = triggers_of(record, rules)
    if not met:
        return None
    known = list(Escalation.objects.of(record).select_for_update(of=("self",)))
    new = [key for key in met if key in anew or not _is_covered(key, record, known)]
    opened = next((one for one in known if one.is_open), None)
    if not new:
        return opened
    role, owners = _decision(record, rules)
    if record.owner in owners:
        return None
    return (
        _extend(actor, opened, record, new) if opened else _open(actor, record, met, role, owners)
    )


def _decision(record: Matter, rules: Rules) -> tuple[str, list[User]]:
    """Whose decision it is; the manager's where nobody holds the role."""
    role = decision_role(record, rules)
    found = decision_owners(role, record.team, record.owner)
    if found:
        return role, found
    return Role.MANAGER.value, decision_owners(Role.MANAGER, record.team, record.owner)


def _is_covered(key: str, record: Matter, known: Iterable[Escalation]) -> bool:
    """Whether this has been put before somebody as it is now, or worse."""
    return any(key in one.triggers and _as_far(key, record, one) for one in known)


def _as_far(key: str, record: Matter, one: Escalation) -> bool:
    if isinstance(record, Client) or key not in (AMOUNT, CONDITIONS):
        return True
    if record.amount is None or one.amount is None or record.currency != one.currency:
        return False
    return record.amount <= one.amount if key == AMOUNT else record.amount >= one.amount


def _open(actor: User, record: Matter, met: list[str], role: str, owners: list[User]) -> Escalation:
    one = Escalation.objects.create(
        client=record if isinstance(record, Client) else record.client,
        **_place(record),
        triggers=met,
        **_size(record),
        role=role,
        decider=None if role in Role.values else next(iter(owners), None),
        owner_id=record.owner_id,
        team_id=record.team_id,
        rules_version=version_on(),
        opened_by=actor,
        opened_at=clock.now(),
    )
    changes = {"triggers": [None, met], "owner": [None, record.owner_id]}
    write(actor=actor, verb="crm.escalation.opened", about=one, changes=changes)
    _tell_deciders(actor, one, owners)
    return one


def _place(record: Matter) -> dict[str, Any]:
    """The columns that say what it is about, beside its client."""
    if isinstance(record, Client):
        return {}
    if isinstance(record, (Opportunity, Contract)):
        return {str(record._meta.model_name): record}
    return about(cast(Model, record))


def _size(record: Matter) -> dict[str, Any]:
    if isinstance(record, Client):
        return {}
    return {"amount": record.amount, "currency": record.currency}


def _extend(actor: User, one: Escalation, record: Matter, new: list[str]) -> Escalation:
    before = {"triggers": list(one.triggers), "amount": one.amount}
    one.triggers = [key for key in TRIGGERS if key in {*one.triggers, *new}]
    for name, value in _size(record).items():
        setattr(one, name, value)
    one.version += 1
    one.save()
    changes = {name: [value, getattr(one, name)] for name, value in before.items()}
    write(actor=actor, verb="crm.escalation.extended", about=one, changes=changes)
    _tell_deciders(actor, one, decision_owners(one.role, one.team, one.owner))
    return one


def _tell_deciders(actor: User, one: Escalation, owners: list[User]) -> None:
    """At once: those whose decision it is, and who acts for them today."""
    people = (*owners, *acting_for(owners))
    tell(
        people=[one_ for one_ in people if one_.pk not in (actor.pk, one.owner_id)],
        kind="crm.escalation.opened",
        title=format_lazy(lazy("Major matter to be decided: {matter}"), matter=str(one)),
        text=format_lazy(lazy("{client} · {owner}"), client=one.client.name, owner=one.owner.name),
        url=one.get_absolute_url(),
        about=one,
        actor=actor,
        key=f"crm.escalation.opened:{one.pk}:{one.version}",
    )


def acting_for(owners: Iterable[User]) -> list[User]:
    """Who decides for these today by a mandate over all matters."""
    running = Mandate.objects.active(clock.now()).filter(principal__in=owners, kinds=[])
    return [mandate.delegate for mandate in running.select_related("delegate")]


def settle_with(*, actor: User, client: Client, reason: str) -> None:
    """The client has gone to somebody else: what waited for that very person is taken over, but
    not what an upper app put forward, which does not go along.

    Called by the service that hands the client over.
    """
    for one in held(Escalation.objects.open().filter(client=client, about_id=None)):
        if client.owner in ([one.decider] if one.decider else _owners(one)):
            close(actor, one, Outcome.TAKEN_OVER, reason, client.owner)


def settle_gone(*, actor: User, record: Venture, reason: str) -> None:
    """The record is deleted: nobody decides over it any more. Called by the service that deletes
    it, which holds its client."""
    for one in held(Escalation.objects.open().of(record)):
        close(actor, one, Outcome.GONE, reason, actor)


def held(records: QuerySet[Escalation]) -> list[Escalation]:
    found = records.select_related("client", "opportunity", "contract", "owner", "team", "decider")
    return list(found.select_for_update(of=("self",)).order_by("pk"))


def _owners(one: Escalation) -> list[User]:
    return decision_owners(one.role, one.team, one.owner)


def close(actor: User, one: Escalation, outcome: Outcome, reason: str, holder: User) -> Escalation:
    """Writes down what was decided, by whom and in whose right; the former owner is told."""
    one.decided_by, one.decided_at = actor, clock.now()
    one.decided_for = None if holder.pk == actor.pk else holder
    one.outcome, one.reason = outcome, reason
    one.version += 1
    one.save()
    changes = {"outcome": ["", str(outcome)], "reason": [None, reason]}
    write(
        actor=actor,
        verb="crm.escalation.decided",
        about=one,
        changes=changes,
        for_person=one.decided_for,
    )
    _tell_owner(actor, one, holder)
    return one


def _tell_owner(actor: User, one: Escalation, holder: User) -> None:
    words = {
        Outcome.TAKEN_OVER: lazy("{matter}: taken over by {name}"),
        Outcome.LEFT: lazy("{matter}: stays with you"),
        Outcome.GONE: lazy("{matter}: the record was deleted"),
    }[Outcome(one.outcome)]
    tell(
        people=[one.owner] if one.owner_id != actor.pk else [],
        kind="crm.escalation.decided",
        title=format_lazy(words, matter=str(one), name=holder.name),
        text=one.reason[:200],
        url=one.get_absolute_url(),
        about=one,
        actor=actor,
        key=f"crm.escalation.decided:{one.pk}",
    )
