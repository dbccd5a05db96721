"""Numbers by the rulebook's pattern: per year, without doubles."""

from datetime import datetime

import pytest
from django.db import transaction

from expansion import clock
from expansion.numbering.services import next_number
from expansion.rulebook.selectors import rules_on

pytestmark = pytest.mark.django_db


def test_numbers_count_up_and_start_anew_each_year(cast):
    rules = rules_on()
    assert [next_number(key="contract", rules=rules) for _ in range(2)] == [
        "HT-2026-0001",
        "HT-2026-0002",
    ]
    with clock.clock_at(datetime(2027, 1, 4, 9)):
        assert next_number(key="contract", rules=rules) == "HT-2027-0001"
    assert next_number(key="research_report", rules=rules) == "DY-2026-001"


def test_a_pattern_without_the_year_goes_on_counting(cast):
    rules = rules_on().with_changes({"numbers.contract.pattern": "合同{number:05d}"})
    assert next_number(key="contract", rules=rules) == "合同00001"
    with clock.clock_at(datetime(2027, 1, 4, 9)):
        assert next_number(key="contract", rules=rules) == "合同00002"


def test_a_refused_submission_takes_no_number(cast):
    rules = rules_on()
    with pytest.raises(RuntimeError), transaction.atomic():
        next_number(key="contract", rules=rules)
        raise RuntimeError
    assert next_number(key="contract", rules=rules) == "HT-2026-0001"


def test_an_unknown_kind_of_number_is_an_error(cast):
    with pytest.raises(KeyError):
        next_number(key="nothing", rules=rules_on())
