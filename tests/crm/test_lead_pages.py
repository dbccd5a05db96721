"""The screens of leads and opportunities."""

import pytest
from django.utils import translation
from django.utils.translation import gettext as _

from crm.models import Lead, Opportunity
from crm.services import opportunities
from tests.make import crm as make

PHONE = {"contact": {"name": "刘雯", "phones": "13812346217"}}


@pytest.fixture
def client(cast):
    return make.client(cast.member, "南京海纳酒店管理有限公司", **PHONE)


@pytest.fixture
def lead(cast, client) -> Lead:
    return make.lead(cast.member, client, "工会活动包场")


@pytest.fixture
def opportunity(cast, client) -> Opportunity:
    return make.opportunity(cast.member, client, "2027 年会场地", amount="126000.00")


@pytest.fixture
def member(cast, sign_in):
    return sign_in(cast.member)


def test_lists_and_board_take_few_queries_however_many_rows(
    cast, lead, opportunity, member, own_queries
):
    for number in range(4):
        other = make.client(cast.member, f"无锡第{number}商贸有限公司", **PHONE)
        make.opportunity(cast.member, other)
        make.lead(cast.member, other)
    for url in ("/crm/leads/", "/crm/opportunities/", "/crm/opportunities/board"):
        assert "南京海纳" in member.get(url).text
        assert own_queries(cast.member, url) <= 6


@pytest.mark.parametrize(
    "part", ["", "/edit", "/mark", "/overrule", "/close", "/reopen", "/convert"]
)
def test_a_foreign_lead_does_not_exist(cast, lead, sign_in, part):
    page = sign_in(cast.colleague).get(f"/crm/leads/{lead.pk}{part}")
    assert page.status_code == 404
    assert "工会活动" not in page.text


@pytest.mark.parametrize("part", ["", "/edit", "/move", "/win", "/lose", "/reopen"])
def test_a_foreign_opportunity_does_not_exist(cast, opportunity, sign_in, part):
    page = sign_in(cast.colleague).get(f"/crm/opportunities/{opportunity.pk}{part}")
    assert page.status_code == 404
    assert "年会场地" not in page.text


def test_overruling_is_refused_to_the_owner_and_names_the_leader(cast, lead, member):
    page = member.get(f"/crm/leads/{lead.pk}/overrule?key=need_confirmed")
    assert page.status_code == 403
    assert cast.leader.name in page.text


def test_a_lead_is_written_marked_and_converted(cast, client, member):
    made = member.post(
        "/crm/leads/new", {"request_id": "a", "client": client.pk, "title": "剧组杀青宴"}
    )
    lead = Lead.objects.get()
    assert made.headers["Location"] == f"/crm/leads/{lead.pk}"
    mark = {"request_id": "b", "key": "need_confirmed", "met": "yes", "evidence": "对方书面要求"}
    assert member.post(f"/crm/leads/{lead.pk}/mark", mark).status_code == 302
    assert "对方书面要求" in member.get(f"/crm/leads/{lead.pk}").text
    empty = member.post(f"/crm/leads/{lead.pk}/mark", mark | {"request_id": "c", "evidence": ""})
    assert empty.status_code == 422
    convert = {"request_id": "d", "title": "杀青宴", "amount": "66000"}
    assert member.post(f"/crm/leads/{lead.pk}/convert", convert).status_code == 302
    assert Opportunity.objects.get().lead == lead


def test_counts_per_person_stand_beside_the_list(cast, lead, sign_in):
    page = sign_in(cast.leader).get("/crm/leads/")
    assert cast.member.name in page.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": "长" * 121},
        {"amount": "-1"},
        {"amount": "9" * 30},
        {"amount": "abc"},
        {"expected_on": "2026-02-31"},
        {"probability": "101"},
        {"currency": "XXX"},
    ],
)
def test_what_does_not_hold_is_said_and_nothing_is_lost(cast, client, member, wrong):
    given = {"request_id": "x", "client": client.pk, "title": "年会", "currency": "CNY"}
    given |= {"need": "=HYPERLINK(1) 😀", **wrong}
    answer = member.post("/crm/opportunities/new", given)
    assert answer.status_code == 422
    assert "=HYPERLINK(1) 😀" in answer.text
    assert not Opportunity.objects.exists()


def test_a_dropped_card_moves_and_what_is_missing_is_said(cast, opportunity, member):
    url = f"/crm/opportunities/{opportunity.pk}/move"
    moved = member.post(url, {"stage": "first_contact", "board": "1"})
    assert moved.headers["Location"] == "/crm/opportunities/board"
    refused = member.post(url, {"stage": "negotiation", "board": "1"})
    assert refused.status_code == 422
    assert "negotiation" in refused.text
    assert member.post(url, {"stage": "nowhere"}).status_code == 422
    opportunity.refresh_from_db()
    assert opportunity.stage == "first_contact"


def test_only_who_leads_may_override_the_gate(cast, opportunity, member, sign_in):
    url = f"/crm/opportunities/{opportunity.pk}/move"
    given = {"stage": "negotiation", "override": "on", "reason": "总部已谈妥"}
    assert 'name="override"' not in member.get(url).text
    assert member.post(url, given).status_code == 422
    assert sign_in(cast.leader).post(url, given).status_code == 302


def test_the_board_groups_sums_and_names_what_the_next_stage_lacks(cast, opportunity, member):
    opportunities.move_opportunity(actor=cast.member, record=opportunity, stage="visit")
    page = member.get("/crm/opportunities/board").text
    assert "¥126,000.00" in page
    assert "&quot;negotiation&quot;" in page


def test_two_on_one_opportunity_the_second_sees_both(cast, opportunity, member):
    url = f"/crm/opportunities/{opportunity.pk}/edit"
    given = {"version": 1, "title": "年会", "currency": "CNY"}
    assert member.post(url, {"request_id": "a", "amount": "1000", **given}).status_code == 302
    second = member.post(url, {"request_id": "b", "amount": "2000", **given})
    assert second.status_code == 409
    assert "1000" in second.text
    assert "2000" in second.text


def test_won_and_lost_by_form(cast, opportunity, member):
    url = f"/crm/opportunities/{opportunity.pk}"
    assert member.post(f"{url}/win", {"request_id": "a"}).status_code == 409
    assert member.post(f"{url}/lose", {"request_id": "b", "reason": ""}).status_code == 422
    assert member.post(f"{url}/lose", {"request_id": "c", "reason": "预算取消"}).status_code == 302
    assert "预算取消" in member.get(url).text
    again = {"request_id": "d", "reason": "预算恢复"}
    assert member.post(f"{url}/reopen", again).status_code == 302
    opportunity.refresh_from_db()
    assert opportunity.status == Opportunity.Status.OPEN


def test_a_closed_opportunity_is_changed_neither_by_form_nor_by_api(cast, opportunity, member):
    url = f"/crm/opportunities/{opportunity.pk}"
    assert member.post(f"{url}/lose", {"request_id": "a", "reason": "预算取消"}).status_code == 302
    assert member.get(f"{url}/edit").status_code == 409
    opportunity.refresh_from_db()
    given = {"request_id": "b", "version": opportunity.version, "title": "年会", "currency": "CNY"}
    answer = member.post(f"{url}/edit", given | {"amount": "9999999"})
    with translation.override("zh-hans"):
        refusal = _("This opportunity is closed (%(status)s). Take it up again first.")
        refusal %= {"status": opportunity.get_status_display()}
    assert answer.status_code == 409 and refusal in answer.text
    head = {"If-Match": f'"{opportunity.version}"'}
    patched = member.patch(
        f"/api/v1{url}", {"amount": "9999999.00"}, content_type="application/json", headers=head
    )
    assert patched.status_code == 409
    kept = opportunity.amount, opportunity.title
    opportunity.refresh_from_db()
    assert (opportunity.amount, opportunity.title) == kept
