"""Where the words of lists and entries come from, on every way by which they change (R-exp-01)."""

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import translation

from expansion.rulebook.comparing import differences
from expansion.rulebook.differing import differing
from expansion.rulebook.entries import collections
from expansion.rulebook.lists import lists
from expansion.rulebook.loading import from_data, from_toml, preset, preset_keys, to_data
from expansion.rulebook.models import Version
from expansion.rulebook.naming import rebuilt
from expansion.rulebook.origins import around, origin_of
from expansion.rulebook.selectors import drafted_rules, rules_on, unsettled_lists
from expansion.rulebook.services import content, drafts, entries
from expansion.rulebook.values import Item
from expansion.rulebook.writing import to_toml

JANUARY = date(2027, 1, 1)
SOURCES, KINDS = "crm.sources", "leave.kinds"  # stated by A-2.2.4b; proposed


def worded(rules):
    named = (one for one in collections(rules) if issubclass(one.model, Item))
    return [one for one in (*lists(rules), *named) if one.items]


def entry_data(path=SOURCES, **changed):
    found = next(one for one in lists(rules_on()) if one.path == path)
    data = [{"key": one.key, "zh": one.zh, "en": one.en} for one in found.items]
    data[0] |= changed
    return data


def sources_of(rules, path=SOURCES):
    return [one.source for one in next(one for one in lists(rules) if one.path == path).items]


@pytest.mark.parametrize("key", preset_keys())
def test_every_list_of_every_regulation_says_where_its_words_come_from(key):
    rules = preset(key)
    assert not [one.path for one in worded(rules) if one.source is None]
    led = {place for one in worded(rules) for place in (one.path, *around(one.path))}
    assert not set(rules.origins) - led
    assert from_toml(to_toml(rules)) == rules


def test_a_list_follows_what_it_stands_in_and_keeps_its_own_clause():
    rules = preset("ktv")
    assert origin_of(rules, SOURCES).clause == "A-2.2.4b"
    agenda = next(one for one in lists(rules) if one.path == "pipelines.client.stages")
    assert (agenda.source, agenda.clause) == ("stated", "A-3.2.1a")


def test_a_version_of_old_that_does_not_say_it_still_loads():
    data = to_data(preset("ktv"))
    del data["origins"]
    rules = from_data(data)
    assert all(one.source is None for one in worded(rules))


def test_a_word_that_is_changed_here_is_the_administrators_and_its_neighbours_stay(cast):
    draft = content.change_list(
        actor=cast.administrator, path=SOURCES, entries=entry_data(zh="电话访问")
    )
    assert sources_of(drafted_rules(draft)) == ["admin", None, None]
    [row] = rebuilt(rules_on(), drafted_rules(draft))
    assert (row.path, row.source) == (f"{SOURCES}.{entry_data()[0]['key']}.zh", "admin")
    draft = content.change_list(actor=cast.administrator, path=SOURCES, entries=entry_data())
    assert sources_of(drafted_rules(draft)) == [None, None, None]


def test_order_alone_changes_nobodys_words_and_a_new_entry_is_the_administrators(cast):
    new = {"key": "fair", "zh": "展会", "en": "Fair"}
    given = [*reversed(entry_data()), new]
    draft = content.change_list(actor=cast.administrator, path=SOURCES, entries=given)
    assert sources_of(drafted_rules(draft)) == [None, None, None, "admin"]


def test_the_title_of_a_post_says_that_it_was_set_here(cast):
    change = {"actor": cast.administrator, "path": "posts", "key": "deputy"}
    draft = entries.change_entry(**change, values={"zh": "副主管", "en": "Vice head"})
    assert drafted_rules(draft).post("deputy").source == "admin"
    before = rules_on().post("deputy")
    draft = entries.change_entry(**change, values={"zh": before.zh, "en": before.en})
    assert drafted_rules(draft).post("deputy").source is None


def test_an_entry_that_is_added_is_the_administrators(cast):
    draft = entries.add_entry(
        actor=cast.administrator,
        path="posts",
        like="member",
        values={"zh": "顾问", "en": "Adviser"},
    )
    assert drafted_rules(draft).post("adviser").source == "admin"


def test_what_is_taken_away_leaves_no_origin_behind(cast):
    held = "reports.weekly_summary.sections"
    assert held in rules_on().origins
    draft = entries.remove_entry(actor=cast.administrator, path="reports", key="weekly_summary")
    assert held not in drafted_rules(draft).origins


def test_a_file_cannot_claim_that_the_regulation_states_what_was_changed(cast):
    data = to_data(rules_on())
    data["crm"]["sources"][0]["zh"] = "电话访问"
    data["origins"][KINDS]["source"] = "stated"
    draft = content.upload_draft(actor=cast.administrator, text=to_toml(from_data(data)))
    rules = drafted_rules(draft)
    assert sources_of(rules) == ["admin", None, None]
    assert rules.origins[KINDS].source == "proposal"


def test_proposed_words_wait_and_are_confirmed_with_their_section(cast, sign_in):
    browser = sign_in(cast.administrator)
    page = browser.get("/rulebook/unsettled")
    [leave] = [one for one in page.context["sections"] if one.key == "leave"]
    assert KINDS in {one.path for one in leave.lists}
    draft = drafts.confirm_section(actor=cast.administrator, section="leave")
    assert KINDS not in {one.path for one in unsettled_lists(draft)}
    assert "approvals" in {one.path for one in unsettled_lists(draft)}
    with translation.override("en"):
        [row] = rebuilt(rules_on(), drafted_rules(draft))
    assert (row.path, row.before, row.after) == (
        f"origins.{KINDS}",
        "Proposed value",
        "Set by administrator",
    )
    drafts.change_draft(actor=cast.administrator, effective_on=JANUARY, reason="确认")
    drafts.publish_version(actor=cast.administrator, draft=Version.objects.get(status="draft"))
    assert rules_on(JANUARY).origins[KINDS].source == "admin"
    assert not [one for one in differing(rules_on(), rules_on(JANUARY)) if one.path == row.path]
    assert row.path in {one.path for one in differences(rules_on(), rules_on(JANUARY))}


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (f"/rulebook/lists?list={SOURCES}", ["A-2.2.4b", "source-stated", "source-admin"]),
        ("/rulebook/entries?of=posts", ["source-stated", "source-admin"]),
        ("/rulebook/weights", ["source-admin"]),
    ],
)
def test_the_pages_of_the_draft_show_it(cast, sign_in, url, words):
    content.change_list(actor=cast.administrator, path=SOURCES, entries=entry_data(zh="电话访问"))
    entries.change_entry(
        actor=cast.administrator, path="posts", key="deputy", values={"zh": "副主管", "en": "Vice"}
    )
    shown = sign_in(cast.administrator).get(url).content.decode()
    assert not [word for word in words if word not in shown]


def test_the_regulation_shows_it_and_finds_lists_by_it(cast, sign_in):
    page = sign_in(cast.member).get("/rulebook/?source=proposal")
    found = {line.path for section in page.context["sections"] for line in section.lines}
    assert KINDS in found and SOURCES not in found


def test_versions_from_before_lose_the_limits_that_reports_have_themselves(cast):
    """The step of the migration; what else a version says and a draft has changed stays."""
    data = to_data(rules_on())
    data["sla"]["talks_report"] = {"value": "24 hours", "source": "proposal"}
    held = {"sla.event_report": "2 days", "sla.visit_feedback": "48 hours"}
    Version.objects.filter(pk=cast.version.pk).update(content=data, changes=held)
    step = import_module("expansion.rulebook.migrations.0005_limits_of_reports")
    for _run in range(2):
        step.forget_limits(apps, None)
    version = Version.objects.get(pk=cast.version.pk)
    assert from_data(version.content) == rules_on()
    assert version.changes == {"sla.visit_feedback": "48 hours"}
