"""Pipelines of opportunities: which the rulebook has, which one a deal walks, where it shows."""

from decimal import Decimal

import pytest

from crm.insights import funnel
from crm.models import Opportunity
from crm.services import opportunities
from crm.services.leads import create_lead
from expansion.errors import Invalid, NotNow
from expansion.people.purview import purview_of
from expansion.rulebook.loading import preset, to_data
from expansion.rulebook.selectors import rules_on, version_on
from tests.make import crm as make
from tests.make import rules

BOARD = "/crm/opportunities/board"
LIST = "/crm/opportunities/"
NEW = "/crm/opportunities/new"
PHONE = {"contact": {"name": "刘雯", "phones": "13812346217"}}
SALES = "Sales follow-up"


def with_sales(team: str | None = None) -> None:
    """The sales of the business regulation beside the pipelines of this one."""
    data = to_data(rules_on())
    sales = next(one for one in to_data(preset("business"))["pipelines"] if one["key"] == "sales")
    rules.published({**data, "pipelines": [*data["pipelines"], {**sales, "team": team}]})


@pytest.fixture
def client(cast):
    return make.client(cast.member, "南京海纳酒店管理有限公司", **PHONE)


@pytest.fixture
def sale(cast, client) -> Opportunity:
    with_sales()
    return make.opportunity(cast.member, client, "月饼券", pipeline="sales", amount=Decimal(800))


def move(actor, record, stage, **values) -> Opportunity:
    return opportunities.move_opportunity(actor=actor, record=record, stage=stage, **values)


def test_a_deal_walks_the_stages_of_its_own_pipeline_by_their_gates(cast, sale):
    assert (sale.pipeline, sale.stage) == ("sales", "lead")
    with pytest.raises(Invalid):
        move(cast.member, sale, "strategy")  # of the other pipeline
    move(cast.member, sale, "visit")
    with pytest.raises(Invalid) as refusal:
        move(cast.member, sale, "order")
    assert "a recorded visit" in str(refusal.value.fields)
    with pytest.raises(NotNow):
        opportunities.win_opportunity(actor=cast.member, record=sale)
    make.visit(cast.member, sale.client)
    move(cast.member, sale, "order")
    won = opportunities.win_opportunity(actor=cast.member, record=sale)
    assert won.status == Opportunity.Status.WON
    assert [one.to_stage for one in won.moves.all()] == ["lead", "visit", "order"]


@pytest.mark.parametrize("key", ["research", "partnership", "operations", "nowhere"])
def test_what_opportunities_do_not_walk_is_refused(cast, client, key):
    with_sales()
    with pytest.raises(Invalid) as refusal:
        make.opportunity(cast.member, client, pipeline=key)
    assert "pipeline" in refusal.value.fields
    assert not Opportunity.objects.exists()


@pytest.mark.parametrize(("team", "begun"), [(None, "client"), ("client", "sales")])
def test_without_a_choice_it_is_that_of_the_clients_team_else_the_first(cast, client, team, begun):
    with_sales(team)
    assert make.opportunity(cast.manager, client).pipeline == begun


def test_a_client_shows_the_stage_of_the_pipeline_that_every_regulation_has(cast, sale):
    move(cast.member, sale, "visit")
    sale.client.refresh_from_db()
    assert sale.client.stage == ""
    make.opportunity(cast.member, sale.client)
    sale.client.refresh_from_db()
    assert sale.client.stage == "information"


def test_a_deal_goes_on_in_a_pipeline_that_the_rulebook_has_dropped(cast, sale, sign_in):
    rules.published(to_data(preset("ktv")))
    browser = sign_in(cast.member)
    with pytest.raises(Invalid):
        make.opportunity(cast.member, sale.client, pipeline="sales")
    moved = move(cast.member, sale, "visit")
    assert moved.rules_version != version_on() and moved.stage == "visit"
    assert sale.title not in browser.get(BOARD).text
    page = browser.get(f"{BOARD}?pipeline=sales")
    assert sale.title in page.text
    assert [one["label"] for one in page.context["columns"]] == ["客户拜访"]
    assert browser.get(sale.get_absolute_url()).status_code == 200


def test_the_form_asks_only_where_there_is_a_choice(cast, client, sign_in):
    browser = sign_in(cast.member)
    lead = create_lead(actor=cast.member, client=client, title="团购")
    convert = f"/crm/leads/{lead.pk}/convert"
    for url in (NEW, convert):
        assert "pipeline" not in browser.get(url).context["form"].fields
    with_sales("client")
    for url in (NEW, f"{NEW}?client={client.pk}", convert):
        shown = browser.get(url).context["form"]["pipeline"]
        assert [key for key, _label in shown.field.choices] == ["client", "sales"]
        assert shown.value() == "sales"
    assert browser.get(f"{NEW}?pipeline=client").context["form"]["pipeline"].value() == "client"
    given = {"client": client.pk, "title": "年会", "currency": "CNY"}
    wrong = browser.post(NEW, {"request_id": "a", "pipeline": "research", **given})
    assert (wrong.status_code, Opportunity.objects.count()) == (422, 0)
    made = browser.post(NEW, {"request_id": "b", "pipeline": "client", **given})
    assert made.status_code == 302
    browser.post(convert, {"request_id": "c", "title": "团购", "pipeline": "sales"})
    assert [one.pipeline for one in Opportunity.objects.order_by("pk")] == ["client", "sales"]
    edit = f"{Opportunity.objects.first().get_absolute_url()}/edit"
    assert "pipeline" not in browser.get(edit).context["form"].fields


def test_the_board_shows_one_pipeline_and_links_to_the_others(cast, client, sign_in):
    browser = sign_in(cast.member)
    deal = make.opportunity(cast.member, client, "年会场地")
    assert browser.get(BOARD).context["ways"] == []
    with_sales()
    sale = make.opportunity(cast.member, client, "月饼券", pipeline="sales", amount=Decimal(800))
    first, other = browser.get(BOARD), browser.get(f"{BOARD}?pipeline=sales")
    assert deal.title in first.text and sale.title not in first.text
    assert sale.title in other.text and deal.title not in other.text
    assert [one["key"] for one in other.context["columns"]] == ["lead", "visit", "order"]
    assert (other.context["open_count"], other.context["totals"]) == (1, "¥800.00")
    assert [one["active"] for one in other.context["ways"]] == [False, True]
    assert all(one["url"] in other.text for one in first.context["ways"])
    assert all("pipeline=sales" in view["url"] for view in other.context["views"])
    narrowed = browser.get(f"{BOARD}?pipeline=sales&view=stuck")
    assert sale.title not in narrowed.text
    assert browser.get(f"{BOARD}?pipeline=nowhere").context["open_count"] == 1
    moved = browser.post(f"/crm/opportunities/{sale.pk}/move", {"stage": "visit", "board": "1"})
    assert moved.headers["Location"] == f"{BOARD}?pipeline=sales"
    assert sale.title not in browser.get(BOARD).text  # whose stages have that key too


def test_the_board_opens_with_the_pipeline_of_ones_own_team(cast, sale, sign_in):
    with_sales_of_team = to_data(rules_on())
    with_sales_of_team["pipelines"][-1]["team"] = "client"
    rules.published(with_sales_of_team)
    assert sale.title in sign_in(cast.member).get(BOARD).text
    assert sale.title not in sign_in(cast.manager).get(BOARD).text
    assert sale.title in sign_in(cast.manager).get(f"{BOARD}?pipeline=sales").text


def test_the_list_tells_pipelines_apart_where_there_are_several(cast, client, sign_in):
    browser = sign_in(cast.member)
    deal = make.opportunity(cast.member, client, "年会场地")
    assert "pipeline" not in [one.key for one in browser.get(LIST).context["page"].state.columns]
    with_sales()
    sale = make.opportunity(cast.member, client, "月饼券", pipeline="sales")
    page = browser.get(LIST)
    assert "pipeline" in [one.key for one in page.context["page"].state.columns]
    assert "销售跟进" in page.text
    sales = browser.get(f"{LIST}?pipeline=sales&stage=lead").text
    assert sale.title in sales and deal.title not in sales


def test_page_timeline_and_tab_name_pipeline_and_stage_in_its_own_words(cast, sale, sign_in):
    move(cast.member, sale, "visit")
    browser = sign_in(cast.member)
    assert "销售跟进" in browser.get(sale.get_absolute_url()).text
    page = browser.get(sale.client.get_absolute_url()).text
    assert "销售线索 → 客户拜访" in page
    assert "销售跟进" in browser.get(f"{sale.client.get_absolute_url()}?tab=opportunities").text


def test_the_api_takes_and_gives_the_pipeline(cast, sale, sign_in):
    browser, client = sign_in(cast.member), sale.client
    address = "/api/v1/crm/opportunities/"
    given = {"client": client.pk, "title": "中秋"}
    json = {"content_type": "application/json"}
    plain = browser.post(address, given, headers={"Idempotency-Key": "a"}, **json)
    chosen = browser.post(
        address, given | {"pipeline": "sales"}, headers={"Idempotency-Key": "b"}, **json
    )
    wrong = browser.post(
        address, given | {"pipeline": "research"}, headers={"Idempotency-Key": "c"}, **json
    )
    assert (plain.status_code, chosen.status_code, wrong.status_code) == (201, 201, 422)
    assert (plain.json()["pipeline"], chosen.json()["pipeline"]) == ("client", "sales")
    listed = browser.get(f"{address}?pipeline=sales").json()["results"]
    assert {one["pipeline"] for one in listed} == {"sales"}


def test_the_funnel_keeps_pipelines_apart(cast, sale):
    make.opportunity(cast.member, sale.client, amount=Decimal(1000))
    found = funnel(cast.leader, purview_of(cast.leader)[0])
    assert (found["count"], found["amounts"]) == (2, "¥1,800.00")
    assert [one["label"] for one in found["groups"]] == ["Client development", SALES]
    [row] = [one for one in found["groups"][1]["rows"] if one["count"]]
    assert row["label"] == "Sales lead" and "pipeline=sales" in row["url"]
