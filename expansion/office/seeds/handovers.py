"""Handovers of the demo department: one closed, one being divided."""

from datetime import timedelta
from typing import Any

from expansion import worktime
from expansion.office.services import handovers
from expansion.people.seeds import FORMER, LEFT, LOCKED


def sow_leaver(demo: Any) -> None:
    """A liaison who held nothing: things came back, the manager checked, HR closed."""
    day = demo.workday(demo.today - timedelta(days=40))
    with demo.at(demo.moment(day, 9, 30)):
        manager, hr = demo.manager_on(demo.moment(day, 9, 30)), demo.people["hr"]
        record = handovers.open_handover(
            actor=hr,
            person=demo.people[FORMER],
            last_day=day,
            reason=LEFT,
            things=["门禁卡", "联络工作笔记本"],
        )
        handovers.offer(actor=manager, record=record)
        for thing in record.things.all():
            handovers.return_thing(actor=hr, record=record, thing=thing)
    with demo.at(demo.moment(day, 17, 0)):
        handovers.check(actor=manager, record=record, secrecy_signed_on=day)
        handovers.close(actor=hr, record=record)


def sow(demo: Any) -> None:
    """The one who is locked out: colleagues will take over; nothing is divided yet."""
    yesterday = worktime.last_workday_on_or_before(demo.today - timedelta(days=1))
    moment = demo.moment(yesterday, 17, 40)
    with demo.at(moment):
        handovers.open_handover(
            actor=demo.manager_on(moment),
            person=demo.people[LOCKED],
            last_day=demo.next_workday(5),
            reason="账号锁定期间由同事接手，手上的调研先分出去。",
            things=["工作手机", "调研录音笔"],
        )
