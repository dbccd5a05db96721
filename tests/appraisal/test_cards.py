"""What the first page says of the running period, and of the cycles to those who run them."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from appraisal.cards import running_cycle, running_score, todos
from appraisal.models import Appeal, Line
from appraisal.services import appeals, cycles
from expansion import clock
from expansion.worktime import Period
from tests.make import appraisal as make

pytestmark = pytest.mark.django_db
RUNNING = Period.parse("2026-Q4")


def test_the_card_sums_the_own_indicators_as_the_cycle_will(cast):
    """0.6 × (50 % × 91.67 + 30 % × 86 + 20 % × 72.92) = 51.73 of 60."""
    with make.metrics_saying({cast.member.pk: make.EXAMPLE}):
        card = running_score(cast.member)
    assert (card["points"], card["share"]) == (Decimal("51.73"), "60")
    assert [row["said"] for row in card["rows"]] == ["91.67", "4.3 / 5", "72.92"]


def test_whoever_has_no_record_yet_has_counted_nothing(cast):
    """As the roll-up will count it: the number is 0, what leaves nothing to judge stays out."""
    with make.metrics_saying({}):
        card = running_score(cast.member)
        cycle = make.frozen(make.opened(cast.version), {})
    assert [row["score"] for row in card["rows"]] == [Decimal(0)]
    line = Line.objects.get(
        participant__cycle=cycle,
        participant__owner=cast.member,
        indicator="new_clients",
        part="number",
    )
    assert line.value == 0


def test_a_target_set_for_the_person_counts_at_once(cast):
    cycle = cycles.plan_cycle(actor=None, period=RUNNING, version=cast.version)
    cycles.set_target(
        actor=cast.manager,
        record=cycle,
        indicator="new_clients",
        part="number",
        value=Decimal(24),
        person=cast.member,
    )
    with make.metrics_saying({cast.member.pk: make.EXAMPLE}):
        card = running_score(cast.member)
    # Half of 24 is 50; with the quality, 83.33, for the other half: 66.67.
    assert card["rows"][0]["score"] == Decimal("66.67")


def test_who_runs_the_appraisal_sees_where_it_stands(cast):
    make.opened(cast.version)
    clock.set_clock(datetime(2026, 11, 18, 9, 41, tzinfo=clock.zone()))
    cycles.plan_cycle(actor=None, period=RUNNING, version=cast.version)
    card = running_cycle(cast.hr)
    assert card["cycle"].period == make.QUARTER and card["planned"].period == RUNNING
    assert card["opens_on"].isoformat() == "2027-01-04"
    assert running_cycle(cast.member) is None and running_cycle(cast.administrator) is None


def test_closing_is_asked_for_once_nobody_can_appeal_any_more(cast):
    cycle = make.whole_quarter(cast)
    windows = cycle.participants.values_list("result__appeal_until", flat=True)

    def asked() -> list[str]:
        return [one.url for one in todos(cast.manager) if one.kind == "appraisal.close"]

    clock.set_clock(min(windows))
    assert asked() == []
    clock.set_clock(max(windows) + timedelta(seconds=1))
    assert asked() == [cycle.get_absolute_url()]


# That `counted` is what the to-do centre marks while the calendar of the year is not out: law 7.


def test_the_deadlines_of_the_forms_are_counted_by_the_calendar(cast):
    cycle = make.frozen(make.opened(cast.version), {})
    assert due(cast.member) == {"appraisal.self_review": True}
    make.self_reviewed(make.of(cycle, cast.member))
    assert due(cast.leader)["appraisal.evaluation"]


def test_the_times_to_appeal_and_to_decide_are_counted_by_the_calendar(cast):
    cycle = make.whole_quarter(cast)
    assert due(cast.member) == {"appraisal.result": True}
    mine = make.of(cycle, cast.member)
    appeals.file_appeal(actor=cast.member, record=mine, ground=Appeal.Ground.OTHER, text="算错了。")
    assert due(cast.manager)["appraisal.appeal"]


def due(person) -> dict[str, bool]:
    """Of each kind of to-do with a deadline whether that was counted."""
    return {one.kind: one.counted for one in todos(person) if one.due}
