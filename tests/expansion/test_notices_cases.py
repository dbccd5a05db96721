"""Cases of the compliance board are reminded of ahead, told late, and foreseen (R-exp-11)."""

from collections import Counter
from datetime import date, timedelta
from typing import get_args

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from crm.models import Client, Contract, Lead
from expansion import clock, compliance
from expansion.home.forecast import days
from expansion.jobs import services as jobs
from expansion.notices import cases as room
from expansion.notices import ladders
from expansion.notices.models import Notice
from expansion.people.models import Status
from expansion.rulebook import lateness
from expansion.rulebook.loading import preset, preset_keys
from expansion.rulebook.selectors import rules_on
from tests.make import authority, cases, crm
from tests.make.rules import put_in_force

pytestmark = pytest.mark.django_db
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
EACH = pytest.mark.parametrize("case", cases.ALL.values(), ids=list(cases.ALL))


def run() -> dict:
    job = jobs.enqueue("notices.remind_of_cases")
    jobs.run(job)
    job.refresh_from_db()
    return job.result


def told(kind: str) -> Counter[str]:
    """How often each person reads of it."""
    found = Notice.objects.filter(kind=kind, within=None).select_related("person")
    return Counter(one.person.username for one in found)


def titles(kind: str, person) -> list[str]:
    return [one.title for one in Notice.objects.filter(kind=kind, person=person)]


@EACH
def test_whoever_has_it_alone_is_reminded_ahead_and_once(cast, case):
    due, _late = case.owe(cast)
    for moment in (due - DAY, due - timedelta(hours=1), due):
        clock.set_clock(max(moment, due - DAY))
        run()
    [(reader, number)] = told(f"{case.kind}.due").items()
    assert number == 1 and reader in _late
    assert not told(f"{case.kind}.overdue")


@EACH
def test_what_is_done_in_time_is_late_for_nobody(cast, case):
    due, _late = case.owe(cast)
    if clock.now() < due - DAY:
        clock.set_clock(due - DAY)
    case.settle(cast)
    for later in (SECOND, 4 * DAY, 8 * DAY):
        clock.set_clock(due + later)
        run()
    assert not told(f"{case.kind}.overdue")


@EACH
def test_without_a_limit_nothing_is_due(cast, case):
    due, _late = case.owe(cast)
    authority.decree(rules_on().with_changes({case.limit: "0 days"}))
    clock.set_clock(due + 8 * DAY)
    run()
    assert not told(f"{case.kind}.due") and not told(f"{case.kind}.overdue")


@pytest.mark.parametrize(
    "case", ["return_visits", "partners", "trainings", "onboarding", "leads", "files"]
)
def test_what_was_done_late_goes_no_further_up(cast, case):
    one = cases.ALL[case]
    due, _late = one.owe(cast)
    clock.set_clock(due + SECOND)
    run()
    first = told(f"{one.kind}.overdue")
    assert len(first) == 1
    one.settle(cast)
    for later in (4 * DAY, 6 * DAY):
        clock.set_clock(due + later)
        run()
    assert told(f"{one.kind}.overdue") == first


def test_the_next_turn_is_told_anew(cast):
    due, _late = cases.return_visit(cast)
    for turn in (due, due + 30 * DAY):
        clock.set_clock(turn + SECOND)
        run()
    assert told("crm.return_visit.overdue")["member"] == 2


def test_of_turns_that_passed_long_ago_the_last_alone_is_told(cast):
    due, _late = cases.return_visit(cast)
    clock.set_clock(due + 65 * DAY)
    run()
    assert told("crm.return_visit.overdue") == {"member": 1, "leader": 1, "manager": 1}


def test_turns_shorter_than_the_ladder_reach_the_manager_all_the_same(cast):
    put_in_force({"sla.lead_follow_up": "2 days"})
    lead = crm.lead(cast.member, crm.client(cast.member))
    Lead.objects.filter(pk=lead.pk).update(
        status="effective", effective_on=clock.today(), effective_owner=cast.member
    )
    for _day in range(10):
        clock.set_clock(clock.now() + DAY)
        run()
    assert told("crm.lead.overdue")["manager"]


def test_old_debt_is_not_told_for_ever(cast):
    """A need that nobody has taken on was due once."""
    due, _late = cases.need(cast)
    clock.set_clock(due + ladders.LOOKED_BACK + 2 * DAY)
    run()
    assert not told("crm.need.overdue")
    clock.set_clock(due + ladders.LOOKED_BACK - 2 * DAY)
    run()
    assert told("crm.need.overdue")["member"] == 1


def test_words_name_the_day_and_the_client(cast):
    due, _late = cases.return_visit(cast)
    client = Client.objects.get()
    clock.set_clock(due)
    run()
    clock.set_clock(due + 4 * DAY)
    run()
    [ahead] = titles("crm.return_visit.due", cast.member)
    [above] = titles("crm.return_visit.overdue", cast.leader)
    assert client.name in ahead and client.name in above and cast.member.name in above
    notice = Notice.objects.get(kind="crm.return_visit.due")
    assert notice.url == client.get_absolute_url()


def test_who_has_left_is_told_nothing_and_nobody_above_for_them(cast):
    due, _late = cases.return_visit(cast)
    type(cast.member).objects.filter(pk=cast.member.pk).update(status=Status.LEFT)
    clock.set_clock(due + 8 * DAY)
    run()
    assert not told("crm.return_visit.overdue")


def test_where_a_visit_alone_counts_a_call_does_not(cast):
    """E3-3.2a counts visits; a regulation without it takes a call too."""
    due, _late = cases.return_visit(cast)
    clock.set_clock(due - DAY)
    cases.called(cast)
    clock.set_clock(due + SECOND)
    run()
    assert not told("crm.return_visit.overdue")
    authority.decree(preset("market"))
    run()
    assert told("crm.return_visit.overdue") == {"member": 1}


def under_contract(cast, number: int) -> None:
    for _each in range(number):
        client = crm.client(cast.member)
        Contract.objects.create(
            client=client, owner=cast.member, team=client.team, title="年会场地", status="signed",
            signed_on=clock.today(), starts_on=clock.today(), approved_at=clock.now(),
            signed_owner=cast.member,
        )  # fmt: skip


def test_many_late_at_once_are_read_as_one_in_as_many_queries(cast):
    under_contract(cast, 5)
    late = clock.now() + 31 * DAY
    asked = []
    for more in (0, 20):
        under_contract(cast, more)
        Notice.objects.all().delete()
        with clock.clock_at(late), CaptureQueriesContext(connection) as queries:
            room.remind(now=clock.now(), rules=rules_on())
        assert told("crm.return_visit.overdue") == {"member": 1}
        asked.append(len(queries))
    assert asked[1] <= asked[0]


FORESEEN = {
    "return_visits": "1 return visit",
    "leads": "1 contact about a lead",
    "files": "1 renewal of a client file",
    "needs": "1 analysis of a need",
    "partners": "1 contact with a partner",
    "trainings": "1 regular training",
    "onboarding": "1 training of new staff",
    "satisfaction": "1 questionnaire for a client",
    "finals": "final scores of 1 cycle",
    "results": "results of 1 cycle to be told",
}


@pytest.mark.parametrize("case", FORESEEN)
def test_what_falls_due_is_foreseen_on_its_day(cast, case):
    due, _late = cases.ALL[case].owe(cast)
    if clock.now() < due - 2 * DAY:
        clock.set_clock(due - 2 * DAY)
    found = foreseen(f"Due: {FORESEEN[case]}")
    assert [one.at for one in found] == [due]


def test_the_reminder_ahead_is_foreseen_with_its_clause(cast):
    due, _late = cases.return_visit(cast)
    clock.set_clock(due - 10 * DAY)
    [ahead] = foreseen("Reminder: 1 return visit")
    assert clock.local_date(ahead.at) == date(2026, 12, 15)  # three working days before the 18th
    assert ahead.clause == "A-3.2.6c"
    clock.set_clock(due - 20 * DAY)
    assert not foreseen("Reminder: 1 return visit") and not foreseen("Due: 1 return visit")


def test_what_is_done_or_of_nobody_is_not_foreseen(cast):
    due, _late = cases.return_visit(cast)
    clock.set_clock(due - DAY)
    cases.visited(cast)
    assert not foreseen("Due: 1 return visit")


def test_each_deadline_counts_once_where_two_clauses_ask_for_it(cast):
    due, _late = cases.return_visit(cast)
    authority.decree(preset("market"))  # a visit or a call, and a visit
    clock.set_clock(due - DAY)
    assert len(foreseen("Due: 1 return visit")) == 1


def foreseen(what: str) -> list:
    with translation.override("en"):
        return [row for one in days() for row in one["rows"] if str(row.what) == what]


@pytest.mark.parametrize("key", preset_keys())
def test_a_regulation_with_such_a_limit_has_its_ladder(key):
    rules = preset(key)
    values = {one.path: one.parameter.value for one in rules.parameters()}
    wanted = {case.ladder for case in cases.ALL.values() if values[case.limit]}
    assert {one.key for one in rules.ladders} & {one.ladder for one in cases.ALL.values()} == wanted


def test_every_reminder_names_a_ladder_of_the_rulebook():
    named = {one.reminder.ladder for one in compliance.checks().values() if one.reminder}
    assert named == {case.ladder for case in cases.ALL.values()}
    assert named <= set(get_args(lateness.Owed))
