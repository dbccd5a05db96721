"""The trail: append-only, readable for those who answer for it (R-exp-26, C-9.3.1)."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import InternalError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from crm.models import Client, ContactPoint, Visit
from expansion import access, access_rules, clock
from expansion.audit.models import Entry
from expansion.audit.selectors import for_reader
from expansion.audit.services import opened_by, through, write
from expansion.audit.wording import ACTS, act_label, changed_values
from expansion.jobs.models import Job
from expansion.jobs.services import enqueue
from expansion.people.models import Unit, User
from expansion.people.services.mandates import create_mandate
from expansion.people.services.tokens import create_token
from expansion.rulebook.services import drafts as rulebook
from tests.make import crm

CLIENTS = "/api/v1/crm/clients/"
ROOT = Path(__file__).resolve().parents[2]
VERB = re.compile(r'verb="([a-z_.]+)"')


def start_job() -> Job:
    enqueue("office.open_reports")
    return Job.objects.get()


@pytest.fixture
def entry(cast):
    changes = {"name": ["甲", "乙"], "phone": ["+8613800138000", ""]}
    return write(
        actor=cast.member, verb="people.person.changed", about=cast.leader, changes=changes
    )


@pytest.mark.skipif(connection.vendor != "postgresql", reason="The trigger is PostgreSQL's.")
@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_database_itself_refuses_to_alter_an_entry(entry, act):
    with pytest.raises(InternalError, match="append-only"), transaction.atomic():
        if act == "delete":
            Entry.objects.filter(pk=entry.pk)._raw_delete("default")
        else:
            Entry.objects.filter(pk=entry.pk).update(verb="nothing.happened")
    assert Entry.objects.get(pk=entry.pk).verb == "people.person.changed"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_no_page_takes_a_change(entry, cast, sign_in, method):
    browser = sign_in(cast.administrator)
    for url in ("/audit/", f"/audit/{entry.pk}"):
        assert getattr(browser, method)(url).status_code == 405


@pytest.mark.parametrize("part", ["administrator", "leadership", "manager"])
def test_administrator_leadership_and_manager_read_it(entry, cast, sign_in, part):
    browser = sign_in(getattr(cast, part))
    assert entry in browser.get("/audit/").context["page"].records
    assert browser.get(f"/audit/{entry.pk}").status_code == 200


@pytest.mark.parametrize("part", ["member", "leader", "deputy", "hr", "legal", "liaison"])
def test_nobody_else_reads_it(entry, cast, sign_in, part):
    browser = sign_in(getattr(cast, part))
    assert browser.get("/audit/").status_code == 403
    assert browser.get(f"/audit/{entry.pk}").status_code == 404
    assert not access.visible_to(getattr(cast, part), Entry.objects.all()).exists()


def test_the_manager_reads_the_own_departments_acts_and_not_the_companys(cast, sign_in):
    ours = write(actor=cast.member, verb="crm.client.created", about=cast.leader)
    theirs = write(actor=cast.hr, verb="people.token.created", about=cast.leader)
    by_itself = write(actor=None, verb="appraisal.cycle.opened", about=cast.leader)
    seen = set(access.visible_to(cast.manager, Entry.objects.all()))
    assert {ours, by_itself} <= seen and theirs not in seen
    assert sign_in(cast.manager).get(f"/audit/{theirs.pk}").status_code == 404


def test_it_narrows_by_act_room_person_and_period(cast, sign_in):
    with clock.clock_at(clock.now() - timedelta(days=8)):
        old = write(actor=cast.member, verb="crm.client.created", about=cast.leader)
    new = write(actor=cast.member, verb="crm.lead.closed", about=cast.leader)
    other = write(
        actor=cast.deputy, verb="people.token.created", about=cast.leader, for_person=cast.manager
    )
    browser = sign_in(cast.administrator)

    def found(query):
        return [one for one in browser.get(f"/audit/?{query}").context["page"].records]

    assert found("room=crm") == [new, old]
    assert found("room=crm&act=created") == [old]
    assert found("room=crm&since=week") == [new]
    assert found(f"person={cast.manager.pk}") == [other]
    assert found(f"person={cast.member.pk}&act=closed") == [new]
    assert found("person=abc&room=nowhere&since=ever") == found("")


def test_an_entry_shows_both_values_in_words_and_masks_personal_ones(entry, cast, sign_in):
    text = sign_in(cast.administrator).get(f"/audit/{entry.pk}").content.decode()
    assert "甲" in text and "乙" in text
    assert "13800138000" not in text
    assert cast.leader.get_absolute_url() in text


def test_an_act_for_a_principal_shows_both_names(cast, sign_in):
    entry = write(
        actor=cast.deputy,
        verb="approvals.step.approved",
        about=cast.leader,
        for_person=cast.manager,
    )
    text = sign_in(cast.leadership).get(f"/audit/{entry.pk}").content.decode()
    assert "周敏" in text and "陈立群" in text and 'class="stamp"' in text


@pytest.fixture
def visited(cast):
    """A recorded visit of the member's: what it says is the client desk's business."""
    visit = crm.visit(cast.member, crm.client(cast.member, "南京海纳酒店"), "预算二十万，周四答复")
    return Entry.objects.get(verb="crm.visit.logged", about_id=visit.pk)


@pytest.mark.parametrize("part", ["administrator", "leadership"])
def test_that_something_happened_is_shown_and_not_what_a_foreign_record_says(
    visited, cast, sign_in, part
):
    browser = sign_in(getattr(cast, part))
    for url in (f"/audit/{visited.pk}", "/audit/", "/audit/?room=crm"):
        text = browser.get(url).content.decode()
        assert "预算二十万" not in text and "海纳" not in text
        assert cast.member.name in text and "拜访" in text


def test_whoever_sees_the_record_reads_what_changed(visited, cast, sign_in):
    text = sign_in(cast.manager).get(f"/audit/{visited.pk}").content.decode()
    assert "预算二十万" in text and "海纳" in text


def test_the_trail_is_not_searched_for_names_that_one_may_not_see(visited, cast, sign_in):
    def found(part):
        return list(sign_in(part).get("/audit/?q=海纳").context["page"].records)

    assert found(cast.administrator) == found(cast.leadership) == []
    assert visited in found(cast.manager)


def test_all_kinds_of_a_page_are_asked_for_together(visited, cast):
    kept = [cast.leader, visited.about, Client.objects.get(), start_job(), None]
    for record in kept:
        write(actor=cast.member, verb="crm.client.changed", about=record)
    entries = Entry.objects.filter(verb="crm.client.changed").order_by("pk")
    list(for_reader(cast.leadership, entries))  # Fills the memories.
    with CaptureQueriesContext(connection) as asked:
        found = list(for_reader(cast.leadership, entries))
    assert len(asked) == 2
    assert [entry.is_open for entry in found] == [True, False, False, False, True]
    mine = list(for_reader(cast.manager, entries))
    assert [entry.is_open for entry in mine] == [True, True, True, False, True]


def test_what_was_deleted_is_open_to_whoever_sees_all_of_its_kind(visited, cast):
    contact = crm.contact(cast.member, visited.about.client)
    point = ContactPoint.objects.create(
        client=contact.client, contact=contact, kind="phone", value="+8613800138000"
    )
    entry = write(actor=cast.member, verb="crm.contact.changed", about=point)
    written = Entry.objects.filter(pk=entry.pk)
    assert [one.is_open for one in for_reader(cast.member, written)] == [True]
    point.delete()
    for person, shown in ((cast.manager, True), (cast.member, False), (cast.leadership, False)):
        assert [one.is_open for one in for_reader(person, written)] == [shown], person


def test_entries_read_by_chunks_are_marked_by_chunks(visited, cast, monkeypatch):
    for _time in range(3):
        write(actor=cast.member, verb="crm.visit.commented", about=visited.about)
    written = Entry.objects.filter(verb="crm.visit.commented")
    asked = []
    real = access.seen
    monkeypatch.setattr(access, "seen", lambda asking: asked.append(1) or real(asking))
    read = for_reader(cast.member, written).iterator(chunk_size=2)
    assert next(read).is_open and len(asked) == 1
    assert [entry.is_open for entry in read] == [True, True] and len(asked) == 2


def test_a_kind_without_a_rule_is_open_to_nobody(cast, monkeypatch):
    write(actor=cast.member, verb="crm.client.changed", about=cast.leader)
    monkeypatch.delitem(access_rules._rules, User)
    (entry,) = for_reader(cast.leadership, Entry.objects.filter(verb="crm.client.changed"))
    assert not entry.is_open


def test_a_mandate_does_not_name_records_that_its_reader_may_not_see(visited, cast, sign_in):
    mandate = create_mandate(
        actor=cast.administrator, principal=cast.manager, delegate=cast.deputy,
        starts_at=clock.now(), ends_at=clock.now() + timedelta(days=1), reason="leave",
    )  # fmt: skip
    write(
        actor=cast.deputy, for_person=cast.manager, verb="crm.visit.commented", about=visited.about
    )
    page = f"/people/mandates/{mandate.pk}"
    assert "海纳" not in sign_in(cast.leadership).get(page).content.decode()
    assert "海纳" in sign_in(cast.manager).get(page).content.decode()


def test_the_door_is_kept_with_the_act(cast):
    with through("import"):
        assert write(actor=None, verb="x.y", about=None).source == "import"
    assert write(actor=None, verb="x.y", about=None).source == "command"


def test_an_act_by_a_token_names_the_token_and_the_sessions_own_none(cast, sign_in):
    token, secret = create_token(
        actor=cast.member,
        name="报表程序",
        scope="write",
        expires_on=clock.today() + timedelta(days=9),
    )
    given = {"content_type": "application/json"}
    by_token = Browser(headers={"Authorization": f"Bearer {secret}"})
    assert by_token.post(CLIENTS, {"name": "甲公司"}, **given).status_code == 201
    assert sign_in(cast.member).post(CLIENTS, {"name": "乙公司"}, **given).status_code == 201
    by_page = write(actor=cast.member, verb="x.y", about=None)
    entries = Entry.objects.filter(verb="crm.client.created").order_by("pk")
    named = f"报表程序 #{token.pk}"
    assert [(one.source, one.token) for one in entries] == [("api", named), ("api", "")]
    assert (by_page.source, by_page.token) == ("command", "")
    page = sign_in(cast.administrator).get("/audit/?source=api").content.decode()
    assert named in page and page.count("API ·") == 1


def test_an_import_by_a_token_keeps_the_token(db):
    with through("api"):
        opened_by("报表程序 #1")
        with through("import"):
            inside = write(actor=None, verb="x.y", about=None)
    after = write(actor=None, verb="x.y", about=None)
    assert (inside.source, inside.token) == ("import", "报表程序 #1")
    assert (after.source, after.token) == ("command", "")


def test_a_refused_act_leaves_no_entry(cast):
    before = Entry.objects.count()
    with pytest.raises(Exception, match=r".+"):
        rulebook.change_draft(actor=cast.administrator, changes={"no.such": "1"})
    assert Entry.objects.count() == before


def test_every_verb_of_the_house_has_its_word():
    rooms = ("expansion", "crm", "research", "partnerships", "training", "appraisal")
    texts = [path.read_text("utf-8") for room in rooms for path in (ROOT / room).rglob("*.py")]
    last = {verb.rpartition(".")[2] for text in texts for verb in VERB.findall(text)}
    assert {word for word in last - set(ACTS) if word} == set()


def test_the_list_of_a_deleted_record_still_reads(cast, sign_in):
    unit = Unit.objects.create(key="gone", name="旧组", kind="team")
    entry = write(actor=cast.member, verb="people.unit.changed", about=unit)
    unit.delete()
    page = sign_in(cast.administrator).get(f"/audit/{entry.pk}")
    assert "旧组" in page.content.decode()
    assert act_label(entry)


class TestValuesInWords:
    """What a person reads of stored values: names, and days in the own form."""

    def test_people_are_named(self, cast):
        entry = Entry(
            about_type=ContentType.objects.get_for_model(Client),
            changes={"owner": [cast.member.pk, cast.colleague.pk]},
        )
        (row,) = changed_values(entry)
        assert (row["before"], row["after"]) == (cast.member.name, cast.colleague.name)

    def test_moments_and_days_stand_in_the_readers_form(self, cast):
        entry = Entry(
            about_type=ContentType.objects.get_for_model(Client),
            changes={
                "last_contact_at": [None, "2026-11-16T06:03:00Z"],
                "next_contact_on": ["2026-11-20", None],
                "note": [None, "2026-02-31"],
            },
        )
        last, following, note = changed_values(entry)
        assert last["after"].endswith("14:03")
        assert following["before"] == "20 Nov 2026"
        assert note["after"] == "2026-02-31"  # a text is a text, whatever it looks like

    def test_several_linked_records_are_named(self, cast):
        client = crm.client(cast.member)
        chief, buyer = (crm.contact(cast.member, client, name) for name in ("总监", "采购"))
        entry = Entry(
            about_type=ContentType.objects.get_for_model(Visit),
            changes={"contacts": [[], [chief.pk, buyer.pk]]},
        )
        (row,) = changed_values(entry)
        assert (row["label"], row["before"], row["after"]) == ("contacts", "—", "总监; 采购")

    def test_what_changed_along_is_called_by_its_names(self, cast):
        entry = Entry(
            about_type=ContentType.objects.get_for_model(Visit),
            changes={"client": [{"next_contact_on": None}, {"next_contact_on": "2026-11-20"}]},
        )
        (row,) = changed_values(entry)
        assert row["after"] == "next contact: 20 Nov 2026"
