"""Handovers of clients: one that was taken back, one that a receiver has accepted in part."""

from datetime import timedelta
from typing import Any

from crm.services.clients import reassign_client, update_client
from expansion import worktime
from expansion.office.models import Handover, HandoverItem
from expansion.office.selectors.handovers import parts
from expansion.office.services import handovers
from expansion.people.models import User

AWAY, STANDS_IN, HEAD = "tang.ke", "ma.rui", "leader.partnership"
ON_LEAVE, FIRST, SECOND = "shen.jiayi", "zhao.yiming", "dan.yu"
CLIENTS = "crm.clients"


def sow(demo: Any) -> None:
    yesterday = worktime.last_workday_on_or_before(demo.today - timedelta(days=1))
    before = worktime.last_workday_on_or_before(yesterday - timedelta(days=1))
    with demo.at(demo.moment(before, 9, 20)):
        _take_back(demo, demo.manager_on(demo.moment(before, 9, 20)))
    with demo.at(demo.moment(yesterday, 16, 40)):
        _offer_in_part(demo, demo.manager_on(demo.moment(yesterday, 16, 40)))


def _open(demo: Any, manager: User, username: str, reason: str) -> Handover:
    return handovers.open_handover(
        actor=manager, person=demo.people[username], last_day=demo.today, reason=reason
    )


def _give_all(manager: User, record: Handover, receiver: User) -> None:
    for part in parts(record):
        if record.items.filter(kind=part.key, receiver=None).exists():
            handovers.divide(actor=manager, record=record, receiver=receiver, kind=part.key)


def _take_back(demo: Any, manager: User) -> None:
    """A posting that was called off: everything came back but what was worked on meanwhile."""
    record = _open(demo, manager, AWAY, "借调总部两个月，手上的合作客户由马瑞代管。")
    receiver, head = demo.acting(STANDS_IN), demo.acting(HEAD)
    _give_all(manager, record, receiver)
    handovers.offer(actor=manager, record=record)
    last = record.items.filter(kind=CLIENTS).latest("pk")
    reassign_client(actor=head, record=last.about, owner=head, reason="老客户，组长自己跟。")
    handovers.accept(actor=receiver, record=record)
    moved = record.items.filter(kind=CLIENTS, status=HandoverItem.Status.MOVED)
    update_client(actor=receiver, record=moved.earliest("pk").about, region="鼓楼区")
    handovers.undo(actor=manager, record=record)


def _offer_in_part(demo: Any, manager: User) -> None:
    """Two receivers: one has accepted, the other has not looked yet."""
    record = _open(demo, manager, ON_LEAVE, "下月起休产假，客户分给两位同事。")
    first = record.items.filter(kind=CLIENTS).values_list("pk", flat=True)[:2]
    handovers.divide(actor=manager, record=record, receiver=demo.acting(FIRST), items=list(first))
    _give_all(manager, record, demo.acting(SECOND))
    handovers.offer(actor=manager, record=record)
    handovers.accept(actor=demo.acting(FIRST), record=record)
