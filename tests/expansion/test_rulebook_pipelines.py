"""Pipelines of the rulebook: what walks each, and what waits for records of later work."""

from datetime import date

import pytest

from expansion.errors import Invalid
from expansion.rulebook.loading import from_data, preset, preset_keys, to_data
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.services.drafts import change_draft, publish_version
from expansion.rulebook.writing import to_toml
from tests.make import rules

LISTS = "/rulebook/lists?list=pipelines.{key}.stages"
JANUARY = date(2027, 1, 1)
VALUES = "/rulebook/parameters?section=pipelines"
WALKED = {
    "ktv": ["client"],
    "club": ["client"],
    "business": ["client", "sales"],
    "leasing": ["client"],
    "market": ["client", "need"],
}


def keys(found) -> list[str]:
    return [one.key for one in found]


@pytest.mark.parametrize("name", preset_keys())
def test_opportunities_walk_what_the_regulation_gives_them(name):
    found = preset(name)
    assert keys(found.walked_by("opportunities")) == WALKED[name]
    assert keys(found.walked_by("projects")) == ["partnership"]
    assert keys(found.walked_by("research_plans")) == ["research"]


def test_a_teams_own_pipeline_is_where_its_work_begins():
    business = preset("business")
    begun = [business.pipeline_for("opportunities", team.key).key for team in business.teams]
    assert dict(zip(keys(business.teams), begun, strict=True)) == {
        "business": "client",
        "sales": "sales",
        "promotion": "client",
    }


@pytest.mark.parametrize("name", preset_keys())
def test_a_version_from_before_pipelines_said_it_reads_as_it_was_meant(name):
    data = to_data(preset(name))
    for one in data["pipelines"]:
        del one["walked_by"], one["team"]
    found = from_data(data)
    ways = {one.key: one.walked_by for one in preset(name).pipelines}
    assert {one.key: one.walked_by for one in found.pipelines} == ways
    assert {one.team for one in found.pipelines} == {None}
    assert 'walked_by = "opportunities"' in to_toml(found)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"team": "nowhere"}, "pipelines.client.team"),
        ({"walked_by": "projects"}, "pipelines"),
        ({"walked_by": "members"}, "pipelines.client.walked_by"),
    ],
)
def test_what_does_not_hold_is_refused(changes, path):
    data = to_data(preset("business"))
    data["pipelines"][0] |= changes
    with pytest.raises(Invalid) as refused:
        from_data(data)
    assert path in refused.value.fields


@pytest.mark.parametrize(
    ("name", "key", "noun"),
    [
        ("club", "event", "events"),
        ("leasing", "operations", "openings, patrols and operating data"),
        ("business", "sales", ""),
        ("market", "need", ""),
        ("club", "research", ""),
    ],
)
def test_the_page_of_its_stages_says_what_a_pipeline_waits_for(cast, sign_in, name, key, noun):
    rules.published(to_data(preset(name)))
    cast.administrator.language = "en"
    cast.administrator.save()
    browser = sign_in(cast.administrator)
    page = browser.get(LISTS.format(key=key)).text
    assert ("moves nothing yet" in page) == bool(noun)
    assert noun in page
    assert ("moves nothing yet" in browser.get(VALUES).text) == (name in ("club", "leasing"))


@pytest.mark.parametrize(("name", "key"), [("business", "sales"), ("market", "need")])
def test_its_stages_are_worded_and_extended_in_the_browser(cast, sign_in, name, key):
    rules.published(to_data(preset(name)))
    browser, url = sign_in(cast.administrator), LISTS.format(key=key)
    rows = browser.get(url).context["rows"]
    parts = ("key", "zh", "en", "place")
    sent = {f"{part}-{n}": row[part] for n, row in enumerate(rows, 1) for part in parts}
    last = len(rows) - 2
    sent |= {"zh-1": "新线索", f"zh-{last}": "回款", f"en-{last}": "Paid", f"place-{last}": 99}
    answer = browser.post(url, {"request_id": "a", "draft": "0", "reason": "", **sent})
    assert answer.status_code == 302
    draft = change_draft(actor=cast.administrator, effective_on=JANUARY, reason="按实际工作调整")
    publish_version(actor=cast.administrator, draft=draft, approved=True)
    stages = rules_on(JANUARY).pipeline(key).stages
    assert (stages[0].zh, stages[-1].key) == ("新线索", "paid")
    assert stages[-2].requires == preset(name).pipeline(key).stages[-1].requires
