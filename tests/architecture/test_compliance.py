"""Clauses and what answers for them: every check is planted, every gap has its reason."""

import ast
from pathlib import Path

import pytest

from expansion import compliance
from expansion.people.models import User
from expansion.rulebook import loading
from expansion.rulebook.board import UNANSWERED, Board, running
from expansion.rulebook.waiting import CLAUSES as WAITING

TESTS = Path(__file__).parent.parent
CLAUSES = {one.id: one for key in loading.preset_keys() for one in loading.preset(key).clauses}
ANSWERED = {id: compliance.answer_for(id) for id in CLAUSES}


def planted() -> set[str]:
    """The checks for which some test plants a kept and a broken case: `PLANTED` in its file."""
    found: set[str] = set()
    for path in TESTS.glob("*/test_compliance*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            names = [one.id for one in getattr(node, "targets", ()) if isinstance(one, ast.Name)]
            if "PLANTED" in names:
                found |= set(ast.literal_eval(node.value))
    return found


def test_every_check_has_a_kept_and_a_broken_case_planted():
    assert planted() == set(compliance.checks())


def test_what_answers_answers_for_a_clause_that_is_there():
    named = {id for check in compliance.checks().values() for id in check.clauses}
    assert named <= set(CLAUSES)


@pytest.mark.parametrize("key", loading.preset_keys())
def test_a_clause_that_can_be_kept_or_broken_is_measured_or_waits_for_a_noun(key):
    for clause in loading.preset(key).clauses:
        if clause.is_measured:
            measured = ANSWERED[clause.id].check is not None
            assert measured != (clause.id in WAITING), clause.id


@pytest.mark.django_db
@pytest.mark.parametrize("key", loading.preset_keys())
def test_every_clause_is_counted_proven_or_lived_somewhere_or_waits_for_a_noun(key):
    """What is a setting and moves nothing yet proves nothing (R-exp-01)."""
    rules = loading.preset(key)
    board = Board(User.objects.create(username="anybody"), rules, running())
    for clause in rules.clauses:
        row = board.row(clause)
        assert (row.state == UNANSWERED) == (clause.id in WAITING), clause.id
        assert bool(row.waits_for) == (clause.id in WAITING), clause.id


def test_what_waits_is_a_clause_of_some_regulation():
    assert set(WAITING) <= set(CLAUSES)


def test_a_setting_that_a_check_rests_on_is_a_parameter():
    for check in compliance.checks().values():
        for key in {_preset_of(id) for id in check.clauses}:
            known = {one.path for one in loading.preset(key).parameters()}
            assert set(check.settings) <= known, (check.key, key)


def _preset_of(clause: str) -> str:
    letters = {loading.preset(key).policy.letter: key for key in loading.preset_keys()}
    return letters[clause[0]]
