"""Closed appraisals weighed anew by a draft of the rules: frozen figures only (R-apr-01, law 5)."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appraisal.models import Appeal, Cycle, Line, Participant, Result, Review
from appraisal.services import appeals
from appraisal.services.results import compute_results
from expansion import clock, rehearsal
from expansion.audit.models import Entry
from expansion.rulebook.loading import to_data
from expansion.rulebook.models import Version
from expansion.rulebook.replaying import closed_periods, replay, rules_as_published
from expansion.rulebook.selectors import forget_rules, rules_on
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
    assert not {"appraisal.scores", "appraisal.forms", "appraisal.appeals"} & keys


def test_the_cost_is_the_same_for_one_and_for_all(closed):
    rules = rules_as_published(drafted(closed, {"sla.visit_feedback": "9 hours"}))
    costs = []
    for viewer in (closed.member, closed.manager):
        viewer.seats  # noqa: B018 — read once per request, not by the replay
        with CaptureQueriesContext(connection) as asked:
            replay(viewer, rules, QUARTER)
        costs.append(len(asked))
    assert costs[0] == costs[1]


# --- the means that rest on other scores ---------------------------------------------------------


def counted(rules, *cycles) -> dict[int, str]:
    """What the last of these cycles really comes to by these rules, by person."""
    Version.objects.filter(status=Version.Status.PUBLISHED).update(content=to_data(rules))
    forget_rules()
    for cycle in cycles:
        compute_results(list(Cycle.objects.get(pk=cycle.pk).participants.complete()))
    found = Result.objects.filter(participant__cycle=cycles[-1]).select_related("participant")
    return {one.participant.owner_id: f"{one.score:f}" for one in found}


def turned(cast) -> Version:
    """A draft in which the first and the last indicator of the client team change places."""
    paths = list(weights())
    return drafted(cast, {paths[0]: Decimal(20), paths[2]: Decimal(50)})


def told(row) -> str:
    return str(row.after).split(" · ")[0]


def test_whoever_runs_teams_follows_where_the_draft_moves_a_member_s_score(closed):
    draft = turned(closed)
    found = rows(closed.manager, draft)
    assert found[closed.manager.pk].differs
    assert not found[closed.outsider.pk].differs
    real = counted(rules_as_published(draft), Cycle.objects.get())
    assert {pk: told(row) for pk, row in found.items()} == real


def team_mean(cast):
    return Line.objects.filter(participant__owner=cast.manager, indicator="team_mean")


def test_a_mean_that_no_score_moves_stays_as_it_was_frozen(closed):
    team_mean(closed).update(value=Decimal("12.5"))
    draft = drafted(closed, {"sla.visit_feedback": "9 hours"})
    row = rows(closed.manager, draft)[closed.manager.pk]
    assert Decimal(told(row)) < Result.objects.get(participant__owner=closed.manager).score


def test_a_mean_that_an_appeal_has_corrected_stays_whatever_the_draft_moves(closed):
    one = Participant.objects.get(owner=closed.manager)
    appeal = Appeal.objects.create(
        participant=one,
        owner=one.owner,
        team=one.team,
        number="SS-2026-900",
        handled_by="leadership",
        lies_with="leadership",
        ground="value",
        text="平均分少算一人。",
        filed_at=clock.now(),
        status="decided",
    )
    team_mean(closed).update(corrected_by=appeal)
    assert not rows(closed.manager, turned(closed))[closed.manager.pk].differs


def test_a_year_follows_where_the_draft_moves_a_quarter_of_it(cast):
    figures = {cast.member.pk: make.EXAMPLE}
    begun = datetime(2027, 1, 4, 9, 0)
    quarter = make.whole_quarter(cast, figures, period=Period.parse("2026-Q4"), at=begun)
    year = make.frozen(make.opened(cast.version, Period.parse("2026"), clock.now()), figures)
    make.delivered(make.reviewed(year), manager=cast.manager, leadership=cast.leadership)
    make.closed(year, by=cast.hr)
    december = Period.parse("2026-12")
    same = rows(cast.manager, drafted(cast, {"sla.visit_feedback": "9 hours"}), december)
    assert same and not any(row.differs for row in same.values())
    draft = turned(cast)
    found = rows(cast.manager, draft, december)
    assert found[cast.member.pk].differs
    real = counted(rules_as_published(draft), quarter, year)
    assert {pk: told(row) for pk, row in found.items()} == real


# --- appeals -------------------------------------------------------------------------------------

OCTOBER = Period.parse("2026-10")


@pytest.fixture
def appealed(cast):
    """许晴 appeals on Monday, two working days before the window ends; decided eight days later."""
    quarter = make.whole_quarter(cast, {cast.member.pk: make.EXAMPLE})
    clock.set_clock(datetime(2026, 10, 12, 10, 0))
    given = {"ground": "value", "text": "八月并入集团，应按集团算。"}
    appeal = appeals.file_appeal(actor=cast.member, record=make.of(quarter, cast.member), **given)
    appeal = appeals.accept_appeal(actor=cast.manager, record=appeal)
    clock.set_clock(datetime(2026, 10, 20, 10, 0))
    appeals.decide_appeal(
        actor=cast.manager, record=appeal, decision="upheld", findings="按登记口径。"
    )
    clock.set_clock(datetime(2026, 11, 18, 9, 41))
    return cast


def replayed_appeal(viewer, draft, period=OCTOBER):
    parts = replay(viewer, rules_as_published(draft), period)
    return next(one for one in parts if one.offer.key == "appraisal.appeals").rows


@pytest.mark.parametrize(
    ("changes", "after"),
    [
        ({"appraisal.appeal_window": "2 working days"}, "too late"),
        ({"appraisal.appeal_window": "0 days"}, "no appeal"),
        (
            {"appraisal.appeal_handler": "leadership"},
            "handed in in time · leadership · decision in time",
        ),
        (
            {"appraisal.appeal_decision": "3 working days"},
            "handed in in time · Department manager · decision late",
        ),
    ],
)
def test_an_appeal_goes_as_the_draft_would_have_it(appealed, changes, after):
    entries_before = Entry.objects.count()
    draft = drafted(appealed, changes)
    written = Entry.objects.count() - entries_before
    [row] = replayed_appeal(appealed.manager, draft)
    assert row.before == "handed in in time · Department manager · decision in time"
    assert row.after == after and row.differs
    assert appealed.member.name in row.label
    assert Entry.objects.count() == entries_before + written
    assert not replayed_appeal(appealed.manager, draft, QUARTER)


@pytest.mark.parametrize(
    "changes",
    [
        {"appraisal.appeal_window": "3 working days"},
        {"appraisal.appeal_decision": "9 working days"},
        {"appraisal.superior_of_manager": "hr"},
        {"sla.visit_feedback": "9 hours"},
    ],
)
def test_an_appeal_that_the_draft_leaves_as_it_was_does_not_differ(appealed, changes):
    [row] = replayed_appeal(appealed.manager, drafted(appealed, changes))
    assert not row.differs and row.after == row.before


def test_an_appeal_is_told_to_those_who_may_read_it(appealed):
    draft = drafted(appealed, {"appraisal.appeal_window": "2 working days"})
    assert replayed_appeal(appealed.member, draft)
    assert not replayed_appeal(appealed.colleague, draft)
    assert not replayed_appeal(appealed.administrator, draft)


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
