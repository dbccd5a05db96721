"""The client's screens: list, page, forms, numbers, who sees what."""

import re
from datetime import timedelta

import pytest

from crm.models import Client, Contact
from crm.services import clients
from expansion import clock
from expansion.audit.models import Entry
from expansion.notices.models import Notice
from tests.make import crm as make

PHONE = {"contact": {"name": "刘雯", "post": "采购主管", "phones": "13812346217"}}
FIRM = "南京海纳酒店管理有限公司"


@pytest.fixture
def client(cast) -> Client:
    return make.client(cast.member, FIRM, **PHONE)


@pytest.fixture
def member(cast, sign_in):
    return sign_in(cast.member)


def form_key(page: bytes) -> str:
    return re.search(r'name="request_id" value="([^"]+)"', page.decode())[1]


def fields(**values) -> dict:
    return {"request_id": "k1", "kind": "firm", "name": "无锡远航旅行社有限公司", **values}


def test_the_list_shows_own_clients_masked_in_four_queries_of_its_own(
    cast, client, member, own_queries
):
    make.client(cast.colleague, "冯璐的客户有限公司")
    for number in range(20):
        make.client(cast.member, f"无锡第{number}商贸有限公司", **PHONE)
    page = member.get("/crm/clients/")
    assert own_queries(cast.member, "/crm/clients/") <= 4
    assert FIRM in page.text
    assert "138****6217" in page.text
    assert "13812346217" not in page.text
    assert "冯璐的客户" not in page.text


def test_the_page_asks_the_same_few_queries_however_much_happened(
    cast, client, member, own_queries
):
    for number in range(10):
        make.visit(cast.member, client, took_place_at=clock.now() - timedelta(days=number))
        make.call(cast.member, client, at=clock.now() - timedelta(days=number, hours=1))
    make.opportunity(cast.member, client)
    make.lead(cast.member, client)
    page = member.get(f"/crm/clients/{client.pk}")
    assert own_queries(cast.member, f"/crm/clients/{client.pk}") <= 11
    assert page.status_code == 200
    assert page.text.count("谈了年会场地") == 10


@pytest.mark.parametrize(
    "tab", ["timeline", "opportunities", "contracts", "contacts", "files", "changes", "nonsense"]
)
def test_every_tab_opens_by_its_address(cast, client, member, tab):
    make.opportunity(cast.member, client)
    assert member.get(f"/crm/clients/{client.pk}?tab={tab}").status_code == 200


def test_the_timeline_merges_visits_talks_and_the_trail_and_can_be_narrowed(cast, client, member):
    make.visit(cast.member, client, "谈了音响。")
    make.call(cast.member, client, "电话里确认。")
    make.opportunity(cast.member, client, "年会场地")
    url = f"/crm/clients/{client.pk}"
    everything = member.get(url).text
    assert all(words in everything for words in ("谈了音响", "电话里确认", "年会场地"))
    narrowed = member.get(f"{url}?kind=visit").text
    assert "谈了音响" in narrowed
    assert "电话里确认" not in narrowed


@pytest.mark.parametrize("part", ["", "/edit", "/reassign", "/delete", "/readers", "/next-contact"])
def test_a_foreign_client_does_not_exist(cast, client, sign_in, part):
    page = sign_in(cast.colleague).get(f"/crm/clients/{client.pk}{part}")
    assert page.status_code == 404
    assert FIRM not in page.text


def test_visible_but_not_allowed_names_whom_to_ask(cast, client, member):
    page = member.get(f"/crm/clients/{client.pk}/delete")
    assert page.status_code == 403
    assert cast.leader.name in page.text


def test_hr_has_no_client_list(cast, sign_in):
    assert sign_in(cast.hr).get("/crm/clients/").status_code == 403


def test_a_client_is_written_by_form_once(cast, member):
    assert member.get("/crm/clients/new").status_code == 200
    for _press in range(2):
        answer = member.post(
            "/crm/clients/new", fields(contact_name="何经理", phones="152 1234 5171")
        )
        assert answer.status_code == 302
    assert Client.objects.get().points.get().value == "+8615212345171"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "长" * 121},
        {"phones": "12345"},
        {"credit_code": "123"},
        {"next_contact_on": "2026-02-31"},
        {"kind": "alien"},
        {"source": "nowhere"},
        {"size_rating": "9"},
    ],
)
def test_what_does_not_hold_is_said_and_nothing_typed_is_lost(cast, member, wrong):
    answer = member.post("/crm/clients/new", fields(note="很重要的备注 😀 <b>", **wrong))
    assert answer.status_code == 422
    assert "很重要的备注 😀 &lt;b&gt;" in answer.text
    assert not Client.objects.exists()


def test_a_firm_that_is_there_is_answered_without_showing_it(cast, client, sign_in):
    answer = sign_in(cast.colleague).post("/crm/clients/new", fields(name=FIRM))
    assert answer.status_code == 422
    assert "客户开发小组" in answer.text
    assert f"/crm/clients/{client.pk}" not in answer.text
    assert cast.member.name not in answer.text


def test_two_on_one_client_the_second_sees_both_values(cast, client, member):
    url = f"/crm/clients/{client.pk}/edit"
    member.get(url)
    clients.update_client(actor=cast.leader, record=client, region="苏州")
    answer = member.post(url, fields(name=FIRM, region="无锡", version="1"))
    assert answer.status_code == 409
    assert "苏州" in answer.text
    assert "无锡" in answer.text
    client.refresh_from_db()
    assert client.region == "苏州"


def test_what_the_second_did_not_touch_is_taken_over_from_the_first(cast, client, member):
    url = f"/crm/clients/{client.pk}/edit"
    opened = {"initial-region": client.region, "region": client.region}
    assert 'name="initial-region"' in member.get(url).text
    clients.update_client(actor=cast.leader, record=client, region="苏州")
    typed = {"initial-note": client.note, "note": "只改了备注"}
    answer = member.post(url, fields(name=FIRM, version="1", **opened, **typed))
    assert answer.status_code == 409
    assert re.search(r'name="region" value="苏州"', answer.text)
    assert "只改了备注" in answer.text
    kept = fields(name=FIRM, version="2", region="苏州", note="只改了备注")
    assert member.post(url, kept).status_code == 302
    client.refresh_from_db()
    assert (client.region, client.note) == ("苏州", "只改了备注")


def test_editing_cannot_undo_the_next_contact_of_a_visit(cast, client, member):
    page = member.get(f"/crm/clients/{client.pk}/edit")
    assert 'name="next_contact_on"' not in page.text


def test_a_number_is_shown_by_post_and_each_time_written_down(cast, client, member, sign_in):
    url = f"/crm/points/{client.points.get().pk}/reveal"
    assert "13812346217" not in member.get(f"/crm/clients/{client.pk}?tab=contacts").text
    assert "+8613812346217" in member.post(url).text
    assert "+8613812346217" in member.post(url, headers={"HX-Request": "true"}).text
    assert Entry.objects.filter(verb="crm.contact.revealed", actor=cast.member).count() == 2
    assert sign_in(cast.colleague).post(url).status_code == 404
    assert member.get(url).status_code == 302


def test_who_sees_it_and_why_names_everybody_once(cast, client, member):
    url = f"/people/access/crm.client/{client.pk}"
    page = member.get(url, headers={"HX-Request": "true"})
    assert cast.leader.name in page.text
    assert cast.manager.name in page.text
    assert cast.colleague.name not in page.text
    assert "<html" not in page.text


def test_contacts_are_added_changed_and_removed(cast, client, member):
    member.post(
        f"/crm/clients/{client.pk}/contacts/new",
        {"request_id": "a", "name": "赵启航", "phones": "13900000088", "main": "on"},
    )
    contact = Contact.objects.get(name="赵启航")
    assert [one.name for one in client.contacts.filter(main=True)] == ["赵启航"]
    member.post(
        f"/crm/contacts/{contact.pk}/edit",
        {"request_id": "b", "version": "1", "name": "赵启航", "post": "总经理"},
    )
    member.post(f"/crm/contacts/{contact.pk}/remove", {"request_id": "c", "reason": "离职"})
    contact.refresh_from_db()
    assert (contact.post, contact.deleted_at is None) == ("总经理", False)
    assert "赵启航" not in member.get(f"/crm/clients/{client.pk}?tab=contacts").text


def test_the_picker_finds_those_visited_last_first(cast, member):
    older = make.client(cast.member, "王府餐饮有限公司")
    newer = make.client(cast.member, "王朝酒店有限公司")
    make.client(cast.colleague, "王牌物业有限公司")
    make.visit(cast.member, newer, took_place_at=clock.now() - timedelta(days=3))
    make.visit(cast.member, older, took_place_at=clock.now() - timedelta(days=1))
    found = re.findall(r'data-label="([^"]+)"', member.get("/crm/clients/pick?q=王").text)
    assert found == ["王府餐饮有限公司", "王朝酒店有限公司"]
    assert "王朝" in member.get("/crm/clients/pick?q=wcjd").text


@pytest.mark.both
@pytest.mark.parametrize(
    "text", ["海纳", "海", "nanjinghaina", "njhn", "nj", "6217", "刘雯", "liuwen", "ＮＪＨＮ"]
)
def test_a_client_is_found_by_name_sound_initials_people_and_phone_tail(client, member, text):
    assert FIRM in member.get("/crm/clients/", {"q": text}).text


def test_selected_clients_are_handed_over_together_with_one_notice(cast, client, sign_in):
    second = make.client(cast.member, "无锡远航旅行社有限公司")
    leader = sign_in(cast.leader)
    chosen = {"selected": [client.pk, second.pk]}
    asked = leader.post("/crm/clients/reassign", chosen)
    assert FIRM in asked.text
    given = chosen | {
        "request_id": form_key(asked.content),
        "owner": cast.colleague.pk,
        "reason": "休假",
    }
    for _press in range(2):
        assert leader.post("/crm/clients/reassign", given).status_code == 302
    assert set(Client.objects.values_list("owner", flat=True)) == {cast.colleague.pk}
    assert Notice.objects.filter(kind="crm.clients.handed_over").count() == 1


def test_selected_ids_of_others_are_as_good_as_absent(cast, client, sign_in):
    foreign = make.client(cast.partner_member, "别组的客户有限公司")
    answer = sign_in(cast.leader).post(
        "/crm/clients/delete",
        {"selected": [foreign.pk, "x", "9" * 30], "request_id": "k", "reason": "清理"},
    )
    assert answer.status_code == 422
    foreign.refresh_from_db()
    assert foreign.deleted_at is None


def test_a_deleted_client_leaves_every_list_and_comes_back(cast, client, sign_in):
    leader = sign_in(cast.leader)
    leader.post(f"/crm/clients/{client.pk}/delete", {"request_id": "k", "reason": "重复"})
    assert FIRM not in leader.get("/crm/clients/").text
    assert leader.get(f"/crm/clients/{client.pk}").status_code == 404


def test_the_next_contact_is_set_alone_and_not_into_the_past(cast, client, member):
    url = f"/crm/clients/{client.pk}/next-contact"
    assert member.post(url, {"request_id": "a", "other_day": "2026-11-01"}).status_code == 422
    assert member.post(url, {"request_id": "b", "next_contact_on": "2026-11-20"}).status_code == 302
    client.refresh_from_db()
    assert client.next_contact_on.isoformat() == "2026-11-20"
