"""What the client desk counts: new clients, their quality, repeat rate, visits, leads."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from crm import contract_offers, insights, metrics, sections
from crm.models import Client, Contract, Lead
from crm.services.clients import reassign_client
from crm.services.contracts import sign_contract
from crm.views.leads import counts_by_person
from expansion import clock, offers
from expansion.metrics import read_together
from expansion.office.services import handovers
from expansion.rulebook.loading import preset
from expansion.rulebook.selectors import rules_on
from expansion.worktime import Period
from tests.make import contracts
from tests.make import crm as make
from tests.make.handovers import handed_over

QUARTER = Period.containing("quarter", date(2026, 11, 18))


def read(metric, people):
    return metric(people, QUARTER.begins_at, QUARTER.ends_at, rules_on())


def signed(owner, client: Client, on: date) -> Contract:
    return Contract.objects.create(
        client=client, owner=owner, team=client.team, title="年度协议", status="signed",
        approved_at=clock.now(), signed_on=on, signed_owner=owner, starts_on=on,
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


def test_what_was_signed_counts_for_who_held_it_then_whoever_takes_it_over(cast):
    contract = contracts.signed(cast)
    record = handed_over(cast, cast.member, cast.colleague)
    contract.refresh_from_db()
    assert (contract.owner, contract.signed_owner) == (cast.colleague, cast.member)
    assert figures(cast.member) == [1, 126000, 0] and figures(cast.colleague) == [0, 0, None]
    handovers.undo(actor=cast.manager, record=record)
    assert figures(cast.member) == [1, 126000, 0] and figures(cast.colleague) == [0, 0, None]


def test_what_is_signed_after_a_handover_counts_for_who_took_it_over(cast):
    contract = contracts.approved(cast)
    handed_over(cast, cast.member, cast.colleague)
    sign_contract(
        actor=cast.again(cast.colleague), record=contract, signed_on=contracts.SIGNED_ON,
        signed_by_us="陈立群", signed_by_them="许总",
    )  # fmt: skip
    assert figures(cast.member) == [0, 0, None] and figures(cast.colleague) == [1, 126000, 0]


def figures(person) -> list:
    asked = metrics.new_clients, metrics.signed_amount, metrics.repeat_rate
    found = [read(metric, [person]).get(person.pk) for metric in asked]
    return [one and one.value for one in found]


def test_lists_and_overview_show_what_was_signed_with_who_held_it_then(cast, sign_in):
    contract = contracts.signed(cast)
    handed_over(cast, cast.member, cast.colleague)
    people = [cast.member, cast.colleague]
    given = people, QUARTER.begins_at, QUARTER.ends_at
    assert insights.new_clients(*given) == {cast.member.pk: 1}
    assert set(insights.signed_amounts(*given)) == {cast.member.pk}
    drawn = contract_offers.new_contracts(*given)
    assert drawn["figures"][0].found.keys() == {cast.member.pk}
    leader = cast.again(cast.leader)
    column = next(one for one in offers.of(offers.TeamColumn) if one.key == "crm.signed")
    browser = sign_in(leader)
    theirs, others = (browser.get(column.url(leader, [one.pk])).text for one in people)
    assert contract.title in theirs and contract.title not in others
    assert "签订时的负责人" in browser.get(contract.get_absolute_url()).text


def test_an_effective_lead_counts_for_who_held_it_when_it_became_so(cast, sign_in):
    client = make.client(cast.member, next_contact_on=date(2026, 11, 19))
    lead = make.lead(cast.member, client)
    make.marked(cast.member, lead, "need_confirmed", "contact_named", "presentation_heard")
    reassign_client(actor=cast.leader, record=client, owner=cast.colleague, reason="片区调整。")
    lead.refresh_from_db()
    assert (lead.owner, lead.effective_owner) == (cast.colleague, cast.member)
    found = read(metrics.effective_leads, [cast.member, cast.colleague])
    assert (found[cast.member.pk].value, found[cast.colleague.pk].value) == (1, 0)
    counted = counts_by_person(Lead.objects.live())
    assert counted == [
        {"name": cast.member.name, "working": 0, "week": 1, "quarter": 1},
        {"name": cast.colleague.name, "working": 1, "week": 0, "quarter": 0},
    ]
    leader = cast.again(cast.leader)
    column = next(one for one in offers.of(offers.TeamColumn) if one.key == "crm.leads")
    assert client.name in sign_in(leader).get(column.url(leader, [cast.member.pk])).text
    make.marked(cast.colleague, lead, "need_confirmed", met=False)
    assert (lead.effective_on, lead.effective_owner) == (None, None)
    make.marked(cast.colleague, lead, "need_confirmed")
    assert lead.effective_owner == cast.colleague


def test_queries_do_not_grow_with_the_people(cast, client, django_assert_num_queries):
    make.visit(cast.member, client)
    signed(cast.member, client, date(2026, 10, 1))
    everyone = [cast.member, cast.colleague, cast.leader]
    for metric in (
        metrics.new_clients,
        metrics.signed_amount,
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
