"""The overall rating of self and superior beside the indicators (D-2.3.3b, reading 5)."""

from decimal import Decimal

import pytest

from appraisal import scoring
from appraisal.models import Line, Rating
from appraisal.scoring import overall_rating
from expansion.errors import Invalid
from expansion.rulebook import loading
from expansion.rulebook.models import Version
from tests.make import appraisal as make
from tests.make.rules import published

LEASING = loading.preset("leasing")
SHARE = {"value": 50, "source": "proposal"}


def test_a_regulation_with_a_share_for_it_asks_for_one_more_rating():
    kpi_set = LEASING.kpi_set("management")
    keys = [one.key for one in scoring.indicators(LEASING, kpi_set)]
    assert keys[-1] == "overall" and keys.count("overall") == 1
    assert overall_rating(LEASING).weight.value == Decimal(40)


def test_without_a_share_nobody_is_asked_for_one():
    ktv = loading.preset("ktv")
    keys = {one.key for team in ktv.kpi_sets for one in scoring.indicators(ktv, team)}
    assert "overall" not in keys


@pytest.fixture
def rated(cast):
    """A department whose parties rate the whole: 60 % indicators, 40 % rating."""
    data = loading.to_data(loading.preset("ktv"))
    data["kpi_sets"] = [one for one in data["kpi_sets"] if one["key"] != "common"]
    combine = data["appraisal"]["combine"]
    combine["team_share"]["value"], combine["overall_share"]["value"] = 60, 40
    for party in data["appraisal"]["parties"]:
        party["weight"] = SHARE
    return published(data)


@pytest.fixture
def cycle(cast, rated):
    cycle = make.opened(Version.objects.order_by("-number").first())
    return make.frozen(cycle, {cast.member.pk: make.EXAMPLE})


@pytest.mark.django_db
def test_self_and_superior_give_it_by_halves_and_it_counts_its_share(cast, cycle):
    participant = make.of(cycle, cast.member)
    make.self_reviewed(participant, 90)
    make.evaluated(make.of(cycle, cast.member), 80)
    line = Line.objects.get(participant=participant, indicator="overall")
    assert (line.rated, line.value) == (True, Decimal(85))
    rules, figures = cycle.rules, scoring.by_part(Line.objects.filter(participant=participant))
    result = scoring.score(rules, participant.indicators, "quarter", figures)
    blocks = {block.key: block for block in result.blocks}
    assert blocks["overall"].exact_share == 40 and blocks["overall"].exact_points == 34
    assert blocks["team"].exact_share == 60


@pytest.mark.django_db
def test_a_form_without_it_is_not_submitted(cast, cycle):
    participant = make.of(cycle, cast.member)
    given = make.ratings(participant, 90)
    given["overall"]["score"] = None
    with pytest.raises(Invalid):
        make.reviews.save_self_review(
            actor=cast.member, record=participant, ratings=given, submit=True
        )
    assert not Rating.objects.filter(review__submitted_at__isnull=False).exists()


@pytest.mark.django_db
def test_the_page_of_the_trial_asks_for_it(cast, sign_in, rated):
    page = sign_in(cast.member).get("/appraisal/trial", follow=True).content.decode()
    assert 'name="overall"' in page
