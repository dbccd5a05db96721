"""The pages of partners and projects."""

import uuid

import pytest

from expansion import clock
from expansion.people.services.levels import classify
from expansion.people.services.shares import share_record
from partnerships.models import Milestone, Partner, Project
from partnerships.services import projects
from tests.make import crm
from tests.make import partnerships as make

pytestmark = pytest.mark.django_db


def key() -> dict[str, str]:
    return {"request_id": uuid.uuid4().hex}


def body(response) -> str:
    return response.content.decode()


def form(**more) -> dict[str, str]:
    dates = {"planned_start": "2026-11-18", "planned_end": "2026-12-31"}
    return key() | {"title": "联合年会", "currency": "CNY", **dates} | more


def test_a_partner_and_a_project_are_opened_in_the_browser(cast, sign_in):
    browser, client = sign_in(cast.partner_member), crm.client(cast.partner_member)
    sent = key() | {"client": client.pk, "kind": "supplier", "status": "talks"}
    assert browser.get("/partnerships/partners/new").status_code == 200
    answer = browser.post("/partnerships/partners/new", sent)
    partner = Partner.objects.get()
    assert answer.headers["Location"] == f"/partnerships/partners/{partner.pk}"
    assert client.name in body(browser.get("/partnerships/projects/new"))
    assert browser.get(f"/partnerships/projects/new?partner={partner.pk}").status_code == 200
    answer = browser.post("/partnerships/projects/new", form(partner=partner.pk))
    project = Project.objects.get()
    assert answer.headers["Location"] == f"/partnerships/projects/{project.pk}"
    phase = key() | {"title": "签约", "due_on": "2026-11-30"}
    assert (
        browser.post(f"/partnerships/projects/{project.pk}/milestones/new", phase).status_code
        == 302
    )
    page = body(browser.get(f"/partnerships/projects/{project.pk}"))
    assert "签约" in page
    done = key() | {"done_on": "2026-11-18"}
    url = f"/partnerships/milestones/{Milestone.objects.get().pk}/done"
    assert (
        browser.post(url, done)
        .headers["Location"]
        .startswith(f"/partnerships/projects/{project.pk}")
    )


def test_who_only_reads_a_partner_is_offered_no_project_with_it(cast, sign_in):
    partner, own = make.partner(cast.partner_member), make.partner(cast.member)
    terms = {"reason": "代管", "until": clock.today(), "person": cast.member}
    share_record(actor=cast.partner_member, record=partner.client, **terms)
    browser, begin = sign_in(cast.member), "/partnerships/projects/new"
    page = body(browser.get(begin))
    assert own.client.name in page and partner.client.name not in page
    assert f"{begin}?partner={partner.pk}" not in body(browser.get(partner.get_absolute_url()))
    assert f"{begin}?partner={own.pk}" in body(browser.get(own.get_absolute_url()))
    assert browser.get(f"{begin}?partner={partner.pk}").status_code == 403
    assert browser.post(begin, form(partner=partner.pk)).status_code == 403
    assert not Project.objects.exists()


@pytest.mark.parametrize("tab", ["plan", "papers", "timeline"])
def test_every_tab_opens(cast, sign_in, tab):
    project = make.running(cast.partner_member)
    make.phase(cast.partner_member, project)
    url = f"/partnerships/projects/{project.pk}?tab={tab}"
    assert sign_in(cast.partner_member).get(url).status_code == 200


@pytest.mark.parametrize("url", ["", "/edit", "/move", "/start", "/cancel", "/check", "/contract"])
def test_anothers_project_is_not_there(cast, sign_in, url):
    project = make.project(cast.partner_member)
    assert sign_in(cast.member).get(f"/partnerships/projects/{project.pk}{url}").status_code == 404


def test_seen_but_not_to_change_says_who_may(cast, sign_in):
    project = make.project(cast.manager, of=make.partner(cast.member))
    browser = sign_in(cast.member)
    assert browser.get(f"/partnerships/projects/{project.pk}").status_code == 200
    answer = browser.get(f"/partnerships/projects/{project.pk}/edit")
    assert answer.status_code == 403 and cast.manager.name in body(answer)


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": "长" * 121},
        {"planned_end": "2026-11-01"},
        {"planned_start": "2026-02-31"},
        {"amount": "-5"},
        {"amount": "１２３万"},
        {"amount": "99999999999999999999"},
        {"currency": "狗"},
        {"partner": "999999"},
    ],
)
def test_bad_input_keeps_what_was_typed(cast, sign_in, wrong):
    partner = make.partner(cast.partner_member)
    sent = form(partner=partner.pk, resources="灯光两套") | wrong
    answer = sign_in(cast.partner_member).post("/partnerships/projects/new", sent)
    assert answer.status_code == 422 and "灯光两套" in body(answer)


def test_lists_answer_search_filter_and_views(cast, sign_in):
    project = make.project(cast.partner_member, title="灯光音响升级")
    browser = sign_in(cast.partner_member)
    for query in ("q=dgyx", "q=灯光", "stage=opportunity", "view=mine", "view=open"):
        assert project.title in body(browser.get(f"/partnerships/projects/?{query}")), query
    assert project.title not in body(browser.get("/partnerships/projects/?view=late"))
    assert project.partner.client.name in body(browser.get("/partnerships/partners/"))


def test_a_list_asks_the_same_for_three_and_for_one(cast, sign_in, django_assert_max_num_queries):
    browser = sign_in(cast.manager)
    for _number in range(3):
        make.phase(cast.partner_member, make.running(cast.partner_member))
    browser.get("/partnerships/projects/")
    with django_assert_max_num_queries(16):
        browser.get("/partnerships/projects/")


def test_the_clients_timeline_tells_of_the_project(cast, sign_in):
    project = make.running(cast.partner_member)
    url = project.partner.client.get_absolute_url()
    assert project.title in body(sign_in(cast.partner_member).get(url))


def test_overdue_phases_and_projects_are_found_from_anywhere(cast, sign_in):
    project = make.project(cast.partner_member, title="灯光音响升级")
    make.phase(cast.partner_member, project, days=2, title="设备进场")
    browser = sign_in(cast.partner_member)
    assert "设备进场" in body(browser.get("/todo/"))
    assert project.title in body(browser.get("/search/?q=灯光"))


def test_a_secret_contract_is_not_named_to_whoever_only_sees_the_project(cast, sign_in):
    project = make.project(cast.partner_member, scheme=make.SCHEME)
    make.phase(cast.partner_member, project, owner=cast.member)
    contract = make.signed_contract(cast, project)
    projects.link_contract(actor=cast.partner_member, record=project, contract=contract)
    classify(actor=cast.manager, record=contract, level="secret", reason="收购谈判。")
    assert contract.number
    page, api = project.get_absolute_url(), f"/api/v1/partnerships/projects/{project.pk}"
    for person, named in ((cast.manager, True), (cast.member, False)):
        browser = sign_in(person)
        assert (contract.number in body(browser.get(page))) is named
        assert (contract.title in body(browser.get(f"{page}?tab=timeline"))) is False
        assert (browser.get(api).json()["contract"] is not None) is named
