"""Measures after closed appraisals under a draft: which, proposed and decided by whom."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appraisal.models import ConsequenceCase, Cycle, Line, Participant, Result
from appraisal.services import appeals, cycles
from expansion import clock, rehearsal
from expansion.audit.models import Entry
from expansion.rulebook.replaying import rehearse, replay, rules_as_published
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.services import drafts, entries
from expansion.worktime import Period
from tests.make import appraisal as make

THIRD, FOURTH = Period.parse("2025-Q3"), Period.parse("2025-Q4")
OTHER = {"sla.visit_feedback": "9 hours"}
# By which 86.33 is unqualified.
STRICT = {
    f"appraisal.levels.{key}.starts_at": Decimal(start)
    for key, start in (("qualified", 87), ("good", 88), ("excellent", 95))
}
ONCE = "Unqualified once · Warning, Demotion, Pay cut"
TWICE = "Unqualified twice in a row · Dismissal"
BY_LEADERSHIP = "proposed by Department manager, decided by leadership"
BY_THREE = (
    "proposed by Department manager, decided by Department manager → human resources → leadership"
)
NONE = "no measure"


def quarter(cast, period) -> Cycle:
    """A closed quarter: 许晴 has 86.33, 罗海涛 and all others are unqualified."""
    day = cycles.opens_on(rules_on(), period)
    cycle = make.whole_quarter(
        cast,
        {cast.member.pk: make.EXAMPLE},
        {cast.member.pk: {"attitude": 88, "ability": 85}},
        period,
        datetime(day.year, day.month, day.day, 9),
    )
    return make.closed(cycle, by=cast.hr)


@pytest.fixture
def twice(cast):
    quarter(cast, THIRD)
    quarter(cast, FOURTH)
    return cast


def drafted(cast, changes):
    return drafts.change_draft(actor=cast.administrator, changes=changes, reason="试行")


def rows(viewer, draft, period=FOURTH):
    parts = replay(viewer, rules_as_published(draft), period)
    part = next(one for one in parts if one.offer.key == "appraisal.measures")
    return {person_of(row.record): row for row in part.rows}


def person_of(record) -> int:
    return record.participant.owner_id


def told(row) -> tuple[str, str]:
    return str(row.before), str(row.after)


def case_of(person, period=FOURTH) -> ConsequenceCase:
    return ConsequenceCase.objects.get(owner=person, participant__cycle__start=period.start)


# --- what is asked for ---------------------------------------------------------------------------


def test_the_same_rules_ask_for_the_same_measures(twice):
    draft = drafted(twice, OTHER)
    found = rows(twice.manager, draft)
    assert told(found[twice.partner_member.pk]) == (f"{TWICE} · {BY_THREE}",) * 2
    assert told(found[twice.member.pk]) == (NONE, NONE)
    assert not any(row.differs for row in found.values())
    assert not any(row.differs for row in rows(twice.manager, draft, THIRD).values())
    assert not rows(twice.manager, draft, Period.parse("2026-Q1"))


def test_a_longer_run_asked_for_leaves_the_measure_of_a_shorter_one(twice):
    draft = drafted(twice, {"consequences.two_unqualified.periods": 3})
    row = rows(twice.manager, draft)[twice.partner_member.pk]
    assert told(row) == (f"{TWICE} · {BY_THREE}", f"{ONCE} · {BY_LEADERSHIP}")
    assert row.note == "Unqualified in 2 periods in a row"
    assert row.record == case_of(twice.partner_member)
    assert row.record.get_absolute_url() == f"/appraisal/cases/{row.record.pk}"
    assert not rows(twice.manager, draft, THIRD)[twice.partner_member.pk].differs


@pytest.mark.parametrize(
    ("changes", "after"),
    [
        (
            {"consequences.two_unqualified.decided_by": ["hr", "leadership"]},
            "proposed by Department manager, decided by human resources → leadership",
        ),
        (
            {"consequences.two_unqualified.proposed_by": "hr"},
            BY_THREE.replace("by Department manager,", "by human resources,"),
        ),
        # Who has no superior on record is proposed for by the manager.
        ({"consequences.two_unqualified.proposed_by": "superior"}, BY_THREE),
    ],
)
def test_others_propose_and_decide_by_the_draft(twice, changes, after):
    Participant.objects.filter(owner=twice.partner_member).update(superior=None)
    row = rows(twice.manager, drafted(twice, changes))[twice.partner_member.pk]
    assert told(row) == (f"{TWICE} · {BY_THREE}", f"{TWICE} · {after}")


def test_where_the_draft_has_no_such_rule_there_is_no_measure(twice):
    for key in ("one_unqualified", "two_unqualified"):
        draft = entries.remove_entry(actor=twice.administrator, path="consequences", key=key)
    row = rows(twice.manager, draft)[twice.partner_member.pk]
    assert told(row) == (f"{TWICE} · {BY_THREE}", NONE) and row.note == ""


def test_a_stricter_level_asks_for_a_measure_after_the_result_of_the_period_alone(twice):
    """The quarter before stays good, as it was delivered."""
    row = rows(twice.manager, drafted(twice, STRICT))[twice.member.pk]
    assert told(row) == (NONE, f"{ONCE} · {BY_LEADERSHIP}")
    assert row.note == "Unqualified in one period"
    assert row.record == Result.objects.get(
        participant__owner=twice.member, participant__cycle__start=FOURTH.start
    )


def test_of_several_cycles_within_the_period_each_counts_by_the_draft(twice):
    draft = drafted(twice, STRICT)
    parts = replay(twice.manager, rules_as_published(draft), Period.parse("2025-H2"))
    part = next(one for one in parts if one.offer.key == "appraisal.measures")
    found = {row.label: row.after for row in part.rows if row.label.startswith("许晴")}
    assert found == {
        "许晴 · Third quarter of 2025": f"{ONCE} · {BY_LEADERSHIP}",
        "许晴 · Fourth quarter of 2025": f"{TWICE} · {BY_THREE}",
    }


def test_a_score_that_the_draft_cannot_say_leaves_the_measure_unsaid(twice):
    Line.objects.filter(participant__owner=twice.member).delete()
    row = rows(twice.manager, drafted(twice, OTHER))[twice.member.pk]
    assert row.after is None and row.note


def test_a_lifted_case_is_no_measure_and_who_is_under_appeal_is_left_alone(twice):
    ConsequenceCase.objects.filter(pk=case_of(twice.partner_member).pk).update(status="lifted")
    draft = drafted(twice, OTHER)
    assert rows(twice.manager, draft)[twice.partner_member.pk].before == NONE
    one = make.of(Cycle.objects.latest("start"), twice.partner_member)
    Result.objects.filter(participant=one).update(appeal_until=clock.now())
    appeals.file_appeal(actor=twice.partner_member, record=one, ground="rating", text="评分偏低。")
    assert twice.partner_member.pk not in rows(twice.manager, draft)


# --- who reads it, and its cost ------------------------------------------------------------------


def test_nobody_reads_of_a_measure_who_would_not_read_the_case(twice):
    draft = drafted(twice, STRICT)
    everybody = set(rows(twice.hr, draft))
    assert {twice.member.pk, twice.partner_member.pk} < everybody
    assert set(rows(twice.manager, draft)) == everybody - {twice.manager.pk}
    # Nobody of the own: neither that there is a case, nor that the draft would open one.
    for person in (twice.member, twice.partner_member, twice.colleague, twice.administrator):
        assert not rows(person, draft)
    # The superior reads the result of 许晴 and still nothing of a measure.
    assert twice.member.pk not in rows(twice.leader, draft)
    # Leadership reads every case, but no result of those whose score it does not fix.
    led = rows(twice.leadership, draft)
    assert twice.partner_member.pk in led and twice.member.pk not in led
    with rehearsal.within():
        keys = {one.offer.key for one in replay(twice.manager, rules_as_published(draft), FOURTH)}
    assert "appraisal.measures" not in keys


def test_measures_are_no_more_among_what_nothing_looks_at(twice):
    changes = {
        "consequences.two_unqualified.decided_by": ["hr", "leadership"],
        "consequences.one_unqualified.periods": 2,
        "consequences.two_unqualified.periods": 3,
    }
    rules = rules_as_published(drafted(twice, changes))
    assert not rehearse(twice.manager, rules, FOURTH).unseen


def test_the_cost_does_not_grow_with_the_people_and_nothing_is_written(twice):
    rules = rules_as_published(drafted(twice, STRICT))
    written, costs = (Entry.objects.count(), ConsequenceCase.objects.count()), []
    kept = (twice.member, twice.partner_member)
    for left in (None, kept):
        if left:
            Participant.objects.exclude(owner__in=left).update(stage="feedback")
        viewer = twice.again(twice.hr)
        viewer.seats  # noqa: B018 — read once per request, not by the replay
        with CaptureQueriesContext(connection) as asked:
            found = replay(viewer, rules, FOURTH)
        part = next(one for one in found if one.offer.key == "appraisal.measures")
        costs.append((len(asked), len(part.rows)))
    assert costs[0][0] == costs[1][0] and costs[0][1] > costs[1][1] == 2
    assert written == (Entry.objects.count(), ConsequenceCase.objects.count())
