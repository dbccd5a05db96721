"""Cycles: who is in, when they open, that nothing happens twice, what closing and reopening do."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appraisal.models import Cycle, Evidence, Line, Participant, Result, Stage
from appraisal.services import cycles, rollup
from appraisal.services.reminders import remind
from expansion import clock, metrics
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Gone, Invalid, NotNow
from expansion.jobs.models import Job
from expansion.notices.models import Notice
from expansion.people.models import Membership, Status, User
from expansion.rulebook.loading import to_data
from expansion.rulebook.models import Version
from expansion.rulebook.selectors import rules_on
from expansion.worktime import Period
from tests.cast import UP
from tests.make import appraisal as make


def test_on_the_first_workday_after_the_quarter_the_cycle_is_open_for_everybody_appraised(cast):
    # 1 April 2026 is a Wednesday; the day before nothing is open.
    clock.set_clock(datetime(2026, 3, 31, 23, 0))
    cycles.open_due_cycles(date(2026, 3, 31), rules_on())
    assert Cycle.objects.get(start=date(2026, 1, 1), kind="quarter").stage == Stage.PLANNED
    clock.set_clock(datetime(2026, 4, 1, 0, 10))
    cycles.open_due_cycles(date(2026, 4, 1), rules_on())
    cycle = Cycle.objects.get(kind="quarter", start=date(2026, 1, 1))
    people = {one.owner.username for one in cycle.participants.select_related("owner")}
    assert people == {
        "member", "colleague", "outsider", "partner_member", "leader", "deputy", "manager"
    }  # fmt: skip


@pytest.mark.parametrize("status", [Status.LOCKED, Status.INVITED])
def test_whoever_worked_in_the_period_is_in_with_an_account_that_cannot_log_in(cast, status):
    """R-apr-03: open for everybody appraised; the step goes on without the self-review."""
    User.objects.filter(pk=cast.member.pk).update(status=status)
    cycle = make.frozen(make.opened(cast.version), {cast.member.pk: make.EXAMPLE})
    one = make.of(cycle, cast.member)
    assert (one.team.key, one.superior) == ("client", cast.leader)
    assert not Notice.objects.filter(person=cast.member).exists()
    clock.set_clock(cycle.self_due_at + timedelta(minutes=1))
    remind()
    assert make.evaluated(make.of(cycle, cast.member)).stage == Stage.REVIEW


def test_whoever_has_left_is_not_in_nor_does_a_locked_superior_evaluate(cast):
    User.objects.filter(pk=cast.member.pk).update(status=Status.LEFT)
    User.objects.filter(pk=cast.leader.pk).update(status=Status.LOCKED)
    cycle = make.opened(cast.version)
    superiors = {one.owner: one.superior for one in cycle.participants.complete()}
    assert cast.member not in superiors and superiors[cast.colleague] == cast.manager
    assert superiors[cast.leader] == cast.manager


def test_after_a_holiday_the_cycle_opens_on_the_next_workday(cast):
    clock.set_clock(datetime(2026, 10, 7, 12, 0))
    with pytest.raises(NotNow):
        cycles.open_cycle(
            actor=None,
            record=cycles.plan_cycle(actor=None, period=make.QUARTER, version=cast.version),
        )
    assert make.opened(cast.version).stage == Stage.COLLECTING


def test_opening_twice_or_late_ends_in_the_same_state(cast):
    clock.set_clock(datetime(2026, 10, 20, 9, 0))
    for _repeat in range(2):
        cycles.open_due_cycles(date(2026, 10, 20), rules_on())
    quarter = Cycle.objects.get(start=make.QUARTER.start)
    assert quarter.stage == Stage.COLLECTING
    assert quarter.participants.count() == 7
    assert Job.objects.filter(key=f"cycle-{quarter.pk}").count() == 1


def test_each_person_has_the_next_level_up_as_superior(cast):
    cycle = make.opened(cast.version)
    superiors = {one.owner.username: one.superior.username for one in cycle.participants.complete()}
    assert superiors == UP


def test_steps_are_due_in_workdays_from_the_opening(cast):
    cycle = make.opened(cast.version)
    # Saturday 10 October is an adjusted workday: 9, 10, 12, 13, 14 October.
    assert clock.local_date(cycle.self_due_at) == date(2026, 10, 14)
    assert clock.local_date(cycle.evaluation_due_at) == date(2026, 10, 21)


def test_the_roll_up_freezes_value_target_and_records(cast):
    cycle = make.frozen(make.opened(cast.version), {cast.member.pk: make.EXAMPLE})
    line = Line.objects.get(participant__owner=cast.member, indicator="new_clients", part="number")
    assert (line.value, line.target) == (Decimal(12), Decimal(12))
    assert line.evidence.filter(counted=True).count() == 2
    assert line.evidence.get(counted=False).note == "不满足条件"
    assert cycle.frozen_at == clock.now()
    assert Cycle.objects.get(pk=cycle.pk).stage == Stage.SELF_REVIEW


def test_rolling_up_twice_changes_nothing(cast):
    cycle = make.opened(cast.version)
    make.frozen(cycle, {cast.member.pk: make.EXAMPLE})
    make.frozen(cycle, {cast.member.pk: {"crm.new_clients": Decimal(99)}})
    assert not Line.objects.filter(value=99).exists()
    assert Evidence.objects.filter(line__participant__owner=cast.member).count() == 12


def test_a_person_without_records_counted_nothing_and_has_no_quality_to_judge(cast):
    make.frozen(make.opened(cast.version), {})
    number, quality = Line.objects.filter(
        participant__owner=cast.member, indicator="new_clients"
    ).order_by("pk")
    assert (number.value, quality.value) == (Decimal(0), None)


def test_the_reads_of_a_roll_up_do_not_grow_with_the_people(cast):
    def reads() -> int:
        cycle = Cycle.objects.get()
        people = list(cycle.participants.complete())
        with make.metrics_saying({}), CaptureQueriesContext(connection) as queries:
            rollup.read_metrics(cycle, people)
        return len(queries)

    make.opened(cast.version)
    few = reads()
    cycle, seat = Cycle.objects.get(), Membership.objects.get(user=cast.member)
    for number in range(30):
        user = User.objects.create(username=f"extra{number}", name=f"员工{number}")
        Participant.objects.create(
            cycle=cycle, owner=user, team=seat.unit, post="member", kpi_set="client",
            final_by="manager",
            appeals_by="manager",
        )  # fmt: skip
    assert reads() == few


def test_the_queries_of_a_whole_roll_up_do_not_grow_with_the_people(cast):
    def asked(cycle: Cycle) -> int:
        with CaptureQueriesContext(connection) as queries:
            make.frozen(cycle, {cast.member.pk: make.EXAMPLE})
        return len(queries)

    few = asked(make.opened(cast.version))
    for number in range(12):
        user = User.objects.create(username=f"extra{number}", name=f"员工{number}")
        seat = Membership.objects.get(user=cast.member)
        Membership.objects.create(user=user, unit=seat.unit, post=seat.post, since=seat.since)
    Evidence.objects.all().delete()
    Line.objects.all().delete()
    Participant.objects.all().delete()
    Cycle.objects.all().delete()
    assert asked(make.opened(cast.version)) == few


@pytest.mark.both
def test_evidence_stands_as_it_was_said_whatever_is_in_it(cast):
    cycle = make.opened(cast.version)
    said = 'a\tb\\c\nd\re "f" \\N \\.,'
    for record in (None, cycle):
        of = (type(record), record.pk) if record else (None, None)
        found = metrics.Evidence(*of, said, cycle.end, Decimal("1.5"), False, said)
        said_of = {cast.member.pk: metrics.Reading(Decimal(1), [found])}
        readings = defaultdict(lambda read=said_of: read)
        rollup.freeze_figures(actor=None, record=cycle, readings=readings)
        line = Line.objects.get(
            participant__owner=cast.member, indicator="new_clients", part="number"
        )
        [kept] = line.evidence.all()
        assert (kept.label, kept.about_label, kept.note) == (said, said, said)
        assert (kept.on, kept.value, kept.counted) == (cycle.end, Decimal("1.5"), False)
        assert (kept.about, kept.about_id is None) == (record, record is None)
        cycle = cycles.reopen_cycle(actor=cast.manager, record=cycle, reason="another try")


def test_a_target_of_the_person_goes_before_the_teams_and_the_rulebooks(cast):
    cycle = make.opened(cast.version)
    part = {"indicator": "new_clients", "part": "number"}
    team = make.of(cycle, cast.member).team
    cycles.set_target(actor=cast.manager, record=cycle, team=team, value=Decimal(20), **part)
    cycles.set_target(
        actor=cast.manager, record=cycle, person=cast.member, value=Decimal(8), **part
    )
    make.frozen(cycle, {})
    targets = dict(
        Line.objects.filter(**part).values_list("participant__owner__username", "target")
    )
    assert targets == {"member": Decimal(8), "colleague": Decimal(20), "leader": Decimal(20)}


def test_targets_are_the_managers_and_end_with_the_freeze(cast):
    cycle = make.opened(cast.version)
    given = {
        "indicator": "new_clients",
        "part": "number",
        "person": cast.member,
        "value": Decimal(8),
    }
    with pytest.raises(Forbidden):
        cycles.set_target(actor=cast.leader, record=cycle, **given)
    with pytest.raises(Invalid):
        cycles.set_target(actor=cast.manager, record=cycle, **{**given, "part": "nothing"})
    make.frozen(cycle, {})
    with pytest.raises(NotNow):
        cycles.set_target(actor=cast.manager, record=cycle, **given)


def test_a_target_taken_back_leaves_the_rulebooks_until_the_freeze(cast):
    cycle = make.opened(cast.version)
    given = {"indicator": "new_clients", "part": "number", "person": cast.member}
    wrong = cycles.set_target(actor=cast.manager, record=cycle, value=Decimal(8), **given)
    with pytest.raises(Forbidden):
        cycles.remove_target(actor=cast.hr, record=wrong)
    cycles.remove_target(actor=cast.manager, record=wrong)
    entry = Entry.objects.get(verb="appraisal.target.removed")
    assert entry.changes == {"new_clients": ["8.0000", None]}
    with pytest.raises(Gone):
        cycles.remove_target(actor=cast.manager, record=wrong)
    kept = cycles.set_target(actor=cast.manager, record=cycle, value=Decimal(9), **given)
    make.frozen(cycle, {})
    line = Line.objects.get(participant__owner=cast.member, indicator="new_clients", part="number")
    assert line.target == Decimal(9)
    with pytest.raises(NotNow):
        cycles.remove_target(actor=cast.manager, record=kept)


def test_a_running_cycle_keeps_the_rulebook_it_began_with(cast):
    path = "kpi_sets.client.indicators.new_clients.weight"
    other = "kpi_sets.client.indicators.satisfaction.weight"
    changed = rules_on().with_changes({path: Decimal(40), other: Decimal(40)})
    Version.objects.create(
        number=99, status="published", preset="ktv", effective_on=date(2026, 8, 1),
        content=to_data(changed),
    )  # fmt: skip
    assert cycles.version_for(make.QUARTER) == cast.version
    assert cycles.version_for(Period.parse("2026-Q4")).number == 99


def test_closing_waits_for_the_appeal_window_and_freezes(cast):
    cycle = make.whole_quarter(cast)
    with pytest.raises(NotNow) as refusal:
        cycles.close_cycle(actor=cast.manager, record=cycle)
    assert "2026-10-14" in refusal.value.message
    cycle = make.closed(cycle, by=cast.hr)
    assert cycle.stage == Stage.CLOSED
    assert set(cycle.participants.values_list("stage", flat=True)) == {Stage.CLOSED}


def test_a_reopened_cycle_withdraws_results_with_the_reason_and_is_computed_anew(cast):
    cycle = make.closed(make.whole_quarter(cast, {cast.member.pk: make.EXAMPLE}), by=cast.manager)
    cycle = cycles.reopen_cycle(actor=cast.manager, record=cycle, reason="补录八月合同")
    assert not Result.objects.exclude(delivered_at=None).exists()
    entry = Entry.objects.get(
        verb="appraisal.result.withdrawn", about_id=make.of(cycle, cast.member).pk
    )
    assert entry.changes["reason"] == [None, "补录八月合同"]
    before = Result.objects.get(participant__owner=cast.member).score
    make.frozen(cycle, {cast.member.pk: {**make.EXAMPLE, "crm.new_clients": Decimal(6)}})
    # The forms stay submitted, so the person stands at the manager's review again.
    assert make.of(cycle, cast.member).stage == Stage.REVIEW
    # number 50 instead of 100: a half of 50 %, of 50 %, of 60 % = 7.5 points less.
    assert Result.objects.get(participant__owner=cast.member).score == before - Decimal("7.50")


def test_only_the_manager_reopens_and_hr_may_close(cast):
    cycle = make.whole_quarter(cast)
    with pytest.raises(Forbidden):
        cycles.reopen_cycle(actor=cast.hr, record=cycle, reason="x")
    with pytest.raises(Forbidden):
        cycles.close_cycle(actor=cast.leader, record=cycle)


def test_the_self_review_waits_no_longer_than_its_limit(cast):
    cycle = make.frozen(make.opened(cast.version), {})
    clock.set_clock(cycle.self_due_at + timedelta(minutes=1))
    remind()
    participant = make.of(cycle, cast.member)
    assert participant.stage == Stage.EVALUATION
    assert Entry.objects.filter(verb="appraisal.participant.moved", actor=None).count() >= 1
    make.self_reviewed(participant)
    assert make.of(cycle, cast.member).reviews.get(party="self").late
