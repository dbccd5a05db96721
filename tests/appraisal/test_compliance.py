"""What appraisal counts for the compliance board; the quarter of these tests opens in November."""

from datetime import date, datetime

import pytest

from appraisal.compliance import facts as room
from appraisal.models import Appeal, ConsequenceCase, Cycle, Line, Stage
from appraisal.services import appeals, consequences, cycles, exports, results
from expansion import clock, compliance
from expansion.compliance import BROKEN, KEPT, OPEN, Reach, Span
from expansion.people.models import Unit, User
from expansion.rulebook.loading import preset
from expansion.rulebook.selectors import rules_on
from expansion.worktime import Period
from tests.make import appraisal as make

pytestmark = pytest.mark.django_db
OCTOBER = Span(date(2026, 10, 1), date(2026, 10, 31))
NOVEMBER = Span(date(2026, 11, 1), date(2026, 11, 30))
DECEMBER = Span(date(2026, 12, 1), date(2026, 12, 31))
MONDAY = datetime(2026, 11, 2, 9)  # self-reviews are due on the 9th, evaluations on the 16th
PEOPLE = 7  # whom the rulebook of the cast appraises
PLANTED = {
    "appraisal.cycles_opened",
    "appraisal.self_reviews",
    "appraisal.evaluations",
    "appraisal.finals",
    "appraisal.told_and_heard",
    "appraisal.appeals",
    "appraisal.measures",
    "appraisal.scored",
}


def counted(
    key: str, clause: str = "", *, of: User | None = None, span: Span = NOVEMBER
) -> tuple[int, int, int]:
    """Kept, broken and running in a month, of everybody or of one person."""
    units = frozenset(Unit.objects.values_list("pk", flat=True))
    people = frozenset(User.objects.values_list("pk", flat=True))
    reach = Reach(units, people, of.pk if of else None)
    check = compliance.checks()[f"appraisal.{key}"]
    cases = check.cases(rules_on(), clause or check.clauses[0])
    found = cases.count(reach, span)
    assert sum(cases.by_person(reach, span).values()) == sum(found.values())
    for state in (KEPT, BROKEN, OPEN):
        listed = cases.listed(reach, span, state, 50)
        assert len(listed) == found[span.first, state]
        assert all(str(one.record) and one.record.get_absolute_url() for one in listed)
    return found[span.first, KEPT], found[span.first, BROKEN], found[span.first, OPEN]


def collected(cast) -> Cycle:
    return make.frozen(make.opened(cast.version, at=MONDAY), {})


def on(day: int, hour: int = 9, month: int = 11) -> None:
    clock.set_clock(datetime(2026, month, day, hour))


def test_a_cycle_opens_on_its_day(cast):
    make.opened(cast.version, Period.parse("2026-10"), MONDAY)
    assert counted("cycles_opened") == (1, 0, 0)
    assert counted("cycles_opened", of=cast.manager) == (1, 0, 0)
    assert counted("cycles_opened", of=cast.member) == (0, 0, 0)
    make.opened(cast.version, at=MONDAY)  # the quarter: four weeks late
    assert counted("cycles_opened", span=OCTOBER) == (0, 1, 0)
    later = Period.parse("2026-11")
    cycles.plan_cycle(actor=None, period=later, version=cast.version)
    assert counted("cycles_opened", span=DECEMBER) == (0, 0, 1)
    on(2, month=12)
    assert counted("cycles_opened", span=DECEMBER) == (0, 1, 0)


def test_everybody_writes_the_self_review_in_time(cast):
    cycle = collected(cast)
    make.self_reviewed(make.of(cycle, cast.member))
    assert counted("self_reviews") == (1, 0, PEOPLE - 1)
    on(10)
    make.self_reviewed(make.of(cycle, cast.colleague))  # late
    assert counted("self_reviews") == (1, PEOPLE - 1, 0)
    assert counted("self_reviews", of=cast.colleague) == (0, 1, 0)


def test_a_superior_evaluates_in_time(cast):
    cycle = collected(cast)
    for person in (cast.member, cast.colleague):
        make.self_reviewed(make.of(cycle, person))
    make.evaluated(make.of(cycle, cast.member))
    assert counted("evaluations") == (1, 0, PEOPLE - 1)
    on(17)
    make.evaluated(make.of(cycle, cast.colleague))  # late
    assert counted("evaluations") == (1, PEOPLE - 1, 0)
    assert counted("evaluations", of=cast.leader) == (1, 1, 0)


def test_final_scores_are_set_before_feedback_is_due(cast):
    cycle = collected(cast)
    member = make.of(cycle, cast.member)
    make.self_reviewed(member)
    make.evaluated(make.of(cycle, cast.member))
    results.fix_result(actor=cast.manager, record=make.of(cycle, cast.member))
    assert counted("finals") == (1, 0, PEOPLE - 1)
    on(25)
    assert counted("finals") == (1, PEOPLE - 1, 0)
    # The manager's own is the leadership's to fix.
    assert counted("finals", of=cast.manager) == (1, PEOPLE - 2, 0)
    assert counted("finals", of=cast.leadership) == (0, 1, 0)


def fixed(cast) -> Cycle:
    """Everybody's score is fixed on the second; feedback is due on the ninth."""
    cycle = make.reviewed(collected(cast))
    results.fix_results(actor=cast.manager, record=cycle)
    return results.fix_results(actor=cast.leadership, record=cycle)


def test_results_are_told_in_time(cast):
    cycle = fixed(cast)
    assert counted("told_and_heard") == (0, 0, PEOPLE)
    results.deliver_results(actor=cast.manager, record=cycle)
    assert counted("told_and_heard") == (PEOPLE - 1, 0, 1)
    on(10)
    results.deliver_results(actor=cast.leadership, record=cycle)
    assert counted("told_and_heard") == (PEOPLE - 1, 1, 0)
    assert counted("told_and_heard", of=cast.leadership) == (0, 1, 0)


def filed(cycle: Cycle, person: User) -> Appeal:
    return appeals.file_appeal(
        actor=person, record=make.of(cycle, person), ground="other", text="请复核。"
    )


def test_appeals_are_decided_in_time(cast):
    cycle = fixed(cast)
    results.deliver_results(actor=cast.manager, record=cycle)
    kept, late, _open = (filed(cycle, one) for one in (cast.member, cast.colleague, cast.outsider))
    for appeal in (kept, late):
        appeals.accept_appeal(actor=cast.manager, record=appeal)
    decision = {"actor": cast.manager, "decision": "upheld", "findings": "核对无误。"}
    appeals.decide_appeal(record=kept, **decision)
    told = PEOPLE - 1
    assert counted("appeals") == (1, 0, 2)
    assert counted("told_and_heard") == (told + 1, 0, 3)  # and one result that is not told
    on(17)  # the decisions were due on the 16th
    appeals.decide_appeal(record=late, **decision)
    assert counted("appeals") == (1, 2, 0)
    assert counted("appeals", of=cast.manager) == (1, 1, 0)
    assert counted("told_and_heard") == (told + 1, 3, 0)


def test_a_measure_is_proposed_before_the_next_cycle_closes(cast):
    # Nobody has a record of the quarter, so that everybody is unqualified.
    quarter = make.closed(make.whole_quarter(cast, at=MONDAY), by=cast.manager)
    assert counted("measures", "A-5.5.3a") == (0, 0, PEOPLE)
    assert counted("measures", "A-5.5.3b") == (0, 0, 0)
    consequences.propose_measure(
        actor=cast.manager,
        record=ConsequenceCase.objects.get(owner=cast.member),
        measure="warning",
        reason="本季度不合格。",
        said="已听取本人意见。",
    )
    assert counted("measures", "A-5.5.3a") == (1, 0, PEOPLE - 1)
    assert counted("measures", "A-5.5.3a", of=cast.manager) == (1, 0, PEOPLE - 2)  # not the own
    assert counted("measures", "A-5.5.3a", of=cast.member) == (0, 0, 0)
    following = cycles.plan_cycle(actor=None, period=quarter.period.next(), version=cast.version)
    following.participants.create(
        owner=cast.colleague,
        team=make.of(quarter, cast.colleague).team,
        post="member",
        kpi_set="client",
        final_by="manager",
        appeals_by="manager",
        stage=Stage.CLOSED,
    )
    assert counted("measures", "A-5.5.3a") == (1, 1, PEOPLE - 2)


def test_everybody_is_scored_by_the_indicators_of_a_clause(cast):
    opened = make.opened(cast.version, at=MONDAY)
    assert counted("scored", "A-5.2.2a") == (0, 0, 3)  # the client team
    assert counted("scored", "A-5.2.4a") == (0, 0, PEOPLE)
    cycle = make.frozen(opened, {cast.member.pk: make.EXAMPLE})
    # What records say is there for all three; attitude waits for the superior.
    assert counted("scored", "A-5.2.2a") == (3, 0, 0)
    for person in (cast.member, cast.colleague):
        make.self_reviewed(make.of(cycle, person))
    make.evaluated(make.of(cycle, cast.member))
    assert counted("scored", "A-5.2.4a") == (1, 0, PEOPLE - 1)
    on(17)
    assert counted("scored", "A-5.2.4a") == (1, PEOPLE - 1, 0)
    assert counted("scored", "A-5.2.4a", of=cast.member) == (1, 0, 0)
    # The mean of the teams repeats their people's figures and is none of the research team's.
    assert counted("scored", "A-5.2.1a") == (0, 1, 0)


def test_a_figure_that_says_nothing_is_there_is_no_gap(cast):
    cycle = collected(cast)
    lines = Line.objects.filter(participant__cycle=cycle, indicator="satisfaction")
    assert set(lines.values_list("value", flat=True)) == {None}
    assert counted("scored", "A-5.2.2b") == (3, 0, 0)


def test_the_facts_follow_the_regulation(cast):
    ktv, leasing = rules_on(), preset("leasing")
    for fact in (room.parties, room.standards, room.computed, room.consequences):
        assert list(fact(ktv)) and list(fact(ktv)) != list(fact(leasing))
    assert list(room.formulas(ktv)) and not list(room.formulas(leasing))
    raised = ktv.with_changes({"bonus.cap": "5000"})
    assert list(room.bonus(ktv))[1] != list(room.bonus(raised))[1]
    changed = ktv.with_changes({"appraisal.final_by": "leadership"})
    assert cast.manager.name in next(room.who_fixes(ktv))
    assert cast.leadership.name in next(room.who_fixes(changed))


def test_the_facts_tell_of_cycles_and_workbooks(cast):
    before = list(room.kinds(rules_on()))
    cycle = make.whole_quarter(cast, at=MONDAY)
    assert list(room.kinds(rules_on())) != before
    assert not list(room.workbooks(rules_on()))
    cycle = make.closed(cycle, by=cast.manager)
    [waiting] = room.workbooks(rules_on())
    exports.record_export(actor=cast.hr, record=cycle, exported=PEOPLE, held=0)
    [taken] = room.workbooks(rules_on())
    assert waiting != taken and taken.endswith(clock.today().isoformat())
