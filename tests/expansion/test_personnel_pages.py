"""The pages of changes of staff, from the proposal to the day (R-exp-24)."""

import uuid

import pytest

from expansion import clock
from expansion.approvals.selectors import latest
from expansion.audit.models import Entry
from expansion.office.models import PersonnelChange
from expansion.office.services.effects import make_due_effective
from expansion.people.models import User
from expansion.people.services.posts import open_membership
from tests.make import personnel as make

pytestmark = pytest.mark.django_db
LIST, JSON = "/office/personnel/changes/", {"content_type": "application/json"}
API = "/api/v1/office/changes/"


def key():
    return {"request_id": uuid.uuid4().hex}


def given(cast, **more):
    seat = make.seats(cast.member)[0]
    place = make.target()
    return {
        **key(), "kind": "transfer", "seat": seat.pk, "to_unit": place["to_unit"].pk,
        "to_post": place["to_post"].pk, "effective_on": clock.today().isoformat(),
        "reason": "调研小组缺人。", "source_case": "本人申请", **more,
    }  # fmt: skip


def test_proposed_decided_and_effective_by_the_pages(cast, sign_in):
    manager = sign_in(cast.manager)
    assert cast.member.name in manager.get(f"{LIST}new").content.decode()
    made = manager.post(f"{LIST}new", given(cast))
    change = PersonnelChange.objects.get()
    assert made.headers["Location"] == change.get_absolute_url()
    request = latest(change)
    for person in (cast.leadership, cast.hr):
        browser = sign_in(person)
        assert cast.member.name in browser.get("/approvals/").content.decode()
        version = latest(change).version
        decision = key() | {"decision": "approve", "version": version}
        assert browser.post(f"/approvals/{request.pk}/decide", decision).status_code == 302
    page = sign_in(cast.hr).get(change.get_absolute_url()).content.decode()
    assert "本人申请" in page
    change.refresh_from_db()
    assert change.status == "effective"
    assert change.get_absolute_url() in sign_in(cast.leadership).get(LIST).content.decode()
    assert change.get_absolute_url() in sign_in(cast.member).get(LIST).content.decode()
    assert change.get_absolute_url() not in sign_in(cast.colleague).get(LIST).content.decode()


def test_a_form_sent_twice_proposes_once(cast, sign_in):
    manager, form = sign_in(cast.manager), given(cast)
    first, second = (manager.post(f"{LIST}new", form) for _time in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert PersonnelChange.objects.count() == 1


@pytest.mark.parametrize("missing", ["to_unit", "to_post", "seat", "reason", "kind"])
def test_a_form_with_a_gap_keeps_what_was_typed(cast, sign_in, missing):
    answer = sign_in(cast.manager).post(f"{LIST}new", given(cast) | {missing: ""})
    assert answer.status_code == 422 and "本人申请" in answer.content.decode()
    assert not PersonnelChange.objects.exists()


def test_a_refusal_stands_at_the_field_of_the_person(cast, sign_in):
    make.a_change(cast, person=cast.colleague)
    seat = make.seats(cast.colleague)[0]
    answer = sign_in(cast.manager).post(f"{LIST}new", given(cast, seat=seat.pk))
    assert answer.status_code == 409


def test_every_post_is_given_up_where_it_says_so(cast, sign_in):
    place = make.place("department", "consolidator")
    open_membership(
        actor=cast.administrator, user=cast.member, unit=place["team"], post=place["post"],
        since=clock.today(),
    )  # fmt: skip
    later = make.days(5).isoformat()
    form = given(cast, others="on", effective_on=later)
    assert sign_in(cast.manager).post(f"{LIST}new", form).status_code == 302
    assert PersonnelChange.objects.get().seats.count() == 2


def test_a_hire_from_the_candidates_page(cast, sign_in):
    candidate, manager = make.a_chosen(cast), sign_in(cast.manager)
    url = f"{candidate.get_absolute_url()}/hire"
    assert "顾佳" in manager.get(url).content.decode()
    form = {
        **key(), "name": "顾佳", "username": "member", "email": make.EMAIL, "phone": make.PHONE,
        "effective_on": make.days(5).isoformat(), "reason": "补人手。",
    }  # fmt: skip
    refused = manager.post(url, form)
    assert refused.status_code == 422 and not PersonnelChange.objects.exists()
    assert manager.post(url, form | key() | {"username": "gu jia"}).status_code == 422
    made = manager.post(url, form | key() | {"username": "gu.jia"})
    change = PersonnelChange.objects.get()
    assert change.username == "gu.jia"
    assert made.headers["Location"] == change.get_absolute_url()
    assert sign_in(cast.leadership).get(url).status_code == 404


def test_returned_is_put_right_and_submitted_again(cast, sign_in):
    change = make.decided(make.a_change(cast), "return", "写明谁接手。")
    url, manager = change.get_absolute_url(), sign_in(cast.manager)
    assert f"{url}/submit" in manager.get(url).content.decode()
    place = make.target()
    form = {
        "version": 2, "to_unit": place["to_unit"].pk, "to_post": place["to_post"].pk,
        "effective_on": clock.today().isoformat(), "reason": "冯璐接手。", "source_case": "",
    }  # fmt: skip
    assert manager.get(f"{url}/edit").status_code == 200
    stale = manager.post(f"{url}/edit", key() | form | {"version": 1})
    assert stale.status_code == 409
    assert manager.post(f"{url}/edit", key() | form).status_code == 302
    assert manager.post(f"{url}/submit", key()).status_code == 302
    change.refresh_from_db()
    assert (change.status, change.reason) == ("proposed", "冯璐接手。")


def test_held_up_says_why_and_offers_the_button(cast, sign_in):
    change = make.a_change(cast, effective_on=make.days(1), **make.target("research", "leader"))
    make.approved(change)
    make.limited("leader", 1)
    hr, url = sign_in(cast.hr), change.get_absolute_url()
    assert f"{url}/effect" not in hr.get(url).content.decode()
    with clock.clock_at(clock.moment_on(make.days(1), clock.now().time())):
        make_due_effective()
        change.refresh_from_db()
        page = hr.get(url).content.decode()
        assert change.held_up in page and f"{url}/effect" in page
        assert hr.post(f"{url}/effect", key()).status_code == 422
        make.limited("leader", 0)
        assert hr.post(f"{url}/effect", key()).status_code == 302
    change.refresh_from_db()
    assert change.status == "effective"


def test_an_approved_one_is_called_off(cast, sign_in):
    change = make.approved(make.a_change(cast, effective_on=make.days(9)))
    url, hr = change.get_absolute_url(), sign_in(cast.hr)
    assert hr.post(f"{url}/withdraw", key()).status_code == 422
    assert hr.post(f"{url}/withdraw", key() | {"reason": "项目停了。"}).status_code == 302
    change.refresh_from_db()
    assert change.status == "withdrawn"


def test_the_menu_shows_it_to_those_whose_it_is(cast, sign_in):
    for person, there in (
        (cast.manager, True), (cast.hr, True), (cast.leadership, True),
        (cast.member, False), (cast.administrator, False),
    ):  # fmt: skip
        menu = sign_in(person).get("/todo/").content.decode()
        assert (f'href="{LIST}"' in menu) is there, person


def test_tabs_are_those_that_one_may_read(cast, sign_in):
    assert "/office/personnel/candidates/" in sign_in(cast.hr).get(LIST).content.decode()
    page = sign_in(cast.leadership).get(LIST).content.decode()
    assert "/office/personnel/candidates/" not in page
    assert sign_in(cast.leadership).get("/office/personnel/candidates/").status_code == 403


def test_the_lists_can_be_exported_by_those_who_may(cast, sign_in):
    make.a_change(cast)
    for key_ in ("office.changes", "office.openings", "office.candidates"):
        assert sign_in(cast.hr).get(f"/transfer/export/{key_}").status_code == 200
        assert sign_in(cast.member).get(f"/transfer/export/{key_}").status_code == 403


def test_the_api_of_changes(cast, sign_in):
    manager, seat, place = sign_in(cast.manager), make.seats(cast.member)[0], make.target()
    sent = {
        "kind": "transfer", "person": cast.member.pk, "seats": [seat.pk],
        "to_unit": place["to_unit"].pk, "to_post": place["to_post"].pk,
        "effective_on": make.days(4).isoformat(), "reason": "缺人。",
    }  # fmt: skip
    assert sign_in(cast.member).post(API, sent, **JSON).status_code == 403
    made = manager.post(API, sent, **JSON)
    assert made.status_code == 201 and made.json()["status"] == "proposed"
    change = PersonnelChange.objects.get()
    assert sign_in(cast.member).get(f"{API}{change.pk}").status_code == 404
    make.approved(change)
    assert sign_in(cast.member).get(f"{API}{change.pk}").json()["status"] == "approved"
    early = sign_in(cast.hr).post(f"{API}{change.pk}/effect", **JSON)
    assert early.status_code == 409
    off = sign_in(cast.hr).post(f"{API}{change.pk}/withdraw", {"reason": "项目停了。"}, **JSON)
    assert off.json()["status"] == "withdrawn"


def test_the_api_hires_a_candidate(cast, sign_in):
    candidate = make.a_chosen(cast)
    url = f"/api/v1/office/candidates/{candidate.pk}/hire"
    sent = {"username": "gu.jia", "effective_on": clock.today().isoformat(), "reason": "补人。"}
    wrong = sign_in(cast.manager).post(url, sent | {"username": "gu jia"}, **JSON)
    assert wrong.status_code == 422
    made = sign_in(cast.manager).post(url, sent, **JSON)
    assert made.status_code == 200 and made.json()["name"] == "顾佳"
    make.approved(PersonnelChange.objects.get())
    assert User.objects.filter(username="gu.jia", status="invited").exists()
    assert Entry.objects.filter(verb="people.person.created").count() == 1


def test_the_api_of_openings(cast, sign_in):
    hr, place = sign_in(cast.hr), make.place()
    sent = {
        "team": place["team"].pk, "post": place["post"].pk, "places": 2, "skills": "会谈价格。",
        "reason": "江北新店。", "wanted_on": make.days(30).isoformat(),
    }  # fmt: skip
    made = hr.post("/api/v1/office/openings/", sent, **JSON)
    url = f"/api/v1/office/openings/{made.json()['id']}"
    assert hr.post(f"{url}/open", **JSON).json()["status"] == "open"
    changed = hr.patch(url, {"places": 3}, headers={"If-Match": '"2"'}, **JSON)
    assert changed.json()["places"] == 3
    assert hr.post(f"{url}/withdraw", {"reason": "冻结。"}, **JSON).json()["status"] == "withdrawn"
    assert sign_in(cast.leadership).get(url).status_code == 404
