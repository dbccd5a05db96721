"""The pages of an import: upload, correct, decide, write, undo; and whom they refuse."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.models import Client
from crm.services import clients
from expansion.audit.models import Entry
from expansion.jobs import services as jobs
from expansion.jobs.models import Cancelled, Job
from expansion.notices.models import Notice
from expansion.transfer import staging
from expansion.transfer.models import Import
from expansion.transfer.services import imports
from tests.make.imports import checked, firms, imported, row, workbook

NAME = "南京海纳酒店管理有限公司"
PHONE = "13812346217"
MARKER = "绝密印刷有限公司"


def test_the_list_offers_import_to_who_may(cast, sign_in):
    assert (
        "/transfer/import/crm.clients" in sign_in(cast.member).get("/crm/clients/").content.decode()
    )
    assert sign_in(cast.hr).get("/transfer/import/crm.clients").status_code == 403
    assert sign_in(cast.anonymous).get("/transfer/import/crm.clients").status_code == 302


def test_a_second_click_uploads_nothing_twice(cast, sign_in):
    browser = sign_in(cast.member)
    for _again in range(2):
        sent = {"upload": workbook(*firms(1)), "request_id": "one"}
        answer = browser.post("/transfer/import/crm.clients", sent)
    assert Import.objects.count() == 1 and answer.status_code == 302


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7 x", b"PK\x03\x04 broken", b"<html>", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 9,
     "电话,地址\n1,2\n".encode()],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(cast, sign_in, content):
    sent = {"upload": SimpleUploadedFile("x.xlsx", content), "request_id": "one"}
    answer = sign_in(cast.member).post("/transfer/import/crm.clients", sent)
    assert answer.status_code == 422 and answer.context["form"].errors
    assert not Import.objects.exists()


def test_a_cell_is_corrected_on_the_page(cast, sign_in):
    batch = checked(cast.member, workbook(row(NAME, 联系电话="12345")))
    browser, there = sign_in(cast.member), f"/transfer/imports/{batch.pk}"
    assert 'value="12345"' in browser.get(there).content.decode()
    sent = {"row": 2, "field": "phones", "text": PHONE, "show": "fix", "request_id": "one"}
    answer = browser.post(f"{there}/fix", sent)
    assert answer.status_code == 302
    assert batch.rows.get(number=2).marked is False
    wrong = browser.post(f"{there}/fix", {**sent, "row": 77, "request_id": "two"})
    assert wrong.status_code == 422


def test_a_likely_duplicate_stands_beside_the_one_that_is_there(cast, sign_in):
    clients.create_client(actor=cast.member, name=NAME, contact={"phones": PHONE})
    batch = checked(cast.member, workbook(row(NAME + "分公司", 联系电话=PHONE)))
    browser, there = sign_in(cast.member), f"/transfer/imports/{batch.pk}"
    page = browser.get(f"{there}?show=suspect").content.decode()
    assert NAME in page and "138****6217" in page and PHONE not in page
    sent = {"row": 2, "decision": "create", "request_id": "one"}
    assert browser.post(f"{there}/decide", sent).status_code == 302
    assert batch.rows.get(number=2).outcome == "created"


def test_the_columns_are_set_on_the_page(cast, sign_in):
    batch = checked(cast.member, workbook(["甲有限公司", "酒店"], header=["单位名称", "什么业"]))
    sent = {"column-0": "name", "column-1": "industry", "year": "2026", "request_id": "one"}
    there = f"/transfer/imports/{batch.pk}/reading"
    assert sign_in(cast.member).post(there, sent).status_code == 302
    batch.refresh_from_db()
    assert batch.mapping == {"0": "name", "1": "industry"}
    bad = {"column-0": "", "column-1": "industry", "request_id": "two"}
    assert sign_in(cast.member).post(there, bad).status_code == 422


def test_a_second_press_of_import_writes_once(cast, sign_in):
    batch = checked(cast.member, workbook(*firms(2)))
    browser, there = sign_in(cast.member), f"/transfer/imports/{batch.pk}/start"
    assert browser.post(there, {"request_id": "one"}).status_code == 302
    assert browser.post(there, {"request_id": "one"}).status_code == 302
    assert browser.post(there, {"request_id": "two"}).status_code == 409
    assert Client.objects.count() == 2


def test_refused_rows_come_back_as_a_workbook_with_their_reason(cast, sign_in):
    lines = [row("", 联系人="刘雯", 联系电话=PHONE), row(NAME, 备注="=1+1")]
    batch = imported(cast.member, workbook(*lines))
    answer = sign_in(cast.member).get(f"/transfer/imports/{batch.pk}/errors")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    head, line = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert line[0] == 2 and "刘雯" in line and PHONE in line
    assert line[-1] == batch.rows.get(number=2).reason and len(head) == len(line)


def test_a_large_file_is_checked_and_written_by_jobs(cast, sign_in, monkeypatch):
    monkeypatch.setattr(imports, "AT_ONCE", 2)
    monkeypatch.setattr(imports, "SMALL_FILE", 10)
    browser = sign_in(cast.member)
    sent = {"upload": workbook(*firms(5)), "request_id": "one"}
    there = browser.post("/transfer/import/crm.clients", sent).url
    assert browser.get(there).status_code == 200
    assert jobs.run(Job.objects.get(name="transfer.check_import")).state == "done"
    browser.post(f"{there}/start", {"request_id": "two"})
    assert browser.get(there).status_code == 200 and not Client.objects.exists()
    assert jobs.run(Job.objects.get(name="transfer.write_import")).state == "done"
    assert Client.objects.count() == 5
    kinds = set(Notice.objects.filter(person=cast.member).values_list("kind", flat=True))
    assert kinds == {"transfer.import_checked", "transfer.import_written"}


def test_a_large_file_that_cannot_be_read_says_why_on_its_page(cast, sign_in, monkeypatch):
    monkeypatch.setattr(imports, "SMALL_FILE", 10)
    browser = sign_in(cast.member)
    upload = SimpleUploadedFile("x.xlsx", b"PK\x03\x04 broken and long enough")
    there = browser.post(
        "/transfer/import/crm.clients", {"upload": upload, "request_id": "one"}
    ).url
    assert jobs.run(Job.objects.get(name="transfer.check_import")).state == "failed"
    batch = Import.objects.get()
    assert batch.status == "failed" and batch.error in browser.get(there).content.decode()


def test_a_job_that_runs_twice_writes_once(cast, monkeypatch):
    monkeypatch.setattr(imports, "AT_ONCE", 2)
    batch = checked(cast.member, workbook(*firms(5)))
    imports.start_import(actor=cast.member, record=batch)
    job = Job.objects.get(name="transfer.write_import")
    jobs.run(job)
    Job.objects.filter(pk=job.pk).update(state="waiting")
    assert jobs.run(job).state == "done"
    assert Client.objects.count() == 5


def test_an_import_that_is_stopped_has_written_nothing_and_can_be_started_again(cast, monkeypatch):
    monkeypatch.setattr(imports, "AT_ONCE", 2)
    monkeypatch.setattr(staging, "BATCH", 2)
    told = []

    def stop(job, done, total):
        told.append((done, total))
        if done > 3:
            raise Cancelled(job.name)

    batch = checked(cast.member, workbook(*firms(5)))
    imports.start_import(actor=cast.member, record=batch)
    with monkeypatch.context() as patch:
        patch.setattr(Job, "tell", stop)
        assert jobs.run(Job.objects.get(name="transfer.write_import")).state == "cancelled"
    assert [done for done, _total in told] == [2, 4] and not Client.objects.exists()
    assert not Entry.objects.filter(verb="transfer.import.written").exists()
    imports.start_import(actor=cast.member, record=batch)
    assert jobs.run(Job.objects.latest("pk")).state == "done" and Client.objects.count() == 5


def test_an_undo_asks_first_and_is_reached_from_the_result(cast, sign_in):
    batch = imported(cast.member, workbook(*firms(2)))
    browser, there = sign_in(cast.member), f"/transfer/imports/{batch.pk}"
    assert f"{there}/undo" in browser.get(there).content.decode()
    assert browser.get(f"{there}/undo").status_code == 200 and Client.objects.live().count() == 2
    assert browser.post(f"{there}/undo", {"request_id": "one"}).status_code == 302
    assert not Client.objects.live().exists()
    assert browser.get(there).status_code == 200


VERBS = ["", "/errors", "/reading", "/fix", "/decide", "/start", "/undo"]


@pytest.mark.parametrize("verb", VERBS)
def test_an_import_is_its_owners_alone(cast, sign_in, verb):
    batch = checked(cast.member, workbook(row("", 联系人=MARKER), row(MARKER)))
    there = f"/transfer/imports/{batch.pk}{verb}"
    for part in ("colleague", "leader", "manager", "outsider", "hr"):
        answer = sign_in(getattr(cast, part)).get(there)
        assert answer.status_code == 404 and MARKER not in answer.content.decode(), part
    seen = sign_in(cast.administrator).get(there)
    assert seen.status_code == (403 if verb else 200) and MARKER not in seen.content.decode()
    assert sign_in(cast.anonymous).get(there).status_code == 302


def test_the_log_of_imports_is_ones_own_and_the_administrators(cast, sign_in):
    checked(cast.member, workbook(row(NAME)))
    for part, count in {"member": 1, "administrator": 1, "colleague": 0, "manager": 0}.items():
        page = sign_in(getattr(cast, part)).get("/transfer/")
        assert len(page.context["page"].records) == count, part


def test_the_empty_workbook_has_every_column(cast, sign_in):
    answer = sign_in(cast.member).get("/transfer/import/crm.clients/template")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet.max_column == 14
