"""The visit's screens: three blocks on a phone, kept photos, check-in, feedback, Today."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from crm.cards import find_clients, find_contacts
from crm.models import Communication, PositionConsent, Visit
from expansion import clock
from expansion.files.models import Attachment
from expansion.notices.models import Notice
from tests.make import crm as make

FIRM = "南京海纳酒店管理有限公司"
NEW = "/crm/visits/new"


@pytest.fixture
def client(cast):
    return make.client(cast.member, FIRM, contact={"name": "刘雯", "phones": "13812346217"})


@pytest.fixture
def member(cast, sign_in):
    return sign_in(cast.member)


def picture(name="现场.jpg", colour="red") -> SimpleUploadedFile:
    data = BytesIO()
    Image.new("RGB", (40, 30), colour).save(data, "JPEG")
    return SimpleUploadedFile(name, data.getvalue(), "image/jpeg")


def said(chosen, **values) -> dict:
    return {"request_id": "v1", "client": chosen.pk, "said": "年会分两场。", **values}


def test_a_client_and_one_sentence_log_a_visit_once(cast, client, member):
    assert member.get(NEW).status_code == 200
    for _press in range(2):
        answer = member.post(NEW, said(client, next_contact_on="2026-11-20"))
        assert answer.status_code == 302
    visit = Visit.objects.get()
    assert (visit.said, visit.next_contact_on.isoformat()) == ("年会分两场。", "2026-11-20")
    assert Notice.objects.filter(kind="crm.visit.logged", person=cast.manager).count() == 1


def test_a_refused_form_keeps_words_and_photos_and_the_next_try_takes_them(cast, client, member):
    refused = member.post(NEW, said(client, said="", needs="要独立签到台", photos=[picture()]))
    assert refused.status_code == 422
    assert "要独立签到台" in refused.text
    kept = Attachment.objects.get()
    assert f"/files/{kept.pk}/picture" in refused.text
    assert member.post(NEW, said(client, photos=[picture()])).status_code == 302
    kept.refresh_from_db()
    assert (kept.about, kept.draft) == (Visit.objects.get(), "")
    assert Attachment.objects.count() == 1


def test_one_file_that_is_no_picture_costs_none_of_the_pictures(cast, client, member):
    paper = SimpleUploadedFile("合同.pdf", b"%PDF-1.4 a paper" + bytes(200), "application/pdf")
    files = [picture("一.jpg"), paper, picture("二.jpg", "blue")]
    refused = member.post(NEW, said(client, photos=files))
    assert refused.status_code == 422
    assert "合同.pdf" in refused.text
    assert "年会分两场。" in refused.text
    assert not Visit.objects.exists()
    assert member.post(NEW, said(client)).status_code == 302
    kept = Attachment.objects.filter(draft="").values_list("name", flat=True)
    assert sorted(kept) == ["一.jpg", "二.jpg"]


def test_checking_in_with_a_photo_and_a_refused_check_in_keeps_it(cast, client, member):
    plan = make.planned(cast.member, client)
    url = f"/crm/visits/{plan.pk}/check-in"
    refused = member.post(url, {"request_id": "a", "reason": "", "photos": [picture()]})
    assert refused.status_code == 422
    assert f"/files/{Attachment.objects.get().pk}/picture" in refused.text
    assert member.post(url, {"request_id": "a", "reason": "没有信号"}).status_code == 302
    assert Attachment.objects.get().about == plan


def test_a_photo_loses_the_place_it_was_taken_at(cast, client, member):
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"  # GPS
    exif[0x010F] = "PhoneMaker"
    data = BytesIO()
    Image.new("RGB", (40, 30), "red").save(data, "JPEG", exif=exif)
    photo = SimpleUploadedFile("现场.jpg", data.getvalue(), "image/jpeg")
    member.post(NEW, said(client, photos=[photo]))
    with default_storage.open(Attachment.objects.get().key) as stored:
        assert not Image.open(stored).getexif()


def test_ten_photos_or_a_program_are_refused_with_a_sentence(cast, client, member):
    many = [picture(f"{n}.jpg", (n * 20, 0, 0)) for n in range(10)]
    assert member.post(NEW, said(client, photos=many)).status_code == 422
    program = SimpleUploadedFile("照片.jpg", b"MZ\x90\x00" + bytes(200), "image/jpeg")
    answer = member.post(NEW, said(client, request_id="v2", photos=[program]))
    assert answer.status_code == 422
    assert "照片.jpg" in answer.text
    assert not Visit.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"client": ""},
        {"client": "999999"},
        {"client": "7; drop table"},
        {"client": "９"},
        {"said": "长" * 4001},
        {"other_day": "2026-02-31"},
        {"next_contact_on": "soon"},
        {"next_contact_on": "2026-11-01"},
        {"took_place_at": "2026-11-18T23:00"},
        {"outcomes": "unheard"},
        {"contacts": "999"},
    ],
)
def test_what_does_not_hold_is_said_and_nothing_is_lost(cast, client, member, wrong):
    answer = member.post(NEW, said(client, **{"said": "年会 😀 <script>", **wrong}))
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert not Visit.objects.exists()


def test_a_foreign_client_cannot_be_chosen(cast, member):
    foreign = make.client(cast.colleague, "冯璐的客户有限公司")
    answer = member.post(NEW, said(foreign))
    assert answer.status_code == 422
    assert "冯璐的客户" not in answer.text


def test_without_a_script_the_typed_text_chooses_or_asks_which(cast, client, member):
    make.client(cast.member, "南京华庭物业服务有限公司")
    both = member.post(NEW, said(client, client="", client_text="南京"))
    assert both.status_code == 422
    assert 'name="client_choice"' in both.text
    only = member.post(NEW, said(client, client="", client_text="海纳"))
    assert only.status_code == 302
    assert Visit.objects.get().client == client


def test_the_picker_puts_the_last_visited_first_and_names_the_contact_it_was_found_by(cast, member):
    contact = {"name": "王芳", "post": "采购主管", "phones": "13812340001"}
    by_contact = make.client(cast.member, "南京江辉国际贸易有限公司", contact=contact)
    by_name = make.client(cast.member, "杭州临平王府酒店有限公司")
    make.client(cast.colleague, "王牌传媒有限公司")
    make.visit(cast.member, by_contact, took_place_at=clock.now() - timedelta(days=3))
    make.visit(cast.member, by_name, took_place_at=clock.now() - timedelta(days=1))
    found = member.get("/crm/clients/pick?q=王").text
    assert found.index(by_name.name) < found.index(by_contact.name)
    assert "王芳" in found
    assert "王牌传媒" not in found
    assert "王芳" not in member.get("/crm/clients/pick?q=江辉").text


def test_the_form_opens_prefilled_from_the_plan(cast, client, member):
    plan = make.planned(cast.member, client, purpose="谈年会")
    page = member.get(f"/crm/visits/{plan.pk}/record")
    assert FIRM in page.text
    assert 'name="client"' not in page.text
    answer = member.post(f"/crm/visits/{plan.pk}/record", {"request_id": "r", "said": "谈妥。"})
    assert answer.status_code == 302
    plan.refresh_from_db()
    assert plan.status == Visit.Status.DONE


@pytest.mark.parametrize(
    "part", ["", "/record", "/edit", "/reschedule", "/cancel", "/check-in", "/comment"]
)
def test_a_foreign_visit_does_not_exist(cast, client, sign_in, part):
    plan = make.planned(cast.member, client)
    page = sign_in(cast.colleague).get(f"/crm/visits/{plan.pk}{part}")
    assert page.status_code == 404
    assert FIRM not in page.text


def test_only_the_visitor_writes_the_record_and_is_named(cast, client, sign_in):
    plan = make.planned(cast.member, client)
    leader = sign_in(cast.leader)
    assert leader.get(f"/crm/visits/{plan.pk}").status_code == 200
    refused = leader.get(f"/crm/visits/{plan.pk}/record")
    assert refused.status_code == 403
    assert cast.member.name in refused.text


def test_two_corrections_of_one_record_the_second_sees_both(cast, client, member):
    visit = make.visit(cast.member, client)
    url = f"/crm/visits/{visit.pk}/edit"
    first = {"request_id": "a", "version": visit.version, "said": "更正一。"}
    assert member.post(url, first).status_code == 302
    second = member.post(url, {**first, "request_id": "b", "said": "更正二。"})
    assert second.status_code == 409
    assert "更正一。" in second.text
    assert "更正二。" in second.text


def test_a_visit_is_planned_moved_and_called_off(cast, client, member):
    when = {"request_id": "p", "client": client.pk, "planned_at": "2026-11-19T14:00"}
    assert member.post("/crm/visits/plan", when).status_code == 302
    visit = Visit.objects.get()
    assert visit.planned_at.hour == 6
    moved = {"request_id": "m", "version": visit.version, "planned_at": "2026-11-20T10:00"}
    assert member.post(f"/crm/visits/{visit.pk}/reschedule", moved).status_code == 302
    off = {"request_id": "c", "reason": "对方出差"}
    assert member.post(f"/crm/visits/{visit.pk}/cancel", off).status_code == 302
    visit.refresh_from_db()
    assert visit.status == Visit.Status.CANCELLED


@pytest.mark.parametrize(
    "when", ["2026-02-31T10:00", "2026-11-17T10:00", "1999", "2126-01-01T10:00"]
)
def test_an_impossible_time_is_refused(cast, client, member, when):
    given = {"request_id": "p", "client": client.pk, "planned_at": when}
    assert member.post("/crm/visits/plan", given).status_code == 422


def test_checking_in_by_hand_and_by_position_after_consent(cast, client, member):
    plan = make.planned(cast.member, client)
    url = f"/crm/visits/{plan.pk}/check-in"
    assert member.get(url).status_code == 200
    position = {"latitude": "32.06", "longitude": "118.79", "accuracy": "18", "age": "2"}
    assert member.post(url, {"request_id": "a", **position}).status_code == 422
    member.post("/crm/visits/position-consent", {"back": url})
    assert PositionConsent.objects.get().person == cast.member
    assert member.post(url, {"request_id": "b", **position}).status_code == 302
    plan.refresh_from_db()
    assert plan.accuracy == 18
    page = member.get(f"/crm/visits/{plan.pk}").text
    assert "32.06" not in page
    member.post("/crm/visits/position-consent", {"withdraw": "1"})
    assert PositionConsent.objects.get().withdrawn_at == clock.now()


def test_the_manager_comments_and_marks_read(cast, client, sign_in):
    visit = make.visit(cast.member, client)
    manager = sign_in(cast.manager)
    page = manager.get(f"/crm/visits/{visit.pk}")
    assert "谈了年会场地" in page.text
    for _click in range(2):
        answer = manager.post(
            f"/crm/visits/{visit.pk}/comment", {"request_id": "c", "text": "请周四前答复。"}
        )
        assert (answer.status_code, answer.url) == (302, visit.get_absolute_url())
    assert visit.comments.count() == 1
    manager.post(f"/crm/visits/{visit.pk}/read")
    assert visit.readings.get().person == cast.manager
    assert manager.post(f"/crm/visits/{visit.pk}/comment", {"request_id": "d"}).status_code == 422


def test_the_lists_take_four_queries_of_their_own(cast, client, member, own_queries):
    for number in range(5):
        make.visit(cast.member, client, took_place_at=clock.now() - timedelta(days=number))
        make.planned(cast.member, client)
    for url in ("/crm/visits/", "/crm/visits/week"):
        assert FIRM in member.get(url).text
        assert own_queries(cast.member, url) <= 4


def test_a_week_that_is_none_shows_this_one(cast, client, member):
    make.planned(cast.member, client)
    assert FIRM in member.get("/crm/visits/week?week=2026-W99").text


def test_a_call_is_logged_from_the_clients_page(cast, client, member):
    given = {"request_id": "t", "client": client.pk, "channel": "phone", "said": "已约周四。"}
    answer = member.post("/crm/communications/new", given | {"reached": "on"})
    assert answer.status_code == 302
    assert Communication.objects.get().reached
    bad = member.post("/crm/communications/new", given | {"request_id": "u", "channel": "pigeon"})
    assert bad.status_code == 422
    assert "已约周四。" in bad.text


def test_today_shows_plans_and_who_is_due_one_click_from_the_form(cast, client, member):
    plan = make.planned(cast.member, client)
    due = make.client(cast.member, "无锡远航旅行社有限公司", next_contact_on=clock.today())
    page = member.get("/").text
    assert f"/crm/visits/{plan.pk}/check-in" in page
    assert f"/crm/communications/new?client={due.pk}" in page
    assert "13812346217" not in page
    assert 'data-key="v"' in page


def test_search_finds_clients_and_masked_contacts_of_ones_own(cast, client):
    hits = list(find_contacts(cast.member, "liuwen"))
    assert [hit.label for hit in hits] == ["刘雯"]
    assert "138****6217" in hits[0].detail
    assert not list(find_clients(cast.colleague, "海纳", 5))
    assert not list(find_contacts(cast.colleague, "刘雯"))
