"""A head scored by the figures of everybody below (E7-5.1; `market` in the presets)."""

from datetime import date
from decimal import Decimal

import pytest

from appraisal.figures import together
from appraisal.models import Evidence, Line
from expansion.metrics import Evidence as Record
from expansion.metrics import Reading
from expansion.rulebook import loading
from expansion.rulebook.models import Version
from tests.make import appraisal as make
from tests.make.rules import published

COUNT = "crm.new_clients"
RATE = "crm.new_client_quality"


def part(kind: str):
    """The part of the client team that counts, and the one that rates."""
    number, quality = loading.preset("ktv").kpi_set("client").indicators[0].how
    return number if kind == "count" else quality


def rows(number: int) -> list[Record]:
    return [Record(None, None, f"记录 {n}", date(2026, 8, 1), Decimal(1)) for n in range(number)]


def test_a_count_adds_up():
    found = together(part("count"), [Reading(Decimal(3), rows(3)), None, Reading(Decimal(4))])
    assert found is not None and found.value == 7 and len(found.evidence) == 3


def test_a_rate_is_the_mean_by_the_records_it_rests_on():
    """(80 × 3 + 60 × 1) ÷ 4 = 75."""
    found = together(part("rate"), [Reading(Decimal(80), rows(3)), Reading(Decimal(60), rows(1))])
    assert found is not None and found.value == 75


@pytest.mark.parametrize("given", [[], [None], [None, None]])
def test_where_nobody_has_a_record_there_is_nothing(given):
    assert together(part("rate"), given) is None


def test_readings_without_a_value_leave_the_value_to_the_others():
    found = together(part("rate"), [Reading(None, rows(2)), Reading(Decimal(60), rows(1))])
    assert found is not None and (found.value, len(found.evidence)) == (60, 3)


def test_one_alone_is_what_it_is():
    alone = Reading(Decimal(3), rows(2))
    assert together(part("rate"), [None, alone]) is alone


@pytest.mark.django_db
def test_a_heads_line_counts_everybody_below_and_opens_to_their_records(cast):
    data = loading.to_data(loading.preset("ktv"))
    heads = next(one for one in data["kpi_sets"] if one["key"] == "management")
    client = next(one for one in data["kpi_sets"] if one["key"] == "client")
    heads["whose"], heads["indicators"] = "unit", client["indicators"]
    published(data)
    cycle = make.opened(Version.objects.order_by("-number").first())
    make.frozen(
        cycle,
        {
            cast.member.pk: {COUNT: Decimal(5), RATE: Decimal(80)},
            cast.colleague.pk: {COUNT: Decimal(7), RATE: Decimal(60)},
            cast.manager.pk: {COUNT: Decimal(1)},
        },
    )

    def line(person, part: str) -> Line:
        return Line.objects.get(
            participant__owner=person, indicator="new_clients", part=part, participant__cycle=cycle
        )

    assert line(cast.manager, "number").value == 13
    assert line(cast.manager, "quality").value == 70
    assert line(cast.member, "number").value == 5
    behind = Evidence.objects.filter(line=line(cast.manager, "number"))
    assert behind.count() == 3 * len([cast.member, cast.colleague, cast.manager])


def test_the_head_of_market_is_scored_by_the_department():
    market = loading.preset("market")
    assert market.kpi_set("department").whose == "unit"
    assert market.kpi_set("individual").whose == "person"
