"""The five shipped regulations: each loads as it is written, and only the configuration differs."""

import re
from datetime import date

import pytest
from django.conf import settings
from django.core.management import call_command

from expansion import metrics, offers
from expansion.people.models import Post, Unit
from expansion.rulebook import loading
from expansion.rulebook.models import Version
from expansion.rulebook.values import Source

KEYS = ("ktv", "club", "business", "leasing", "market")
# Operative clauses, and of these those that single cases can keep or break.
CLAUSES = {
    "ktv": (105, 63),
    "club": (93, 48),
    "business": (90, 53),
    "leasing": (86, 53),
    "market": (202, 88),
}
POSTS = {
    "ktv": {"manager": 1, "deputy": 1, "leader": 0, "member": 0},
    "club": {"leader": 1, "specialist": 0},
    "business": {"head": 1, "leader": 0, "member": 0},
    "leasing": {
        "investment_manager": 1,
        "investment_specialist": 0,
        "operations_manager": 1,
        "operations_specialist": 0,
        "marketing_planner": 0,
        "service_specialist": 0,
    },
    "market": {
        "head": 1,
        "expansion_manager": 0,
        "expansion_specialist": 0,
        "market_specialist": 0,
        "service_specialist": 0,
        "group_leader": 0,
        "consolidator": 1,
    },
}
TEAMS = {
    "ktv": {"research": "deputy", "client": None, "partnership": None},
    "club": {"outreach": "leader"},
    "business": {"business": None, "sales": None, "promotion": None},
    "leasing": {"investment": "investment_manager", "operations": "operations_manager"},
    "market": {
        "sales": None,
        "promotion": None,
        "client_relations": None,
        "market_development": None,
    },
}
CYCLES = {
    "ktv": ("quarter", "year"),
    "club": ("quarter", "year"),
    "business": ("month", "quarter", "year"),
    "leasing": ("quarter",),
    "market": ("month", "quarter", "year"),
}
WEIGHTS = {
    ("ktv", "client"): ["50", "30", "20"],
    ("club", "outreach"): ["25", "25", "25", "25"],
    ("business", "sales"): ["33.34", "33.33", "33.33"],
    ("leasing", "investment"): ["25", "25", "25", "25"],
    ("leasing", "operations"): ["25", "25", "25", "25"],
    ("market", "department"): ["25", "25", "25", "25"],
}
CONTRACT = {
    "ktv": ("manager", "legal", "leadership"),
    "club": ("manager", "legal", "leadership"),
    "business": ("manager", "legal", "leadership"),
    "leasing": ("legal", "leadership"),
    "market": ("manager", "legal", "leadership"),
}
PARTIES = {
    ("ktv", "quarter"): {"self": 0, "superior": 100},
    ("club", "quarter"): {"self": 0, "superior": 100},
    ("business", "month"): {"self": 25, "superior": 25},
    ("business", "quarter"): {"self": 25, "superior": 25, "peer": 25, "client": 25},
    ("leasing", "quarter"): {"self": 50, "superior": 50, "client": 0},
    ("market", "quarter"): {"self": 0, "superior": 100},
}
WEEKLY_AT = {"ktv": ("friday", "15:00"), "market": ("friday", "15:00")}


@pytest.fixture(params=KEYS)
def key(request) -> str:
    return request.param


@pytest.fixture
def rules(key):
    return loading.preset(key)


def test_five_regulations_are_shipped():
    assert set(loading.preset_keys()) == set(KEYS)


def test_each_holds_all_operative_clauses_of_its_regulation(key, rules):
    measured = sum(one.is_measured for one in rules.clauses)
    assert (len(rules.clauses), measured) == CLAUSES[key]
    assert len({one.zh for one in rules.clauses}) > len(rules.clauses) * 0.97
    assert {one.chapter for one in rules.clauses} == {one.id for one in rules.chapters}


def test_each_names_its_posts_with_their_limits(key, rules):
    assert {one.key: one.limit.value for one in rules.posts} == POSTS[key]


def test_each_names_its_teams_with_their_heads(key, rules):
    assert {one.key: one.head.value for one in rules.teams} == TEAMS[key]


def test_each_runs_its_own_cycles(key, rules):
    assert rules.appraisal.cycles == CYCLES[key]


@pytest.mark.parametrize(("where", "weights"), WEIGHTS.items(), ids=str)
def test_the_weights_are_those_of_the_regulation(where, weights):
    key, name = where
    found = loading.preset(key).kpi_set(name)
    assert [f"{one.weight.value.normalize():f}" for one in found.indicators] == weights


def test_unstated_weights_are_marked_as_proposals(key, rules):
    sources = {one.weight.source for each in rules.kpi_sets for one in each.indicators}
    assert (Source.STATED in sources) == (key == "ktv")


def test_a_contract_goes_its_own_way(key, rules):
    assert rules.chain("contract") == CONTRACT[key]


@pytest.mark.parametrize(("where", "shares"), PARTIES.items(), ids=str)
def test_the_parties_of_a_cycle_and_their_shares(where, shares):
    key, cycle = where
    found = loading.preset(key).parties(cycle)
    assert {one.key: int(one.weight.value) for one in found} == shares


def test_a_weekly_report_is_due_where_the_regulation_has_one(key, rules):
    weekly = [one.cadence.value for one in rules.reports if one.cadence.value.every == "week"]
    found = {(one.weekday, f"{one.at:%H:%M}") for one in weekly if one.weekday}
    assert (WEEKLY_AT.get(key) in found) == (key in WEEKLY_AT)


def test_every_metric_that_is_weighed_is_offered(rules):
    named = {part.metric for each in rules.kpi_sets for one in each.indicators for part in one.how}
    assert named - {""} <= set(metrics.known())


def test_every_subject_of_approval_has_its_chain(rules):
    subjects = {one.kind for one in offers.of(offers.Subject) if not one.own_chain}
    assert subjects <= {one.key for one in rules.approvals}


def test_every_clause_a_value_names_stands_in_some_regulation(rules):
    everywhere = {one.id for key in KEYS for one in loading.preset(key).clauses}
    named = {one.clause for one in rules.parameters() if one.clause}
    assert named <= everywhere


@pytest.mark.django_db
def test_each_loads_into_an_empty_installation_without_code(key, rules, capsys):
    call_command("rulebook", "load", key, "--from", "2026-01-01")
    version = Version.objects.get()
    assert (version.preset, version.effective_on) == (key, date(2026, 1, 1))
    inside = Unit.objects.filter(kind=Unit.Kind.TEAM)
    assert set(inside.values_list("key", flat=True)) == set(TEAMS[key])
    led = dict(inside.values_list("key", "led_by_post__key"))
    assert led == {team: head for team, head in TEAMS[key].items()}
    held = Post.objects.filter(key__in=POSTS[key])
    assert dict(held.values_list("key", "headcount")) == POSTS[key]
    assert loading.from_data(version.content) == rules


@pytest.mark.parametrize("number", range(1, 12))
def test_one_of_the_eleven_regulations_may_be_chosen_instead_of_the_union(number):
    union, one = loading.preset("market"), loading.preset("market", f"e{number}")
    assert one.policy.overlay == f"e{number}"
    expected = [clause for clause in union.clauses if clause.id.startswith(f"E{number}-")]
    assert list(one.clauses) == expected
    for each in one.kpi_sets:
        assert each.total == 100


@pytest.mark.parametrize(
    ("overlay", "cycles", "indicators"),
    [
        ("e4", None, {"results", "attitude", "ability"}),
        ("e7", ("month", "quarter", "year"), {"new_clients", "revenue", "satisfaction"}),
        ("e8", ("month", "quarter"), None),
        ("e10", None, {"revenue", "new_clients", "market_share"}),
    ],
)
def test_an_overlay_says_what_its_regulation_says(overlay, cycles, indicators):
    rules = loading.preset("market", overlay)
    if cycles:
        assert rules.appraisal.cycles == cycles
    kept = [{one.key for one in each.indicators} for each in rules.kpi_sets]
    assert indicators is None or indicators in kept


@pytest.mark.django_db
def test_an_overlay_is_loaded_by_its_name(capsys):
    call_command("rulebook", "load", "market:e11")
    rules = loading.from_data(Version.objects.get().content)
    assert rules.policy.overlay == "e11"
    assert not Post.objects.filter(key="service_specialist").exists()


def test_the_table_of_each_regulation_names_fields_that_are_there(key, rules):
    """`docs/regulations/KEY.md` says where each line of the reading stands."""
    text = (settings.BASE_DIR / "docs" / "regulations" / f"{key}.md").read_text(encoding="utf-8")
    rows = [line.split("|")[2] for line in text.splitlines() if line.startswith("| `")]
    named = {path for cell in rows for path in re.findall(r"`([a-z0-9_.]+)`", cell)}
    whole = {path for path in named if path.split(".")[0] in type(rules).model_fields}
    assert len(rows) > 60 and len(whole) > 50
    assert {path for path in whole if not stands(rules, path)} == set()


def stands(rules, path: str) -> bool:
    """Whether a path of field names and keys of entries leads somewhere."""
    node = rules
    for step in path.split("."):
        if isinstance(node, tuple):
            node = next((one for one in node if getattr(one, "key", None) == step), None)
        else:
            node = getattr(node, step, None)
        if node is None:
            return False
    return True
