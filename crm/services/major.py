"""Deciding over major matters, and naming a client one (R-exp-06, reading 35)."""

from django.db import transaction
from django.utils.translation import gettext as _

from crm.authority import MARKED, require_decision
from crm.models import Client, Contract, Escalation
from crm.services.clients import hand_over
from crm.services.escalations import Outcome, close, escalate, held
from expansion import access, offers
from expansion.approvals import succession
from expansion.audit.services import write, write_many
from expansion.errors import Invalid, NotNow
from expansion.people.models import User
from expansion.records import lock
from expansion.rulebook.schema import Rules


@transaction.atomic
def mark_major(*, actor: User, record: Client, rules: Rules | None = None) -> Client:
    """Names a client major; its owner by the rulebook is asked at once (reading 35).

    Raises:
        Forbidden: the client is not this person's to work.
        NotNow: it is marked already.
    """
    access.require(actor, "edit", record)
    client = _marked(actor, record, major=True)
    escalate(actor=actor, record=client, rules=rules, anew={MARKED})
    return client


@transaction.atomic
def unmark_major(*, actor: User, record: Client, reason: str) -> Client:
    """Makes a client an ordinary one again; what waits to be decided still waits.

    Raises:
        Forbidden: only the manager does.
        NotNow: it is an ordinary one already.
    """
    access.require(actor, "unmark", record)
    return _marked(actor, record, major=False, reason=reason)


def _marked(actor: User, record: Client, *, major: bool, reason: str = "") -> Client:
    client = lock(Client.objects.live(), record.pk)
    if client.major == major:
        words = _("This client is marked already."), _("This client is not marked.")
        raise NotNow(words[0] if major else words[1])
    client.major = major
    client.version += 1
    client.save(update_fields=["major", "version", "updated_at"])
    changes: dict[str, list[object]] = {"major": [not major, major]}
    changes |= {"reason": [None, reason]} if reason else {}
    write(actor=actor, verb="crm.client.changed", about=client, changes=changes)
    return client


@transaction.atomic
def take_over(*, actor: User, record: Escalation, reason: str) -> Escalation:
    """The matter goes to whoever decides over it: client, open opportunities, drafts of contracts;
    what an upper app put forward goes alone, by its own room's reaction to `crm.matter.taken_over`.

    Who acts for an absent owner takes it over for that person (law 6).

    Raises:
        NotNow: it has been decided, or whoever decides works no clients.
        Forbidden: the decision is somebody else's.
    """
    one, holder = _decidable(actor, record)
    former, client = one.owner, one.client
    if not access.can(holder, "create", Client):
        words = {"name": holder.name}
        raise NotNow(_("%(name)s works no clients. Leave it, or hand it to somebody.") % words)
    if one.about_id:
        offers.announce(
            "crm.matter.taken_over", actor=actor, record=one.about, holder=holder, reason=reason
        )
        return close(actor, one, Outcome.TAKEN_OVER, reason, holder)
    if client.owner_id != holder.pk:
        client = hand_over(actor=actor, client=client, owner=holder, reason=reason)
    _take_drafts(actor, client, former)
    one.refresh_from_db()
    return close(actor, one, Outcome.TAKEN_OVER, reason, holder) if one.is_open else one


def _take_drafts(actor: User, client: Client, former: User) -> None:
    """Contracts that nobody has been asked to approve go along; the others stay as they are."""
    drafts = Contract.objects.live().filter(
        client=client, owner=former, status__in=Contract.EDITABLE
    )
    succession.hold_rounds(Contract, list(drafts.values_list("pk", flat=True)))
    moved = list(drafts.select_for_update(of=("self",)).order_by("pk"))
    for contract in moved:
        contract.owner_id, contract.team_id = client.owner_id, client.team_id
        contract.version += 1
        contract.save(update_fields=["owner", "team", "version", "updated_at"])
    change = {"owner": [former.pk, client.owner_id]}
    write_many(
        actor=actor,
        verb="crm.contract.reassigned",
        changed=[(contract, change) for contract in moved],
    )
    owners = {contract.pk: client.owner_id for contract in moved}
    succession.receive(actor=actor, model=Contract, owners=owners)


@transaction.atomic
def leave_with(*, actor: User, record: Escalation, reason: str) -> Escalation:
    """The matter stays with who works it, who goes on within the own limit.

    Raises:
        NotNow: it has been decided; the sentence says by whom.
        Forbidden: the decision is somebody else's.
        Invalid: the reason is missing.
    """
    if not reason.strip():
        raise Invalid(fields={"reason": [_("Say why it stays where it is.")]})
    one, holder = _decidable(actor, record)
    return close(actor, one, Outcome.LEFT, reason.strip(), holder)


def _decidable(actor: User, record: Escalation) -> tuple[Escalation, User]:
    """The matter, held after its client, and in whose right the actor decides it."""
    access.find(actor, Escalation.objects.all(), record.pk)
    lock(Client.objects.live(), record.client_id)
    (one,) = held(Escalation.objects.filter(pk=record.pk))
    return one, User.objects.get(pk=require_decision(actor, one))
