"""The API's writes: permission before form, both values of a stale one, once only, files."""

import io

import pytest
from PIL import Image

from crm.models import Client, Visit
from expansion.audit.models import Entry
from expansion.files.models import Attachment
from expansion.files.selectors import attachments
from tests.expansion.test_api import CLIENTS, JSON, problem
from tests.make import contracts, crm, imports

pytestmark = pytest.mark.django_db
VISITS, IMPORTS = "/api/v1/crm/visits/", "/api/v1/transfer/imports/"
NOT_WORKING = ("hr", "finance", "legal", "leadership", "administrator", "liaison")


# --- permission first ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "noun",
    [
        "crm/clients/",
        "crm/contacts/",
        "crm/leads/",
        "crm/opportunities/",
        "crm/visits/",
        "crm/visits/plan",
        "crm/visits/photos",
        "crm/communications/",
        "crm/contracts/",
        "crm/obligations/",
        "research/findings/",
        "research/plans/",
        "research/reports/",
        "partnerships/partners/",
        "partnerships/projects/",
        "partnerships/milestones/",
        "training/courses/",
        "training/sessions/",
        "transfer/imports/",
    ],
)
def test_whoever_may_not_create_is_told_who_may_before_anything_is_read(cast, sign_in, noun):
    for part in NOT_WORKING:
        answer = sign_in(getattr(cast, part)).post(f"/api/v1/{noun}", {"nonsense": 1}, **JSON)
        problem(answer, 403, "forbidden")


def test_the_refusal_names_people_who_may(cast, sign_in):
    answer = sign_in(cast.finance).post("/api/v1/training/courses/", {}, **JSON)
    detail = problem(answer, 403, "forbidden")["detail"]
    assert any(one.name in detail for one in (cast.leader, cast.deputy, cast.manager))


def test_an_act_on_a_record_asks_the_gate_before_the_form(cast, sign_in):
    own = crm.client(cast.member)
    answer = sign_in(cast.member).post(f"{CLIENTS}{own.pk}/delete", {}, **JSON)
    assert cast.leader.name in problem(answer, 403, "forbidden")["detail"]
    problem(sign_in(cast.leader).post(f"{CLIENTS}{own.pk}/delete", {}, **JSON), 422, "invalid")
    problem(sign_in(cast.colleague).post(f"{CLIENTS}{own.pk}/delete", {}, **JSON), 404, "gone")


def test_whoever_does_not_decide_is_told_so_before_the_form(cast, sign_in):
    request = contracts.submitted(cast)
    url = f"/api/v1/approvals/requests/{request.pk}/decide"
    seen = {"headers": {"If-Match": f'"{request.version}"'}}
    for part in (cast.member, cast.leader):
        problem(sign_in(part).post(url, {"decision": "?"}, **seen, **JSON), 403, "forbidden")
    problem(sign_in(cast.manager).post(url, {"decision": "?"}, **seen, **JSON), 422, "invalid")


# --- two on one record, and once only -----------------------------------------------------------


def test_a_stale_write_is_told_both_values_and_the_version_that_is_stored(cast, sign_in):
    own = crm.client(cast.member, region="无锡")
    browser, url = sign_in(cast.member), f"{CLIENTS}{own.pk}"
    first = {"headers": {"If-Match": '"1"'}}
    browser.patch(url, {"region": "南京", "note": "先"}, **first, **JSON)
    answer = browser.patch(url, {"region": "苏州", "address": "人民路"}, **first, **JSON)
    body = problem(answer, 409, "stale")
    assert body["stored"] == {"region": "南京", "address": ""}
    assert body["sent"] == {"region": "苏州", "address": "人民路"}
    assert (body["version"], answer.headers["ETag"]) == (2, '"2"')
    again = {"headers": {"If-Match": answer.headers["ETag"]}}
    assert browser.patch(url, {"region": "苏州"}, **again, **JSON).status_code == 200


def test_a_repeat_gets_the_first_answer_also_where_it_could_not_be_done_again(cast, sign_in):
    own = crm.client(cast.member)
    browser, key = sign_in(cast.manager), {"headers": {"Idempotency-Key": "k"}}
    url, sent = f"{CLIENTS}{own.pk}/delete", {"reason": "重复"}
    first, second = (browser.post(url, sent, **JSON, **key) for _time in range(2))
    assert (first.status_code, second.status_code) == (204, 204)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert Entry.objects.filter(verb="crm.client.deleted").count() == 1
    problem(browser.post(url, sent, **JSON), 404, "gone")


def test_a_key_is_its_persons_own(cast, sign_in):
    key = {"headers": {"Idempotency-Key": "k"}}
    for part, name in ((cast.member, "南京海纳酒店"), (cast.colleague, "无锡远航旅行社")):
        made = sign_in(part).post(CLIENTS, {"name": name}, **JSON, **key)
        assert made.status_code == 201 and "Idempotency-Replayed" not in made.headers
    assert Client.objects.count() == 2


# --- what cannot be read ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "[" * 50_000,
        '{"name": NaN}',
        '{"name": 1e999}',
        '{"name": "a\\u0000"}',
        '{"name": "\\ud800"}',
        b'{"name": "\xff"}',
    ],
)
def test_what_is_no_plain_json_is_a_problem(cast, sign_in, body):
    answer = sign_in(cast.member).generic("POST", CLIENTS, body, **JSON)
    problem(answer, 400, "bad_request")


def test_too_much_at_once_is_refused_before_it_is_read(cast, sign_in, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
    answer = sign_in(cast.member).post(CLIENTS, '"' + "x" * 2_000_001 + '"', **JSON)
    problem(answer, 413, "request_entity_too_large")


@pytest.mark.parametrize("cursor", ["cD1hYmM=", "cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk5OQ=="])
def test_a_forged_cursor_is_no_error_of_ours(cast, sign_in, cursor):
    problem(sign_in(cast.member).get(f"{CLIENTS}?cursor={cursor}"), 404, "not_found")


# --- visits -------------------------------------------------------------------------------------


def picture(name="现场.jpg", colour="red"):
    data = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(data, "JPEG")
    file = io.BytesIO(data.getvalue())
    file.name = name
    return file


def test_photos_are_sent_before_the_record_that_takes_them(cast, sign_in):
    own, browser = crm.client(cast.member), sign_in(cast.member)
    for colour in ("red", "blue", "blue"):
        sent = {"key": "v1", "photo": picture(colour=colour)}
        kept = browser.post(f"{VISITS}photos", sent)
        assert kept.status_code == 201 and kept.json()["media_type"] == "image/jpeg"
    said = {"client": own.pk, "said": "看了场地", "photos": "v1"}
    assert browser.post(VISITS, said, **JSON).status_code == 201
    assert len(attachments(Visit.objects.get(), kind="photo")) == 2
    assert not Attachment.objects.exclude(draft="").exists()


def test_what_is_no_picture_is_refused_as_a_photo(cast, sign_in):
    for name, data in (
        ("a.jpg", b"<svg onload=alert(1)>"),
        ("b.pdf", b"%PDF-1.7 x"),
        ("c.jpg", b""),
    ):
        file = io.BytesIO(data)
        file.name = name
        answer = sign_in(cast.member).post(f"{VISITS}photos", {"key": "v1", "photo": file})
        problem(answer, 422, "invalid")


def test_anothers_key_takes_no_photos(cast, sign_in):
    own = crm.client(cast.member)
    sign_in(cast.colleague).post(f"{VISITS}photos", {"key": "v1", "photo": picture()})
    said = {"client": own.pk, "said": "看了场地", "photos": "v1"}
    assert sign_in(cast.member).post(VISITS, said, **JSON).status_code == 201
    assert not attachments(Visit.objects.get())


def test_one_checks_in_at_the_own_visit_and_nobody_for_another(cast, sign_in):
    planned = crm.planned(cast.member, crm.client(cast.member))
    url = f"{VISITS}{planned.pk}/check-in"
    problem(sign_in(cast.leader).post(url, {"reason": "没有信号"}, **JSON), 403, "forbidden")
    problem(sign_in(cast.member).post(url, {"latitude": "NaN"}, **JSON), 422, "invalid")
    problem(sign_in(cast.member).post(url, {}, **JSON), 422, "invalid")
    sign_in(cast.member).post(f"{VISITS}photos", {"key": "door", "photo": picture()})
    answer = sign_in(cast.member).post(url, {"reason": "没有信号", "photos": "door"}, **JSON)
    assert answer.status_code == 200 and answer.json()["arrived_at"]
    assert len(attachments(planned)) == 1
    assert Entry.objects.get(verb="crm.visit.checked_in").source == "api"


# --- imports ------------------------------------------------------------------------------------


def test_a_workbook_is_sent_checked_corrected_written_and_taken_back(cast, sign_in):
    browser = sign_in(cast.member)
    book = imports.workbook(
        imports.row("苏州远航印刷有限公司", 联系电话="13812346217"),
        imports.row("无锡海纳酒店有限公司", 联系电话="123"),
    )
    made = browser.post(IMPORTS, {"list": "crm.clients", "file": book})
    assert made.status_code == 201, made.content
    found = made.json()
    assert (found["status"], found["total"]) == ("checked", 3)  # the header is a row too
    rows = f"/api/v1/transfer/rows/?batch={found['id']}"
    listed = [one for one in browser.get(rows).json()["results"] if one["kind"] == "data"]
    assert {one["label"] for one in listed} == {"苏州远航印刷有限公司", "无锡海纳酒店有限公司"}
    url = f"{IMPORTS}{found['id']}"
    wrong = next(one for one in listed if one["problems"])
    fixed = {"row": wrong["number"], "field": "phones", "text": "13812346218"}
    assert browser.post(f"{url}/fix", fixed, **JSON).status_code == 200
    done = browser.post(f"{url}/start", {}, **JSON)
    assert done.json()["status"] == "done" and Client.objects.count() == 2
    wrote = browser.get(f"{rows}&outcome=created").json()["results"]
    assert {one["record"] for one in wrote} == set(Client.objects.values_list("pk", flat=True))
    assert browser.post(f"{url}/undo", {}, **JSON).json()["status"] == "undone"
    assert not Client.objects.live().exists()


def test_an_import_is_its_senders_own(cast, sign_in):
    batch = imports.checked(cast.member, imports.workbook(imports.row("苏州远航印刷有限公司")))
    url = f"{IMPORTS}{batch.pk}"
    problem(sign_in(cast.leader).get(url), 404, "gone")
    problem(sign_in(cast.leader).post(f"{url}/start", {}, **JSON), 404, "gone")
    problem(sign_in(cast.administrator).post(f"{url}/start", {}, **JSON), 403, "forbidden")
    logged = sign_in(cast.administrator).get(url).json()
    assert logged["counts"]["created"] == 1 and logged["headers"] == logged["mapping"] == {}
    for part in (cast.leader, cast.administrator):
        assert sign_in(part).get("/api/v1/transfer/rows/").json()["results"] == []
    assert not Client.objects.exists()


@pytest.mark.parametrize(
    ("sent", "status"),
    [({"list": "crm.clients"}, 422), ({"list": "no.list", "file": "x"}, 422), ({}, 422)],
)
def test_an_import_without_a_workbook_is_refused(cast, sign_in, sent, status):
    assert sign_in(cast.member).post(IMPORTS, sent).status_code == status
