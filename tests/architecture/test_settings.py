"""Every setting of every regulation is obeyed by some code, or says what it waits for."""

import ast
from pathlib import Path

from expansion.rulebook import loading
from expansion.rulebook.lists import lists
from expansion.rulebook.waiting import SETTINGS

ROOT = Path(__file__).parent.parent.parent
ROOMS = ("expansion", "crm", "research", "partnerships", "training", "appraisal")
NOT_OBEYING = ("migrations", "seeds", "seeds.py", "clause_settings.py")
# The word of a setting that nothing obeys is also an attribute of something else.
ALSO_ELSEWHERE = {"letter"}


def names_of_settings() -> set[str]:
    """The last words of their paths."""
    found = set()
    for key in loading.preset_keys():
        rules = loading.preset(key)
        found |= {one.path for one in rules.parameters()} | {one.path for one in lists(rules)}
    return {path.rpartition(".")[2] for path in found}


def names_read() -> set[str]:
    """Every attribute that the product asks something for."""
    return {
        node.attr
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if not {*path.parts} & {*NOT_OBEYING}
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    }


def test_a_setting_is_read_somewhere_or_says_what_it_waits_for():
    unread = names_of_settings() - names_read()
    assert unread | ALSO_ELSEWHERE == set(SETTINGS)
