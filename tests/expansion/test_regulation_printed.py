"""The printed regulation is whole: every leaf of the schema stands on page and paper (R-exp-01)."""

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils.translation import gettext, override

from expansion.rulebook import printed
from expansion.rulebook.deciders import names_in
from expansion.rulebook.entries import collections
from expansion.rulebook.lists import lists
from expansion.rulebook.loading import preset, preset_keys, to_data
from expansion.rulebook.models import Version
from expansion.rulebook.regulation import sections_of
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.services.interpretations import (
    publish_interpretation,
    withdraw_interpretation,
)
from expansion.rulebook.templatetags.rules import value_words
from expansion.rulebook.views import paper
from expansion.ui.templatetags.ui import source_chip
from tests.make import rules as make

REGULATION = "/rulebook/"
# Keys of records, the English words where the reader reads Chinese, and which app answers.
UNSAID = ("key", "en", "app")
PRESETS = [*((key, None) for key in preset_keys()), ("market", "e8"), ("market", "e11")]


def leaves(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a rulebook's data by its path, a parameter as one; what is empty says
    nothing."""
    if isinstance(node, Mapping) and "source" not in node:
        for name, child in node.items():
            yield from leaves(child, f"{path}.{name}" if path else name)
    elif isinstance(node, list) and node and all(isinstance(one, Mapping) for one in node):
        for number, one in enumerate(node, start=1):
            step = one.get("key") or one.get("id") or str(number)
            yield from leaves(one, f"{path}.{step}")
    elif node not in (None, "", [], {}):
        yield path, node


def text_of(rendered: str) -> str:
    """What is read on a page: without tags, with single spaces."""
    return tidy(html.unescape(re.sub(r"<[^>]+>", " ", rendered)))


def tidy(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture
def papers(monkeypatch):
    """The papers printed, as their template draws them."""
    found: list[str] = []

    def pdf(template: str, context: dict[str, Any]) -> bytes:
        found.append(render_to_string(template, context))
        return b"%PDF"

    monkeypatch.setattr(paper, "pdf", pdf)
    return found


def printed_by(browser, papers) -> str:
    version = Version.objects.latest("number")
    assert browser.get(f"/rulebook/versions/{version.pk}/pdf").status_code == 200
    return text_of(papers[-1])


def in_force(key: str, overlay: str | None = None) -> Rules:
    return make.published(to_data(preset(key, overlay)))


def is_said(path: str, value: Any, lines: list[printed.Line], text: str) -> bool:
    """Whether a leaf stands in the printed text, by what it is."""
    steps = path.split(".")
    name = steps[-1]
    if name == "zh":
        return tidy(value) in text
    if steps[0] in printed.APART:
        return name != "id" or value in text
    if name == "clause":
        entry = path.removesuffix("clause")
        return any(one.path.startswith(entry) and one.clause == value for one in lines)
    around = {".".join(steps[:count]) for count in range(1, len(steps) + 1)}
    found = [one for one in lines if one.path in around]
    if isinstance(value, Mapping):
        return any((one.source, one.clause) == origin(value) for one in found)
    return bool(found)


def origin(parameter: Mapping[str, Any]) -> tuple[str, str | None]:
    return parameter["source"], parameter.get("clause")


def printed_row(line: printed.Line, names: Mapping[str, str]) -> str:
    """The row of a line as it has to read."""
    said = line.words or ("" if line.items else value_words(line.value, names))
    chip = text_of(source_chip(line.source)) if line.source else ""
    return tidy(" ".join((line.label, said, line.clause or "", chip)))


@pytest.mark.parametrize(("key", "overlay"), PRESETS)
def test_every_leaf_of_the_schema_is_printed_with_source_and_clause(
    cast, sign_in, papers, key, overlay
):
    rules = in_force(key, overlay)
    text = printed_by(sign_in(cast.member), papers)
    with override("zh-hans"):
        lines = list(printed.lines(rules))
        names = names_in((one.value for one in lines), rules)
        rows = {printed_row(one, names) for one in lines if not one.items}
    said = [one for one in leaves(to_data(rules)) if one[0].rpartition(".")[2] not in UNSAID]
    assert not [path for path, value in said if not is_said(path, value, lines, text)]
    drawn = {text_of(one.split("</tr>")[0]) for one in papers[-1].split("<tr>")}
    assert not {one for one in rows if one not in drawn}
    for one in lines:
        assert all(tidy(item.zh) in text for item in one.items), one.path


@pytest.mark.parametrize(("key", "overlay"), PRESETS)
def test_no_line_is_named_by_a_key_of_the_schema(key, overlay):
    rules = preset(key, overlay)
    with override("zh-hans"):
        named = [*printed.lines(rules), *rules.parameters(), *lists(rules), *collections(rules)]
        for one in named:
            assert not {*one.label.split(" · ")} & {*one.path.split(".")}, one.path


def test_levels_of_appraisal_and_risk_are_no_levels_of_secrecy():
    lines = {one.path: one.label for one in printed.lines(preset("business"))}
    assert (lines["appraisal.levels"], lines["risk.levels"]) == ("Levels", "Levels of risk")


def test_to_transfer_a_risk_is_not_to_move_staff():
    with override("zh-hans"):
        assert value_words("transfer") != gettext("transfer")


@pytest.mark.parametrize("key", preset_keys())
def test_page_and_paper_say_the_same(cast, sign_in, papers, key):
    in_force(key)
    browser = sign_in(cast.member)
    on_paper = printed_by(browser, papers)
    on_page = text_of(browser.get(REGULATION).content.decode())
    with override("zh-hans"):
        for line in printed.lines(rules_on()):
            label = tidy(line.label)
            words = tidy(line.words)
            assert label in on_paper and label in on_page, line.path
            assert words in on_paper and words in on_page, line.path


def test_who_owes_a_report_to_whom_and_who_leads_a_meeting_stand_with_their_clause(
    cast, sign_in, papers
):
    text = printed_by(sign_in(cast.member), papers)
    with override("zh-hans"):
        lines = {one.path: one for one in printed.lines(rules_on())}
    owed, read = lines["reports.market_research.who"], lines["reports.market_research.to"]
    assert owed.words == rules_on().team("research").zh
    assert owed.clause == read.clause == "A-2.2.3b"
    with override("zh-hans"):
        manager = value_words("manager")
    assert f"{read.label} {manager} A-2.2.3b" in text
    chair = lines["meetings.department_meeting.chair"]
    assert f"{chair.label} {manager} A-4.2.1" in text


def test_level_teams_and_measures_of_a_consequence_stand_with_its_clause():
    with override("zh-hans"):
        lines = {one.path: one for one in printed.lines(preset("ktv"))}
    level = lines["consequences.two_unqualified.level"]
    lowest = next(one for one in preset("ktv").appraisal.levels if one.key == "unqualified")
    assert (level.words, level.clause) == (lowest.zh, "A-5.5.3b")
    assert lines["consequences.two_unqualified.teams"].words
    assert [one.key for one in lines["consequences.two_unqualified.measures"].items]


def test_what_a_sub_regulation_keeps_and_says_otherwise_is_named():
    with override("zh-hans"):
        lines = {one.path: one for one in printed.lines(preset("market"))}
    titled = lines["overlays.e8.posts.expansion_specialist.zh"]
    assert (titled.words, titled.clause) == ("组员", "E8-1.1")
    alike = lines["overlays.e11.posts.senior_manager.like"]
    assert (alike.words, alike.clause) == ("市场拓展经理", "E11-2.1")
    led = lines["overlays.e8.teams.group_one.head"]
    assert (led.words, led.clause) == ("组长", "E8-1.1")
    value = lines["overlays.e1.values.reports.progress.cadence"]
    assert (str(value.source), value.clause) == ("stated", "E1-12")
    chosen = {one.path: one for one in printed.lines(preset("market", "e8"))}
    assert chosen["policy.overlay"].words == "e8"


def test_bands_of_a_bonus_are_printed_each(cast):
    rules = preset("leasing")
    found = {one.path: one for one in printed.lines(rules) if one.path.startswith("bonus.bands")}
    ratio = found["bonus.bands.from_90.ratio"]
    assert (str(ratio.value), str(ratio.source), ratio.clause) == ("1.2", "proposal", "D-2.3.4a")
    assert rules.bonus.bands[0].label() in ratio.label and len(found) == 11


def test_notes_stand_beside_their_clause_on_paper(cast, sign_in, papers):
    given = {"clause": "A-3.2.4c", "rules": rules_on()}
    note = publish_interpretation(actor=cast.manager, text="拜访当日计为第一天。", **given)
    browser = sign_in(cast.member)
    text = printed_by(browser, papers)
    clause = rules_on().clause("A-3.2.4c").zh
    assert text.index(clause) < text.index(note.text)
    assert text.index(note.text) < text.index(rules_on().clause("A-3.2.5a").zh)
    withdraw_interpretation(actor=cast.manager, record=note)
    assert note.text not in printed_by(browser, papers)


def test_by_origin_only_values_are_listed():
    rules = preset("ktv")
    found = [line for section in sections_of(rules, "proposal") for line in section.lines]
    assert found and {str(line.source) for line in found} == {"proposal"}
    whole = [line for section in sections_of(rules) for line in section.lines]
    assert any(line.source is None for line in whole)


@pytest.mark.parametrize("key", preset_keys())
def test_a_link_leads_to_a_clause_of_this_regulation_and_a_borrowed_one_is_only_named(
    cast, sign_in, key
):
    make.published(to_data(preset(key)))
    browser = sign_in(cast.member)
    links = set(re.findall(r'href="/rulebook/clauses#([^"]+)"', browser.get(REGULATION).text))
    there = set(re.findall(r'<li id="([^"]+)"', browser.get(f"{REGULATION}clauses").text))
    assert links and links <= there
