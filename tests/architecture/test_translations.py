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

# Where Chinese is the matter itself and no wording of a screen, each with its reason.
CHINESE_IN_ITSELF = {
    "appraisal/scoring.py",  # an entry in both languages, as a regulation has them
    "expansion/rulebook/lateness.py",
    "expansion/worktime/lines.py",  # in which words a year's notice is written
    "appraisal/preset_words.py",  # what made-up people write, here and in every room
    "crm/naming.py",  # family names of two readings
    "crm/preset_words.py",
    "crm/transfer.py",  # headers of other people's workbooks
    "expansion/launch/management/commands/make_traditional.py",  # characters to convert
    "expansion/office/preset_words.py",
    "expansion/people/demo.py",  # the demo people's posts
    "expansion/people/preset_words.py",
    "expansion/rulebook/overlays.py",  # notes of a regulation, Chinese as all of them are
    "expansion/rulebook/schema.py",  # labels of a regulation
    "expansion/rulebook/services/presets.py",  # labels of a regulation
    "expansion/settings.py",  # a department's name, and the languages' own names
    "expansion/transfer/dates.py",  # what workbooks hold
    "expansion/transfer/phones.py",
    "expansion/transfer/rowkinds.py",
    "expansion/transfer/values.py",
    "expansion/ui/formats.py",  # how dates are written in Chinese
    "expansion/ui/styleguide.py",  # made-up rows
    "partnerships/preset_words.py",
    "research/preset_words.py",
    "training/preset_words.py",
}
CHINESE_TEMPLATES = {
    "templates/components/guide_board.html",  # made-up rows of the style guide
    "templates/components/languages.html",  # the languages' own names
    "templates/styleguide.html",
}
TRANSLATE = re.compile(r"""\{% (?:translate|trans) (["'])(.*?)\1(?: context (["'])(.*?)\3)?""")
MARKING = {"gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
DATA_FOLDERS = {"migrations", "seeds", "presets"}
DATA_MODULES = {"seeds.py", "seeding.py"}


def entries() -> Iterator[polib.POEntry]:
    yield from (entry for entry in polib.pofile(str(SIMPLIFIED)) if not entry.obsolete)


def test_every_word_has_its_chinese():
    missing = [one.msgid for one in entries() if one.fuzzy or not one.translated()]
    assert missing == []


def test_every_word_of_the_sources_is_in_the_catalogue():
    held = {one.msgid for one in entries()}
    assert sorted({*source_words(), *template_words()} - held) == []


def source_words() -> Iterator[str]:
    for path in (path for floor in FLOORS for path in (ROOT / floor).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        marking = dict(marking_names(tree))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                if node.func.id in marking and isinstance(node.args[0], ast.Constant):
                    yield node.args[0].value


def marking_names(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Under which names a module has imported the functions that mark a text for translation."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            for one in node.names:
                if one.name in MARKING:
                    yield one.asname or one.name, one.name


def template_words() -> Iterator[str]:
    for path in (ROOT / "templates").rglob("*.html"):
        for found in TRANSLATE.finditer(path.read_text(encoding="utf-8")):
            yield found[2]


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
        if not path.is_file() or str(path.relative_to(ROOT)) in CHINESE_TEMPLATES:
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
