"""The figures that score the research team, each with its records (A-5.2.1)."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from expansion import clock, metrics
from expansion.rulebook.selectors import rules_on
from expansion.worktime import Period
from research.cards import research_of
from research.models import ResearchReport
from research.services import findings
from tests.make import research as make
from tests.make.handovers import handed_over

pytestmark = pytest.mark.django_db

QUARTER = Period.parse("2026-Q4")


def read(key: str, *people, period: Period = QUARTER):
    return metrics.get(key).read(people, period.begins_at, period.ends_at, rules_on())


def test_the_rulebooks_research_indicators_are_all_offered(cast):
    named = {
        part.metric
        for indicator in rules_on().kpi_set("research").indicators
        for part in indicator.how
        if part.metric
    }
    assert named <= set(metrics.known())
    assert len(named) == 4


def test_volume_counts_what_was_logged_and_shows_what_does_not_hold(cast):
    kept, dropped = make.a_finding(cast), make.a_finding(cast, title="重复的一条")
    findings.screen_finding(actor=cast.deputy, record=dropped, valid=False, reason="重复登记")
    reading = read("research.findings", cast.outsider)[cast.outsider.pk]
    assert reading.value == 1
    shown = [(one.pk, one.counted, one.note) for one in reading.evidence]
    assert shown == [(kept.pk, True, ""), (dropped.pk, False, "重复登记")]


def test_a_finding_counts_in_the_period_in_which_it_was_logged(cast):
    clock.set_clock(datetime(2026, 10, 1, 0, 0))
    make.a_finding(cast, collected_on=date(2026, 9, 30))
    clock.set_clock(datetime(2026, 9, 30, 23, 59, 59))
    make.a_finding(cast, collected_on=date(2026, 9, 30))
    for period in (QUARTER, QUARTER.previous()):
        assert read("research.findings", cast.outsider, period=period)[cast.outsider.pk].value == 1


def test_timeliness_is_a_percentage_of_what_counts(cast):
    make.a_finding(cast)
    make.a_finding(cast, title="团建预订提前")
    make.a_finding(cast, title="竞品开业", collected_on=date(2026, 11, 2))  # late
    gone = make.a_finding(cast, title="旧闻", collected_on=date(2026, 11, 2))
    findings.screen_finding(actor=cast.deputy, record=gone, valid=False, reason="旧闻")
    value = read("research.finding_timeliness", cast.outsider)[cast.outsider.pk].value
    assert round(value, 2) == Decimal("66.67")


def test_report_quality_is_the_mean_of_the_scored_reports(cast):
    make.scored(cast, make.approved(cast, title="一"))  # 90, 84, 78, 88: 85
    make.scored(cast, make.approved(cast, title="二"), accuracy=60, depth=51)  # 283 / 4 = 70.75
    make.approved(cast, title="三")
    make.submitted(cast, title="四")
    reading = read("research.report_review_score", cast.outsider)[cast.outsider.pk]
    assert reading.value == Decimal("77.875")
    assert [(one.label, one.value, one.counted) for one in reading.evidence] == [
        ("一", Decimal(85), True),
        ("二", Decimal("70.75"), True),
        ("三", Decimal(0), False),
    ]


def test_an_approved_report_counts_for_its_author_of_then(cast):
    make.scored(cast, make.approved(cast))
    waiting = make.a_report(cast, title="后一份")
    receiver = make.teammate()
    handed_over(cast, cast.outsider, receiver)
    assert ResearchReport.objects.filter(owner=receiver).count() == 2
    key = "research.report_review_score"
    assert set(read(key, cast.outsider, receiver)) == {cast.outsider.pk}
    spans = QUARTER.begins_at, QUARTER.ends_at
    assert research_of([cast.outsider], *spans)["figures"][1].found.keys() == {cast.outsider.pk}
    waiting.refresh_from_db()
    assert waiting.approved_owner is None


def test_adoption_counts_on_its_day_for_the_collector(cast):
    finding = make.valid(cast)
    assert read("research.adopted_findings", cast.outsider)[cast.outsider.pk].value == 0
    findings.adopt_finding(actor=cast.manager, record=finding, decision="午后场试点")
    reading = read("research.adopted_findings", cast.outsider, cast.manager)
    assert reading[cast.outsider.pk].value == 1
    assert reading[cast.outsider.pk].evidence[0].note == "午后场试点"
    assert reading[cast.manager.pk].value == 0


def test_where_there_is_nothing_to_judge_there_is_no_value(cast):
    for key in ("research.finding_timeliness", "research.report_review_score"):
        assert cast.outsider.pk not in read(key, cast.outsider)


@pytest.mark.parametrize(
    "key",
    [
        "research.findings",
        "research.finding_timeliness",
        "research.adopted_findings",
        "research.report_review_score",
    ],
)
def test_the_queries_do_not_grow_with_the_people(cast, key, django_assert_max_num_queries):
    make.scored(cast, make.approved(cast))
    make.a_finding(cast)
    people = list(cast.everyone().values())[:-1]
    rules = rules_on()
    with django_assert_max_num_queries(2):
        metrics.get(key).read(people, QUARTER.begins_at, QUARTER.ends_at, rules)


def test_a_weeks_report_draws_the_research_of_its_writer_only(cast):
    make.a_finding(cast)
    make.approved(cast, title="三季度报告")
    week = Period.parse("2026-W47")
    drawn = research_of([cast.outsider], week.begins_at, week.ends_at)
    assert [len(figure.found[cast.outsider.pk]) for figure in drawn["figures"]] == [1, 1]
    assert len(drawn["lines"]) == 1 and "三季度报告" in drawn["lines"][0]
    assert research_of([cast.member], week.begins_at, week.ends_at) == {"figures": [], "lines": []}
