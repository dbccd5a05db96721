"""What the rulebook asks for in client files and visit records: offered, kept, shown, taken in."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from crm import forms, forms_visits, own_fields
from crm.models import Client, Visit
from crm.services import clients, leads, visits
from crm.services.visit_undo import undo_visit
from expansion import clock
from expansion.errors import Invalid
from expansion.rulebook.loading import to_data
from expansion.rulebook.selectors import rules_on
from tests.expansion.test_api import JSON
from tests.expansion.test_export import exported, rows_of
from tests.make import crm as make
from tests.make.imports import HEADER, imported, row, workbook
from tests.make.rules import published

NEW = "/crm/visits/new"
QUESTIONS = {"key": "questions", "zh": "疑问与解答", "en": "Questions and answers"}
NEEDS = {"key": "needs", "zh": "真实需求", "en": "Real needs"}
MET = {"key": "persons_met", "zh": "所见人员", "en": "Persons met"}
TALKS = {"key": "talks", "zh": "洽谈情况", "en": "Talks"}
PROJECT = {"key": "project", "zh": "合作项目", "en": "Project"}
MERCHANT = {"key": "merchant", "zh": "商家", "en": "Merchant"}
CUSTOMER = {"key": "customer", "zh": "顾客", "en": "Customer"}
AREA = {"key": "area", "zh": "所辖区域", "en": "Own area"}
TYPE = {"key": "property_type", "zh": "物业业态", "en": "Type of property"}


def ask(**lists):
    """Puts rules in force that list these entries in the client desk's part."""
    data = to_data(rules_on())
    if "territory_by" in lists:
        data["crm"]["territories"] = {"value": True, "source": "admin"}
    data["crm"] |= {name: list(entries) for name, entries in lists.items()}
    return published(data)


@pytest.fixture
def client(cast):
    return make.client(cast.member, "南京海纳酒店管理有限公司")


def said(at: Client, **values) -> dict:
    return {"request_id": "v1", "client": at.pk, "said": "年会分两场。", **values}


def test_a_visit_is_asked_what_the_rulebook_lists_and_nothing_else(cast, client, sign_in):
    ask(visit_fields=[NEEDS, QUESTIONS])
    member = sign_in(cast.member)
    page = member.get(NEW).text
    assert "真实需求、疑问与解答" in page and 'name="own_questions"' in page
    assert 'name="opinions"' not in page
    given = said(client, needs="两间大包", own_questions="问停车，答地下二层。")
    assert member.post(NEW, given).status_code == 302
    visit = Visit.objects.get()
    assert (visit.needs, visit.own) == ("两间大包", {"questions": "问停车，答地下二层。"})
    page = member.get(visit.get_absolute_url()).text
    assert "<dt>疑问与解答</dt><dd>问停车，答地下二层。</dd>" in page
    assert "问停车，答地下二层。" in member.get(client.get_absolute_url()).text  # on the timeline


def test_where_it_lists_nothing_needs_opinions_and_concerns_are_asked(cast):
    ask(visit_fields=[])
    form = forms_visits.LogVisitForm(person=cast.member)
    assert [field.name for field in form.contents] == ["needs", "opinions", "concerns"]


def test_talks_are_what_was_said_under_the_title_of_the_rulebook(cast, client):
    ask(visit_fields=[MET, TALKS])
    form = forms_visits.LogVisitForm(person=cast.member)
    assert form.fields["said"].label == "Talks"
    assert [field.name for field in form.contents] == ["own_persons_met"]
    visit = make.visit(cast.member, client, own={"persons_met": "物业部两位经理"})
    asked = own_fields.of_visit(rules_on(), visit)
    assert own_fields.told(asked, visit) == "Persons met: 物业部两位经理"


def test_what_nobody_asks_for_is_refused_by_page_service_and_api(cast, client, sign_in):
    with pytest.raises(Invalid) as refused:
        make.visit(cast.member, client, own={"questions": "停车"})
    assert "own" in refused.value.fields
    sent = {"client": client.pk, "said": "谈了场地", "own": {"questions": "停车"}}
    assert sign_in(cast.member).post("/api/v1/crm/visits/", sent, **JSON).status_code == 422
    ask(visit_fields=[QUESTIONS])
    with pytest.raises(Invalid):
        make.visit(cast.member, client, own={"questions": "长" * (own_fields.LONGEST + 1)})
    answer = sign_in(cast.member).post("/api/v1/crm/visits/", sent, **JSON)
    assert (answer.status_code, answer.json()["own"]) == (201, {"questions": "停车"})


def test_a_retired_entry_keeps_what_was_written_and_takes_nothing_new(cast, client, sign_in):
    ask(visit_fields=[NEEDS, QUESTIONS])
    visit = make.visit(cast.member, client, own={"questions": "停车"})
    ask(visit_fields=[NEEDS, {**QUESTIONS, "retired": True}])
    member = sign_in(cast.member)
    assert "<dt>疑问与解答</dt><dd>停车</dd>" in member.get(visit.get_absolute_url()).text
    edit = f"{visit.get_absolute_url()}/edit"
    assert 'name="own_questions"' in member.get(edit).text
    assert 'name="own_questions"' not in member.get(NEW).text
    with pytest.raises(Invalid):
        make.visit(cast.member, client, own={"questions": "停车"})
    given = {"request_id": "e1", "version": visit.version, "said": visit.said}
    assert member.post(edit, {**given, "own_questions": "停车在B2"}).status_code == 302
    visit.refresh_from_db()
    assert visit.own == {"questions": "停车在B2"}


def test_a_record_shows_the_titles_of_its_own_rules(cast, client, sign_in):
    ask(visit_fields=[NEEDS, QUESTIONS])
    visit = make.visit(cast.member, client, own={"questions": "停车"})
    with clock.clock_at(clock.now() + timedelta(days=1)):
        ask(visit_fields=[{**NEEDS, "zh": "诉求"}])
        page = sign_in(cast.member).get(visit.get_absolute_url()).text
    assert "<dt>疑问与解答</dt><dd>停车</dd>" in page


def test_what_waited_on_a_phone_under_a_retired_entry_is_not_lost(cast, client, sign_in):
    ask(visit_fields=[NEEDS, {**QUESTIONS, "retired": True}])
    given = said(client, own_questions="停车位够不够", opinions="音响旧")
    assert sign_in(cast.member).post(NEW, given).status_code == 302
    visit = Visit.objects.get()
    assert visit.own == {} and visit.opinions == ""
    assert visit.said.splitlines() == [
        "年会分两场。",
        "疑问与解答：停车位够不够",
        "意见：音响旧",
    ]


def test_a_corrected_record_and_one_taken_back(cast, client):
    ask(visit_fields=[NEEDS, QUESTIONS])
    planned = make.planned(cast.member, client)
    visit = make.visit(cast.member, None, record=planned, own={"questions": "停车"})
    undone = undo_visit(actor=cast.member, rules=rules_on(), record=visit)
    assert undone.own == {}
    visit = make.visit(cast.member, client, own={"questions": "停车"})
    changed = visits.update_visit(
        actor=cast.member, record=visit, own={"questions": ""}, rules=rules_on()
    )
    assert changed.own == {} and changed.said == visit.said


def test_a_client_has_a_kind_where_the_rulebook_tells_them_apart(cast, sign_in):
    assert "category" not in forms.ClientForm(person=cast.member).fields
    with pytest.raises(Invalid) as refused:
        make.client(cast.member, category="merchant", rules=rules_on())
    assert "category" in refused.value.fields
    ask(client_kinds=[MERCHANT, CUSTOMER])
    member = sign_in(cast.member)
    given = {"request_id": "c1", "name": "甲商贸", "kind": "firm", "category": "merchant"}
    assert member.post("/crm/clients/new", given).status_code == 302
    record = Client.objects.get()
    assert record.category == "merchant"
    assert '<span class="tag">商家</span>' in member.get(record.get_absolute_url()).text
    ask(client_kinds=[{**MERCHANT, "retired": True}, CUSTOMER])
    form = forms.ClientForm(person=cast.member, instance=record)
    assert ("merchant", "Merchant") in form.fields["category"].choices
    kept = clients.update_client(
        actor=cast.member, record=record, category="merchant", rules=rules_on()
    )
    assert kept.category == "merchant"
    with pytest.raises(Invalid):
        make.client(cast.member, category="merchant", rules=rules_on())


def test_the_list_is_narrowed_by_kind_and_says_it(cast, sign_in):
    member = sign_in(cast.member)
    assert "category=" not in member.get("/crm/clients/").text
    ask(client_kinds=[MERCHANT, CUSTOMER])
    make.client(cast.member, "甲商贸", category="merchant")
    make.client(cast.member, "乙商贸", category="customer")
    page = member.get("/crm/clients/?category=merchant&col=category").text
    assert "甲商贸" in page and "乙商贸" not in page and "商家" in page
    found = member.get("/api/v1/crm/clients/?category=customer").json()["results"]
    assert [(one["name"], one["category"]) for one in found] == [("乙商贸", "customer")]


def test_an_imported_kind_is_one_of_the_rulebook(cast):
    ask(client_kinds=[MERCHANT, CUSTOMER])
    header = [*HEADER, "客户种类"]
    lines = [[*row("甲商贸"), "商家"], [*row("乙商贸"), "VIP"], [*row("丙商贸"), "customer"]]
    batch = imported(cast.member, workbook(*lines, header=header))
    kinds = dict(Client.objects.values_list("name", "category"))
    assert kinds == {"甲商贸": "merchant", "乙商贸": "", "丙商贸": "customer"}
    assert "no such kind" in batch.rows.get(number=3).reason


def test_a_territory_is_named_as_the_rulebook_cuts_it(cast, sign_in):
    make.client(cast.member, "甲商贸", region="鼓楼区", industry="写字楼")
    make.client(cast.member, "乙商贸", region="秦淮区", industry="学校")
    make.client(cast.partner_member, "丙商贸", region="栖霞区", industry="医院")
    member = sign_in(cast.member)
    assert "choices=region" not in member.get("/crm/clients/").text
    ask(territory_by=[AREA, TYPE])
    form = forms.ClientForm(person=cast.member)
    assert [str(form.fields[name].label) for name in ("region", "industry")] == [
        "Own area",
        "Type of property",
    ]
    opened = member.get("/crm/clients/?choices=region").text
    assert "所辖区域" in opened and "鼓楼区" in opened and "栖霞区" not in opened
    page = member.get("/crm/clients/?industry=学校").text
    assert "乙商贸" in page and "甲商贸" not in page
    one = Client.objects.get(name="甲商贸")
    assert "<dt>所辖区域</dt><dd>鼓楼区</dd>" in member.get(one.get_absolute_url()).text


def test_a_territory_opens_nothing_to_anybody(cast, sign_in):
    theirs = make.client(cast.partner_member, "丙商贸", region="鼓楼区")
    make.client(cast.member, "甲商贸", region="鼓楼区")
    ask(territory_by=[AREA])
    member = sign_in(cast.member)
    assert member.get(theirs.get_absolute_url()).status_code == 404
    assert "丙商贸" not in member.get("/crm/clients/?region=鼓楼区").text


def test_the_history_of_cooperation_is_written_shown_and_exported(cast, sign_in):
    ask(history_fields=[PROJECT])
    member = sign_in(cast.member)
    given = {"request_id": "c1", "name": "甲商贸", "kind": "firm", "own_project": "2025年会"}
    assert member.post("/crm/clients/new", given).status_code == 302
    record = Client.objects.get()
    assert record.own == {"project": "2025年会"}
    assert "<dt>合作项目</dt><dd>2025年会</dd>" in member.get(record.get_absolute_url()).text
    head, line = rows_of(exported(cast.member))
    assert line[head.index("Cooperation history")] == "Project: 2025年会"
    changed = {"request_id": "c2", "version": record.version, "name": "甲商贸", "kind": "firm"}
    edit = f"{record.get_absolute_url()}/edit"
    assert member.post(edit, {**changed, "own_project": "2026年会"}).status_code == 302
    page = member.get(f"{record.get_absolute_url()}?tab=changes").text
    assert "合作项目" in page and "2025年会" in page
    stale = member.post(edit, {**changed, "request_id": "c3", "own_project": "2027年会"})
    assert stale.status_code == 409
    [both] = [one for one in stale.context["differences"] if one["name"] == "own_project"]
    assert (both["theirs"], both["yours"]) == ("2026年会", "2027年会")


def test_the_api_changes_one_text_and_leaves_the_others(cast, sign_in):
    ask(history_fields=[PROJECT, {"key": "time", "zh": "时间", "en": "Time"}])
    record = make.client(cast.member, own={"project": "年会", "time": "2025年"})
    url = f"/api/v1/crm/clients/{record.pk}"
    answer = sign_in(cast.member).patch(
        url, {"own": {"time": "2026年"}}, headers={"If-Match": '"1"'}, **JSON
    )
    assert answer.json()["own"] == {"project": "年会", "time": "2026年"}
    refused = sign_in(cast.member).patch(
        url, {"own": {"amount": "1"}}, headers={"If-Match": '"2"'}, **JSON
    )
    assert refused.status_code == 422


def test_a_list_asks_no_query_more_for_a_row_more(cast, sign_in):
    ask(client_kinds=[MERCHANT], history_fields=[PROJECT], visit_fields=[NEEDS, QUESTIONS])
    member = sign_in(cast.member)

    def asked(url: str) -> int:
        member.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert member.get(url).status_code == 200
        return len(queries)

    def another() -> None:
        one = make.client(cast.member, category="merchant", own={"project": "年会"})
        make.visit(cast.member, one, own={"questions": "停车"})

    lists = ("/crm/clients/?col=category&col=history", "/crm/visits/?col=noted")
    another()
    before = [asked(url) for url in lists]
    another()
    assert [asked(url) for url in lists] == before


def test_a_lead_that_takes_long_says_why_where_the_rulebook_has_an_interval(cast, client, sign_in):
    member = sign_in(cast.member)
    assert 'name="long_cycle"' not in member.get("/crm/leads/new").text
    data = to_data(rules_on())
    data["sla"]["long_cycle_follow_up"] = {"value": "60 days", "source": "admin"}
    published(data)
    with translation.override("zh-hans"):
        assert 'name="long_cycle"' in member.get("/crm/leads/new").text
    lead = make.lead(cast.member, client)
    lead = leads.update_lead(actor=cast.member, record=lead, long_cycle="楼宇明年交付")
    assert "楼宇明年交付" in member.get(lead.get_absolute_url()).text
