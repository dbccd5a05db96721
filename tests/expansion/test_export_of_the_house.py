"""Exports of the trail, the staff and the mandates: as the page shows them, and to whom."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from expansion import clock
from expansion.audit.models import Entry
from expansion.audit.services import through, write
from expansion.people.services.mandates import create_mandate
from expansion.rulebook.selectors import rules_on
from expansion.transfer import keeping
from expansion.transfer.services import exports
from tests.expansion.test_export import rows_of
from tests.make import crm

NAME = "南京海纳酒店"
LISTS = ("audit.entries", "people.people", "people.mandates")
READERS = {
    "audit.entries": {"administrator", "leadership", "manager"},
    "people.people": {"administrator", "leadership", "manager", "hr"},
    "people.mandates": {"administrator", "leadership", "manager"},
}


@pytest.fixture
def visited(cast):
    """A visit of the member's: what it says is the client desk's business."""
    visit = crm.visit(cast.member, crm.client(cast.member, NAME), "预算二十万，周四答复")
    return Entry.objects.get(verb="crm.visit.logged", about_id=visit.pk)


def trail(actor, query=""):
    """The exported rows as {column: cell}; the columns by their English names."""
    head, *rows = rows_of(
        exports.export_list(rules=rules_on(), actor=actor, key="audit.entries", query=query)
    )
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.mark.parametrize("part", ["administrator", "leadership"])
def test_records_that_are_not_the_readers_stay_blank_in_the_file(visited, cast, part):
    rows = trail(getattr(cast, part), "room=crm")
    assert {row["Who"] for row in rows} == {cast.member.name}
    assert all(not row["Record"] and not row["Changes"] for row in rows)
    assert "海纳" not in str(rows) and "预算" not in str(rows)


def test_whoever_sees_the_record_reads_its_name_and_both_values(visited, cast):
    rows = trail(cast.manager, "room=crm")
    assert NAME in str(rows) and "预算二十万" in str(rows)
    write(
        actor=cast.hr, verb="people.person.changed", about=cast.leader,
        changes={"name": ["甲", "乙"], "phone": ["+8613800138000", ""]},
    )  # fmt: skip
    (row,) = trail(cast.administrator, "room=people")
    assert row["Changes"] == "name: 甲 → 乙\nphone: 138****8000 → —"


def test_chunk_by_chunk_each_entry_is_marked_for_its_reader(visited, cast, monkeypatch):
    monkeypatch.setattr(exports, "CHUNK", 2)
    for record in (visited.about, cast.leader, visited.about, cast.leader, visited.about):
        write(actor=cast.member, verb="crm.visit.commented", about=record)
    rows = trail(cast.leadership, "act=commented")
    assert [bool(row["Record"]) for row in rows] == [False, True, False, True, False]


def test_the_file_holds_what_the_page_shows(visited, cast, sign_in):
    with clock.clock_at(clock.now() - timedelta(days=40)):
        write(actor=cast.member, verb="crm.client.changed", about=cast.leader)
    with through("api"):
        write(actor=cast.member, verb="crm.lead.closed", about=cast.leader)
    for query in ("", "room=crm", "since=month", "source=api", f"person={cast.member.pk}"):
        page = sign_in(cast.manager).get(f"/audit/?{query}").context["page"]
        shown = [str(one.about_label) for one in page.records]
        assert [row["Record"] or "" for row in trail(cast.manager, query)] == shown, query
    assert len(trail(cast.manager, "source=api")) == 1


def test_the_file_is_not_searched_for_names_that_one_may_not_see(visited, cast):
    assert trail(cast.leadership, "q=海纳") == []
    assert trail(cast.manager, "q=海纳") != []


def test_a_manager_exports_the_own_peoples_acts_only(cast):
    write(actor=cast.hr, verb="appraisal.cycle.opened", about=cast.leader)
    write(actor=cast.member, verb="crm.lead.closed", about=cast.leader)
    names = {row["Who"] for row in trail(cast.manager)}
    assert cast.member.name in names and cast.hr.name not in names


def test_an_act_for_somebody_and_its_door_stand_in_the_file(cast):
    with through("api"):
        write(actor=cast.deputy, for_person=cast.manager, verb="crm.lead.closed", about=cast.leader)
    (row,) = trail(cast.leadership, "act=closed")
    assert (row["Who"], row["For"]) == (cast.deputy.name, cast.manager.name)
    assert row["By way of"] == "API"


def test_the_export_asks_no_query_per_entry(visited, cast):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            exports.export_list(rules=rules_on(), actor=cast.manager, key="audit.entries")
        return len(asked)

    changes = {"owner": [cast.member.pk, cast.colleague.pk]}
    write(actor=cast.member, verb="crm.client.changed", about=visited.about, changes=changes)
    cost()
    before = cost()
    for _time in range(30):
        write(actor=cast.member, verb="crm.client.changed", about=visited.about, changes=changes)
    assert cost() == before


@pytest.mark.parametrize("key", LISTS)
def test_who_lacks_the_right_is_told_so_in_a_sentence(cast, sign_in, key):
    for part, person in cast.everyone().items():
        if not person.is_authenticated or part == "deactivated":
            continue
        allowed = part in READERS[key]
        url = f"/transfer/export/{key}"
        answer = sign_in(person).get(url)
        assert answer.status_code == (200 if allowed else 403), part
        sent = {"file_format": "csv", "request_id": f"x{part}"}
        written = sign_in(person).post(url, sent)
        assert written.status_code == (302 if allowed else 403), part
        if not allowed:
            assert "。" in answer.content.decode()


@pytest.mark.parametrize("key", LISTS)
def test_the_page_offers_the_export_to_whom_it_is_open(cast, sign_in, key):
    page = {"audit.entries": "/audit/", "people.people": "/people/"}.get(key, "/people/mandates/")
    for part in ("administrator", "manager", "member", "hr"):
        answer = sign_in(getattr(cast, part)).get(page)
        offered = f"/transfer/export/{key}" in answer.content.decode()
        assert offered == (part in READERS[key]), part


def test_staff_and_mandates_are_written_as_the_page_shows_them(cast):
    create_mandate(
        actor=cast.administrator, principal=cast.manager, delegate=cast.deputy,
        starts_at=clock.now(), ends_at=clock.now() + timedelta(days=1), reason="leave",
    )  # fmt: skip
    staff = exports.export_list(
        rules=rules_on(), actor=cast.hr, key="people.people", query="unit=client&view=active"
    )
    assert {row[0] for row in rows_of(staff)[1:]} == {"许晴", "冯璐", "林嘉"}
    mandates = exports.export_list(
        rules=rules_on(), actor=cast.leadership, key="people.mandates", file_format="csv"
    )
    with keeping.open_kept(mandates.key) as file:
        rows = list(csv.reader(io.StringIO(file.read().decode("utf-8-sig"))))
    assert [row[:2] for row in rows if row[:1] == [cast.deputy.name]] == [["周敏", "陈立群"]]


def test_each_export_stands_in_the_log(cast):
    record = exports.export_list(
        rules=rules_on(), actor=cast.leadership, key="audit.entries", query="room=people"
    )
    told = Entry.objects.get(verb="transfer.list.exported")
    assert (told.about, told.changes["query"]) == (record, [None, "room=people"])
