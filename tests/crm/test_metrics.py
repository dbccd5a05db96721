"""What the client desk counts: new clients, their quality, repeat rate, visits, leads."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from crm import metrics, sections
from crm.models import Client, Contract
from expansion import clock
from expansion.metrics import read_together
from expansion.rulebook.loading import preset
from expansion.rulebook.selectors import rules_on
from expansion.worktime import Period
from tests.make import crm as make

QUARTER = Period.containing("quarter", date(2026, 11, 18))


def read(metric, people):
    return metric(people, QUARTER.begins_at, QUARTER.ends_at, rules_on())


def signed(owner, client: Client, on: date) -> Contract:
    return Contract.objects.create(
        client=client, owner=owner, team=client.team, title="年度协议", status="signed",
        approved_at=clock.now(), signed_on=on, starts_on=on,
    )  # fmt: skip


@pytest.fixture
def client(cast) -> Client:
    return make.client(cast.member, size_rating=4, spending_rating=5)


def test_a_client_is_new_in_the_quarter_of_its_first_contract(cast, client):
    signed(cast.member, client, date(2026, 10, 1))
    signed(cast.member, client, date(2026, 11, 2))
    older = make.client(cast.member)
    signed(cast.member, older, date(2026, 9, 30))
    signed(cast.member, older, date(2026, 10, 5))
    readings = read(metrics.new_clients, [cast.member, cast.colleague])
    assert readings[cast.member.pk].value == 1
    assert readings[cast.member.pk].evidence[0][:2] == (Client, client.pk)
    assert readings[cast.colleague.pk].value == 0


def test_the_amount_signed_adds_yuan_only_and_shows_the_rest(cast, client):
    for amount, currency in ((12000, "CNY"), (3000, "CNY"), (500, "USD"), (None, "CNY")):
        made = signed(cast.member, client, date(2026, 10, 9))
        Contract.objects.filter(pk=made.pk).update(amount=amount, currency=currency)
    old = signed(cast.member, client, date(2026, 9, 9))
    Contract.objects.filter(pk=old.pk).update(amount=9)
    readings = read(metrics.signed_amount, [cast.member, cast.colleague])
    assert readings[cast.member.pk].value == 15000
    assert [one.counted for one in readings[cast.member.pk].evidence] == [True, True, False, False]
    assert readings[cast.colleague.pk].value == 0


def test_quality_is_half_size_half_spending_and_unrated_is_not_counted(cast, client):
    signed(cast.member, client, date(2026, 10, 1))
    signed(cast.member, make.client(cast.member), date(2026, 10, 2))
    reading = read(metrics.new_client_quality, [cast.member])[cast.member.pk]
    assert reading.value == Decimal(90)
    assert [one.counted for one in reading.evidence] == [True, False]


def test_without_anything_rated_there_is_no_quality(cast):
    signed(cast.member, make.client(cast.member), date(2026, 10, 2))
    assert read(metrics.new_client_quality, [cast.member])[cast.member.pk].value is None


def test_the_repeat_rate_counts_clients_with_a_second_contract(cast, client):
    signed(cast.member, client, date(2026, 3, 1))
    signed(cast.member, client, date(2026, 10, 1))
    signed(cast.member, make.client(cast.member), date(2026, 10, 2))
    signed(cast.member, make.client(cast.member), date(2027, 1, 2))
    assert read(metrics.repeat_rate, [cast.member])[cast.member.pk].value == 50


def test_visits_count_for_the_visitor_and_timeliness_is_their_share_in_time(cast, client):
    make.visit(cast.member, client)
    make.visit(cast.member, client, took_place_at=clock.now() - timedelta(days=3))
    assert read(metrics.visits, [cast.member])[cast.member.pk].value == 2
    assert read(metrics.visit_timeliness, [cast.member])[cast.member.pk].value == 50


def test_queries_do_not_grow_with_the_people(cast, client, django_assert_num_queries):
    make.visit(cast.member, client)
    signed(cast.member, client, date(2026, 10, 1))
    everyone = [cast.member, cast.colleague, cast.leader]
    for metric in (
        metrics.new_clients,
        metrics.repeat_rate,
        metrics.visits,
        metrics.effective_leads,
    ):
        with django_assert_num_queries(1):
            metric(everyone, QUARTER.begins_at, QUARTER.ends_at, preset("ktv"))


def test_metrics_read_together_share_what_they_rest_on(cast, client, django_assert_num_queries):
    signed(cast.member, client, date(2026, 10, 1))
    make.visit(cast.member, client)
    people, rules = [cast.member], rules_on()

    def values(*asked):
        found = [one(people, QUARTER.begins_at, QUARTER.ends_at, rules) for one in asked]
        return [one[cast.member.pk].value for one in found]

    counted = metrics.new_clients, metrics.new_client_quality
    visited = metrics.visits, metrics.visit_timeliness
    with read_together(), django_assert_num_queries(2):
        assert values(*counted, *visited) == [1, 90, 1, 100]
    signed(cast.member, make.client(cast.member), date(2026, 10, 2))
    assert values(*counted) == [2, 90]


def test_read_together_keeps_each_ones_own_people_apart(cast, client):
    signed(cast.member, client, date(2026, 10, 1))
    with read_together():
        assert read(metrics.new_clients, [cast.colleague])[cast.colleague.pk].value == 0
        assert read(metrics.new_client_quality, [cast.member])[cast.member.pk].value == 90


def test_satisfaction_has_no_data_before_anybody_was_asked(cast):
    assert read(metrics.satisfaction, [cast.member]) == {}


def test_a_work_report_draws_figures_and_a_draft_from_the_records(cast, client):
    make.visit(cast.member, client, "谈了年会场地。")
    week = Period.containing("week")
    drawn = sections.visits([cast.member], week.begins_at, week.ends_at)
    assert len(drawn["figures"][0].found[cast.member.pk]) == 1
    assert "谈了年会场地。" in drawn["lines"][0]
