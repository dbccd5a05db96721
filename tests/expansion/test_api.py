"""The API: the same gate, the same services, problems instead of pages."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from crm.models import Client
from expansion import clock
from expansion.api import PerPerson
from expansion.approvals.services import decide
from expansion.audit.models import Entry
from expansion.office.services import reports
from expansion.people.services.tokens import create_token
from expansion.rulebook.selectors import rules_on
from expansion.worktime import Period
from tests.make import contracts as contract_make
from tests.make import crm
from tests.make import partnerships as partner_make

pytestmark = pytest.mark.django_db
JSON = {"content_type": "application/json"}
CLIENTS = "/api/v1/crm/clients/"


def problem(answer, status: int, code: str) -> dict:
    """The answer's problem details, complete and of this kind."""
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert {"type", "title", "status", "detail", "code"} <= set(body)
    assert (body["status"], body["code"]) == (status, code) and body["detail"]
    return body


# --- who comes in -------------------------------------------------------------------------------


def test_without_a_person_there_is_a_login_asked_for(client, db):
    answer = client.get(CLIENTS)
    problem(answer, 401, "unauthorized")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_stands_for_its_person_until_it_expires(cast, client):
    crm.client(cast.member, "南京海纳酒店管理有限公司")
    _token, secret = create_token(
        actor=cast.member, name="脚本", expires_on=clock.today() + timedelta(days=30)
    )
    bearer = {"headers": {"Authorization": f"Bearer {secret}"}}
    found = client.get(CLIENTS, **bearer).json()["results"]
    assert [one["name"] for one in found] == ["南京海纳酒店管理有限公司"]
    with clock.clock_at(clock.now() + timedelta(days=31)):
        problem(client.get(CLIENTS, **bearer), 401, "unauthorized")


def test_a_wrong_token_opens_nothing(client, db):
    answer = client.get(CLIENTS, headers={"Authorization": "Bearer nonsense"})
    problem(answer, 401, "unauthorized")


def test_a_script_that_runs_wild_is_slowed_down(cast, sign_in, monkeypatch):
    monkeypatch.setattr(PerPerson, "rate", "2/min")
    monkeypatch.setattr(PerPerson, "scope", "test")
    browser = sign_in(cast.member)
    for _number in range(2):
        assert browser.get(CLIENTS).status_code == 200
    answer = browser.get(CLIENTS)
    problem(answer, 429, "too_many_requests")
    assert int(answer.headers["Retry-After"]) > 0


def test_an_address_that_does_not_exist_is_a_problem_too(cast, sign_in):
    problem(sign_in(cast.member).get("/api/v1/crm/unicorns/"), 404, "gone")


# --- the gate -----------------------------------------------------------------------------------


def test_what_one_does_not_see_is_not_there(cast, sign_in):
    theirs = crm.client(cast.colleague)
    browser = sign_in(cast.member)
    assert browser.get(CLIENTS).json()["results"] == []
    for answer in (
        browser.get(f"{CLIENTS}{theirs.pk}"),
        browser.patch(f"{CLIENTS}{theirs.pk}", {"name": "x"}, headers={"If-Match": "1"}, **JSON),
        browser.post(f"{CLIENTS}{theirs.pk}/delete", {"reason": "x"}, **JSON),
        browser.get(f"{CLIENTS}999999"),
        browser.get(f"{CLIENTS}{10**30}"),
    ):
        problem(answer, 404, "gone")


def test_what_one_sees_and_may_not_do_names_who_may(cast, sign_in):
    own = crm.client(cast.member)
    answer = sign_in(cast.member).post(f"{CLIENTS}{own.pk}/delete", {"reason": "重复"}, **JSON)
    assert cast.leader.name in problem(answer, 403, "forbidden")["detail"]
    assert Client.objects.live().filter(pk=own.pk).exists()


def test_a_foreign_id_in_the_body_is_refused_like_one_that_does_not_exist(cast, sign_in):
    theirs = crm.client(cast.colleague)
    browser = sign_in(cast.member)
    sent = {"title": "年会场地"}
    foreign = browser.post("/api/v1/crm/leads/", sent | {"client": theirs.pk}, **JSON)
    missing = browser.post("/api/v1/crm/leads/", sent | {"client": 999999}, **JSON)
    assert problem(foreign, 422, "invalid")["errors"] == problem(missing, 422, "invalid")["errors"]


def test_a_contract_is_shown_to_legal_once_it_is_theirs(cast, sign_in):
    draft = contract_make.a_contract(cast)
    problem(sign_in(cast.leadership).get(f"/api/v1/crm/contracts/{draft.pk}"), 404, "gone")
    sent = contract_make.submitted(cast, client=draft.client)
    decide(actor=cast.manager, request=sent, decision="approve")
    browser = sign_in(cast.legal)
    assert browser.get(f"/api/v1/crm/contracts/{sent.about_id}").status_code == 200
    assert browser.get(CLIENTS).json()["results"] == []


# --- writing ------------------------------------------------------------------------------------


def test_a_client_is_written_read_and_changed(cast, sign_in):
    browser = sign_in(cast.member)
    sent = {
        "name": "苏州博雅餐饮管理有限公司",
        "contact": {"name": "刘雯", "phones": "13812346217"},
    }
    made = browser.post(CLIENTS, sent, **JSON)
    assert made.status_code == 201 and made.headers["ETag"] == '"1"'
    url = f"{CLIENTS}{made.json()['id']}"
    changed = browser.patch(url, {"region": "苏州"}, headers={"If-Match": '"1"'}, **JSON)
    assert changed.status_code == 200 and changed.headers["ETag"] == '"2"'
    assert browser.get(url).json()["region"] == "苏州"
    assert {one.source for one in Entry.objects.filter(verb__startswith="crm.client")} == {"api"}


def test_a_change_says_which_version_it_changes(cast, sign_in):
    own = crm.client(cast.member)
    browser, url = sign_in(cast.member), f"{CLIENTS}{own.pk}"
    problem(browser.patch(url, {"region": "无锡"}, **JSON), 428, "precondition_required")
    bad = browser.patch(url, {"region": "无锡"}, headers={"If-Match": "yesterday"}, **JSON)
    problem(bad, 400, "bad_request")
    first = browser.patch(url, {"region": "无锡"}, headers={"If-Match": 'W/"1"'}, **JSON)
    assert first.status_code == 200
    stale = browser.patch(url, {"region": "苏州"}, headers={"If-Match": '"1"'}, **JSON)
    problem(stale, 409, "stale")
    assert browser.get(url).json()["region"] == "无锡"


def test_a_repeat_with_the_same_key_changes_nothing_twice(cast, sign_in):
    browser, sent = sign_in(cast.member), {"name": "无锡远航旅行社有限公司"}
    key = {"headers": {"Idempotency-Key": "2026-11-18/" + "a" * 200}}
    first = browser.post(CLIENTS, sent, **JSON, **key)
    second = browser.post(CLIENTS, sent, **JSON, **key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert Client.objects.count() == 1


def test_one_key_never_answers_for_another_act(cast, sign_in):
    own = crm.client(cast.member)
    browser, key = sign_in(cast.member), {"headers": {"Idempotency-Key": "k1"}}
    lead = {"client": own.pk, "title": "年会场地"}
    made = browser.post("/api/v1/crm/leads/", lead, **JSON, **key)
    other = browser.post("/api/v1/crm/opportunities/", lead, **JSON, **key)
    assert (made.status_code, other.status_code) == (201, 201)
    assert "conditions" in made.json() and "stage" in other.json()


def test_a_refused_write_may_be_sent_again_under_its_key(cast, sign_in):
    browser, key = sign_in(cast.member), {"headers": {"Idempotency-Key": "k2"}}
    problem(browser.post(CLIENTS, {"name": ""}, **JSON, **key), 422, "invalid")
    assert browser.post(CLIENTS, {"name": "某某公司"}, **JSON, **key).status_code == 201


def test_a_record_that_leaves_ones_sight_is_not_shown(cast, sign_in):
    own = crm.client(cast.member)
    sent = {"owner": cast.outsider.pk, "reason": "转调研组"}
    answer = sign_in(cast.manager).post(f"{CLIENTS}{own.pk}/reassign", sent, **JSON)
    assert answer.status_code == 200 and answer.json()["owner"]["id"] == cast.outsider.pk
    gone = sign_in(cast.manager).post(f"{CLIENTS}{own.pk}/delete", {"reason": "重复"}, **JSON)
    assert gone.status_code == 204 and not gone.content


@pytest.mark.parametrize(
    "body",
    [
        {"name": "长" * 121},
        {"name": "某公司", "kind": "dragon"},
        {"name": "某公司", "size": -4},
        {"name": "某公司", "next_contact_on": "2026-02-31"},
        {"name": None},
        {},
        [],
        '"text"',
        {"name": "某公司", "credit_code": "123"},
    ],
)
def test_what_does_not_hold_is_a_problem_with_a_sentence(cast, sign_in, body):
    problem(sign_in(cast.member).post(CLIENTS, body, **JSON), 422, "invalid")
    assert not Client.objects.exists()


def test_a_body_that_is_no_json_is_said_to_be_none(cast, sign_in):
    browser = sign_in(cast.member)
    problem(browser.post(CLIENTS, "{", **JSON), 400, "bad_request")
    answer = browser.post(CLIENTS, "<a/>", content_type="text/xml")
    problem(answer, 415, "unsupported_media_type")


def test_a_state_that_does_not_allow_it_is_told_apart_from_a_stale_one(cast, sign_in):
    project = partner_make.project(cast.partner_member)
    url = f"/api/v1/partnerships/projects/{project.pk}/start"
    problem(sign_in(cast.partner_member).post(url, {}, **JSON), 409, "not_now")


# --- what is shown ------------------------------------------------------------------------------


def test_numbers_are_masked_until_somebody_looks_and_that_is_written_down(cast, sign_in):
    crm.client(cast.member, contact={"name": "刘雯", "phones": "13812346217"})
    browser = sign_in(cast.member)
    for url in ("clients", "contacts", "points"):
        assert "13812346217" not in browser.get(f"/api/v1/crm/{url}/").content.decode()
    point = browser.get("/api/v1/crm/points/").json()["results"][0]
    assert point["masked"] == "138****6217"
    shown = browser.post(f"/api/v1/crm/points/{point['id']}/reveal", **JSON)
    assert shown.json()["value"] == "+8613812346217"
    assert Entry.objects.filter(verb="crm.contact.revealed", actor=cast.member).count() == 1


def test_nobody_reveals_anothers_number(cast, sign_in):
    client = crm.client(cast.colleague, contact={"name": "刘雯", "phones": "13812346217"})
    url = f"/api/v1/crm/points/{client.points.get().pk}/reveal"
    problem(sign_in(cast.member).post(url, **JSON), 404, "gone")


def test_money_is_text_with_its_currency_and_moments_are_utc(cast, sign_in):
    project = partner_make.project(cast.partner_member, amount=Decimal("123456789012.30"))
    url = f"/api/v1/partnerships/projects/{project.pk}"
    body = sign_in(cast.partner_member).get(url).json()
    assert (body["amount"], body["currency"]) == ("123456789012.30", "CNY")
    assert body["created_at"].endswith("Z")


def test_pages_follow_each_other_and_show_each_record_once(cast, sign_in):
    made = [crm.client(cast.member).pk for _number in range(5)]
    browser, url, seen = sign_in(cast.member), f"{CLIENTS}?limit=2", []
    while url:
        page = browser.get(url).json()
        seen += [one["id"] for one in page["results"]]
        url = page["next"]
    assert seen == sorted(made, reverse=True)
    problem(browser.get(f"{CLIENTS}?cursor=nonsense"), 404, "not_found")


def test_the_lists_own_search_and_views_work_here(cast, sign_in):
    crm.client(cast.member, "南京海纳酒店管理有限公司")
    crm.client(cast.member, "无锡远航旅行社有限公司")
    found = sign_in(cast.member).get(f"{CLIENTS}?q=njhn&view=mine").json()["results"]
    assert [one["name"] for one in found] == ["南京海纳酒店管理有限公司"]


@pytest.mark.parametrize(
    ("path", "make"),
    [
        ("crm/clients", lambda person: crm.client(person)),
        ("crm/leads", lambda person: crm.lead(person, crm.client(person))),
        ("crm/opportunities", lambda person: crm.opportunity(person, crm.client(person))),
        ("crm/visits", lambda person: crm.visit(person, crm.client(person))),
        ("partnerships/projects", lambda person: partner_make.project(person)),
    ],
)
def test_a_list_costs_the_same_for_one_and_for_many(
    cast, sign_in, path, make, django_assert_max_num_queries
):
    browser = sign_in(cast.manager)
    for _number in range(4):
        make(cast.member)
    with django_assert_max_num_queries(12):
        assert len(browser.get(f"/api/v1/{path}/").json()["results"]) == 4


# --- every noun ---------------------------------------------------------------------------------

LISTS = [
    "appraisal/results",
    "approvals/inbox",
    "approvals/requests",
    "crm/clients",
    "crm/communications",
    "crm/contacts",
    "crm/contracts",
    "crm/leads",
    "crm/obligations",
    "crm/opportunities",
    "crm/points",
    "crm/visits",
    "office/reports",
    "partnerships/checks",
    "partnerships/milestones",
    "partnerships/partners",
    "partnerships/projects",
    "people/people",
    "people/units",
    "research/findings",
    "research/plans",
    "research/reports",
    "rulebook/versions",
    "training/courses",
    "training/enrolments",
    "training/sessions",
]


@pytest.mark.parametrize("path", LISTS)
def test_every_list_opens_for_everybody_of_the_house_and_for_nobody_else(cast, sign_in, path):
    for name, person in cast.everyone().items():
        status = sign_in(person).get(f"/api/v1/{path}/").status_code
        assert status == (401 if name in {"anonymous", "deactivated"} else 200), name


def test_a_visit_is_planned_and_recorded(cast, sign_in):
    own, browser = crm.client(cast.member), sign_in(cast.member)
    plan = {"client": own.pk, "planned_at": "2026-11-19T02:00:00Z", "purpose": "看场地"}
    planned = browser.post("/api/v1/crm/visits/plan", plan, **JSON)
    assert planned.status_code == 201 and planned.json()["planned_at"] == "2026-11-19T02:00:00Z"
    logged = browser.post("/api/v1/crm/visits/", {"client": own.pk, "said": "谈了档期。"}, **JSON)
    assert logged.status_code == 201 and logged.json()["status"] == "done"


def test_an_approver_finds_it_in_the_inbox_and_decides(cast, sign_in):
    contract_make.submitted(cast)
    browser = sign_in(cast.manager)
    waiting = browser.get("/api/v1/approvals/inbox/").json()["results"]
    assert [one["status"] for one in waiting] == ["pending"]
    url = f"/api/v1/approvals/requests/{waiting[0]['id']}/decide"
    tag = {"headers": {"If-Match": f'"{waiting[0]["version"]}"'}}
    problem(browser.post(url, {"decision": "reject"}, **JSON, **tag), 422, "invalid")
    done = browser.post(url, {"decision": "approve"}, **JSON, **tag)
    assert done.status_code == 200
    assert done.json()["steps"][0]["decisions"][0]["by"]["id"] == cast.manager.pk
    assert browser.get("/api/v1/approvals/inbox/").json()["results"] == []
    own = sign_in(cast.member).post(url, {"decision": "approve"}, **JSON, **tag)
    assert own.status_code in (403, 409)


def test_the_rulebook_is_read_as_it_stands(cast, sign_in):
    found = sign_in(cast.member).get("/api/v1/rulebook/versions/").json()["results"]
    assert found[0]["effective_on"] == date(2024, 1, 1).isoformat()
    assert rules_on().policy.key in str(found[0]["content"])


def test_the_staff_list_shows_no_phone_and_no_mail(cast, sign_in):
    body = sign_in(cast.member).get("/api/v1/people/people/").json()["results"][0]
    assert {"phone", "email"} & set(body) == set() and body["memberships"]


def test_a_report_in_draft_shows_its_text_to_nobody_but_its_writer(cast, sign_in):
    opened = reports.open_reports(rules=rules_on(), period=Period.containing("week"))
    report = next(one for one in opened if one.owner == cast.member)
    reports.save_report(actor=cast.member, record=report, texts={}, plan=["未交的内容七七"])
    address = f"/api/v1/office/reports/{report.pk}"
    assert "未交的内容七七" in sign_in(cast.member).get(address).content.decode()
    leader = sign_in(cast.leader).get(address)
    assert leader.status_code == 200
    assert "未交的内容七七" not in leader.content.decode()
