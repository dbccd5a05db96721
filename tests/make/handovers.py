"""Handovers for tests, made through the services."""

from expansion import clock
from expansion.office.models import Handover
from expansion.office.services import handovers
from expansion.people.models import User
from tests.cast import Cast


def handed_over(cast: Cast, person: User, receiver: User) -> Handover:
    """All that the person holds, accepted by one receiver."""
    record = handovers.open_handover(
        actor=cast.manager, person=person, last_day=clock.today(), reason="调往上海分公司。"
    )
    while left := record.items.filter(receiver=None).first():  # what hangs on it goes along
        handovers.divide(actor=cast.manager, record=record, receiver=receiver, kind=left.kind)
    handovers.offer(actor=cast.manager, record=record)
    return handovers.accept(actor=cast.again(receiver), record=record)
