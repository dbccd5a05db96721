"""A visit that an appraisal counts is not taken back under it (law 8)."""

from datetime import timedelta
from unittest.mock import patch

import pytest

from appraisal.models import Cycle, Evidence, Stage
from appraisal.services import cycles, rollup
from crm.metrics import visits
from crm.models import Visit
from crm.services.visit_undo import undo_visit
from expansion import clock, metrics
from expansion.errors import NotNow
from expansion.metrics import Metric
from expansion.rulebook.selectors import rules_on
from tests.make import appraisal as make
from tests.make import crm


@pytest.fixture
def cycle(cast) -> Cycle:
    return make.opened(cast.version)


def recorded(person) -> Visit:
    """A visit of the quarter, written down after its end."""
    at = clock.now() - timedelta(days=10)
    return crm.visit(person, crm.client(person), took_place_at=at)


def counted(cycle: Cycle) -> Cycle:
    """The figures collected; visits stand for the new clients of the rulebook."""
    metric = Metric("crm.new_clients", "Visits", "", visits)
    with patch.dict(metrics._metrics, {metric.key: metric}):
        return rollup.roll_up(actor=None, record=cycle)


def undo(visit: Visit) -> Visit:
    return undo_visit(actor=visit.visitor, rules=rules_on(), record=visit)


def test_while_the_figures_are_collected_no_visit_of_the_period_is_taken_back(cast, cycle):
    visit = recorded(cast.member)
    with pytest.raises(NotNow, match="2026"):
        undo(visit)


def test_a_visit_of_another_period_is_taken_back_meanwhile(cast, cycle):
    assert undo(crm.visit(cast.member, crm.client(cast.member))).deleted_at


def test_who_is_not_appraised_takes_back_meanwhile(cast, cycle):
    visit = recorded(cast.member)
    cycle.participants.filter(owner=cast.member).delete()
    assert undo(visit).deleted_at


@pytest.mark.parametrize("stage", [Stage.SELF_REVIEW, Stage.CLOSED])
def test_a_counted_visit_stays_and_so_do_the_clients_dates(cast, cycle, stage):
    visit = recorded(cast.member)
    counted(cycle)
    Cycle.objects.update(stage=stage)
    with pytest.raises(NotNow, match="counts this record"):
        undo(visit)
    assert Evidence.objects.filter(about_id=visit.pk).exists()
    assert Visit.objects.live().get().client.last_visit_at == visit.took_place_at


def test_a_visit_that_came_after_the_counting_is_taken_back(cast, cycle):
    counted(cycle)
    assert undo(recorded(cast.member)).deleted_at


def test_a_reopened_cycle_counts_again_and_keeps_the_visit(cast, cycle):
    visit = recorded(cast.member)
    counted(cycle)
    cycles.reopen_cycle(actor=cast.manager, record=cycle, reason="更正")
    with pytest.raises(NotNow):
        undo(visit)
