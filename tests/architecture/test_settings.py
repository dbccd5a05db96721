"""Every setting of every regulation is obeyed by some code, or says what it waits for."""

import ast
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from expansion.rulebook import loading
from expansion.rulebook.lateness import Owed
from expansion.rulebook.lists import lists
from expansion.rulebook.waiting import SETTINGS, setting_waits_for

ROOT = Path(__file__).parent.parent.parent
ROOMS = ("expansion", "crm", "research", "partnerships", "training", "appraisal")
# What asks for a setting without obeying it: what describes, checks and edits the rulebook.
NOT_OBEYING = ("migrations", "seeds", "seeds.py", "preset_seeds.py")
RULEBOOK = ROOT / "expansion" / "rulebook"
DESCRIBING = {
    RULEBOOK / f"{name}.py"
    for name in (
        *("checks", "clause_settings", "deciding", "lateness", "organisation", "overlays"),
        *("scoring", "values", "weights", "work"),
    )
}
# By what else than its name a section is asked for its entries.
ASKED_BY = {
    "appraisal": {"level", "parties"},
    "approvals": {"approval", "approval_if_any", "chain"},
    "kpi_sets": {"common_set", "kpi_set", "kpi_set_of"},
    "ladders": {"ladder"},
    "pipelines": {"pipeline", "pipeline_for", "walked_by"},
    "reports": {"report"},
}
# Who obeys a setting without naming its section, which was handed over or is the module's own.
HANDED_OVER = {
    "confidentiality.alert_daily": "expansion/transfer/services/volumes.py",
    "confidentiality.alert_reveals": "expansion/transfer/services/volumes.py",
    "deciding.vacant": "expansion/approvals/approvers.py",
    "delegation.passed_on": "expansion/rulebook/organisation.py",
    "numbers.*.pattern": "expansion/rulebook/work.py",
    "working_time.own_week": "expansion/rulebook/organisation.py",
}
# Who names a section and a word of it, and means something else or only tells what stands there.
NOT_MEANT = {"bonus.base", "bonus.cap", "plans.*.fields"}


@cache
def asked() -> dict[Path, set[str]]:
    """Everything that each module of the product asks something for."""
    return {
        path: {node.attr for node in ast.walk(_tree(path)) if isinstance(node, ast.Attribute)}
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if not {*path.parts} & {*NOT_OBEYING}
    }


def _tree(path: Path) -> ast.AST:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def settings() -> dict[str, str]:
    """The paths of all settings, each with a preset that has it. Open lists and stages say what
    they wait for by their key (`test_open_lists`, `test_rulebook_pipelines`)."""
    return {
        one.path: key
        for key in loading.preset_keys()
        for found in (loading.preset(key).parameters(), lists(loading.preset(key)))
        for one in found
        if not one.path.startswith(("lists.", "pipelines."))
    }


def is_obeyed(path: str) -> bool:
    """Whether a module asks for the section of a setting and for its last word."""
    if _means(HANDED_OVER, path):
        return True
    section, word = path.split(".")[0], path.rpartition(".")[2]
    ways = {section, *ASKED_BY.get(section, ())}
    return not _means(NOT_MEANT, path) and any(
        word in names and names & ways
        for module, names in asked().items()
        if module not in DESCRIBING
    )


def _means(patterns: Iterable[str], path: str) -> bool:
    return any(fnmatchcase(path, one) for one in patterns)


def test_a_setting_is_obeyed_somewhere_or_says_what_it_waits_for():
    for path, key in settings().items():
        waits = bool(setting_waits_for(path, loading.preset(key)))
        assert waits != is_obeyed(path), path


@pytest.mark.parametrize(("pattern", "module"), HANDED_OVER.items())
def test_what_is_handed_over_is_obeyed_there(pattern, module):
    assert pattern.rpartition(".")[2] in asked()[ROOT / module]


def test_every_line_here_and_there_means_a_setting():
    ladders = {f"ladders.{kind}.superior_after" for kind in get_args(Owed)}  # of what may be added
    known = settings().keys() | ladders
    for pattern in (*SETTINGS, *HANDED_OVER, *NOT_MEANT):
        assert any(fnmatchcase(path, pattern) for path in known), pattern


def test_a_setting_waits_by_its_whole_path_and_not_by_its_last_word():
    rules = loading.preset("business")
    assert setting_waits_for("meetings.department_meeting.cadence", rules)
    assert not setting_waits_for("reports.weekly_summary.cadence", rules)
    assert setting_waits_for("risk.levels.high.starts_at", rules)
    assert not setting_waits_for("appraisal.levels.excellent.starts_at", rules)
