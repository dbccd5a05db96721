"""The pages, the API and the exports of agreements, statements, rights and public matters."""

import json
import uuid
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from expansion import clock
from expansion.approvals.selectors import latest
from expansion.files.selectors import attachments
from expansion.office.models import IpRight, Nda, PublicMatter, Statement
from expansion.office.services import handovers
from expansion.office.tasks import remind_of_confidence
from expansion.rulebook.selectors import rules_on
from expansion.transfer.models import Export
from tests.make import confidence as make

pytestmark = pytest.mark.django_db
HERE = "/office/confidence/"
API = "/api/v1/office/"
JSON = {"content_type": "application/json"}
TODAY = date(2026, 11, 18)


def key() -> dict[str, str]:
    return {"request_id": uuid.uuid4().hex}


def body(answer) -> str:
    return answer.content.decode()


# Lists


@pytest.mark.parametrize("noun", ["ndas", "statements", "rights", "matters"])
def test_every_list_opens_with_its_views_filters_and_search(cast, sign_in, noun):
    make.nda(cast)
    make.statement(cast)
    make.right(cast.manager)
    make.matter(cast.member)
    for person in (cast.member, cast.manager, cast.hr, cast.leadership):
        browser = sign_in(person)
        for query in ("", "?q=团建", "?view=mine", "?state=valid", "?view=released", "?view=soon"):
            assert browser.get(f"{HERE}{noun}/{query}").status_code == 200


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?state=valid", {"member"}),
        ("?state=run_out", {"leader"}),
        ("?state=replaced", {"colleague"}),
        ("?view=valid", {"member"}),
        ("?view=run_out", {"leader"}),
        ("?survives=no", {"leader"}),
    ],
)
def test_agreements_are_narrowed_by_what_they_are(cast, sign_in, query, found):
    make.nda(cast)
    make.nda(cast, cast.leader, until=date(2026, 11, 17), survives_leaving=False)
    make.nda(cast, cast.colleague)
    latest_one = make.nda(cast, cast.colleague, signed_on=date(2026, 9, 1))
    Nda.objects.filter(pk=latest_one.pk).update(person=cast.outsider)
    wanted = {"member", "leader", "colleague"}
    text = body(sign_in(cast.hr).get(f"{HERE}ndas/{query}"))
    shown = {name for name in wanted if f'">{getattr(cast, name).name}</a>' in text}
    assert shown == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?view=soon", {"将尽"}),
        ("?state=soon", {"将尽"}),
        ("?view=expired", {"已过"}),
        ("?state=open", {"长久"}),
        ("?state=running", {"将尽", "还早"}),
        ("?kind=patent", {"长久"}),
        ("?q=编号九", {"还早"}),
    ],
)
def test_rights_are_narrowed_by_when_they_end(cast, sign_in, query, found):
    ends = {"将尽": 30, "已过": -1, "还早": 400}
    for title, days in ends.items():
        number = "编号九" if title == "还早" else ""
        expires_on = TODAY + timedelta(days=days)
        make.right(cast.manager, title=title, expires_on=expires_on, number=number)
    make.right(cast.manager, title="长久", expires_on=None, kind="patent")
    text = body(sign_in(cast.member).get(f"{HERE}rights/{query}"))
    assert {title for title in (*ends, "长久") if f">{title}</a>" in text} == found


@pytest.mark.parametrize(
    ("query", "found"),
    [("?view=due", {"到期"}), ("?follow_up=ahead", {"以后"}), ("?follow_up=none", {"办完"})],
)
def test_matters_are_narrowed_by_their_follow_up(cast, sign_in, query, found):
    for title, day in (("到期", TODAY), ("以后", TODAY + timedelta(days=3)), ("办完", None)):
        make.matter(cast.member, matter=title, follow_up_on=day)
    text = body(sign_in(cast.member).get(f"{HERE}matters/{query}"))
    assert {title for title in ("到期", "以后", "办完") if f">{title}</a>" in text} == found


def test_an_empty_list_says_what_to_do(cast, sign_in):
    browser = sign_in(cast.manager)
    for noun in ("ndas", "statements", "rights", "matters"):
        assert 'class="nothing"' in body(browser.get(f"{HERE}{noun}/"))


def test_one_menu_entry_leads_to_the_four_lists(cast, sign_in):
    text = body(sign_in(cast.member).get(f"{HERE}matters/"))
    assert text.count(f'href="{HERE}ndas/"') >= 2  # the menu and the tab
    for noun in ("statements", "rights", "matters"):
        assert f'href="{HERE}{noun}/"' in text
    assert f'href="{HERE}rights/"' not in body(sign_in(cast.hr).get(f"{HERE}ndas/"))
    assert f"{HERE}ndas/" not in body(sign_in(cast.administrator).get("/"))


@pytest.mark.parametrize(
    ("noun", "part", "count"),
    [
        ("ndas", "hr", 1),
        ("statements", "leader", 1),
        ("rights", "legal", 1),
        ("matters", "leadership", 1),
    ],
)
def test_each_list_is_exported_and_logged(cast, sign_in, noun, part, count):
    make.nda(cast)
    make.statement(cast)
    make.right(cast.manager)
    make.matter(cast.member)
    browser = sign_in(getattr(cast, part))
    assert f"/transfer/export/office.{noun}" in body(browser.get(f"{HERE}{noun}/"))
    answer = browser.post(f"/transfer/export/office.{noun}", key() | {"file_format": "xlsx"})
    assert answer.status_code == 302, body(answer)
    assert Export.objects.get().count == count


def test_who_may_not_export_agreements_is_not_asked_to(cast, sign_in):
    make.nda(cast)
    assert "transfer/export" not in body(sign_in(cast.member).get(f"{HERE}ndas/"))


# Agreements


def test_hr_records_one_and_adds_the_signed_paper(cast, sign_in):
    hr, member = sign_in(cast.hr), sign_in(cast.member)
    form = body(hr.get(f"{HERE}ndas/new?person={cast.member.pk}"))
    assert f'value="{cast.member.pk}" selected' in form
    sent = key() | {"person": cast.member.pk, "edition": "2026 版", "signed_on": "2026-11-16"}
    for _twice in range(2):
        answer = hr.post(f"{HERE}ndas/new", sent | {"survives_leaving": "on"})
        assert answer.status_code == 302
    nda = Nda.objects.get()
    assert nda.survives_leaving and answer.headers["Location"] == nda.get_absolute_url()
    upload = SimpleUploadedFile("保密协议.pdf", b"%PDF-1.7\n1")
    hr.post(f"/files/office.nda/{nda.pk}/add", {"files": upload})
    assert attachments(nda).count() == 1
    text = body(member.get(nda.get_absolute_url()))
    assert "保密协议.pdf" in text and f"{HERE}ndas/{nda.pk}/edit" not in text
    assert sign_in(cast.colleague).get(nda.get_absolute_url()).status_code == 404
    edited = key() | {"version": "1", "edition": "2026 版", "signed_on": "2026-11-17"}
    assert hr.post(f"{HERE}ndas/{nda.pk}/edit", edited).status_code == 302
    assert not Nda.objects.get().survives_leaving
    gone = key() | {"reason": "录错了"}
    answer = hr.post(f"{HERE}ndas/{nda.pk}/delete", gone)
    assert answer.headers["Location"] == f"{HERE}ndas/"
    assert hr.get(nda.get_absolute_url()).status_code == 404


def test_a_replaced_one_stands_on_the_page_of_the_one_that_counts(cast, sign_in):
    first = make.nda(cast, edition="第一版")
    second = make.nda(cast, edition="第二版", signed_on=date(2026, 9, 1))
    browser = sign_in(cast.member)
    assert first.get_absolute_url() in body(browser.get(second.get_absolute_url()))
    assert browser.get(first.get_absolute_url()).status_code == 200


def test_who_lacks_one_stands_on_a_page_of_their_own(cast, sign_in):
    for name in ("member", "colleague", "outsider", "partner_member", "leader", "deputy"):
        make.nda(cast, getattr(cast, name))
    hr = sign_in(cast.hr)
    assert f'href="{HERE}ndas/missing"' in body(hr.get(f"{HERE}ndas/"))
    text = body(hr.get(f"{HERE}ndas/missing"))
    assert cast.manager.name in text and cast.consolidator.name in text
    assert cast.member.name not in text and cast.legal.name not in text
    assert f"{HERE}ndas/new?person={cast.manager.pk}" in text
    assert f"{HERE}ndas/missing" not in body(sign_in(cast.member).get(f"{HERE}ndas/"))
    assert sign_in(cast.member).get(f"{HERE}ndas/missing").status_code == 403
    for person in (cast.manager, cast.consolidator):
        make.nda(cast, person)
    assert 'class="nothing"' in body(hr.get(f"{HERE}ndas/missing"))


def test_the_handover_says_whether_secrecy_goes_on(cast, sign_in):
    nda = make.nda(cast)
    record = handovers.open_handover(
        actor=cast.manager, person=cast.member, last_day=TODAY, reason="调动"
    )
    for person in (cast.manager, cast.hr, cast.member):
        assert nda.get_absolute_url() in body(sign_in(person).get(record.get_absolute_url()))


# Statements


def test_a_statement_from_draft_to_release_by_the_pages(cast, sign_in):
    member, manager, leadership = map(sign_in, (cast.member, cast.manager, cast.leadership))
    sent = key() | {
        "title": "企业团建怎么选场地",
        "kind": "talk",
        "audience": "人力资源协会沙龙",
        "planned_on": "2026-11-25",
        "text": "人数怎么估，大小房怎么配。",
    }
    assert member.get(f"{HERE}statements/new").status_code == 200
    assert member.post(f"{HERE}statements/new", sent).status_code == 302
    made = Statement.objects.get()
    url = made.get_absolute_url()
    assert f"{url}/submit" in body(member.get(url)) and f"{url}/release" not in body(
        member.get(url)
    )
    upload = SimpleUploadedFile("课件.pdf", b"%PDF-1.7\n1")
    member.post(f"/files/office.statement/{made.pk}/add", {"files": upload})
    assert leadership.get(url).status_code == 404
    submitted = key()
    for _twice in range(2):
        assert member.post(f"{url}/submit", submitted).status_code == 302
    text = body(member.get(url))
    assert "课件.pdf" in text and "/remove" not in text and f"{url}/edit" not in text
    assert member.get(f"{url}/edit").status_code == 409
    assert member.post(f"{url}/release", key() | {"released_on": "2026-11-18"}).status_code == 409
    request = latest(made)
    assert "课件.pdf" in body(manager.get(request.get_absolute_url()))
    for browser in (manager, leadership):
        answer = browser.post(
            f"/approvals/{request.pk}/decide", key() | {"decision": "approve", "comment": ""}
        )
        assert answer.status_code == 302
    assert f"{url}/release" in body(member.get(url))
    wrong = member.post(f"{url}/release", key() | {"released_on": "2026-11-19"})
    assert wrong.status_code == 422
    out = key() | {"released_on": "2026-11-18", "released_where": "沙龙现场"}
    assert member.post(f"{url}/release", out).status_code == 302
    text = body(leadership.get(url))
    assert "沙龙现场" in text and f"{url}/release" not in text


def test_a_withdrawn_statement_is_not_offered_for_approval(cast, sign_in):
    made = make.statement(cast)
    url, member = made.get_absolute_url(), sign_in(cast.member)
    assert f"{url}/withdraw" in body(member.get(url))
    assert member.post(f"{url}/withdraw", key() | {"reason": "活动取消"}).status_code == 302
    text = body(member.get(url))
    assert f"{url}/submit" not in text and f"{url}/withdraw" not in text and "活动取消" in text


def test_a_stale_form_shows_both_and_a_bad_one_keeps_what_was_typed(cast, sign_in):
    made = make.statement(cast)
    url, member, leader = made.get_absolute_url(), sign_in(cast.member), sign_in(cast.leader)
    sent = {
        "version": "1",
        "title": "企业团建怎么选场地",
        "kind": "talk",
        "audience": "改过的受众",
        "planned_on": "2026-11-25",
        "text": "短。",
    }
    assert leader.post(f"{url}/edit", key() | sent).status_code == 302
    stale = member.post(f"{url}/edit", key() | sent | {"audience": "我写的受众"})
    assert stale.status_code == 409
    assert "改过的受众" in body(stale) and "我写的受众" in body(stale)
    bad = member.post(f"{url}/edit", key() | sent | {"version": "2", "title": " ", "text": "还在"})
    assert bad.status_code == 422 and "还在" in body(bad)


# Rights and matters


def test_a_right_is_registered_by_the_page(cast, sign_in):
    manager = sign_in(cast.manager)
    form = body(manager.get(f"{HERE}rights/new"))
    for item in rules_on().documents.ip_kinds:
        assert f'value="{item.key}"' in form
    sent = key() | {"title": "“欢唱荟”", "kind": "trademark", "holder": "公司"}
    assert manager.post(f"{HERE}rights/new", sent | {"kind": "secret"}).status_code == 422
    answer = manager.post(f"{HERE}rights/new", sent | {"expires_on": "2026-12-20"})
    right = IpRight.objects.get()
    assert answer.headers["Location"] == right.get_absolute_url()
    member = sign_in(cast.member)
    text = body(member.get(right.get_absolute_url()))
    assert "2026-12-20" in text and f"{HERE}rights/{right.pk}/edit" not in text
    assert member.get(f"{HERE}rights/{right.pk}/edit").status_code == 403
    changed = {"version": "1", "title": "“欢唱荟”", "kind": "trademark", "holder": "公司"}
    edited = key() | changed | {"expires_on": "2036-12-20"}
    assert manager.post(f"{HERE}rights/{right.pk}/edit", edited).status_code == 302
    gone = key() | {"reason": "重复"}
    assert manager.post(f"{HERE}rights/{right.pk}/delete", gone).status_code == 302
    assert member.get(right.get_absolute_url()).status_code == 404


def test_who_dealt_with_a_matter_is_asked_of_heads_only(cast, sign_in):
    assert 'name="owner"' not in body(sign_in(cast.member).get(f"{HERE}matters/new"))
    manager = sign_in(cast.manager)
    assert 'name="owner"' in body(manager.get(f"{HERE}matters/new"))
    sent = key() | {
        "happened_on": "2026-11-16",
        "counterpart": "凤凰街道办事处",
        "matter": "社区合唱节借场地",
        "owner": cast.outsider.pk,
        "follow_up_on": "2026-11-20",
    }
    answer = manager.post(f"{HERE}matters/new", sent)
    matter = PublicMatter.objects.get()
    assert answer.status_code == 302 and matter.owner == cast.outsider
    own = sign_in(cast.outsider)
    edited = key() | {
        "version": "1",
        "happened_on": "2026-11-16",
        "counterpart": "凤凰街道办事处",
        "matter": "社区合唱节借场地",
        "done": "来函已到",
    }
    assert own.post(f"{HERE}matters/{matter.pk}/edit", edited).status_code == 302
    text = body(own.get(matter.get_absolute_url()))
    assert "来函已到" in text and f"{HERE}matters/{matter.pk}/delete" not in text
    gone = key() | {"reason": "记错了"}
    assert own.post(f"{HERE}matters/{matter.pk}/delete", gone).status_code == 403
    assert manager.post(f"{HERE}matters/{matter.pk}/delete", gone).status_code == 302


# API


def test_the_api_answers_for_all_four(cast, sign_in):
    hr, manager, member = map(sign_in, (cast.hr, cast.manager, cast.member))
    made = hr.post(
        f"{API}ndas/",
        json.dumps({"person": cast.member.pk, "edition": "2026 版", "signed_on": "2026-11-16"}),
        **JSON,
    )
    assert made.status_code == 201, made.content
    assert made.json()["survives_leaving"] is True  # the rulebook's word
    statement = {
        "title": "讲座",
        "kind": "talk",
        "audience": "沙龙",
        "planned_on": "2026-11-25",
        "text": "正文",
    }
    made = member.post(f"{API}statements/", json.dumps(statement), **JSON)
    assert made.status_code == 201, made.content
    url = f"{API}statements/{made.json()['id']}"
    changed = member.patch(url, '{"text": "改过"}', **JSON, headers={"If-Match": '"1"'})
    assert changed.json()["text"] == "改过"
    stale = member.patch(url, '{"text": "旧"}', **JSON, headers={"If-Match": '"1"'})
    assert stale.status_code == 409
    assert member.post(f"{url}/submit", "{}", **JSON).json()["status"] == "submitted"
    early = member.post(f"{url}/release", '{"released_on": "2026-11-18"}', **JSON)
    assert early.status_code == 409
    right = {"title": "“欢唱荟”", "kind": "trademark", "holder": "公司"}
    assert manager.post(f"{API}rights/", json.dumps(right), **JSON).status_code == 201
    assert member.post(f"{API}rights/", json.dumps(right), **JSON).status_code == 403
    matter = {"happened_on": "2026-11-16", "counterpart": "街道", "matter": "借场地"}
    assert member.post(f"{API}matters/", json.dumps(matter), **JSON).status_code == 201
    for noun in ("ndas", "statements", "rights", "matters"):
        assert len(member.get(f"{API}{noun}/").json()["results"]) == 1
    assert manager.get(f"{API}ndas/?state=replaced").json()["results"] == []


def test_the_timetable_reminds_of_all_of_it(cast):
    make.right(cast.manager, expires_on=TODAY + timedelta(days=9))
    make.matter(cast.member, follow_up_on=TODAY)
    handovers.open_handover(actor=cast.manager, person=cast.member, last_day=TODAY, reason="调动")
    told = remind_of_confidence(None)
    assert told == {"agreements": 8, "rights": 1, "matters": 1, "handovers": 2, "acceptances": 0}
    with clock.clock_at(clock.now() + timedelta(hours=24)):
        assert set(remind_of_confidence(None).values()) == {0}
