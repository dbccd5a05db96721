"""Writes over what each side owes by a contract (R-crm-15, A-3.2.6b)."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from crm.models import Contract, Obligation
from crm.services.contracts import LARGEST, locked_draft
from expansion import access, clock, worktime
from expansion.audit.services import write
from expansion.errors import Invalid, NotNow
from expansion.notices import ladders
from expansion.notices.services import tell
from expansion.people.models import User
from expansion.records import lock
from expansion.rulebook.schema import Rules
from expansion.ui import formats


@transaction.atomic
def add_obligation(
    *,
    actor: User,
    record: Contract,
    party: str,
    what: str,
    due_on: date,
    amount: Decimal | None = None,
) -> Obligation:
    """A line of the payment plan or another duty; it is part of the text and locked with it.

    Raises:
        NotNow: the contract's text is locked.
        Invalid: the amount does not hold.
    """
    access.require(actor, "edit", record)
    contract = locked_draft(record)
    if amount is not None and not 0 < amount <= LARGEST:
        raise Invalid(fields={"amount": [_("An amount is more than 0, or left empty.")]})
    made = Obligation.objects.create(
        contract=contract, party=party, what=what.strip(), due_on=due_on, amount=amount
    )
    changes = {"what": [None, made.what], "due_on": [None, due_on]}
    write(actor=actor, verb="crm.obligation.added", about=contract, changes=changes)
    return made


@transaction.atomic
def remove_obligation(*, actor: User, record: Obligation) -> Contract:
    """Strikes a line out of a draft; returns the contract.

    Raises:
        NotNow: the contract's text is locked.
    """
    access.require(actor, "edit", record)
    contract = locked_draft(record.contract)
    changes = {"what": [record.what, None]}
    lock(Obligation.objects.all(), record.pk).delete()
    write(actor=actor, verb="crm.obligation.removed", about=contract, changes=changes)
    return contract


@transaction.atomic
def complete_obligation(*, actor: User, record: Obligation, done_on: date) -> Obligation:
    """Ticks a duty off.

    Raises:
        NotNow: the contract is not signed, or the duty is ticked off already.
        Invalid: the day has not come yet or lies before the signature.
    """
    access.require(actor, "edit", record)
    duty = lock(Obligation.objects.select_related("contract"), record.pk)
    contract = duty.contract
    if contract.status != Contract.Status.SIGNED:
        raise NotNow(_("Duties run from the signature on. Record the signatures first."))
    if duty.done_on:
        raise NotNow(_("This has been ticked off already."))
    if not contract.signed_on <= done_on <= clock.today():
        raise Invalid(fields={"done_on": [_("Choose a day from the signature to today.")]})
    duty.done_on, duty.done_by = done_on, actor
    duty.version += 1
    duty.save()
    changes = {"done_on": [None, done_on], "what": [duty.what, duty.what]}
    write(actor=actor, verb="crm.obligation.done", about=contract, changes=changes)
    return duty


@transaction.atomic
def reopen_obligation(*, actor: User, record: Obligation, reason: str) -> Obligation:
    """Takes a tick back, with its reason.

    Raises:
        NotNow: the duty is open.
    """
    access.require(actor, "edit", record)
    duty = lock(Obligation.objects.select_related("contract"), record.pk)
    if not duty.done_on:
        raise NotNow(_("This is still open."))
    changes = {"done_on": [duty.done_on, None], "reason": [None, reason]}
    duty.done_on = duty.done_by = None
    duty.version += 1
    duty.save()
    write(actor=actor, verb="crm.obligation.reopened", about=duty.contract, changes=changes)
    return duty


def remind(*, now: datetime, rules: Rules) -> dict[str, int]:
    """Tells the owners of signed contracts what falls due, what is overdue and what ends.

    The lead is the rulebook's `sla.contract_notice` (A-3.2.6b); none is sent ahead without it. Each
    notice has a key, so that every person is told once however often this runs.
    """
    today, until = clock.local_date(now), _ahead(now, rules)
    due = list(_running().due_between(today, until))
    overdue = list(_running().overdue(today))
    ending = list(
        Contract.objects.live()
        .in_force(today)
        .filter(ends_on__lte=until)
        .select_related("owner", "client")
    )
    owed = [_owed(duty) for duty in (*due, *overdue)]
    lead = rules.sla.contract_notice.value
    ladders.remind(
        owed, now=now, kind="crm.obligation", ladder="obligations", rules=rules, lead=lead
    )
    for contract in ending:
        _tell_ending(contract)
    return {"due": len(due), "overdue": len(overdue), "ending": len(ending)}


def _ahead(now: datetime, rules: Rules) -> date:
    """The last day of which one is reminded at `now`."""
    limit = rules.sla.contract_notice.value
    end = worktime.deadline(now, limit, rules.working_time.as_calendar())
    return clock.local_date(end or now)


def _running():
    return Obligation.objects.select_related("contract__owner", "contract__client")


def _owed(duty: Obligation) -> ladders.Owed:
    contract = duty.contract
    return ladders.Owed(
        people=tuple(dict.fromkeys((contract.owner, contract.client.owner))),
        due_at=worktime.end_of(duty.due_on),
        what=f"{duty.what} · {contract.title}",
        key=f"{duty.pk}.{duty.due_on}",
        url=duty.get_absolute_url(),
        about=contract,
    )


def _tell_ending(contract: Contract) -> None:
    facts = {"title": contract.title}
    tell(
        people={contract.owner, contract.client.owner},
        kind="crm.contract.ending",
        title=lazy(
            lambda: _("Ends %(day)s: %(title)s") % (facts | {"day": formats.day(contract.ends_on)}),
            str,
        )(),
        url=contract.get_absolute_url(),
        about=contract,
        key=f"crm.contract.ending.{contract.pk}",
    )
