"""The arithmetic of scores, by examples worked by hand and by properties."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appraisal import arithmetic
from expansion.rounding import two_places
from expansion.rulebook import loading

RULES = loading.preset("ktv")
CLIENT = RULES.kpi_set("client")
MODES = ("common_shares_fixed", "normalise", "additive")
SCORES = st.decimals(0, 100, places=2)
unhurried = settings(deadline=None)
MAYBE = st.none() | SCORES
KEYS = ("new_clients", "satisfaction", "relation_loyalty", "attitude", "ability")
VALUES = st.fixed_dictionaries(dict.fromkeys(KEYS, MAYBE))
EXAMPLE = dict(zip(KEYS, map(Decimal, ("91.67", "86.00", "72.92", "88", "85")), strict=True))


def result(kpi_set=CLIENT, *, values=EXAMPLE, cycle="quarter", rules=RULES, **more):
    return arithmetic.score(rules, kpi_set, cycle=cycle, values=values, **more)


def test_the_client_team_example_makes_86_33():
    """0.6 × (50 % × 91.67 + 30 % × 86 + 20 % × 72.92) + 17.60 + 17.00 = 51.73 + 34.60."""
    one = result()
    assert (one.score, one.level.key) == (Decimal("86.33"), "good")
    assert [str(line.points) for line in one.lines] == ["27.50", "15.48", "8.75", "17.60", "17.00"]
    assert [str(line.stated) for line in one.lines] == ["50", "30", "20", "20", "20"]
    assert [str(line.weight) for line in one.lines] == ["30.00", "18.00", "12.00", "20.00", "20.00"]
    team, common = one.blocks
    assert (str(team.share), str(team.value), str(team.points)) == ("60.00", "86.22", "51.73")
    assert (str(common.share), str(common.points)) == ("40.00", "34.60")


def test_the_research_team_example_makes_83_38():
    """0.6 × (40 % × 88 + 30 % × 75 + 30 % × 82) + 20 % × 90 + 20 % × 80
    = 0.6 × (35.2 + 22.5 + 24.6) + 18 + 16 = 49.38 + 34 = 83.38."""
    values = {
        "report_quality": 88,
        "info_volume_timeliness": 75,
        "decision_support": 82,
        "attitude": 90,
        "ability": 80,
    }
    one = result(RULES.kpi_set("research"), values=values)
    assert (one.score, one.level.key) == (Decimal("83.38"), "good")


def test_the_partnership_example_under_each_mode():
    """Team block 50 % × 60 + 30 % × 70 + 20 % × 55 = 30 + 21 + 11 = 62; common 65 and 75.

    Fixed: 0.6 × 62 + 13 + 15 = 65.20. Normalised: (62 + 13 + 15) ÷ 1.4 = 64.29. Added: 90.
    """
    values = {"projects": 60, "relation": 70, "execution": 55, "attitude": 65, "ability": 75}
    team = RULES.kpi_set("partnership")
    scores = [str(result(team, values=values, mode=mode).score) for mode in MODES]
    assert scores == ["65.20", "64.29", "90.00"]


def test_the_manager_is_scored_by_the_teams_and_the_common_forty_percent():
    """Research members 80 and 90, client member 70: mean of 85 and 70 = 77.5;
    0.6 × 77.5 + 0.2 × 92 + 0.2 × 88 = 46.5 + 18.4 + 17.6 = 82.50."""
    mean = arithmetic.team_mean([[80, 90], [70], []])
    values = {"team_mean": mean, "attitude": 92, "ability": 88}
    one = result(RULES.kpi_set("management"), values=values)
    assert (mean, one.score) == (Fraction(155, 2), Decimal("82.50"))


@pytest.mark.parametrize("mode", MODES)
def test_the_managers_set_is_a_whole_that_no_mode_changes(mode):
    values = {"team_mean": 80, "attitude": 90, "ability": 85}
    assert result(RULES.kpi_set("management"), values=values, mode=mode).score == 83


def test_the_year_is_half_its_quarters_and_half_its_own_evaluation():
    """50 % × mean(80, 85.5, 90) + 50 % × 86.3314 = 42.5833 + 43.1657 = 85.75."""
    one = result(cycle="year", shorter=[80, Decimal("85.5"), None, 90])
    assert one.score == Decimal("85.75")
    assert (one.lines[0].key, str(one.lines[0].points)) == ("quarters_mean", "42.58")


def test_a_year_without_closed_quarters_is_its_evaluation():
    assert result(cycle="year", shorter=[]).score == Decimal("86.33")


def test_a_year_without_any_value_of_its_own_is_the_mean_of_its_quarters():
    one = result(cycle="year", values=dict.fromkeys(KEYS), shorter=[80, 90])
    assert one.score == 85


def test_a_missing_target_leaves_its_weight_to_its_own_block():
    """Without satisfaction the block is (50 × 91.67 + 20 × 72.92) ÷ 70 = 86.3129;
    0.6 × 86.3129 + 34.6 = 86.39."""
    one = result(values=EXAMPLE | {"satisfaction": None})
    weights = [str(line.weight) for line in one.lines]
    assert weights == ["42.86", "0.00", "17.14", "20.00", "20.00"]
    assert one.score == Decimal("86.39")
    assert one.lines[1].value is None


def test_an_empty_block_leaves_its_weight_to_the_other_blocks():
    """Only 88 and 85 are left, half each: 86.50."""
    nothing = dict.fromkeys(KEYS[:3])
    one = result(values=EXAMPLE | nothing)
    assert one.score == Decimal("86.50")
    assert str(one.block("common").share) == "100.00"


@pytest.mark.parametrize("cycle", ["quarter", "year"])
def test_nobody_gets_a_score_out_of_nothing(cycle):
    assert result(values=dict.fromkeys(KEYS), cycle=cycle) is None


@pytest.mark.parametrize(
    ("actual", "target", "cap", "score"),
    [
        (12, 12, 1, 100),
        (15, 12, 1, 100),
        (15, 12, Decimal("1.2"), 120),
        (3, 12, 1, 25),
        (-3, 12, 1, 0),
        (Decimal("4.3"), 5, 1, 86),
        (3, 0, 1, None),
        (3, None, 1, None),
        (None, 12, 1, None),
    ],
)
def test_completion_is_capped_and_needs_a_target(actual, target, cap, score):
    assert arithmetic.completion_score(actual, target, cap) == score


def test_the_parts_of_new_clients_make_91_67():
    """12 of 12 clients make 100, their quality 83.33: the mean is 91.665, shown as 91.67."""
    mean = arithmetic.weighted_mean([(50, 100), (50, Decimal("83.33"))])
    assert two_places(mean) == Decimal("91.67")


def test_the_self_evaluation_is_recorded_and_does_not_count():
    parties = RULES.parties("quarter")
    assert arithmetic.party_score({"self": 100, "superior": 80}, parties) == 80
    assert arithmetic.party_score({"self": 100}, parties) is None


def test_parties_share_among_those_that_answered():
    rules = RULES.with_changes(
        {"appraisal.parties.self.weight": 25, "appraisal.parties.superior.weight": 75}
    )
    parties = rules.parties("quarter")
    assert arithmetic.party_score({"self": 100, "superior": 80}, parties) == 85
    assert arithmetic.party_score({"self": 100, "superior": None}, parties) == 100


@pytest.mark.parametrize(
    ("exact", "shown"),
    [
        ("86.325", "86.33"),
        ("86.3249999", "86.32"),
        ("0.005", "0.01"),
        ("0", "0.00"),
        ("100", "100.00"),
    ],
)
def test_rounding_is_half_up_to_two_places(exact, shown):
    assert str(two_places(Decimal(exact))) == shown


def test_the_level_is_read_from_the_rounded_score():
    values = dict.fromkeys(KEYS, Decimal("89.995"))
    one = result(values=values)
    assert (one.score, one.level.key) == (Decimal("90.00"), "excellent")


def with_overall_rating():
    """A department like `leasing`: no common set, self and superior rate the whole (reading 5)."""
    data = loading.to_data(RULES)
    data["kpi_sets"] = [one for one in data["kpi_sets"] if one["key"] != "common"]
    data["appraisal"]["combine"]["overall_share"]["value"] = 40
    for party in data["appraisal"]["parties"]:
        party["weight"]["value"] = 50
    return loading.from_data(data)


def test_an_overall_rating_makes_a_block_of_its_own():
    """0.6 × 86.219 + 0.4 × 80 = 51.7314 + 32 = 83.73; without the rating 86.22."""
    rules = with_overall_rating()
    values = {key: EXAMPLE[key] for key in KEYS[:3]}
    assert result(rules=rules, values=values, overall=80).score == Decimal("83.73")
    assert result(rules=rules, values=values).score == Decimal("86.22")


def test_changed_weights_move_the_score():
    rules = RULES.with_changes(
        {
            "kpi_sets.client.indicators.new_clients.weight": 45,
            "kpi_sets.client.indicators.satisfaction.weight": 35,
        }
    )
    assert result(rules.kpi_set("client"), rules=rules).score == Decimal("86.16")


@unhurried
@given(values=VALUES, mode=st.sampled_from(MODES))
def test_a_score_stays_within_its_values(values, mode):
    one = result(values=values, mode=mode)
    present = [value for value in values.values() if value is not None]
    if one is None:
        assert not present
        return
    share = arithmetic.largest_score(RULES, CLIENT, mode) / 100
    assert Fraction(min(present)) * share <= one.exact <= Fraction(max(present)) * share


@unhurried
@given(values=VALUES, mode=st.sampled_from(MODES), shorter=st.lists(MAYBE, max_size=4))
def test_the_points_add_up_and_the_weights_fill_the_whole(values, mode, shorter):
    one = result(values=values, mode=mode, cycle="year", shorter=shorter)
    if one is None:
        return
    assert sum(line.exact_points for line in one.lines) == one.exact
    assert abs(sum(line.points for line in one.lines) - one.score) <= Decimal("0.04")
    if mode != "additive":
        assert sum(line.exact_weight for line in one.lines) == 100


@unhurried
@given(values=VALUES, key=st.sampled_from(KEYS), better=SCORES)
def test_a_better_value_never_lowers_the_score(values, key, better):
    before = result(values=values)
    if before is None or values[key] is None or better < values[key]:
        return
    assert result(values=values | {key: better}).exact >= before.exact


@unhurried
@given(values=st.fixed_dictionaries(dict.fromkeys(KEYS, SCORES)))
def test_fixed_and_normalised_shares_agree_where_they_are_the_same(values):
    """With a team share of 100 ÷ 1.4 both readings are one; 60 : 40 is not, so they differ."""
    fixed, normalised = result(values=values).blocks, result(values=values, mode="normalise").blocks
    assert [b.exact_value for b in fixed] == [b.exact_value for b in normalised]


@unhurried
@given(value=st.fractions(0, 140))
def test_two_places_never_errs_by_more_than_half_a_cent(value):
    assert abs(Fraction(two_places(value)) - value) <= Fraction(1, 200)
