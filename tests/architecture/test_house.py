"""The house as drawn: floors and rooms, the model graph, the top level, names, and gates."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from expansion import access
from expansion.shares import tables

ROOT = Path(__file__).resolve().parents[2]
FLOORS = [["appraisal"], ["research", "partnerships", "training"], ["crm"], ["expansion"]]
ROOMS = [
    ["home", "office"],
    ["surveys"],
    ["transfer"],
    ["approvals"],
    ["notices", "files", "guests", "relations", "numbering"],
    ["rulebook"],
    ["people"],
    ["worktime"],
    ["jobs"],
    ["audit"],
    ["ui"],
    ["once"],
]
# The trail knows people only as AUTH_USER_MODEL; so do the rooms below them.
TOP_LEVEL = {
    ".ci",
    ".gitignore",
    ".npmrc",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Dockerfile",
    "LICENSE",
    "Makefile",
    "README.md",
    "appraisal",
    "bench",
    "crm",
    "docker-compose.yml",
    "docs",
    "expansion",
    "locale",
    "manage.py",
    "package-lock.json",
    "package.json",
    "partnerships",
    "pyproject.toml",
    "research",
    "static",
    "templates",
    "tests",
    "training",
}
BANNED_NAMES = {"utils", "helpers", "helper", "process", "handle", "misc", "common"}


def test_imports_keep_floors_and_rooms():
    """In a process of its own: it configures the log anew, and other tests read what is logged."""
    check = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    asked = [sys.executable, "-c", check, "--no-cache"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _place(module: str) -> tuple[int, int]:
    """Height of a model's app: (floor, room), higher numbers stand higher."""
    first, _, rest = module.partition(".")
    floor = next(i for i, apps_ in enumerate(reversed(FLOORS)) if first in apps_)
    if first != "expansion":
        return floor, 0
    room = rest.split(".")[0]
    return floor, next(i for i, rooms in enumerate(reversed(ROOMS)) if room in rooms)


def _ours(model) -> bool:
    return model.__module__.split(".")[0] in {name for names in FLOORS for name in names}


def _pointers() -> Iterator[tuple[type, type, str]]:
    for model in filter(_ours, apps.get_models()):
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if field.concrete and isinstance(target, type) and _ours(target):
                yield model, target, field.name


def test_no_foreign_key_points_upwards():
    people = apps.get_app_config("people").models_module.__name__
    wrong = [
        f"{model.__name__}.{name} → {target.__name__}"
        for model, target, name in _pointers()
        if target.__module__ != people and _place(target.__module__) > _place(model.__module__)
    ]
    assert wrong == []


def test_neighbours_do_not_point_at_each_other():
    neighbours = set(FLOORS[1])
    wrong = [
        f"{model.__name__}.{name} → {target.__name__}"
        for model, target, name in _pointers()
        if {model._meta.app_label, target._meta.app_label} <= neighbours
        and model._meta.app_label != target._meta.app_label
    ]
    assert wrong == []


def test_the_top_level_holds_what_the_house_shows_and_nothing_else():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    names = {line.split("/")[0] for line in listed.splitlines()}
    locks = {name for name in names if fnmatch(name, "requirements*.txt")}
    assert names - locks <= TOP_LEVEL


def _sources() -> list[Path]:
    roots = [name for names in FLOORS for name in names]
    return [path for root in roots for path in (ROOT / root).rglob("*.py")]


def test_modules_and_functions_have_names_of_the_field():
    wrong = []
    for path in _sources():
        if path.stem in BANNED_NAMES:
            wrong.append(str(path))
        if "commands" in path.parts:
            continue  # Django demands `handle` there.
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.strip("_") in BANNED_NAMES:
                wrong.append(f"{path}:{node.lineno} {node.name}")
    assert wrong == []


# Rows without a page, list or address of their own: they are read through their parent's rule, or
# by no person at all.
PARTS = {
    "appraisal.preparation",
    "crm.leadcondition",
    "guests.pass",
    "crm.positionconsent",
    "crm.stagemove",
    "crm.visitcomment",
    "crm.visitreading",
    "numbering.counter",
    "office.handoveritem",
    "office.handoverthing",
    "people.revision",
    "surveys.answer",
    "surveys.response",
    "once.submission",
    "people.accountlink",
    "people.failedlogin",
    "people.loginsession",
    "worktime.calendarrevision",
    "worktime.noticeday",
}


def test_every_model_has_an_access_rule_or_is_a_part():
    """A model without a rule is visible to nobody."""
    ruled = {model._meta.label_lower for model in access.rules()}
    ours = {model._meta.label_lower for model in apps.get_models() if _ours(model)}
    shares = {one._meta.label_lower for kept in tables().values() for one in kept.each()}
    assert ours - ruled == PARTS | shares


def views(patterns=None, prefix="") -> Iterator[tuple[str, object]]:
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern.callback


def test_every_view_declares_a_gate():
    bare = [
        route
        for route, view in views()
        if not hasattr(view, "gate") and not route.startswith("api/")
    ]
    assert bare == []


@pytest.mark.parametrize("path", ["expansion", "crm", "appraisal"])
def test_no_source_names_a_machine(path):
    wrong = [
        str(file)
        for file in (ROOT / path).rglob("*.py")
        if any(word in file.read_text(encoding="utf-8") for word in ("/home/", "/root/"))
    ]
    assert wrong == []
