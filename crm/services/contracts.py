"""Writes over contracts: drafting, submitting, signing (R-crm-14)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from django.db import transaction
from django.utils.translation import gettext as _

from crm.authority import needs_leadership, require_authority, require_no_discount, ruling
from crm.models import Client, ClientRole, Contract
from crm.services.escalations import escalate
from expansion import access, clock, offers
from expansion.approvals.models import Request
from expansion.approvals.selectors import round_before
from expansion.approvals.services import submit
from expansion.audit.services import write
from expansion.errors import Invalid, NotNow
from expansion.numbering.services import next_number
from expansion.people.models import Unit, User
from expansion.records import differences, lock, snapshot
from expansion.rulebook.schema import Rules

FIELDS = (
    "title",
    "kind",
    "amount",
    "currency",
    "starts_on",
    "ends_on",
    *Contract.SECTIONS,
)
LARGEST = Decimal("999999999999.99")


@transaction.atomic
def create_contract(
    *,
    actor: User,
    client: Client,
    title: str,
    owner: User | None = None,
    team: Unit | None = None,
    rules: Rules | None = None,
    **values: Any,
) -> Contract:
    """A new draft (R-crm-14); it is worked in the client's team.

    Raises:
        Gone: the client is not visible to this person.
        Forbidden: contracts of this client are not this person's to write.
        Invalid: the amount or the term does not hold.
    """
    client = access.find(actor, Client.objects.live(), client.pk)
    contract = Contract(
        client=client,
        title=title.strip(),
        owner=owner or actor,
        team=team or client.team,
        **values,
    )
    access.require(actor, "create", contract)
    _check(contract)
    contract.save()
    changes = {"title": [None, contract.title], "client": [None, client.name]}
    write(actor=actor, verb="crm.contract.created", about=contract, changes=changes)
    escalate(actor=actor, record=contract, rules=rules)
    return contract


@transaction.atomic
def update_contract(
    *,
    actor: User,
    record: Contract,
    version: int | None = None,
    rules: Rules | None = None,
    **values: Any,
) -> Contract:
    """Changes a draft or a returned contract; its text is locked in approval and ever after.

    Raises:
        NotNow: the text is locked; the sentence says why.
        Forbidden: it waits for a decision over who carries it on, and the amount is lower.
        Stale: somebody has changed it since `version`.
        Invalid: the amount or the term does not hold.
    """
    access.require(actor, "edit", record)
    client = lock(Client.objects.all(), record.client_id)
    contract = locked_draft(record, version)
    contract.client = client
    before = snapshot(contract, FIELDS)
    for name in FIELDS:
        if name in values:
            setattr(contract, name, values[name])
    _check(contract)
    require_no_discount(actor, contract, before["amount"], before["currency"])
    contract.version += 1
    contract.save()
    changes = differences(before, snapshot(contract, FIELDS))
    write(actor=actor, verb="crm.contract.changed", about=contract, changes=changes)
    escalate(actor=actor, record=contract, rules=rules)
    return contract


def locked_draft(record: Contract, version: int | None = None) -> Contract:
    """The contract, held for a change of its text; refuses where the text is locked."""
    contract = lock(Contract.objects.live(), record.pk, version=version)
    require_editable(contract)
    return contract


def require_editable(contract: Contract) -> None:
    """Raises NotNow where the text is locked, with the sentence that says what to do."""
    if contract.is_editable:
        return
    if contract.status == Contract.Status.IN_APPROVAL:
        raise NotNow(_("This is being approved. Withdraw it first, then change it."))
    raise NotNow(
        _("The text is locked: it has been decided. Write a new contract for what changes.")
    )


@transaction.atomic
def delete_contract(*, actor: User, record: Contract, reason: str) -> Contract:
    """Takes a draft out of the ledger; a contract that was decided stays.

    Raises:
        NotNow: it is being approved or has been decided.
    """
    access.require(actor, "delete", record)
    contract = locked_draft(record)
    contract.deleted_at, contract.deleted_by = clock.now(), actor
    contract.version += 1
    contract.save(update_fields=["deleted_at", "deleted_by", "version", "updated_at"])
    changes = {"reason": [None, reason]}
    write(actor=actor, verb="crm.contract.deleted", about=contract, changes=changes)
    return contract


@transaction.atomic
def submit_contract(*, actor: User, record: Contract, rules: Rules, comment: str = "") -> Contract:
    """Hands the contract to its chain (A-3.2.6a); the first time it gets its number.

    One that was approved within an authority that does not reach it any more is handed in again.

    Raises:
        NotNow: it is being approved or has been decided.
        Invalid: a part that the deciders need is empty; the sentence names it.
    """
    access.require(actor, "submit", record)
    client = lock(Client.objects.all(), record.client_id)
    contract = _submittable(record, rules)
    contract.client = client
    _check_complete(contract)
    changes = {"status": [contract.status, Contract.Status.IN_APPROVAL]}
    if not contract.number:
        contract.number = next_number(key="contract", rules=rules)
        changes["number"] = ["", contract.number]
    contract.status = Contract.Status.IN_APPROVAL
    contract.approved_at, contract.digest = None, ""
    contract.version += 1
    contract.save()
    submit(actor=actor, record=contract, rules=rules, comment=comment)
    write(actor=actor, verb="crm.contract.submitted", about=contract, changes=changes)
    escalate(actor=actor, record=contract, rules=rules)
    return contract


def _submittable(record: Contract, rules: Rules) -> Contract:
    """A draft, or what was approved before its amount came to lie beyond the authority."""
    contract = lock(Contract.objects.live(), record.pk)
    if contract.status != Contract.Status.APPROVED or not needs_leadership(contract, rules):
        require_editable(contract)
    return contract


def contract_approved(record: Contract, actor: User, request: Request) -> None:
    """After the last approval: the text is locked and the approved document's checksum kept."""
    contract = lock(Contract.objects.all(), record.pk)
    contract.approved_at, contract.digest = clock.now(), request.digest
    _moved(contract, Contract.Status.APPROVED, actor)
    offers.announce("contract.approved", actor=actor, record=contract)


def contract_returned(record: Contract, actor: User, request: Request) -> None:
    _moved(lock(Contract.objects.all(), record.pk), Contract.Status.RETURNED, actor)


def contract_rejected(record: Contract, actor: User, request: Request) -> None:
    _moved(lock(Contract.objects.all(), record.pk), Contract.Status.REJECTED, actor)


def contract_withdrawn(record: Contract, actor: User, request: Request) -> None:
    """Back to what it was before: a draft, returned, or approved under a limit that was higher."""
    contract, earlier = lock(Contract.objects.all(), record.pk), round_before(request)
    status = Contract.Status.DRAFT
    if earlier is not None and earlier.status == Request.Status.APPROVED:
        status = Contract.Status.APPROVED
        contract.approved_at, contract.digest = earlier.closed_at, earlier.digest
    elif earlier is not None and earlier.status == Request.Status.RETURNED:
        status = Contract.Status.RETURNED
    _moved(contract, status, actor)


def _moved(contract: Contract, status: Contract.Status, actor: User) -> None:
    changes = {"status": [contract.status, status]}
    contract.status = status
    contract.version += 1
    contract.save()
    write(actor=actor, verb=f"crm.contract.{status}", about=contract, changes=changes)


@transaction.atomic
def sign_contract(
    *,
    actor: User,
    record: Contract,
    signed_on: date,
    signed_by_us: str,
    signed_by_them: str,
    rules: Rules | None = None,
) -> Contract:
    """Records the signatures; from now on the due dates run (R-crm-14, R-crm-15).

    The first contract makes the client a client since that day, or a partner where it is about
    cooperation (R-crm-02).

    Raises:
        Forbidden: it waits for its owner, or is beyond this person's limit (R-exp-06).
        NotNow: the last approval is missing, or leadership's where that is needed.
        Invalid: the date lies before the last approval or after today.
    """
    access.require(actor, "sign", record)
    client = lock(Client.objects.all(), record.client_id)
    contract = lock(Contract.objects.live(), record.pk)
    contract.client = client
    require_signable(contract)
    require_authority(actor, "sign", contract, ruling(rules))
    _check_day(contract, signed_on)
    contract.signed_on, contract.signed_owner_id = signed_on, contract.owner_id
    contract.signed_by_us, contract.signed_by_them = signed_by_us, signed_by_them
    changes = {"status": [contract.status, Contract.Status.SIGNED], "signed_on": [None, signed_on]}
    contract.status = Contract.Status.SIGNED
    contract.version += 1
    contract.save()
    _make_client(contract)
    write(actor=actor, verb="crm.contract.signed", about=contract, changes=changes)
    offers.announce("contract.signed", actor=actor, record=contract)
    return contract


def require_signable(contract: Contract) -> None:
    """Raises NotNow where no signature can be recorded yet, or a second time."""
    if contract.status == Contract.Status.SIGNED:
        raise NotNow(_("This contract has been signed already."))
    if contract.status != Contract.Status.APPROVED or contract.approved_at is None:
        raise NotNow(_("There is no signing date before the last approval. Submit it first."))


def _check_day(contract: Contract, signed_on: date) -> None:
    approved_on = clock.local_date(cast(datetime, contract.approved_at))
    if signed_on < approved_on:
        text = _("The last approval was on %(day)s. Choose that day or a later one.")
        raise Invalid(fields={"signed_on": [text % {"day": approved_on}]})
    if signed_on > clock.today():
        raise Invalid(fields={"signed_on": [_("This day has not come yet.")]})


def _make_client(contract: Contract) -> None:
    """The role keeps its first date, also when an earlier signature is entered later."""
    partner = contract.kind == Contract.Kind.COOPERATION
    word = ClientRole.Role.PARTNER if partner else ClientRole.Role.CLIENT
    role, _new = ClientRole.objects.get_or_create(
        client=contract.client, role=word, defaults={"since": contract.signed_on}
    )
    if contract.signed_on < role.since:
        role.since = contract.signed_on
        role.save(update_fields=["since"])


def _check(contract: Contract) -> None:
    """What holds in every state, a draft included."""
    wrong: dict[str, list[str]] = {}
    if not contract.title:
        wrong["title"] = [_("Give the contract a title.")]
    if contract.amount is not None and not 0 <= contract.amount <= LARGEST:
        wrong["amount"] = [_("An amount lies between 0 and 999,999,999,999.99.")]
    if contract.ends_on and not contract.starts_on:
        wrong["starts_on"] = [_("Say from when the contract is in force.")]
    elif contract.ends_on and contract.ends_on < contract.starts_on:
        wrong["ends_on"] = [_("The end lies before the start.")]
    if wrong:
        raise Invalid(fields=wrong)


def _check_complete(contract: Contract) -> None:
    """Nobody is asked to approve what is not written."""
    needed = ("amount", "starts_on", *Contract.REQUIRED_SECTIONS)
    empty = [name for name in needed if getattr(contract, name) in (None, "")]
    if empty:
        labels = _(", ").join(str(Contract._meta.get_field(name).verbose_name) for name in empty)
        raise Invalid(_("Still empty: %(names)s. Fill it in, then submit.") % {"names": labels})
