"""What a version changes, told so that it is known where: which set, which list, which order."""

from datetime import date

import pytest
from django.utils import translation

from expansion.rulebook.amendment import document
from expansion.rulebook.comparing import differences
from expansion.rulebook.loading import from_data, preset, to_data
from expansion.rulebook.models import Version
from expansion.rulebook.naming import rebuilt
from expansion.rulebook.selectors import changed_rows, restructured, rules_on
from expansion.rulebook.services import content, drafts, entries
from tests.expansion.test_rulebook_retired import SOURCES
from tests.expansion.test_rulebook_retired import entries as entries_of

NEW = "kpi_sets.client.indicators.new_clients.weight"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def told(change, key: str = "business") -> list[tuple[str, object, object]]:
    """The lines on what `change` does to the data of a preset."""
    rules, data = preset(key), to_data(preset(key))
    change(data)
    made = from_data(data, unfinished=True)
    return [(one.label, one.before, one.after) for one in rebuilt(rules, made)]


def like(one: dict, **words: str) -> dict:
    return one | {"key": "another", "zh": "另一个", "en": "Another", **words}


# --- which list ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("section", "label"),
    [("appraisal", "Appraisal · Levels"), ("risk", "Risk · Levels of risk")],
)
def test_a_level_is_named_by_its_own_list(section, label):
    def add(data):
        levels = data[section]["levels"]
        levels.append(like(levels[-1]))

    [line] = told(add)
    assert line == (label, None, "Another")


def test_an_entry_of_a_list_names_the_list_and_what_is_in_it():
    def reword(data):
        data["crm"]["sources"].append({"key": "fair", "zh": "展会", "en": "Fair"})
        data["crm"]["sources"][0]["retired"] = True

    retired, new = told(reword)
    assert retired[0].startswith("Clients · Sources · ") and retired[0].endswith(" · Retired")
    assert new == ("Clients · Sources", None, "Fair")


def test_a_list_that_was_empty_is_no_line_beside_its_first_entry():
    rules = preset("business")
    data = to_data(rules)
    data["crm"]["territory_by"] = []
    emptied = from_data(data, unfinished=True)
    data["crm"]["territory_by"] = [{"key": "city", "zh": "城市", "en": "City"}]
    filled = from_data(data, unfinished=True)
    paths = {one.path for one in differences(emptied, filled)}
    assert "crm.territory_by" not in paths
    assert any(path.startswith("crm.territory_by.city") for path in paths)


# --- which set -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_weights_page_names_the_set_of_a_weight(cast, sign_in):
    drafts.change_draft(actor=cast.administrator, changes={NEW: "45"})
    answer = sign_in(cast.administrator).get("/rulebook/weights")
    [row] = answer.context["changed"]
    with translation.override("zh-hans"):
        [listed] = changed_rows(Version.objects.get(status="draft"))
    assert (row.path, row.label) == (listed.path, listed.label)
    assert row.label.count(" · ") == 2


@pytest.mark.django_db
def test_what_a_new_entry_leaves_open_is_not_told_as_confirmed(cast):
    draft = entries.add_entry(
        actor=cast.administrator,
        path="teams",
        like="client",
        values={"zh": "渠道组", "en": "Channel team"},
    )
    rows = changed_rows(draft)
    assert all(row.after is not None and not row.confirmed for row in rows)


# --- which order ---------------------------------------------------------------------------------


@pytest.mark.django_db
class TestOrder:
    def moved(self, cast) -> Version:
        first, *others = entries_of()
        return content.change_list(actor=cast.administrator, path=SOURCES, entries=[*others, first])

    def test_it_is_a_difference_that_names_the_list(self, cast):
        draft = self.moved(cast)
        [row] = restructured(draft)
        names = [one.label() for one in rules_on().crm.sources]
        assert row.label == "Clients · Sources · Order"
        assert (row.before, row.after) == (names, [*names[1:], names[0]])
        assert document(draft)["sections"][1]["text"].startswith("Clients · Sources · Order")

    def test_it_is_published_alone(self, cast):
        draft = self.moved(cast)
        day = date(2027, 1, 1)
        drafts.change_draft(actor=cast.administrator, effective_on=day, reason="常用的在前")
        drafts.publish_version(actor=cast.administrator, draft=draft)
        keys = [one.key for one in rules_on(day).crm.sources]
        assert keys == [one["key"] for one in [*entries_of()[1:], entries_of()[0]]]

    def test_what_only_one_side_has_moves_nothing(self, cast):
        first, *others = entries_of()
        new = {"key": "fair", "zh": "展会", "en": "Fair"}
        draft = content.change_list(
            actor=cast.administrator, path=SOURCES, entries=[first, new, *others]
        )
        assert {one.path for one in restructured(draft)} == {f"{SOURCES}.fair"}
