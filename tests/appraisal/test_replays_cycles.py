"""Cycles of a closed period under a draft: when each opens, who is in it, who fixes the scores."""

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appraisal.models import Cycle, Participant
from appraisal.services.cycles import plan_cycle
from expansion import clock, rehearsal
from expansion.audit.models import Entry
from expansion.rulebook.replaying import rehearse, replay, rules_as_published
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.services import drafts, entries
from expansion.worktime import Period
from tests.make import appraisal as make

QUARTER = Period.parse("2026-Q3")
OTHER = {"sla.visit_feedback": "9 hours"}
LAST_DAY = {"appraisal.opens": "last_workday_of"}
STOOD = "opens Thu 8 Oct · self-review due Wed 14 Oct 23:59 · evaluation due Wed 21 Oct 23:59"
MANAGERS, LEADERSHIPS = "score fixed by Department manager", "score fixed by leadership"


@pytest.fixture
def opened(cast):
    """The third quarter, opened on Thursday, 8 October at nine."""
    make.opened(cast.version)
    return cast


def drafted(cast, changes):
    return drafts.change_draft(actor=cast.administrator, changes=changes, reason="试行")


def part(viewer, rules, key, period=QUARTER):
    return next(one for one in replay(viewer, rules, period) if one.offer.key == key)


def cycles(viewer, draft, period=QUARTER):
    return part(viewer, rules_as_published(draft), "appraisal.cycles", period).rows


def people(viewer, draft, period=QUARTER):
    rows = part(viewer, rules_as_published(draft), "appraisal.people", period).rows
    return {row.record.owner_id: row for row in rows}


def told(row) -> tuple[str, str]:
    return str(row.before), str(row.after)


def with_cycles(*kinds):
    rules = rules_on()
    ours = rules.appraisal.model_copy(update={"cycles": kinds})
    return rules.model_copy(update={"appraisal": ours})


# --- when they open ------------------------------------------------------------------------------


def test_a_cycle_that_the_draft_opens_on_the_last_workday_has_its_dates_from_there(opened):
    clock.set_clock(datetime(2026, 11, 18, 9, 41))
    [row] = cycles(opened.manager, drafted(opened, LAST_DAY))
    after = "opens Wed 30 Sep · self-review due Tue 13 Oct 23:59 · evaluation due Tue 20 Oct 23:59"
    assert told(row) == (STOOD, after) and row.differs
    assert row.record == Cycle.objects.get() and row.record.get_absolute_url()


@pytest.mark.parametrize(
    ("changes", "after"),
    [
        ({"appraisal.self_due": "2 working days"}, STOOD.replace("Wed 14", "Sat 10")),
        (
            {"appraisal.evaluation_due": "1 hours"},
            STOOD.replace("Wed 21 Oct 23:59", "Thu 8 Oct 10:00"),
        ),
        (
            {"appraisal.self_due": "0 days"},
            STOOD.replace(" · self-review due Wed 14 Oct 23:59", ""),
        ),
    ],
)
def test_a_step_of_another_limit_is_due_on_another_day(opened, changes, after):
    clock.set_clock(datetime(2026, 11, 18, 9, 41))
    [row] = cycles(opened.manager, drafted(opened, changes))
    assert told(row) == (STOOD, after)


def test_the_same_rules_leave_every_date_as_it_was_even_of_a_cycle_opened_late(opened):
    draft = drafted(opened, OTHER)
    Cycle.objects.update(opened_at=clock.now().replace(day=12))
    [row] = cycles(opened.manager, draft)
    assert row.before.startswith("opens Mon 12 Oct") and not row.differs
    assert not any(row.differs for row in people(opened.manager, draft).values())
    assert not cycles(opened.manager, draft, Period.parse("2026-Q2"))


def test_the_steps_of_a_cycle_opened_late_count_from_the_day_on_which_it_was(opened):
    Cycle.objects.update(opened_at=clock.now().replace(day=12))
    clock.set_clock(datetime(2026, 11, 18, 9, 41))
    [row] = cycles(opened.manager, drafted(opened, {"appraisal.self_due": "2 working days"}))
    assert "self-review due Wed 14 Oct" in row.before == row.after
    [row] = cycles(opened.manager, drafted(opened, {"appraisal.self_due": "3 working days"}))
    assert "self-review due Thu 15 Oct" in row.after


def test_a_cycle_that_nobody_has_opened_yet_is_told_by_the_days_of_its_rules(cast):
    plan_cycle(actor=None, period=QUARTER, version=cast.version)
    [row] = cycles(cast.manager, drafted(cast, LAST_DAY))
    assert row.before.startswith("opens Thu 8 Oct") and row.after.startswith("opens Wed 30 Sep")


def test_cycles_that_only_the_draft_has_stand_beside_those_that_it_leaves_out(opened):
    rows = part(opened.manager, with_cycles("month", "year"), "appraisal.cycles").rows
    found = {row.label: row for row in rows}
    assert [found[key].after[:15] for key in ("2026-7", "2026-8", "2026-9")] == [
        "opens Mon 3 Aug", "opens Tue 1 Sep", "opens Thu 8 Oct",
    ]  # fmt: skip
    assert {row.before for row in rows if row.label.startswith("2026-")} == {"no appraisal"}
    assert {row.record for row in rows} == {opened.version, Cycle.objects.get()}
    assert told(found["Third quarter of 2026"]) == (STOOD, "no appraisal")
    assert {
        row.after for row in part(opened.manager, with_cycles("month"), "appraisal.people").rows
    } == {"not appraised"}


# --- who is in them ------------------------------------------------------------------------------


def test_another_fixes_the_scores_by_the_draft_and_of_the_manager_whoever_appraises_him(opened):
    found = people(opened.manager, drafted(opened, {"appraisal.final_by": "leadership"}))
    moved = {pk for pk, row in found.items() if row.differs}
    assert moved == set(found) - {opened.manager.pk}
    row = found[opened.member.pk]
    assert row.before.endswith(MANAGERS) and row.after.endswith(LEADERSHIPS)
    assert row.record == Participant.objects.get(owner=opened.member)
    found = people(
        opened.manager,
        drafted(opened, {"appraisal.final_by": "manager", "appraisal.superior_of_manager": "hr"}),
    )
    [row] = [row for row in found.values() if row.differs]
    assert row.record.owner == opened.manager and row.before.endswith(LEADERSHIPS)


def test_a_team_that_the_draft_scores_by_another_set_is_told_person_by_person(opened):
    draft = entries.change_entry(
        actor=opened.administrator, path="teams", key="client", values={"kpi_set": "research"}
    )
    moved = {pk: row for pk, row in people(opened.manager, draft).items() if row.differs}
    assert set(moved) == {opened.member.pk, opened.colleague.pk, opened.leader.pk}
    label = rules_on().kpi_set("research").label()
    assert {row.after for row in moved.values()} == {f"{label} · {MANAGERS}"}


# --- what is looked at, by whom ------------------------------------------------------------------


def test_these_settings_are_no_more_among_what_nothing_looks_at(opened):
    changes = LAST_DAY | {"appraisal.final_by": "leadership"}
    rules = rules_as_published(drafted(opened, changes))
    assert not rehearse(opened.manager, rules, QUARTER).unseen
    assert not rehearse(opened.manager, with_cycles("quarter"), QUARTER).unseen


def test_everybody_reads_of_the_own_appraisal_and_no_rehearsal_shows_one(opened):
    draft = drafted(opened, {"appraisal.final_by": "leadership"} | LAST_DAY)
    assert set(people(opened.member, draft)) == {opened.member.pk}
    assert cycles(opened.member, draft)
    assert not people(opened.administrator, draft) and not cycles(opened.administrator, draft)
    with rehearsal.within():
        keys = {one.offer.key for one in replay(opened.manager, rules_as_published(draft), QUARTER)}
    assert not {"appraisal.cycles", "appraisal.people"} & keys


def test_the_cost_does_not_grow_with_the_people_and_nothing_is_written(opened):
    rules = rules_as_published(drafted(opened, {"appraisal.final_by": "leadership"} | LAST_DAY))
    Participant.objects.exclude(owner=opened.member).update(cycle=other_cycle(opened))
    written, costs = Entry.objects.count(), []
    opened.manager.seats  # noqa: B018 — read once per request, not by the replay
    for period in (QUARTER, Period.parse("2026")):
        with CaptureQueriesContext(connection) as asked:
            found = part(opened.manager, rules, "appraisal.people", period)
        costs.append((len(asked), len(found.rows)))
    assert costs[0][0] == costs[1][0] and costs[0][1] == 1 < costs[1][1]
    assert Entry.objects.count() == written


def other_cycle(cast) -> Cycle:
    return plan_cycle(actor=None, period=Period.parse("2026-Q2"), version=cast.version)
