"""Exports: what a person may see and no more, logged, masked, marked, harmless in a spreadsheet."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm import tables
from crm.models import Client
from crm.services import clients
from crm.tables import CLIENTS
from expansion import access, clock
from expansion.audit.models import Entry
from expansion.errors import Forbidden
from expansion.jobs import services as jobs
from expansion.jobs.models import Cancelled, Job
from expansion.notices.models import Notice
from expansion.rulebook.selectors import rules_on
from expansion.transfer import keeping
from expansion.transfer.models import Export
from expansion.transfer.registry import _kept
from expansion.transfer.services import export, exports

MARKER = "绝密印刷有限公司"
PHONE = "13812346217"


def rows_of(record: Export) -> list[list]:
    with keeping.open_kept(record.key) as file:
        sheet = openpyxl.load_workbook(io.BytesIO(file.read())).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def exported(actor, query: str = "", **given) -> Export:
    return exports.export_list(
        rules=rules_on(), actor=actor, key="crm.clients", query=query, **given
    )


@pytest.fixture
def book(cast):
    """Two clients of the member, one of another team."""
    for name, region in (("甲有限公司", "南京"), ("乙有限公司", "无锡")):
        clients.create_client(
            actor=cast.member, name=name, region=region, contact={"name": "刘雯", "phones": ""}
        )
    clients.create_client(actor=cast.partner_member, name=MARKER, contact={"phones": PHONE})
    return cast


@pytest.mark.both
def test_the_file_holds_the_visible_rows_and_no_others(book):
    rows = rows_of(exported(book.member))
    assert [row[0] for row in rows[1:]] == ["乙有限公司", "甲有限公司"]
    assert MARKER not in str(rows)


@pytest.mark.both
def test_search_order_and_columns_are_those_of_the_list(book):
    record = exported(book.manager, "q=甲&col=region&col=owner")
    assert rows_of(record)[1:] == [["甲有限公司", "许晴", "南京"]]
    named = [row[0] for row in rows_of(exported(book.member, "sort=region"))[1:]]
    assert named == sorted(named, key=lambda name: {"甲有限公司": 0, "乙有限公司": 1}[name])


def test_a_file_has_the_words_of_the_list_and_asks_the_rulebook_once(book, monkeypatch):
    keys = [stage.key for stage in tables.client_stages()][:2] + ["no longer listed"]
    for client, key in zip(Client.objects.order_by("-pk"), keys, strict=True):
        Client.objects.filter(pk=client.pk).update(stage=key)
    words = [tables.stage_label(client) for client in Client.objects.order_by("-pk")]
    asked = []
    stages = tables.client_stages()
    monkeypatch.setattr(tables, "rules_on", lambda: asked.append(1) or rules_on())
    rows = rows_of(exported(book.manager, "col=stage"))
    assert [row[1] for row in rows[1:]] == words
    assert words == [stages[0].label(), stages[1].label(), "no longer listed"]
    assert len(asked) == 1


def test_each_export_is_in_the_log_and_in_the_trail(book):
    record = exported(book.member, "q=甲")
    assert (record.actor, record.count, record.query) == (book.member, 1, "q=甲")
    entry = Entry.objects.get(verb="transfer.list.exported")
    assert (entry.actor, entry.about_id, entry.changes["count"][1]) == (book.member, record.pk, 1)


def test_the_file_carries_its_number_and_who_took_it(book):
    record = exported(book.member)
    with keeping.open_kept(record.key) as file:
        text = openpyxl.load_workbook(io.BytesIO(file.read()))
    assert text.properties.creator == book.member.name
    assert text.properties.identifier == record.number == f"E{record.pk:06d}"


def test_numbers_are_in_full_only_with_the_right_to_reveal_and_counted(book, monkeypatch):
    record = exported(book.partner_member)
    assert PHONE in str(rows_of(record)) and record.revealed == 1
    rule = access.rule_of(Client)
    without = {key: value for key, value in rule.grants.items() if key != "reveal"}
    monkeypatch.setattr(type(rule), "grants", without)
    record = exported(book.partner_member)
    assert PHONE not in str(rows_of(record)) and "138****6217" in str(rows_of(record))
    assert record.revealed == 0


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x")', "+1", "-1+1", "@SUM(A1)", "＝1+1"])
def test_no_text_of_a_person_becomes_a_formula(cast, text):
    clients.create_client(actor=cast.member, name=text + "公司", industry=text)
    record = exported(cast.member)
    with keeping.open_kept(record.key) as file:
        sheet = openpyxl.load_workbook(io.BytesIO(file.read())).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}
    table = exported(cast.member, file_format="csv")
    with keeping.open_kept(table.key) as file:
        [line] = [row for row in csv.reader(file.read().decode("utf-8-sig").splitlines())][1:2]
    assert line[0].startswith("'")


@pytest.mark.parametrize("role", ["hr", "finance", "legal", "administrator", "liaison"])
def test_who_works_no_clients_exports_none(book, role):
    with pytest.raises(Forbidden):
        exported(getattr(book, role))


def test_a_service_exports_only_what_its_actor_sees(book):
    record = export(
        rules=rules_on(), actor=book.member, listing=CLIENTS, records=Client.objects.live()
    )
    assert record.count == 2 and MARKER not in str(rows_of(record))


def test_many_rows_are_written_in_the_background_and_told(book, monkeypatch):
    monkeypatch.setattr(exports, "AT_ONCE", 1)
    record = exported(book.member)
    assert record.status == Export.Status.WRITING
    jobs.run(Job.objects.get(name="transfer.write_export"))
    record.refresh_from_db()
    assert (record.status, record.count) == (Export.Status.READY, 2)
    assert Notice.objects.get(kind="transfer.export_ready").person == book.member


def test_a_long_export_says_how_far_it_is_and_is_stopped(book, monkeypatch):
    monkeypatch.setattr(exports, "AT_ONCE", 1)
    monkeypatch.setattr(exports, "CHUNK", 1)
    told = []

    def stop(job, done, total):
        told.append((done, total))
        if done:
            raise Cancelled(job.name)

    monkeypatch.setattr(Job, "progress", stop)
    record = exported(book.member)
    assert jobs.run(Job.objects.get(name="transfer.write_export")).state == "cancelled"
    record.refresh_from_db()
    assert told == [(0, 2), (1, 2)] and (record.status, record.key) == (Export.Status.WRITING, "")


def test_the_background_asks_anew_what_the_person_may_see(book, monkeypatch):
    monkeypatch.setattr(exports, "AT_ONCE", 0)
    record = exported(book.member)
    clients.reassign_client(
        actor=book.manager, record=Client.objects.get(name="甲有限公司"),
        owner=book.partner_member, reason="换组",
    )  # fmt: skip
    jobs.run(Job.objects.get(name="transfer.write_export"))
    assert Export.objects.get(pk=record.pk).count == 1


@pytest.mark.both
def test_the_number_of_queries_does_not_grow_with_the_rows(cast):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            exported(cast.member)
        return len(captured)

    clients.create_client(actor=cast.member, name="第一有限公司", contact={"phones": PHONE})
    queries()
    few = queries()
    for number in range(20):
        clients.create_client(actor=cast.member, name=f"第{number}有限公司分公司")
    assert queries() <= few


def test_the_page_exports_once_and_delivers_the_file(book, sign_in):
    browser = sign_in(book.member)
    listed = browser.get("/crm/clients/?q=甲").content.decode()
    assert "/transfer/export/crm.clients?q=" in listed
    assert browser.get("/transfer/export/crm.clients?q=甲").status_code == 200
    sent = {"request_id": "one", "file_format": "xlsx"}
    for _again in range(2):
        answer = browser.post("/transfer/export/crm.clients?q=甲", sent)
    record = Export.objects.get()
    assert answer.status_code == 302 and answer.url == f"/transfer/exports/{record.pk}"
    assert browser.get(answer.url).status_code == 200
    file = browser.get(f"{answer.url}/file")
    assert "attachment" in file.headers["Content-Disposition"]
    assert b"".join(file.streaming_content).startswith(b"PK")


def test_a_file_goes_to_nobody_else(book, sign_in):
    record = exported(book.member)
    expected = {"colleague": 404, "hr": 404, "manager": 403, "administrator": 403, "anonymous": 302}
    for part, status in expected.items():
        browser = sign_in(getattr(book, part))
        assert browser.get(f"/transfer/exports/{record.pk}/file").status_code == status, part


def test_the_administrator_sees_the_whole_log_and_others_their_own(book, sign_in):
    exported(book.member)
    for part, count in {"administrator": 1, "member": 1, "colleague": 0}.items():
        page = sign_in(getattr(book, part)).get("/transfer/exports/")
        assert len(page.context["page"].records) == count, part


def test_files_are_deleted_after_a_week_and_the_log_stays(book, sign_in):
    record = exported(book.member)
    clock.set_clock(clock.now() + timedelta(days=30))
    exports.forget_old_exports()
    assert Export.objects.get().status == Export.Status.FORGOTTEN
    assert Entry.objects.get(verb="transfer.export.forgotten").about == record
    assert sign_in(book.member).get(f"/transfer/exports/{record.pk}/file").status_code == 404


@pytest.mark.parametrize("key", sorted(_kept.exports))
def test_every_list_that_is_offered_can_be_exported(cast, key):
    """By the manager; what is sent and when is the administrator's alone."""
    model = _kept.exports[key].listing.model
    people = (cast.manager, cast.administrator)
    actor = next(one for one in people if access.can(one, "export", model))
    given = {"rules": rules_on(), "actor": actor, "key": key}
    assert exports.export_list(**given).status == Export.Status.READY
    assert exports.export_list(**given, file_format="csv").size


@pytest.mark.parametrize("address", ["/transfer/export/nothing", "/transfer/import/nothing"])
def test_an_unknown_list_leads_nowhere(cast, sign_in, address):
    assert sign_in(cast.member).get(address).status_code == 404
