"""Every word on screen stands in the catalogues, whole and alike; sources hold no Chinese words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

from expansion.launch.management.commands.make_traditional import converted

ROOT = Path(__file__).resolve().parents[2]
SIMPLIFIED = ROOT / "locale/zh_Hans/LC_MESSAGES/django.po"
TRADITIONAL = ROOT / "locale/zh_Hant/LC_MESSAGES/django.po"
FLOORS = ("expansion", "crm", "research", "partnerships", "training", "appraisal")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
COMMENT = re.compile(r"\{#.*?#\}|\{% comment.*?endcomment %\}", re.S)

# Business data and words of the Chinese language itself, each with its reason.
CHINESE_IN_ITSELF = {
    "expansion/launch/management/commands/make_traditional.py",  # characters to convert
    "expansion/ui/styleguide.py",  # made-up rows
}
DATA_FOLDERS = {"migrations", "seeds", "presets"}
DATA_MODULES = {"seeds.py", "seeding.py"}


def entries() -> Iterator[polib.POEntry]:
    yield from (entry for entry in polib.pofile(str(SIMPLIFIED)) if not entry.obsolete)


def test_every_word_has_its_chinese():
    missing = [one.msgid for one in entries() if one.fuzzy or not one.translated()]
    assert missing == []


def test_every_word_in_the_sources_is_in_the_catalogue():
    """The parts that rooms hand in are all merged."""
    held = {(one.msgctxt, one.msgid) for one in entries()}
    parts = sorted((ROOT / "locale/parts").glob("*.po"))
    lost = [
        f"{path.name}: {one.msgid}"
        for path in parts
        for one in polib.pofile(str(path))
        if not one.obsolete and (one.msgctxt, one.msgid) not in held
    ]
    assert lost == []


def placeholders(text: str) -> set[str]:
    return {named or braced for named, braced in PLACEHOLDER.findall(text)}


def test_a_translation_names_the_placeholders_of_its_source():
    wrong = []
    for one in entries():
        allowed = placeholders(one.msgid) | placeholders(one.msgid_plural or "")
        for text in [one.msgstr, *one.msgstr_plural.values()]:
            given = placeholders(text)
            short = bool(one.msgstr) and given != allowed
            if text and (short or not given <= allowed):
                wrong.append(f"{one.msgid!r} → {text!r}")
    assert wrong == []


def test_the_traditional_catalogue_is_the_conversion_of_the_simplified_one():
    if not TRADITIONAL.exists():
        pytest.fail("locale/zh_Hant is not there: run `manage.py make_traditional`.")
    held, wanted = polib.pofile(str(TRADITIONAL)), converted(SIMPLIFIED)
    assert words(held) == words(wanted)


def words(catalogue: polib.POFile) -> dict:
    return {
        (one.msgctxt, one.msgid): (one.msgstr, one.msgstr_plural)
        for one in catalogue
        if not one.obsolete
    }


def test_no_template_speaks_chinese_by_itself():
    wrong = []
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix not in {".html", ".txt"} or "styleguide" in path.as_posix():
            continue
        text = COMMENT.sub("", path.read_text(encoding="utf-8"))
        wrong += [f"{path.name}: {line}" for line in text.splitlines() if CHINESE.search(line)]
    assert wrong == []


def sources() -> Iterator[Path]:
    for path in (path for floor in FLOORS for path in sorted((ROOT / floor).rglob("*.py"))):
        data = DATA_FOLDERS & set(path.parts) or path.name in DATA_MODULES
        if not data and str(path.relative_to(ROOT)) not in CHINESE_IN_ITSELF:
            yield path


def test_no_source_speaks_chinese_by_itself():
    """Comments and docstrings may name terms of art; strings that reach a screen may not."""
    wrong = [f"{path.relative_to(ROOT)}: {text}" for path in sources() for text in literals(path)]
    assert wrong == []


def literals(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in documents and CHINESE.search(node.value):
                yield node.value
