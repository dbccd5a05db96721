"""Closed appraisals weighed anew by a draft of the rules: frozen figures only (R-apr-01, law 5)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appraisal.models import Cycle, Line, Result, Review
from expansion import clock, rehearsal
from expansion.rulebook.replaying import closed_periods, replay, rules_as_published
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.services import drafts, entries
from expansion.worktime import Period
from tests.make import appraisal as make

QUARTER = Period.parse("2026-Q3")


@pytest.fixture
def closed(cast):
    """A closed quarter in which 许晴 came to 86.33."""
    cycle = make.whole_quarter(
        cast,
        {cast.member.pk: make.EXAMPLE},
        {cast.member.pk: {"attitude": 88, "ability": 85}},
    )
    make.closed(cycle, by=cast.hr)
    return cast


def weights() -> dict[str, Decimal]:
    found = rules_on().kpi_set("client").indicators
    return {f"kpi_sets.client.indicators.{one.key}.weight": one.weight.value for one in found}


def drafted(cast, changes):
    return drafts.change_draft(actor=cast.administrator, changes=changes, reason="试行")


def rows(viewer, draft, period=QUARTER):
    parts = replay(viewer, rules_as_published(draft), period)
    part = next(one for one in parts if one.offer.key == "appraisal.scores")
    return {row.record.participant.owner_id: row for row in part.rows}


def test_other_weights_give_another_score_from_the_same_figures(closed):
    # Of the client set 50, 30, 20 of 100 become 20, 30, 50:
    # 0.6 × (20 % × 91.665 + 30 % × 86 + 50 % × 72.92) + 17.6 + 17
    # = 10.9998 + 15.48 + 21.876 + 34.6 = 82.9558
    paths = list(weights())
    assert list(weights().values()) == [50, 30, 20]
    draft = drafted(closed, {paths[0]: Decimal(20), paths[2]: Decimal(50)})
    row = rows(closed.manager, draft)[closed.member.pk]
    assert str(row.before).startswith("86.33") and str(row.after).startswith("82.96")
    assert row.differs


def test_the_rules_as_they_are_change_nobody_s_score(closed):
    draft = drafted(closed, {"sla.visit_feedback": "9 hours"})
    found = rows(closed.manager, draft)
    assert found and not any(row.differs for row in found.values())


def test_another_level_for_the_same_score_is_told(closed):
    good = next(one for one in rules_on().appraisal.levels if one.key == "excellent")
    draft = drafted(closed, {f"appraisal.levels.{good.key}.starts_at": Decimal("86.33")})
    row = rows(closed.manager, draft)[closed.member.pk]
    assert row.differs and str(row.after).startswith("86.33")
    assert str(row.after).endswith(good.label())


def test_an_adjustment_stays_on_top_and_within_a_hundred(closed):
    Result.objects.filter(participant__owner=closed.member).update(
        adjustment=Decimal(5), score=Decimal("91.33")
    )
    draft = drafted(closed, {"sla.visit_feedback": "9 hours"})
    row = rows(closed.manager, draft)[closed.member.pk]
    assert not row.differs and str(row.after).startswith("91.33")


def test_what_was_not_frozen_is_named_and_leaves_its_weight(closed):
    Line.objects.filter(participant__owner=closed.member, indicator="satisfaction").delete()
    draft = drafted(closed, {"sla.visit_feedback": "9 hours"})
    row = rows(closed.manager, draft)[closed.member.pk]
    label = next(
        one.label() for one in rules_on().kpi_set("client").indicators if one.key == "satisfaction"
    )
    assert label in row.note


def test_a_set_that_the_draft_lacks_cannot_be_said(closed):
    for team in rules_on().teams:
        if team.kpi_set == "client":
            draft = entries.change_entry(
                actor=closed.administrator,
                path="teams",
                key=team.key,
                values={"kpi_set": "research"},
            )
    draft = entries.remove_entry(actor=closed.administrator, path="kpi_sets", key="client")
    row = rows(closed.manager, draft)[closed.member.pk]
    assert row.after is None and row.note


def test_only_closed_cycles_of_the_period_are_replayed(cast):
    cycle = make.whole_quarter(cast, {cast.member.pk: make.EXAMPLE})
    draft = drafted(cast, {"sla.visit_feedback": "9 hours"})
    assert not rows(cast.manager, draft)
    make.closed(cycle, by=cast.hr)
    assert rows(cast.manager, draft)
    assert not rows(cast.manager, draft, Period.parse("2026-Q2"))


def test_scores_stay_with_those_who_may_read_them(closed):
    draft = drafted(closed, {"sla.visit_feedback": "9 hours"})
    assert not rows(closed.administrator, draft)
    assert set(rows(closed.member, draft)) == {closed.member.pk}
    with rehearsal.within():
        keys = {one.offer.key for one in replay(closed.manager, rules_as_published(draft), QUARTER)}
    assert not {"appraisal.scores", "appraisal.forms"} & keys


def test_the_cost_is_the_same_for_one_and_for_all(closed):
    rules = rules_as_published(drafted(closed, {"sla.visit_feedback": "9 hours"}))
    costs = []
    for viewer in (closed.member, closed.manager):
        viewer.seats  # noqa: B018 — read once per request, not by the replay
        with CaptureQueriesContext(connection) as asked:
            replay(viewer, rules, QUARTER)
        costs.append(len(asked))
    assert costs[0] == costs[1]


# --- the forms by other limits -------------------------------------------------------------------


def forms(viewer, draft, period=QUARTER):
    parts = replay(viewer, rules_as_published(draft), period)
    found = next(one for one in parts if one.offer.key == "appraisal.forms").rows
    return {(row.record.owner_id, str(row.note).split(" ·")[0]): row for row in found}


@pytest.mark.parametrize(
    ("path", "party"),
    [("self_due", Review.Party.SELF), ("evaluation_due", Review.Party.SUPERIOR)],
)
def test_a_form_handed_in_in_time_is_late_by_a_shorter_limit(closed, path, party):
    cycle = Cycle.objects.get()
    handed_in = cycle.opened_at + timedelta(hours=30)
    Review.objects.filter(participant__owner=closed.member, party=party).update(
        submitted_at=handed_in
    )
    for limit, differs in (("30 hours", False), ("29 hours", True)):
        draft = drafted(closed, {f"appraisal.{path}": limit})
        row = forms(closed.manager, draft)[closed.member.pk, str(party.label)]
        assert row.differs is differs, limit
    assert not forms(closed.manager, draft, Period.parse("2026-Q2"))


def test_a_form_that_nobody_handed_in_stays_so(closed):
    mine = Review.objects.filter(participant__owner=closed.member, party=Review.Party.SELF)
    mine.update(submitted_at=None)
    draft = drafted(closed, {"appraisal.self_due": "29 hours"})
    row = forms(closed.manager, draft)[closed.member.pk, str(Review.Party.SELF.label)]
    assert not row.differs and row.before


# --- the periods that are offered ----------------------------------------------------------------


def test_years_and_half_years_are_offered_where_a_cycle_was_closed_in_them(cast):
    cycle = make.whole_quarter(cast, {cast.member.pk: make.EXAMPLE})
    long = {"2026-H2", "2026-H1", "2026", "2025"}
    clock.set_clock(clock.now().replace(year=2027, month=1, day=4))
    assert not long & {one.key for one in closed_periods()}
    make.closed(cycle, by=cast.hr)
    clock.set_clock(clock.now().replace(year=2026, month=12, day=31, hour=10))
    assert not long & {one.key for one in closed_periods()}
    clock.set_clock(clock.now().replace(year=2027, month=1, day=4))
    assert long & {one.key for one in closed_periods()} == {"2026-H2", "2026"}


def test_a_whole_year_replays_the_scores_of_all_its_cycles(closed):
    clock.set_clock(clock.now().replace(year=2027, month=1, day=4))
    draft = drafted(closed, {"sla.visit_feedback": "9 hours"})
    whole = rows(closed.manager, draft, Period.parse("2026"))
    assert set(whole) == set(rows(closed.manager, draft)) and whole
