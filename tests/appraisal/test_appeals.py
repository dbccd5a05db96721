"""Appeals and consequences: windows, handlers, values before and after, runs that reset."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.utils.translation import override

from appraisal.cards import _cases as waiting_cases
from appraisal.models import Appeal, ConsequenceCase, Cycle, Line, Result, Stage
from appraisal.services import appeals, consequences, cycles, reminders, results
from expansion import access, clock
from expansion.approvals.selectors import latest
from expansion.approvals.services import decide
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Gone, Invalid, NotNow
from expansion.notices.models import Notice
from expansion.people.models import Mandate
from expansion.rulebook.loading import to_data
from expansion.rulebook.models import Version
from expansion.rulebook.selectors import forget_rules, rules_on
from expansion.worktime import Period
from tests.make import appraisal as make

LOW, HIGH = 40, 95


@pytest.fixture
def quarter(cast):
    """A delivered quarter; 许晴 has 86.33."""
    return make.whole_quarter(
        cast, {cast.member.pk: make.EXAMPLE}, {cast.member.pk: {"attitude": 88, "ability": 85}}
    )


def filed(cast, quarter, **more) -> Appeal:
    one = make.of(quarter, cast.member)
    given = {"ground": "value", "text": "该社八月已并入集团，规模应按集团算。", **more}
    return appeals.file_appeal(actor=cast.member, record=one, **given)


def number_line(quarter, person) -> Line:
    return Line.objects.get(participant__cycle=quarter, participant__owner=person, part="number")


def test_one_record_is_contested_with_a_number_a_limit_and_a_notice(cast, quarter):
    evidence = number_line(quarter, cast.member).evidence.first()
    appeal = filed(cast, quarter, evidence=evidence)
    assert appeal.number == "SS-2026-001"
    assert appeal.line.part == "number"
    assert "记录 0" in appeal.contested
    # Ten workdays after 8 October, with Saturday the 10th worked.
    assert clock.local_date(appeal.decide_until).isoformat() == "2026-10-21"
    assert Notice.objects.filter(person=cast.manager, kind="appraisal.appeal").count() == 1


def test_filing_after_the_window_is_refused_with_the_date(cast, quarter):
    clock.set_clock(datetime(2026, 10, 15, 0, 1))
    with pytest.raises(NotNow) as refusal:
        filed(cast, quarter)
    assert "2026-10-14" in refusal.value.message
    clock.set_clock(datetime(2026, 10, 14, 23, 59))
    assert filed(cast, quarter).pk


@pytest.fixture
def elsewhere(cast):
    """The same quarter where the rulebook sends appeals to the leadership (C-6.3.3)."""
    changed = rules_on().with_changes({"appraisal.appeal_handler": "leadership"})
    Version.objects.update(content=to_data(changed))  # in force since long before the quarter
    forget_rules()
    return make.whole_quarter(
        cast, {cast.member.pk: make.EXAMPLE}, {cast.member.pk: {"attitude": 88, "ability": 85}}
    )


def test_an_appeal_goes_to_whom_the_rulebook_names(cast, elsewhere, sign_in):
    participant = make.of(elsewhere, cast.member)
    assert not access.can(cast.leadership, "view", participant)
    appeal = filed(cast, elsewhere)
    told = Notice.objects.filter(kind="appraisal.appeal").values_list("person__name", flat=True)
    assert set(told) == {cast.leadership.name}
    assert access.can(cast.manager, "view", appeal)
    with pytest.raises(Forbidden):
        appeals.accept_appeal(actor=cast.manager, record=appeal)
    browser = sign_in(cast.leadership)
    for address in (appeal.get_absolute_url(), participant.get_absolute_url()):
        assert browser.get(address).status_code == 200
    appeals.accept_appeal(actor=cast.leadership, record=appeal)
    assert browser.get(f"{appeal.get_absolute_url()}/decide").status_code == 200
    appeal = appeals.decide_appeal(
        actor=cast.leadership, record=appeal, decision="upheld", findings="数据核对无误。"
    )
    assert (appeal.handler, appeal.decided_for) == (cast.leadership, None)
    # The results of those who have not appealed stay between their parties.
    assert not access.can(cast.leadership, "view", make.of(elsewhere, cast.colleague))


def test_nobody_appeals_for_somebody_else(cast, quarter):
    for person in (cast.leader, cast.manager, cast.hr):
        with pytest.raises(Forbidden):
            appeals.file_appeal(
                actor=person, record=make.of(quarter, cast.member), ground="other", text="不同意"
            )


def test_a_record_of_somebody_elses_result_cannot_be_contested(cast, quarter):
    other = number_line(quarter, cast.colleague)
    with pytest.raises(Gone):
        filed(cast, quarter, line=other)


def test_the_same_is_contested_once_at_a_time(cast, quarter):
    filed(cast, quarter)
    with pytest.raises(Invalid):
        filed(cast, quarter)
    assert filed(cast, quarter, line=number_line(quarter, cast.member)).pk


def test_an_appeal_needs_an_explanation(cast, quarter):
    with pytest.raises(Invalid):
        filed(cast, quarter, text="  ")


def test_a_changed_value_recomputes_score_and_level_and_keeps_both_states(cast, quarter):
    line = number_line(quarter, cast.member)
    appeal = filed(cast, quarter, line=line)
    appeals.accept_appeal(actor=cast.manager, record=appeal)
    appeal = appeals.decide_appeal(
        actor=cast.manager, record=appeal, decision="changed", findings="少计。",
        values={line.pk: Decimal(3)},
    )  # fmt: skip
    # number 3/12 = 25: (25 + 83.33) / 2 = 54.165; 0.6 × 0.5 × (91.665 − 54.165) = 11.25 less.
    assert (appeal.before["score"], appeal.after["score"]) == ("86.33", "75.08")
    assert (appeal.before["level"], appeal.after["level"]) == ("good", "qualified")
    result = Result.objects.get(participant=appeal.participant)
    assert (result.score, result.level) == (Decimal("75.08"), "qualified")
    assert Line.objects.get(pk=line.pk).corrected_by == appeal
    entry = Entry.objects.get(verb="appraisal.appeal.decided")
    assert entry.changes["score"] == ["86.33", "75.08"]


def test_an_upheld_appeal_changes_nothing(cast, quarter):
    appeal = filed(cast, quarter)
    appeals.accept_appeal(actor=cast.manager, record=appeal)
    appeal = appeals.decide_appeal(
        actor=cast.manager, record=appeal, decision="upheld", findings="数据核对无误。"
    )
    assert appeal.before == appeal.after
    assert Notice.objects.filter(person=cast.member, kind="appraisal.appeal_decided").exists()


def test_a_decision_fits_its_values_and_has_findings(cast, quarter):
    line = number_line(quarter, cast.member)
    appeal = filed(cast, quarter, line=line)
    with pytest.raises(NotNow):
        appeals.decide_appeal(actor=cast.manager, record=appeal, decision="upheld", findings="x")
    appeals.accept_appeal(actor=cast.manager, record=appeal)
    for decision, findings, values in (
        ("changed", "少计。", {}),
        ("upheld", "无误。", {line.pk: Decimal(9)}),
        ("upheld", " ", {}),
        ("changed", "少计。", {line.pk: Decimal(-1)}),
    ):
        with pytest.raises(Invalid):
            appeals.decide_appeal(
                actor=cast.manager, record=appeal, decision=decision, findings=findings,
                values=values,
            )  # fmt: skip


def test_the_second_of_two_decisions_is_refused(cast, quarter):
    appeal = filed(cast, quarter)
    appeals.accept_appeal(actor=cast.manager, record=appeal)
    given = {"record": appeal, "decision": "upheld", "findings": "无误。"}
    appeals.decide_appeal(actor=cast.manager, **given)
    with pytest.raises(NotNow):
        appeals.decide_appeal(actor=cast.manager, **given)


def test_the_manager_handles_and_nobody_handles_their_own(cast, quarter):
    appeal = filed(cast, quarter)
    for person in (cast.member, cast.leader, cast.hr, cast.deputy):
        with pytest.raises(Forbidden):
            appeals.accept_appeal(actor=person, record=appeal)
    own = appeals.file_appeal(
        actor=cast.manager, record=make.of(quarter, cast.manager), ground="other", text="不同意"
    )
    with pytest.raises(Forbidden):
        appeals.accept_appeal(actor=cast.manager, record=own)
    assert appeals.accept_appeal(actor=cast.leadership, record=own).handler == cast.leadership


def acts_for_the_manager(cast, delegate, days: int = 2, **more) -> None:
    Mandate.objects.create(
        principal=cast.manager, delegate=delegate, starts_at=clock.now() - timedelta(hours=1),
        ends_at=clock.now() + timedelta(days=days), reason="leave", created_by=cast.manager, **more
    )  # fmt: skip


def told(kind: str) -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("person__username", flat=True))


def test_who_acts_for_the_handler_is_told_of_an_appeal_and_reminded_of_it(cast, quarter):
    acts_for_the_manager(cast, cast.deputy, days=30)
    acts_for_the_manager(cast, cast.leader, days=30, kinds=["contract"])  # not of appeals
    appeal = filed(cast, quarter)
    assert told("appraisal.appeal") == {cast.manager.username, cast.deputy.username}
    with clock.clock_at(appeal.decide_until - timedelta(hours=1)):
        reminders.remind()
    assert told("appraisal.appeal.due") == {cast.manager.username, cast.deputy.username}


def test_whose_appeal_it_is_handles_it_for_nobody(cast, quarter):
    acts_for_the_manager(cast, cast.member)
    filed(cast, quarter)
    assert told("appraisal.appeal") == {cast.manager.username}


def test_the_acting_deputy_decides_with_the_stamp(cast, quarter):
    appeal = filed(cast, quarter)
    acts_for_the_manager(cast, cast.deputy)
    deputy = cast.again(cast.deputy)
    appeals.accept_appeal(actor=deputy, record=appeal)
    appeal = appeals.decide_appeal(
        actor=deputy, record=appeal, decision="upheld", findings="无误。"
    )
    assert (appeal.handler, appeal.decided_for) == (cast.deputy, cast.manager)


def run(cast, *scores: int) -> None:
    """Closed quarters of 2025 and 2026 in which 罗海涛 was rated so."""
    periods = ["2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2"][: len(scores)]
    for key, score in zip(periods, scores, strict=True):
        period = Period.parse(key)
        day = cycles.opens_on(cast.version and _rules(), period)
        values = {
            cast.partner_member.pk: {
                "partnerships.signed_projects": Decimal(0 if score == LOW else 3),
                "partnerships.signed_amount": Decimal(0 if score == LOW else 300000),
                "partnerships.partners_in_touch": Decimal(score),
                "partnerships.on_time_rate": Decimal(score),
            }
        }
        cycle = make.whole_quarter(
            cast, values, dict.fromkeys(_everybody(cast), 80) | {cast.partner_member.pk: score},
            period, datetime(day.year, day.month, day.day, 9),
        )  # fmt: skip
        make.closed(cycle, by=cast.manager)


def _rules():
    from expansion.rulebook.selectors import rules_on

    return rules_on()


def _everybody(cast) -> list[int]:
    return [cast.member.pk, cast.colleague.pk, cast.outsider.pk, cast.leader.pk]


def cases_of(person) -> list[tuple[str, int]]:
    found = ConsequenceCase.objects.filter(owner=person).exclude(status="lifted").order_by("pk")
    return [(case.rule, case.periods) for case in found]


def test_one_unqualified_quarter_asks_the_manager_for_one_measure_of_three(cast):
    run(cast, LOW)
    case = ConsequenceCase.objects.get(owner=cast.partner_member)
    assert (case.rule, case.status) == ("one_unqualified", "open")
    with pytest.raises(Invalid):
        consequences.propose_measure(
            actor=cast.manager,
            record=case,
            measure="dismissal",
            reason="不达标",
            said="已听取本人意见。",
        )
    case = consequences.propose_measure(
        actor=cast.manager,
        record=case,
        measure="warning",
        reason="三项指标均未达标。",
        said="已听取本人意见。",
    )
    assert (case.status, case.measure, case.proposed_by) == ("proposed", "warning", cast.manager)


def test_two_in_a_row_propose_dismissal(cast):
    run(cast, LOW, LOW)
    assert cases_of(cast.partner_member) == [("one_unqualified", 1), ("two_unqualified", 2)]


def test_a_qualified_quarter_resets_the_run(cast):
    run(cast, LOW, HIGH, LOW)
    assert cases_of(cast.partner_member) == [("one_unqualified", 1), ("one_unqualified", 1)]


def test_a_pending_appeal_suspends_and_the_decision_catches_up(cast):
    run(cast, LOW)
    day = cycles.opens_on(_rules(), Period.parse("2025-Q4"))
    cycle = make.whole_quarter(
        cast, {}, {cast.partner_member.pk: LOW}, Period.parse("2025-Q4"),
        datetime(day.year, day.month, day.day, 9),
    )  # fmt: skip
    appeal = appeals.file_appeal(
        actor=cast.partner_member, record=make.of(cycle, cast.partner_member),
        ground="rating", text="评分偏低。",
    )  # fmt: skip
    cycle = make.closed(cycle, by=cast.manager)
    assert cases_of(cast.partner_member) == [("one_unqualified", 1)]
    appeals.accept_appeal(actor=cast.manager, record=appeal)
    appeals.decide_appeal(actor=cast.manager, record=appeal, decision="upheld", findings="无误。")
    assert cases_of(cast.partner_member) == [("one_unqualified", 1), ("two_unqualified", 2)]
    assert make.of(cycle, cast.partner_member).stage == Stage.CLOSED


def test_a_case_rests_while_its_cycle_is_reopened(cast):
    run(cast, LOW)
    case = ConsequenceCase.objects.get(owner=cast.partner_member)
    cycles.reopen_cycle(actor=cast.manager, record=case.participant.cycle, reason="补录")
    case.refresh_from_db()
    with pytest.raises(NotNow):
        consequences.propose_measure(
            actor=cast.manager,
            record=case,
            measure="warning",
            reason="不达标",
            said="已听取本人意见。",
        )


def test_only_the_manager_proposes_where_the_rulebook_says_so(cast):
    run(cast, LOW)
    case = ConsequenceCase.objects.get(owner=cast.partner_member)
    for person in (cast.hr, cast.leadership, cast.leader, cast.partner_member, cast.administrator):
        with pytest.raises(Forbidden):
            consequences.propose_measure(
                actor=person,
                record=case,
                measure="warning",
                reason="不达标",
                said="已听取本人意见。",
            )


SAID = {"measure": "dismissal", "reason": "两期不达标。", "said": "已听取本人意见。"}
RAISED = {
    "partnerships.signed_projects": Decimal(3),
    "partnerships.signed_amount": Decimal(300000),
    "partnerships.partners_in_touch": Decimal(95),
    "partnerships.on_time_rate": Decimal(95),
}


def case_of(cast, key: str) -> ConsequenceCase:
    start = Period.parse(key).start
    return ConsequenceCase.objects.get(owner=cast.partner_member, participant__cycle__start=start)


def proposed(cast, case, **more) -> ConsequenceCase:
    return consequences.propose_measure(actor=cast.manager, record=case, **SAID | more)


def approved(cast, case) -> ConsequenceCase:
    while latest(case).status == "pending":
        step = latest(case).steps.filter(status="open").first()
        decider = getattr(cast, step.role)
        decide(actor=decider, request=latest(case), decision="approve", comment="")
    return case_of(cast, case.participant.cycle.period.key)


def reopened(cast, key: str) -> Cycle:
    cycle = Cycle.objects.get(kind="quarter", start=Period.parse(key).start)
    return cycles.reopen_cycle(actor=cast.manager, record=cycle, reason="目标有误")


def closed_anew(cast, cycle, values) -> None:
    cycle = make.frozen(cycle, {cast.partner_member.pk: values})
    cycle = make.delivered(cycle, manager=cast.manager, leadership=cast.leadership)
    make.closed(cycle, by=cast.manager)


def test_a_case_rests_while_an_earlier_quarter_of_its_run_is_open_again(cast, sign_in):
    run(cast, LOW, LOW)
    case = case_of(cast, "2025-Q4")
    reopened(cast, "2025-Q3")
    with pytest.raises(NotNow):
        proposed(cast, case)
    page = sign_in(cast.manager).get(case.get_absolute_url()).text
    with override("zh-hans"):
        assert str(consequences.RESTS) in page
    assert f"{case.get_absolute_url()}/propose" not in page
    assert case.get_absolute_url() not in {todo.url for todo in waiting_cases(cast.manager)}


def test_a_decision_waits_while_an_earlier_quarter_is_open_again(cast):
    run(cast, LOW, LOW)
    case = proposed(cast, case_of(cast, "2025-Q4"))
    reopened(cast, "2025-Q3")
    with pytest.raises(NotNow):
        approved(cast, case)


def test_a_case_is_settled_anew_when_an_earlier_quarter_closes_otherwise(cast):
    run(cast, LOW, LOW)
    case = proposed(cast, case_of(cast, "2025-Q4"))
    closed_anew(cast, reopened(cast, "2025-Q3"), RAISED)
    assert case_of(cast, "2025-Q3").status == "lifted"
    case = case_of(cast, "2025-Q4")
    assert (case.rule, case.status, case.measure) == ("one_unqualified", "open", "")
    assert [fact["cycle"] for fact in case.facts] == ["2025-Q4"]
    assert latest(case).status == "withdrawn"
    entry = Entry.objects.get(verb="appraisal.case.open", about_id=case.pk)
    assert entry.changes["measure"] == ["dismissal", ""]


def test_a_decided_dismissal_falls_with_the_run_and_those_concerned_are_told(cast):
    run(cast, LOW, LOW)
    case = approved(cast, proposed(cast, case_of(cast, "2025-Q4")))
    assert case.status == "decided"
    closed_anew(cast, reopened(cast, "2025-Q3"), RAISED)
    case = case_of(cast, "2025-Q4")
    assert (case.rule, case.status) == ("one_unqualified", "open")
    people = {cast.partner_member.username, cast.manager.username, cast.hr.username}
    assert people <= told("appraisal.measure_fallen")


def test_a_decided_measure_that_falls_away_stays_readable_and_is_told_of(cast, sign_in):
    run(cast, LOW)
    case = approved(cast, proposed(cast, case_of(cast, "2025-Q3"), measure="warning"))
    closed_anew(cast, reopened(cast, "2025-Q3"), RAISED)
    case = case_of(cast, "2025-Q3")
    kept = (case.status, case.measure, case.reason, case.said)
    assert kept == ("lifted", "warning", SAID["reason"], SAID["said"])
    assert case.decided_at and case.facts[0]["level"] != "unqualified"
    assert {cast.partner_member.username, cast.manager.username} <= told("appraisal.measure_fallen")
    page = sign_in(cast.manager).get(case.get_absolute_url()).text
    assert SAID["reason"] in page and case.facts[0]["score"] in page


def test_other_figures_under_the_same_rule_bring_a_proposal_back_and_leave_a_decision(cast):
    run(cast, LOW, LOW)
    first = approved(cast, proposed(cast, case_of(cast, "2025-Q3"), measure="warning"))
    second, before = proposed(cast, case_of(cast, "2025-Q4")), first.facts
    cycle = reopened(cast, "2025-Q3")
    closed_anew(cast, cycle, {"partnerships.partners_in_touch": Decimal(60)})
    first, second = case_of(cast, "2025-Q3"), case_of(cast, "2025-Q4")
    assert (first.status, first.rule) == ("decided", "one_unqualified")
    assert first.facts != before and first.facts == second.facts[1:]
    assert (second.status, second.measure) == ("open", "dismissal")
    assert latest(second).status == "withdrawn"


def test_an_appeal_decided_over_an_earlier_quarter_settles_the_later_case(cast):
    """Of the second instance, which may end after the next quarter has closed."""
    run(cast, LOW, LOW)
    case = case_of(cast, "2025-Q4")
    earlier = make.of(Cycle.objects.get(start=Period.parse("2025-Q3").start), cast.partner_member)
    line = earlier.lines.filter(rated=True).first()
    appeal = Appeal.objects.create(
        participant=earlier, owner=earlier.owner, team=earlier.team, number="SS-1", line=line,
        ground="rating", text="偏低。", filed_at=clock.now(), status="accepted",
        handled_by="manager", lies_with="manager",
    )  # fmt: skip
    with pytest.raises(NotNow):
        proposed(cast, case)
    values = {one.pk: one.target or Decimal(100) for one in earlier.lines.all()}
    appeals.decide_appeal(
        actor=cast.manager, record=appeal, decision="changed", findings="评分有误。", values=values
    )
    earlier.result.refresh_from_db()
    assert earlier.result.level != "unqualified"
    assert case_of(cast, "2025-Q4").rule == "one_unqualified"


def changed(cast, cycle, value: int, appeal: Appeal | None = None) -> Appeal:
    """许晴's appeal, by which her number of clients becomes another."""
    line = number_line(cycle, cast.member)
    appeal = appeal or filed(cast, cycle, line=line)
    appeals.accept_appeal(actor=cast.manager, record=appeal)
    return appeals.decide_appeal(
        actor=cast.manager, record=appeal, decision="changed", findings="少计。",
        values={line.pk: Decimal(value)},
    )  # fmt: skip


def moved_entries(person) -> list[Entry]:
    found = Entry.objects.filter(verb="appraisal.result.recomputed").order_by("pk")
    return [one for one in found if one.about.owner == person]


def test_a_delivered_score_that_follows_anothers_appeal_leaves_a_trace(cast, quarter):
    head = make.of(quarter, cast.manager)
    results.acknowledge_result(actor=cast.manager, record=head)
    before = head.result.score
    appeal = changed(cast, quarter, 3)
    result = make.of(quarter, cast.manager).result
    assert result.score < before and result.acknowledged_at is None
    (entry,) = moved_entries(cast.manager)
    assert entry.actor == cast.manager
    assert entry.changes["score"] == [str(before), str(result.score)]
    assert entry.changes["appeal"] == [None, appeal.number]
    assert told("appraisal.recomputed") == {cast.manager.username}
    notice = Notice.objects.get(kind="appraisal.recomputed")
    assert str(before) in notice.title and str(result.score) in notice.title
    # The appellant hears of the decision, and whose score has not moved of nothing.
    assert not moved_entries(cast.member) and not moved_entries(cast.deputy)


def test_an_upheld_appeal_moves_nobodys_confirmation(cast, quarter):
    results.acknowledge_result(actor=cast.manager, record=make.of(quarter, cast.manager))
    appeal = filed(cast, quarter)
    appeals.accept_appeal(actor=cast.manager, record=appeal)
    appeals.decide_appeal(actor=cast.manager, record=appeal, decision="upheld", findings="无误。")
    assert make.of(quarter, cast.manager).result.acknowledged_at
    assert not told("appraisal.recomputed")


def test_in_a_closed_cycle_the_consequences_of_those_who_follow_catch_up(cast, quarter):
    appeal = filed(cast, quarter, line=number_line(quarter, cast.member))
    make.closed(quarter, by=cast.manager)
    case = ConsequenceCase.objects.get(owner=cast.manager)
    changed(cast, quarter, 3, appeal)
    score = make.of(quarter, cast.manager).result.score
    before, after = case.facts, ConsequenceCase.objects.get(pk=case.pk).facts
    assert (before[0]["score"] != str(score), after[0]["score"]) == (True, str(score))


def test_delivered_years_follow_with_a_trace_for_everybody_whose_quarter_moved(cast):
    quarter = make.whole_quarter(
        cast, {cast.member.pk: make.EXAMPLE}, {cast.member.pk: {"attitude": 88, "ability": 85}},
        Period.parse("2026-Q4"), datetime(2027, 1, 4, 9, 0),
    )  # fmt: skip
    year = make.opened(cast.version, Period.parse("2026"), clock.now())
    year = make.reviewed(make.frozen(year, {cast.member.pk: make.EXAMPLE}))
    make.delivered(year, manager=cast.manager, leadership=cast.leadership)
    results.acknowledge_result(actor=cast.member, record=make.of(year, cast.member))
    changed(cast, quarter, 3)
    assert [one.about.cycle for one in moved_entries(cast.member)] == [year]
    assert [one.about.cycle for one in moved_entries(cast.manager)] == [quarter, year]
    assert make.of(year, cast.member).result.acknowledged_at is None


def test_the_second_decider_reads_who_decided_and_when(cast, quarter):
    appeal = filed(cast, quarter)
    acts_for_the_manager(cast, cast.deputy)
    appeals.accept_appeal(actor=cast.manager, record=appeal)
    given = {"record": appeal, "decision": "upheld", "findings": "无误。"}
    appeals.decide_appeal(actor=cast.manager, **given)
    for again in (
        lambda who: appeals.decide_appeal(actor=who, **given),
        lambda who: appeals.accept_appeal(actor=who, record=appeal),
    ):
        with override("en"), pytest.raises(NotNow) as refusal:
            again(cast.again(cast.deputy))
        said = refusal.value.message
        assert said == f"This appeal is decided: {cast.manager.name}, Today 09:00."
