"""Reads over contracts and obligations."""

from typing import Any

from django.db.models import QuerySet

from crm.models import Client, Contract, Obligation
from expansion import access, clock
from expansion.prepared import prepared
from expansion.records import Level
from expansion.rulebook.selectors import rules_on
from expansion.worktime import deadline


def contracts_of(person: Any, client: Client) -> list[Contract]:
    """The client's contracts that this person sees, newest first.

    A seat that reaches a secret contract of the client reaches them all, so the rows need not be
    asked.
    """
    if access.rule_of(Contract).may(person, "view", Contract(client=client, level=Level.SECRET)):
        return _all_of(client.pk)
    return list(_of(client.pk, access.visible_to(person, Contract.objects.live())))


@prepared
def _all_of(client: Any) -> QuerySet[Contract]:
    return _of(client, Contract.objects.live())


def _of(client: Any, records: QuerySet[Contract]) -> QuerySet[Contract]:
    people = records.select_related("client", "owner", "signed_owner")
    return people.filter(client=client).order_by("-pk")


def due_soon(records: QuerySet[Obligation]) -> QuerySet[Obligation]:
    """What falls due within the rulebook's notice, from today on (A-3.2.6b)."""
    rules = rules_on()
    calendar = rules.working_time.as_calendar()
    end = deadline(clock.now(), rules.sla.contract_notice.value, calendar) or clock.now()
    return records.due_between(clock.today(), clock.local_date(end))


def contract_page(person: Any, contract: Contract) -> dict[str, Any]:
    """What the contract's page shows besides its text."""
    duties = list(contract.obligations.select_related("done_by"))
    today = clock.today()
    return {
        "duties": duties,
        "open": sum(duty.done_on is None for duty in duties),
        "overdue": sum(duty.is_overdue(today) for duty in duties)
        if contract.status == Contract.Status.SIGNED
        else 0,
        "may_edit": contract.is_editable and access.can(person, "edit", contract),
        # The signed scan is added after approval; the snapshot keeps the checksums of before.
        "may_attach": access.can(person, "edit", contract),
        "may_delete": contract.is_editable and access.can(person, "delete", contract),
        "may_sign": contract.status == Contract.Status.APPROVED
        and access.can(person, "sign", contract),
        "may_tick": contract.status == Contract.Status.SIGNED
        and access.can(person, "edit", contract),
        "may_see_client": access.can(person, "view", contract.client),
    }
