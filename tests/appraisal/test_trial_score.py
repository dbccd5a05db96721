"""`manage.py trial_score`: what it prints, and that everything else ends with 2 and a sentence."""

import io
import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from appraisal import trial
from appraisal.management.commands import trial_score
from expansion.errors import Invalid
from expansion.rulebook import loading

DOCUMENT = Path(__file__).parents[2] / "docs" / "trial-score.md"
INDICATORS = {
    "new_clients": 91.67,
    "satisfaction": 86,
    "relation_loyalty": 72.92,
    "attitude": {"self": 84, "superior": 88},
    "ability": 85,
}
EXAMPLE = {"preset": "ktv", "team": "client", "cycle": "quarter", "indicators": INDICATORS}


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def run(tmp_path, capsys):
    """Runs the command on a text or on data; gives what it printed."""

    def ran(given) -> dict:
        path = tmp_path / "trial.json"
        path.write_text(given if isinstance(given, str) else json.dumps(given), encoding="utf-8")
        call_command("trial_score", str(path))
        return json.loads(capsys.readouterr().out)

    return ran


@pytest.fixture
def refused(run):
    """Runs the command and gives the sentence with which it refused."""

    def sentence(given) -> str:
        with pytest.raises(CommandError) as error:
            run(given)
        assert error.value.returncode == 2
        return str(error.value)

    return sentence


def with_indicator(key: str, value: object) -> dict:
    return EXAMPLE | {"indicators": INDICATORS | {key: value}}


def test_the_example_prints_score_level_lines_and_rulebook(run):
    answer = run(EXAMPLE)
    assert list(answer) == ["score", "level", "lines", "rulebook"]
    assert (answer["score"], answer["level"], answer["rulebook"]) == ("86.33", "good", "ktv-1")
    assert answer["lines"][0] == {
        "key": "new_clients",
        "weight": "30.00",
        "value": "91.67",
        "points": "27.50",
    }


def test_the_documented_example_is_what_the_command_says(run):
    asked, answered = re.findall(r"```json\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert run(asked) == json.loads(answered)


def test_the_standard_input_is_read_for_a_dash(monkeypatch, capsys):
    stdin = SimpleNamespace(buffer=io.BytesIO(json.dumps(EXAMPLE).encode()))
    monkeypatch.setattr(trial_score.sys, "stdin", stdin)
    call_command("trial_score", "-")
    assert json.loads(capsys.readouterr().out)["score"] == "86.33"


def test_a_file_with_a_byte_order_mark_is_read(run):
    assert run("\ufeff" + json.dumps(EXAMPLE))["score"] == "86.33"


@pytest.mark.parametrize(
    ("change", "score", "level"),
    [
        ({"combine": "common_shares_fixed"}, "86.33", "good"),
        ({"combine": None, "overall": {}, "months": [], "quarters": None}, "86.33", "good"),
        ({"combine": "normalise"}, "86.30", "good"),
        ({"combine": "additive"}, "120.82", "excellent"),
        ({"cycle": "year", "quarters": [80, 85.5, 90, None]}, "85.75", "good"),
        ({"cycle": "year", "quarters": [130], "combine": "additive"}, "125.41", "excellent"),
    ],
)
def test_the_optional_keys_move_the_score(run, change, score, level):
    answer = run(EXAMPLE | change)
    assert (answer["score"], answer["level"]) == (score, level)


@pytest.mark.parametrize("team", ["management", "manager/deputy"])
def test_the_manager_can_be_tried_under_both_names(run, team):
    values = {"team_mean": 80, "attitude": 90, "ability": 85}
    assert run(EXAMPLE | {"team": team, "indicators": values})["score"] == "83.00"


def test_a_null_leaves_its_weight_to_the_others(run):
    answer = run(with_indicator("satisfaction", None))
    assert answer["score"] == "86.39"
    assert answer["lines"][1] == {
        "key": "satisfaction",
        "weight": "0.00",
        "value": None,
        "points": "0.00",
    }


@pytest.mark.parametrize("ratings", [{"superior": 88}, {"superior": 88, "self": None}])
def test_a_party_without_a_share_may_stay_out(run, ratings):
    assert run(with_indicator("attitude", ratings))["score"] == "86.33"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"preset": "nightclub"}, "no preset “nightclub”"),
        ({"preset": 1}, "“preset” has to be text"),
        ({"team": "*common"}, "“*common” is not known in “team”"),
        ({"team": "kitchen"}, "“kitchen” is not known in “team”"),
        ({"team": ["client"]}, "“team” has to be text"),
        ({"cycle": "month"}, "knows no cycle “month”"),
        ({"cycle": "week"}, "“week” is not known in “cycle”"),
        ({"cycle": None}, "“cycle” has to be text"),
        ({"combine": "groups"}, "“groups” is not known in “combine”"),
        ({"combine": 1}, "“combine” has to be text"),
        ({"indicators": []}, "has to be an object"),
        ({"indicators": None}, "has to be an object"),
        ({"indicators": {}}, "“new_clients” is missing"),
        ({"indicators": dict.fromkeys(INDICATORS)}, "no score"),
        ({"overall": {"superior": 80}}, "no overall rating"),
        ({"overall": 80}, "has to be an object"),
        ({"months": [80]}, "does not use “months”"),
        ({"quarters": [80]}, "does not use “quarters”"),
        ({"cycle": "year"}, "“quarters” is a list of one to 4 scores"),
        ({"cycle": "year", "quarters": []}, "“quarters” is a list of one to 4 scores"),
        ({"cycle": "year", "quarters": [80] * 5}, "“quarters” is a list of one to 4 scores"),
        ({"cycle": "year", "quarters": [None]}, "needs at least one score"),
        ({"cycle": "year", "quarters": [101]}, "outside 0 to 100"),
        ({"cycle": "year", "quarters": ["80"]}, "has to be a number"),
        ({"cycle": "year", "quarters": 80}, "“quarters” is a list"),
        ({"cycle": "year", "quarters": [80], "months": [80]}, "does not use “months”"),
        ({"cycle": "year", "quarters": [141], "combine": "additive"}, "outside 0 to 140"),
        ({"note": "x"}, "“note” is not known"),
    ],
)
def test_what_does_not_fit_is_refused(refused, change, words):
    assert words in refused(EXAMPLE | change)


@pytest.mark.parametrize("key", ["preset", "team", "cycle", "indicators"])
def test_a_missing_key_is_named(refused, key):
    assert f"“{key}” is missing" in refused({k: v for k, v in EXAMPLE.items() if k != key})


@pytest.mark.parametrize("key", list(INDICATORS))
def test_a_missing_indicator_is_named(refused, key):
    left = {k: v for k, v in INDICATORS.items() if k != key}
    assert f"“{key}” is missing" in refused(EXAMPLE | {"indicators": left})


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (100.01, "outside 0 to 100"),
        (-0.01, "outside 0 to 100"),
        (1e300, "outside 0 to 100"),
        ("88", "has to be a number"),
        (True, "has to be a number"),
        ([88], "has to be a number"),
        ({}, "lacks the rating of the party “superior”"),
        ({"self": 84}, "lacks the rating of the party “superior”"),
        ({"superior": None}, "lacks the rating of the party “superior”"),
        ({"superior": 88, "peer": 90}, "“peer” is not known in “attitude”"),
        ({"superior": 101}, "outside 0 to 100"),
        ({"superior": "88"}, "has to be a number"),
        ({"superior": 88, "self": 101}, "outside 0 to 100"),
    ],
)
def test_a_value_that_is_none_is_refused(refused, value, words):
    assert words in refused(with_indicator("attitude", value))


def test_nobody_rates_a_computed_indicator(refused):
    assert "computed from records" in refused(with_indicator("new_clients", {"superior": 90}))


def test_an_unknown_indicator_is_named(refused):
    assert "“charm” is not known" in refused(with_indicator("charm", 100))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "86.33",
        '"ktv"',
        "[" * 100_000,
        '{"preset": NaN}',
        '{"preset": Infinity}',
        '{"preset": "ktv", "preset": "ktv"}',
        '{"preset": 1e99999999999999999999}',
        json.dumps(EXAMPLE).replace("91.67", "NaN"),
        json.dumps(EXAMPLE).replace("91.67", "-Infinity"),
        json.dumps(EXAMPLE).replace("91.67", "1e-999999"),
        json.dumps(EXAMPLE).replace("91.67", "9" * 10_000),
        json.dumps(EXAMPLE).replace("client", "\\ud800"),
    ],
)
def test_what_is_no_trial_is_refused(refused, text):
    assert refused(text)


def test_a_key_written_twice_is_refused(refused):
    text = json.dumps(EXAMPLE).replace('"ability": 85', '"ability": 85, "ability": 20')
    assert "“ability” stands there twice" in refused(text)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "nothing.json", tmp_path):
        with pytest.raises(CommandError) as error:
            call_command("trial_score", str(path))
        assert error.value.returncode == 2


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "trial.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError) as error:
        call_command("trial_score", str(path))
    assert error.value.returncode == 2


def test_a_stored_version_can_be_tried_instead_of_the_preset():
    rules = trial.read(EXAMPLE).rules.with_changes({"appraisal.combine.mode": "normalise"})
    answer = trial.run(EXAMPLE, rules=rules, version="v7")
    assert (answer["score"], answer["rulebook"]) == ("86.30", "v7")


@pytest.fixture
def monthly_rules():
    """A department like `business`: a quarter is half its months (reading 16)."""
    data = loading.to_data(loading.preset("ktv"))
    share = {"value": 50, "source": "proposal"}
    data["appraisal"]["cycles"] = ["month", "quarter", "year"]
    data["appraisal"]["quarter_formula"] = {"parts_mean": share, "evaluation": share}
    for party in data["appraisal"]["parties"]:
        party["cycles"] |= {"value": ["month", "quarter", "year"]}
    return loading.from_data(data)


def test_a_quarter_that_uses_its_months_asks_for_them(monthly_rules):
    """50 % × mean(70, 80, 90) + 50 % × 86.3314 = 40 + 43.1657 = 83.17."""
    answer = trial.run(EXAMPLE | {"months": [70, 80, 90]}, rules=monthly_rules)
    assert (answer["score"], answer["lines"][0]["key"]) == ("83.17", "months_mean")
    with pytest.raises(Invalid, match="one to 3 scores"):
        trial.run(EXAMPLE, rules=monthly_rules)


def test_a_month_stands_alone(monthly_rules):
    assert trial.run(EXAMPLE | {"cycle": "month"}, rules=monthly_rules)["score"] == "86.33"


def test_an_overall_rating_is_asked_for_where_it_counts():
    data = loading.to_data(loading.preset("ktv"))
    data["kpi_sets"] = [one for one in data["kpi_sets"] if one["key"] != "common"]
    data["appraisal"]["combine"]["overall_share"]["value"] = 40
    rules = loading.from_data(data)
    team = {key: INDICATORS[key] for key in ("new_clients", "satisfaction", "relation_loyalty")}
    request = EXAMPLE | {"indicators": team}
    rated = trial.run(request | {"overall": {"self": 90, "superior": 80}}, rules=rules)
    assert rated["score"] == "83.73"
    with pytest.raises(Invalid, match="“overall” lacks the rating"):
        trial.run(request, rules=rules)
