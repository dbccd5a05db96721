"""From the forms to a fixed, delivered score: hand-worked examples, limits, who may what."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appraisal import scoring
from appraisal.models import Line, Participant, Result, Review, Stage
from appraisal.services import results, reviews
from expansion import clock
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, NotNow, Stale
from expansion.notices.models import Notice
from expansion.people.models import Mandate
from expansion.rulebook.loading import preset
from tests.make import appraisal as make


def d(text: str) -> Decimal:
    return Decimal(text)


@pytest.fixture
def quarter(cast):
    """A quarter in which everybody's figures are collected; 许晴 has those of the example."""
    return make.frozen(make.opened(cast.version), {cast.member.pk: make.EXAMPLE})


def test_the_worked_example_of_the_client_team_comes_to_86_33(cast, quarter):
    # number 12/12 = 100, quality 83.33: mean 91.665; satisfaction 4.30/5 = 86; repeat 72.92.
    # 0.6 × (50 % × 91.665 + 30 % × 86 + 20 % × 72.92) + 20 % × 88 + 20 % × 85
    # = 27.4995 + 15.48 + 8.7504 + 17.6 + 17 = 86.3299
    one = make.self_reviewed(make.of(quarter, cast.member))
    make.evaluated(one, {"attitude": 88, "ability": 85})
    result = Result.objects.get(participant=one)
    assert (result.score, result.level) == (d("86.33"), "good")
    blocks = {block["key"]: block["points"] for block in result.breakdown["blocks"]}
    assert blocks == {"team": "51.73", "common": "34.60"}


def test_the_worked_example_of_the_research_team(cast):
    # report_quality: reviews 90, rating 80 → 85; info: 24/30 = 80, timeliness 95 → 87.5;
    # decision_support: 3/6 = 50, rating 70 → 60.
    # 0.6 × (40 % × 85 + 30 % × 87.5 + 30 % × 60) + 20 % × 90 + 20 % × 76
    # = 0.6 × 78.25 + 18 + 15.2 = 46.95 + 33.2 = 80.15
    values = {
        "research.report_review_score": d("90"),
        "research.findings": d("24"),
        "research.finding_timeliness": d("95"),
        "research.adopted_findings": d("3"),
    }
    cycle = make.frozen(make.opened(cast.version), {cast.outsider.pk: values})
    one = make.self_reviewed(make.of(cycle, cast.outsider))
    given_scores = {"report_quality": 80, "decision_support": 70, "attitude": 90, "ability": 76}
    make.evaluated(one, given_scores)
    assert Result.objects.get(participant=one).score == d("80.15")


def test_no_surveys_leave_their_weight_to_the_other_indicators_of_the_team(cast):
    # Without satisfaction 50 and 20 of 70 remain: 0.6 × (5/7 × 91.665 + 2/7 × 72.92) = 51.7855…
    values = {**make.EXAMPLE, "crm.satisfaction": None}
    cycle = make.frozen(make.opened(cast.version), {cast.member.pk: values})
    one = make.self_reviewed(make.of(cycle, cast.member))
    make.evaluated(one, {"attitude": 88, "ability": 85})
    assert Result.objects.get(participant=one).score == d("86.39")


def test_whoever_runs_teams_gets_the_mean_of_their_members_team_blocks(cast):
    # 许晴 86.2165 in her block; the other client people have number 0 and nothing else to judge,
    # so the number alone makes their block: 0. Client team: 86.2165 / 3 = 28.738833…
    # The research and partnership people, rated 80: research blocks (40 % × 80 + 30 % × 0 +
    # 30 % × 40) = 44; partnership (50 % × 0 + 30 % × 80) / 80 % = 30.
    # Deputy: research only, 44: 0.6 × 44 + 0.4 × 80 = 58.40.
    # Manager: mean of 44, 28.7388…, 30 = 34.246277…: 0.6 × 34.246277 + 0.4 × 80 = 52.55.
    cycle = make.frozen(make.opened(cast.version), {cast.member.pk: make.EXAMPLE})
    make.reviewed(cycle)
    scores = dict(Result.objects.values_list("participant__owner__username", "score"))
    assert scores["deputy"] == d("58.40")
    assert scores["manager"] == d("52.55")


def test_a_head_who_was_evaluated_before_the_team_is_scored_with_it(cast, quarter):
    make.evaluated(make.self_reviewed(make.of(quarter, cast.deputy)))
    # As where the team's mean is all that a head is scored by: then there was nothing to score.
    Result.objects.filter(participant__owner=cast.deputy).delete()
    make.evaluated(make.self_reviewed(make.of(quarter, cast.outsider)))
    assert Result.objects.filter(participant__owner=cast.deputy).exists()


def test_a_year_is_half_its_quarters_and_half_its_own_evaluation(cast):
    from datetime import datetime

    from expansion.worktime import Period

    quarter = make.whole_quarter(
        cast,
        {cast.member.pk: make.EXAMPLE},
        {cast.member.pk: {"attitude": 88, "ability": 85}},
        Period.parse("2026-Q4"),
        datetime(2027, 1, 4, 9, 0),
    )
    assert quarter.participants.get(owner=cast.member).result.score == d("86.33")
    year = make.opened(cast.version, Period.parse("2026"), clock.now())
    # Over the year the count asks for four times twelve clients: 12/48 = 25.
    year = make.frozen(year, {cast.member.pk: make.EXAMPLE})
    one = make.self_reviewed(make.of(year, cast.member))
    make.evaluated(one, {"attitude": 88, "ability": 85})
    # own: 0.6 × (50 % × 54.165 + 30 % × 86 + 20 % × 72.92) + 34.6 = 75.0799
    # (86.33 + 75.0799) / 2 = 80.70495
    assert Result.objects.get(participant=one).score == d("80.70")


def test_nobody_else_writes_a_self_review_the_manager_neither(cast, quarter):
    one = make.of(quarter, cast.member)
    for person in (cast.leader, cast.manager, cast.hr, cast.administrator, cast.colleague):
        with pytest.raises(Forbidden):
            reviews.save_self_review(actor=person, record=one, ratings={})
    assert not Review.objects.exists()


def test_a_draft_is_kept_and_a_submitted_form_is_locked(cast, quarter):
    one = make.of(quarter, cast.member)
    reviews.save_self_review(
        actor=cast.member, record=one, ratings={}, achievements="签下两家会展公司。"
    )
    assert make.of(quarter, cast.member).stage == Stage.SELF_REVIEW
    one = make.self_reviewed(one)
    assert one.reviews.get().achievements == "签下两家会展公司。"
    with pytest.raises(NotNow):
        make.self_reviewed(one)


def test_a_form_saved_in_another_window_is_not_overwritten(cast, quarter):
    one = make.of(quarter, cast.member)
    for text in ("一", "二"):
        reviews.save_self_review(actor=cast.member, record=one, ratings={}, plan=text)
    with pytest.raises(Stale):
        reviews.save_self_review(actor=cast.member, record=one, ratings={}, plan="三", version=1)
    assert Review.objects.get().plan == "二"


def test_only_the_superior_evaluates_and_only_after_the_self_review(cast, quarter):
    one = make.of(quarter, cast.member)
    with pytest.raises(NotNow):
        make.evaluated(one)
    one = make.self_reviewed(one)
    for person in (cast.member, cast.colleague, cast.manager, cast.deputy, cast.hr):
        with pytest.raises(Forbidden):
            reviews.save_evaluation(actor=person, record=one, ratings={})


def test_a_superior_comments_on_computed_indicators_and_cannot_change_them(cast, quarter):
    one = make.self_reviewed(make.of(quarter, cast.member))
    comment = {"new_clients": {"score": None, "comment": "数量够，质量可再选。"}}
    reviews.save_evaluation(actor=cast.leader, record=one, ratings=comment)
    with pytest.raises(Invalid) as refusal:
        reviews.save_evaluation(
            actor=cast.leader, record=one, ratings={"new_clients": {"score": d("99")}}
        )
    assert "score_new_clients" in refusal.value.fields


@pytest.mark.parametrize("score", ["100.01", "-1", "NaN"])
def test_a_rating_lies_between_0_and_100(cast, quarter, score):
    one = make.of(quarter, cast.member)
    with pytest.raises(Invalid):
        reviews.save_self_review(
            actor=cast.member, record=one, ratings={"attitude": {"score": d(score)}}
        )


def test_a_submitted_form_needs_every_rating(cast, quarter):
    one = make.of(quarter, cast.member)
    with pytest.raises(Invalid) as refusal:
        reviews.save_self_review(
            actor=cast.member, record=one, ratings={"attitude": {"score": d("80")}}, submit=True
        )
    assert set(refusal.value.fields) == {"score_ability"}


def test_the_self_review_is_recorded_and_moves_no_score(cast, quarter):
    low = make.evaluated(make.self_reviewed(make.of(quarter, cast.colleague), 0), 80)
    high = make.evaluated(make.self_reviewed(make.of(quarter, cast.leader), 100), 80)
    scores = {one.pk: Result.objects.get(participant=one).score for one in (low, high)}
    assert scores[low.pk] == scores[high.pk]


def test_an_adjustment_shows_original_change_person_and_reason(cast, quarter):
    make.reviewed(quarter)
    one = make.of(quarter, cast.member)
    computed = one.result.score
    results.adjust_result(actor=cast.manager, record=one, adjustment=d("-2"), reason="培训缺勤")
    result = Result.objects.get(participant=one)
    assert (result.computed, result.score) == (computed, computed - 2)
    assert (result.adjusted_by, result.reason) == (cast.manager, "培训缺勤")
    entry = Entry.objects.get(verb="appraisal.result.adjusted")
    assert entry.changes["score"] == [str(computed), str(computed - 2)]


def test_an_adjustment_keeps_to_the_rulebooks_limit_and_needs_a_reason(cast, quarter):
    make.reviewed(quarter)
    one = make.of(quarter, cast.member)
    with pytest.raises(Invalid):
        results.adjust_result(actor=cast.manager, record=one, adjustment=d("5.01"), reason="多")
    with pytest.raises(Invalid):
        results.adjust_result(actor=cast.manager, record=one, adjustment=d("5"), reason=" ")
    with pytest.raises(Forbidden):
        results.adjust_result(actor=cast.leader, record=one, adjustment=d("1"), reason="好")


def test_the_manager_fixes_everybody_but_the_own_score(cast, quarter):
    make.reviewed(quarter)
    results.fix_results(actor=cast.manager, record=quarter)
    open_ones = Participant.objects.filter(result__finalized_at=None)
    assert [one.owner for one in open_ones] == [cast.manager]
    with pytest.raises(Forbidden):
        results.fix_result(actor=cast.manager, record=open_ones.get())
    results.fix_results(actor=cast.leadership, record=quarter)
    assert not Participant.objects.filter(result__finalized_at=None).exists()


def test_a_fixed_score_is_not_adjusted_any_more(cast, quarter):
    make.reviewed(quarter)
    results.fix_results(actor=cast.manager, record=quarter)
    with pytest.raises(NotNow):
        results.adjust_result(
            actor=cast.manager, record=make.of(quarter, cast.member), adjustment=d("1"), reason="好"
        )


def test_who_runs_teams_is_fixed_after_the_teams(cast, quarter):
    for person in (cast.deputy, cast.manager):
        make.evaluated(make.self_reviewed(make.of(quarter, person)))
    with pytest.raises(NotNow) as refusal:
        results.fix_result(actor=cast.manager, record=make.of(quarter, cast.deputy))
    assert "何思远" in refusal.value.message


def test_the_acting_deputy_fixes_for_the_manager_and_the_act_is_stamped(cast, quarter):
    make.reviewed(quarter)
    with pytest.raises(Forbidden):
        results.fix_result(actor=cast.deputy, record=make.of(quarter, cast.member))
    _acting(cast)
    deputy = cast.again(cast.deputy)
    results.fix_result(actor=deputy, record=make.of(quarter, cast.member))
    result = Result.objects.get(participant__owner=cast.member)
    assert (result.finalized_by, result.finalized_for) == (cast.deputy, cast.manager)
    entry = Entry.objects.get(verb="appraisal.result.fixed")
    assert entry.for_person == cast.manager


def test_the_acting_deputy_never_fixes_the_own_score(cast, quarter):
    make.reviewed(quarter)
    _acting(cast)
    with pytest.raises(Forbidden):
        results.fix_result(actor=cast.again(cast.deputy), record=make.of(quarter, cast.deputy))


def _acting(cast) -> None:
    Mandate.objects.create(
        principal=cast.manager,
        delegate=cast.deputy,
        starts_at=clock.now() - timedelta(hours=1),
        ends_at=clock.now() + timedelta(days=3),
        reason="leave",
        created_by=cast.manager,
    )


def test_delivery_starts_the_window_and_tells_the_person_once(cast):
    cycle = make.whole_quarter(cast)
    one = make.of(cycle, cast.member)
    assert one.stage == Stage.FEEDBACK
    assert clock.local_date(one.result.appeal_until).isoformat() == "2026-10-14"
    assert Notice.objects.filter(person=cast.member, kind="appraisal.delivered").count() == 1
    with pytest.raises(NotNow):
        results.deliver_results(actor=cast.manager, record=cycle)


def test_confirming_is_the_persons_and_twice_is_once(cast):
    one = make.of(make.whole_quarter(cast), cast.member)
    with pytest.raises(Forbidden):
        results.acknowledge_result(actor=cast.leader, record=one)
    for _repeat in range(2):
        results.acknowledge_result(actor=cast.member, record=one)
    assert Entry.objects.filter(verb="appraisal.result.acknowledged").count() == 1


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(
        st.tuples(
            st.one_of(st.none(), st.decimals(0, 500, places=4)),
            st.one_of(st.none(), st.decimals(1, 500, places=4)),
        ),
        min_size=10,
        max_size=10,
    ),
    order=st.randoms(),
)
def test_the_same_figures_give_the_same_score_in_whatever_order(values, order):
    rules = preset("ktv")
    kpi_set = rules.kpi_set("client")
    lines = []
    for indicator in scoring.indicators(rules, kpi_set):
        for part in indicator.how:
            value, target = values[len(lines)]
            rated = part.kind == "rated"
            lines.append(
                Line(
                    indicator=indicator.key,
                    part=part.key,
                    rated=rated,
                    value=min(value, Decimal(100)) if rated and value is not None else value,
                    target=target,
                )
            )
    first = scoring.score(rules, kpi_set, "quarter", scoring.by_part(lines))
    order.shuffle(lines)
    second = scoring.score(rules, kpi_set, "quarter", scoring.by_part(lines))
    assert first == second
    assert first is None or 0 <= first.score <= 100
