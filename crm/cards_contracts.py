"""What contracts bring to the to-do centre of whose they are: signatures and duties (A-3.2.6)."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models import Contract, Obligation
from expansion import clock, offers, worktime

MOST = 50


def unsigned(person: Any) -> Iterator[offers.Todo]:
    """Own contracts that are approved and have not been signed."""
    approved = Contract.objects.live().filter(owner=person.pk, status=Contract.Status.APPROVED)
    for contract in approved.select_related("client").order_by("pk")[:MOST]:
        yield offers.Todo(
            kind="contract",
            title=contract.title,
            url=contract.get_absolute_url(),
            detail=contract.client.name,
            act=_("Record the signatures"),
        )


def owed(person: Any) -> Iterator[offers.Todo]:
    """What is owed by own contracts, and by those of own clients, today or since."""
    own = Q(contract__owner=person.pk) | Q(contract__client__owner=person.pk)
    duties = Obligation.objects.running().filter(own, due_on__lte=clock.today())
    for duty in duties.select_related("contract").order_by("due_on", "pk")[:MOST]:
        yield offers.Todo(
            kind="obligation",
            title=duty.what,
            url=duty.get_absolute_url(),
            due=worktime.end_of(duty.due_on),
            detail=duty.contract.title,
            act=_("Tick off"),
        )


offers.add(
    offers.TodoSource("crm.unsigned", _("Contracts to be signed"), 12, unsigned),
    offers.TodoSource("crm.obligations", _("Obligations"), 13, owed),
)
