"""Opportunities: stages move with substance, and the client shows the leading one."""

from decimal import Decimal

import pytest

from crm.models import Opportunity
from crm.services import opportunities
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, NotNow, Stale
from tests.make import crm as make

PHONE = {"contact": {"name": "刘雯", "phones": "13812346217"}}


@pytest.fixture
def opportunity(cast) -> Opportunity:
    return make.opportunity(cast.member, make.client(cast.member, **PHONE))


def move(actor, record, stage, **values) -> Opportunity:
    return opportunities.move_opportunity(actor=actor, record=record, stage=stage, **values)


def test_an_opportunity_keeps_the_rulebook_it_was_opened_under(cast, opportunity):
    assert opportunity.rules_version == cast.version
    assert (opportunity.stage, opportunity.client.stage) == ("information", "information")


def test_a_stage_needs_what_the_rulebook_asks_and_nothing_is_jumped_over(cast, opportunity):
    with pytest.raises(Invalid) as refusal:
        move(cast.member, opportunity, "negotiation")
    assert "stage" in refusal.value.fields
    make.visit(cast.member, opportunity.client)
    moved = move(cast.member, opportunity, "negotiation")
    assert moved.stage == "negotiation"
    opportunity.client.refresh_from_db()
    assert opportunity.client.stage == "negotiation"


def test_signed_is_refused_without_an_approved_contract(cast, opportunity):
    make.visit(cast.member, opportunity.client)
    with pytest.raises(Invalid):
        move(cast.member, opportunity, "signed")


def test_going_back_needs_a_reason(cast, opportunity):
    move(cast.member, opportunity, "first_contact")
    with pytest.raises(Invalid):
        move(cast.member, opportunity, "strategy")
    move(cast.member, opportunity, "strategy", reason="对方换了负责人")
    assert opportunity.moves.last().back


def test_the_manager_moves_it_all_the_same_with_a_reason_and_the_gaps_are_kept(cast, opportunity):
    with pytest.raises(Forbidden):
        move(cast.member, opportunity, "negotiation", override=True, reason="急")
    with pytest.raises(Invalid):
        move(cast.manager, opportunity, "negotiation", override=True)
    move(cast.manager, opportunity, "negotiation", override=True, reason="总部已谈妥")
    assert len(opportunity.moves.last().missing) == 1


def test_moving_to_where_it_stands_changes_nothing(cast, opportunity):
    before = Entry.objects.count()
    move(cast.member, opportunity, "information")
    assert Entry.objects.count() == before


def test_the_client_shows_the_opportunity_that_is_furthest_on(cast, opportunity):
    second = make.opportunity(cast.member, opportunity.client, "员工卡团购")
    move(cast.member, second, "first_contact")
    opportunities.lose_opportunity(actor=cast.member, record=second, reason="价格")
    opportunity.client.refresh_from_db()
    assert opportunity.client.stage == "information"


def test_losing_needs_a_reason_and_closed_is_closed(cast, opportunity):
    with pytest.raises(Invalid):
        opportunities.lose_opportunity(actor=cast.member, record=opportunity, reason=" ")
    opportunities.lose_opportunity(actor=cast.member, record=opportunity, reason="预算取消")
    with pytest.raises(NotNow):
        move(cast.member, opportunity, "strategy")
    with pytest.raises(NotNow):
        opportunities.lose_opportunity(actor=cast.member, record=opportunity, reason="再来")


def test_winning_takes_the_last_stage(cast, opportunity):
    with pytest.raises(NotNow):
        opportunities.win_opportunity(actor=cast.member, record=opportunity)
    move(cast.manager, opportunity, "signed", override=True, reason="合同在总部签")
    won = opportunities.win_opportunity(actor=cast.member, record=opportunity)
    assert won.status == Opportunity.Status.WON
    won.client.refresh_from_db()
    assert won.client.stage == ""


def test_what_was_counted_of_a_closed_one_stays_until_it_is_taken_up_again(cast, opportunity):
    change = {"actor": cast.member, "record": opportunity}
    opportunities.update_opportunity(amount=Decimal("53200"), **change)
    opportunities.lose_opportunity(reason="预算取消", **change)
    for value in ({"amount": Decimal("9999999")}, {"currency": "USD"}, {"need": "另一件事"}, {}):
        with pytest.raises(NotNow):
            opportunities.update_opportunity(**change, **value)
    opportunities.reopen_opportunity(reason="预算恢复", **change)
    again = opportunities.update_opportunity(amount=Decimal("60000"), **change)
    assert (again.status, again.amount) == ("open", Decimal("60000"))
    assert Entry.objects.filter(verb="crm.opportunity.changed").count() == 2


def test_a_stale_change_is_refused(cast, opportunity):
    change = {"record": opportunity, "version": opportunity.version}
    opportunities.update_opportunity(actor=cast.leader, amount=Decimal("100"), **change)
    with pytest.raises(Stale):
        opportunities.update_opportunity(actor=cast.member, amount=Decimal("5"), **change)
