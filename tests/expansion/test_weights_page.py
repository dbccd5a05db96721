"""The weights page: sums and points by the way of combining, on the server and in the script."""

from decimal import Decimal

import pytest

from appraisal import arithmetic
from expansion.errors import Invalid
from expansion.rounding import two_places
from expansion.rulebook import weights
from expansion.rulebook.loading import preset, to_data
from expansion.rulebook.models import Version
from expansion.rulebook.services import drafts, entries
from tests.make import rules as make

URL = "/rulebook/weights"
TEAM, OVERALL, MODE = weights.TEAM_SHARE, weights.OVERALL_SHARE, weights.MODE
MODES = ("common_shares_fixed", "normalise", "additive", "groups")


@pytest.fixture
def leasing(cast):
    """The regulation without common weights, whose overall rating has a share of its own."""
    return make.published(to_data(preset("leasing")))


def groups(key: str, **typed: str) -> dict[str, weights.Group]:
    paths = {name.replace("__", "."): value for name, value in typed.items()}
    return {one.key: one for one in weights.groups(preset(key), None, paths)}


def typed(mode: str, **more: str) -> dict[str, str]:
    return {MODE.replace(".", "__"): mode} | more


def steps(answer) -> dict[str, bool]:
    return {str(one["text"]): one["met"] for one in answer.context["steps"]}


# --- sums by the way of combining ----------------------------------------------------------------


def test_the_common_weights_take_what_both_shares_leave():
    found = groups("ktv", **{TEAM.replace(".", "__"): "50", OVERALL.replace(".", "__"): "10"})
    assert found["common"].wanted == found["common"].total == Decimal(40)
    assert found["common"].holds and found["client"].wanted == 100
    less = groups("ktv", **{OVERALL.replace(".", "__"): "5"})
    assert not less["common"].holds and "35" in less["common"].sentence + str(less["common"].wanted)


@pytest.mark.parametrize("mode", ["normalise", "additive", "groups"])
def test_any_sum_of_the_common_weights_will_do_where_their_share_is_not_fixed(mode):
    common = preset("ktv").common_set()
    path = weights.path_of(common, common.indicators[0]).replace(".", "__")
    found = groups("ktv", **typed(mode, **{path: "77"}))
    assert found["common"].holds and found["common"].sentence == ""
    assert not groups("ktv", **{path: "77"})["common"].holds
    broken = groups("ktv", **typed(mode, **{path: "x"}))["common"]
    assert not broken.holds and broken.sentence


@pytest.mark.parametrize("key", ["ktv", "leasing", "club"])
@pytest.mark.parametrize("mode", MODES)
def test_each_weight_counts_what_full_marks_in_it_would_give(key, mode):
    rules = preset(key).with_changes({MODE: mode})
    for one in rules.kpi_sets:
        if one.kind == "common":
            continue
        full = dict.fromkeys(arithmetic.indicator_keys(rules, one), 100)
        made = arithmetic.score(rules, one, cycle="month", values=full, overall=100)
        points = {line.key: line.points for line in made.lines}
        beside = (one.key, "common") if one.kind == "team" else (one.key,)
        shown = [group for group in weights.groups(rules, None, {}) if group.key in beside]
        rows = [row for group in shown for row in group.rows]
        for row in rows:
            indicator = row.path.split(".")[3]
            due = points.get(indicator, Decimal(0))
            assert two_places(row.points) == due, (mode, row.path)


@pytest.mark.parametrize("word", ["NaN", "Infinity", "x", "", "1e999999", "9" * 5000, "1e-999999"])
def test_a_number_that_is_none_breaks_no_page(word):
    client = preset("ktv").kpi_set("client")
    path = weights.path_of(client, client.indicators[0]).replace(".", "__")
    group = groups("ktv", **{path: word})["client"]
    assert group.total is None and group.sentence and not group.holds
    share = weights.shares(preset("leasing"), None, {TEAM: word})
    assert share.total is None and share.sentence


# --- before publishing ---------------------------------------------------------------------------


def test_before_publishing_says_that_the_shares_do_not_make_the_whole(cast, leasing, sign_in):
    browser = sign_in(cast.administrator)
    assert [met for text, met in steps(browser.get(URL)).items() if "100%" in text] == [True]
    change = {TEAM: "70"}
    draft = drafts.change_draft(actor=cast.administrator, changes=change, reason="试行")
    answer = browser.get(URL)
    [sentence] = [text for text, met in steps(answer).items() if not met]
    assert "110" in sentence and not answer.context["ready"]
    with pytest.raises(Invalid) as refused:
        drafts.publish_version(actor=cast.administrator, draft=draft)
    assert "40" in str(refused.value.fields)  # the overall rating is named


def test_the_overall_rating_can_make_room_for_it(cast, leasing, sign_in):
    browser = sign_in(cast.administrator)
    form = browser.get(URL).context["form"]
    data = {name: form[name].value() or "" for name in ("request_id", "draft", "version")}
    changes = {TEAM: "70", OVERALL: "30", "effective_on": "2027-01-01", "reason": "试行"}
    assert browser.post(URL, data | changes).status_code == 302
    assert Version.objects.get(status="draft").changes == {TEAM: "70", OVERALL: "30"}
    assert all(steps(browser.get(URL)).values())


def test_a_breach_is_said_once(cast, sign_in):
    """With common weights their own line says it, and no second one the same."""
    drafts.change_draft(actor=cast.administrator, changes={TEAM: "70"}, reason="试行")
    missing = [text for text, met in steps(sign_in(cast.administrator).get(URL)).items() if not met]
    assert len(missing) == 1 and "40" in missing[0]


# --- what the page says --------------------------------------------------------------------------


def test_the_page_tells_the_script_how_each_set_is_summed_and_counts(cast, sign_in):
    browser = sign_in(cast.administrator)
    page = browser.get(URL).content.decode()
    assert 'data-set="common" data-wanted="left" data-counting="each" data-common' in page
    assert 'data-set="client" data-wanted="100" data-counting="team"' in page
    drafts.change_draft(actor=cast.administrator, changes={MODE: "normalise"}, reason="试行")
    page = browser.get(URL).content.decode()
    assert 'data-set="common" data-wanted="any" data-counting="scaled" data-common' in page


def test_clause_and_source_stand_under_the_name_on_the_phone(cast, sign_in):
    page = sign_in(cast.administrator).get(URL).content.decode()
    [first, *rest] = page.split('<span class="only-phone origin">')[1:]
    origin = first.split("</td>")[0]
    assert 'class="clause">A-5.2.1' in origin and "source-" in origin
    rows = sum(len(one.indicators) for one in preset("ktv").kpi_sets)
    assert len(rest) + 1 == rows


def test_both_shares_stand_with_their_source(cast, leasing, sign_in):
    page = sign_in(cast.administrator).get(URL).content.decode()
    for name in ("team", "overall"):
        field = page.split(f'for="share-{name}"')[1].split("</div>")[0]
        assert 'class="clause">D-2.3' in field and "source-proposal" in field


# --- what is sent ---------------------------------------------------------------------------------

WEIGHTS = "kpi_sets.client.indicators"


def sent(browser) -> dict[str, str]:
    """What a browser sends of the page as it stands."""
    answer = browser.get(URL)
    form = answer.context["form"]
    found = {name: form[name].value() or "" for name in ("request_id", "draft", "version")}
    rows = (row for group in answer.context["groups"] for row in group.rows)
    return found | {row.path: row.typed for row in rows}


def test_an_indicator_that_another_editor_took_away_is_told_and_the_rest_stays_typed(cast, sign_in):
    drafts.change_draft(actor=cast.administrator, reason="试行")
    browser = sign_in(cast.administrator)
    gone, kept = preset("ktv").kpi_set("client").indicators[:2]
    wanted = {f"{WEIGHTS}.{gone.key}.weight": "60", f"{WEIGHTS}.{kept.key}.weight": "7"}
    typed = sent(browser) | wanted
    entries.remove_entry(actor=cast.manager, path=WEIGHTS, key=gone.key)
    answer = browser.post(URL, typed)
    assert answer.status_code == 409
    told = {one["name"]: one["yours"] for one in answer.context["differences"]}
    assert told == wanted
    group = next(one for one in answer.context["groups"] if one.key == "client")
    assert [row.typed for row in group.rows if row.path.endswith(f"{kept.key}.weight")] == ["7"]


def test_an_indicator_that_another_editor_added_stands_on_the_page_of_the_conflict(cast, sign_in):
    drafts.change_draft(actor=cast.administrator, reason="试行")
    browser = sign_in(cast.administrator)
    typed = sent(browser)
    given = {"zh": "活动", "en": "Events held", "weight": Decimal(10)}
    entries.add_entry(actor=cast.manager, path=WEIGHTS, values=given)
    answer = browser.post(URL, typed)
    assert answer.status_code == 409 and not answer.context["differences"]
    assert f'name="{WEIGHTS}.events_held.weight" value="10"' in answer.content.decode()


def test_a_refused_weight_is_named_above_and_marked_at_its_field(cast, sign_in):
    browser, path = sign_in(cast.administrator), f"{WEIGHTS}.new_clients.weight"
    answer = browser.post(URL, sent(browser) | {path: "101"})
    assert answer.status_code == 422
    [said] = answer.context["form"].non_field_errors()
    rules = preset("ktv")
    team, indicator = rules.kpi_set("client"), rules.kpi_set("client").indicators[0]
    assert said.startswith(f"{team.zh} · {indicator.zh} · ") and "100" in said
    page = answer.content.decode()
    assert page.count('aria-invalid="true"') == 1 and f'id="refused-{path}"' in page


@pytest.mark.parametrize("word", ["1e999999", "9" * 5000])
def test_an_absurd_weight_is_refused_and_stays_typed(cast, sign_in, word):
    browser, path = sign_in(cast.administrator), f"{WEIGHTS}.new_clients.weight"
    answer = browser.post(URL, sent(browser) | {path: word})
    assert answer.status_code == 422 and f'value="{word}"' in answer.content.decode()


def test_what_another_tab_left_out_is_named_where_it_is_missing(cast, sign_in):
    """An empty chain stands in the draft; publishing from the weights says whose it is."""
    change = {"approvals.contract.chain": []}
    drafts.change_draft(actor=cast.administrator, changes=change, reason="试行")
    named = preset("ktv").approval("contract").zh
    told = [text for text in steps(sign_in(cast.administrator).get(URL)) if named in text]
    assert len(told) == 1
