"""Ladders: who is reminded before a deadline and who hears of it after, each once (R-exp-11)."""

from datetime import UTC, datetime, timedelta

import pytest

from crm.services import visit_reminders
from expansion import clock
from expansion.notices import ladders
from expansion.notices.models import Notice
from expansion.office.models import WorkReport
from expansion.office.services import reminders
from expansion.office.services.reports import open_reports
from expansion.rulebook.lateness import QUIET, Ladder
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.values import Parameter, Source
from expansion.worktime import Limit, Period, Unit
from tests.make import crm

pytestmark = pytest.mark.django_db

# Friday, 20 November 2026, 15:00 in Shanghai; the next working days are Monday to Wednesday.
DUE = datetime(2026, 11, 20, 7, tzinfo=UTC)
MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (
    datetime(2026, 11, day, 2, tzinfo=UTC) for day in (23, 24, 25, 26)
)


def limit(days: int) -> Parameter:
    return Parameter(value=Limit(days, Unit.WORKING_DAYS), source=Source.ADMIN)


def rules(*, ahead=1, superior=1, manager=2):
    """The rulebook with one ladder for everything."""
    ladder = Ladder(
        key="any", zh="逾期", en="Overdue", remind_before=limit(ahead),
        superior_after=limit(superior), manager_after=limit(manager),
    )  # fmt: skip
    return rules_on().model_copy(update={"ladders": (ladder,)})


def owed(person, **given) -> ladders.Owed:
    return ladders.Owed(
        **{"people": (person,), "due_at": DUE, "what": "周报", "key": "1", "url": "/todo/"} | given
    )


def told(now, one, **given) -> dict[str, set[str]]:
    """Who has been told by then, by kind of event."""
    ladders.remind([one], now=now, kind="x.thing", ladder="tasks", rules=rules(**given))
    found: dict[str, set[str]] = {"x.thing.due": set(), "x.thing.overdue": set()}
    for notice in Notice.objects.select_related("person"):
        found[notice.kind].add(notice.person.username)
    return found


@pytest.mark.parametrize(
    ("now", "due", "overdue"),
    [
        (DUE - timedelta(days=2), set(), set()),
        (datetime(2026, 11, 18, 15, 59, 59, tzinfo=UTC), set(), set()),
        (datetime(2026, 11, 18, 16, tzinfo=UTC), {"member"}, set()),
        (DUE, {"member"}, set()),
        (DUE + timedelta(seconds=1), set(), {"member"}),
        (datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC), set(), {"member"}),
        (datetime(2026, 11, 23, 16, tzinfo=UTC), set(), {"member", "leader"}),
        (datetime(2026, 11, 24, 15, 59, 59, tzinfo=UTC), set(), {"member", "leader"}),
        (datetime(2026, 11, 24, 16, tzinfo=UTC), set(), {"member", "leader", "manager"}),
    ],
)
def test_each_step_is_counted_in_working_days(cast, now, due, overdue):
    assert told(now, owed(cast.member)) == {"x.thing.due": due, "x.thing.overdue": overdue}


def test_moving_the_clock_past_a_deadline_tells_each_recipient_exactly_once(cast):
    for now in (DUE - timedelta(days=1), DUE, MONDAY, TUESDAY, WEDNESDAY, THURSDAY, THURSDAY):
        told(now, owed(cast.member))
    counts = {name: 0 for name in ("member", "leader", "manager")}
    for notice in Notice.objects.filter(kind="x.thing.overdue").select_related("person"):
        counts[notice.person.username] += 1
    assert counts == {"member": 1, "leader": 1, "manager": 1}
    assert Notice.objects.filter(kind="x.thing.due").count() == 1


def test_a_superior_who_is_the_manager_too_is_told_once(cast):
    found = told(THURSDAY, owed(cast.leader))
    assert found["x.thing.overdue"] == {"leader", "manager"}
    assert Notice.objects.filter(person=cast.manager).count() == 1


def test_the_managers_own_goes_to_the_leadership(cast):
    found = told(THURSDAY, owed(cast.manager))
    assert found["x.thing.overdue"] == {"manager", "leadership"}


def test_no_limit_leaves_a_step_out(cast):
    found = told(THURSDAY, owed(cast.member), superior=0, manager=0)
    assert found["x.thing.overdue"] == {"member"}
    assert (QUIET.superior_after.value, QUIET.manager_after.value) == (Limit(0, Unit.DAYS),) * 2


def test_without_a_lead_one_is_reminded_on_the_day(cast):
    day_before = DUE - timedelta(days=1)
    assert told(day_before, owed(cast.member), ahead=0)["x.thing.due"] == set()
    morning = datetime(2026, 11, 20, 1, tzinfo=UTC)
    assert told(morning, owed(cast.member), ahead=0)["x.thing.due"] == {"member"}


def test_who_may_not_see_the_record_does_not_hear_of_it(cast):
    client = crm.client(cast.member)
    one = owed(cast.outsider, about=client)
    assert told(THURSDAY, one)["x.thing.overdue"] == {"manager"}


def test_a_kind_without_a_ladder_of_its_own_takes_the_general_one(cast):
    found = rules()
    assert found.ladder("milestones") is found.ladder("any")
    assert found.model_copy(update={"ladders": ()}).ladder("tasks") is QUIET


def test_a_missing_report_goes_up_and_its_recipient_is_not_told_twice(cast):
    open_reports(rules=rules_on(), period=Period.containing("week"))
    late = WorkReport.objects.get(owner=cast.member, kind="weekly_summary")
    WorkReport.objects.exclude(pk=late.pk).delete()
    WorkReport.objects.filter(pk=late.pk).update(recipient=cast.manager, due_at=DUE)
    for _twice in range(2):
        reminders.tell_above(now=THURSDAY, rules=rules())
    above = Notice.objects.filter(kind="office.report.overdue")
    assert [one.person for one in above] == [cast.leader]
    assert cast.member.name in above.get().title


def test_a_visit_that_stays_missed_goes_up(cast):
    visit = crm.planned(cast.member, crm.client(cast.member))
    type(visit).objects.filter(pk=visit.pk).update(
        status="missed", planned_at=DUE - timedelta(days=1)
    )
    with clock.clock_at(THURSDAY):
        for _twice in range(2):
            visit_reminders.tell_above(rules=rules(), now=clock.now())
    heard = Notice.objects.filter(kind="crm.visit.overdue").select_related("person")
    assert sorted(one.person.username for one in heard) == ["leader", "manager"]
