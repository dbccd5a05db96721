"""Forgetting a contact person, and telling what is kept (law 8): wholly, lawfully, in the trail."""

import io
import json
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import InternalError, connection, models, transaction

from crm.models import Client, Contact, ContactPoint
from crm.services import contacts
from crm.services.erasing import erase_person
from crm.services.reporting import person_report
from expansion import clock
from expansion.audit.erasing import _unlocked, blank_entries
from expansion.audit.models import Entry
from expansion.audit.services import write
from expansion.errors import Forbidden, NotNow
from expansion.files.services import attach
from expansion.notices.services import tell
from expansion.relations.services import link
from expansion.rulebook.selectors import rules_on
from expansion.transfer.services import imports
from tests.make import crm
from tests.make.imports import checked, imported, row, workbook

pytestmark = [pytest.mark.django_db, pytest.mark.both]
ROOT = Path(__file__).resolve().parents[2]
FIRM = "南京海纳酒店"
NAME, EARLIER = "刘雯静", "刘小雯"
PHONE, MAIL = "13812346217", "liu.wenjing@haina.cn"
PERSONAL = (NAME, EARLIER, PHONE, "138 1234 6217", MAIL, "采购副总监", "1980-05-01", "喜欢普洱")


@pytest.fixture
def client(cast) -> Client:
    """A firm whose file came by a sheet, with a second contact who stays."""
    sheet = workbook(row(FIRM, 联系人=EARLIER, 职务="采购副总监", 联系电话="138 1234 6217"))
    imported(cast.member, sheet)
    found = Client.objects.get()
    crm.contact(cast.member, found, "王建国")
    return found


@pytest.fixture
def contact(cast, client) -> Contact:
    found = client.contacts.get(name=EARLIER)
    contacts.update_contact(
        actor=cast.member, record=found, name=NAME, email=MAIL, birthday=date(1980, 5, 1),
        note="喜欢普洱",
    )  # fmt: skip
    contacts.reveal_point(actor=cast.member, record=found.points.first(), rules=rules_on())
    crm.visit(cast.member, client, f"与{NAME}谈价，让打{PHONE}", contacts=[found])
    crm.call(cast.member, client, contact=found)
    tell(
        people=[cast.leader], kind="x.y", title=f"{NAME}要报价", text=f"电话 {PHONE}", url="/",
        about=client,
    )  # fmt: skip
    return Contact.objects.get(pk=found.pk)


def kept_words() -> str:
    """Every text of every table, but for what people wrote about visits and talks."""
    texts = []
    for model in apps.get_models():
        if model._meta.label_lower in {"crm.visit", "crm.communication"}:
            continue
        fields = [
            one.attname
            for one in model._meta.concrete_fields
            if isinstance(one, models.CharField | models.TextField | models.JSONField)
            or isinstance(one, models.DateField)
            and model is Contact
        ]
        for values in model._base_manager.values_list(*fields) if fields else ():
            texts.append(" ".join(str(one) for one in values))
    return "\n".join(texts)


def erased(cast, contact) -> Contact:
    return erase_person(actor=cast.manager, record=contact, reason=f"{NAME}来函要求")


def test_no_table_holds_a_personal_value_afterwards(cast, contact):
    held = [one for one in PERSONAL if one in kept_words()]
    assert set(held) == {NAME, EARLIER, PHONE, "138 1234 6217", MAIL, *PERSONAL[5:]}
    erased(cast, contact)
    assert [one for one in PERSONAL if one in kept_words()] == []


def test_the_record_its_links_and_everybody_else_stay(cast, client, contact):
    other = client.contacts.get(name="王建国")
    erased(cast, contact)
    left = Contact.objects.get(pk=contact.pk)
    assert (left.client, left.main) == (client, True)
    assert left.visits.count() == left.communications.count() == 1
    assert left.visits.get().said == f"与{NAME}谈价，让打{PHONE}"
    client.refresh_from_db()
    other.refresh_from_db()
    assert (client.name, other.name) == (FIRM, "王建国")
    assert "王建国" in client.search and "6217" not in client.search
    labels = set(Entry.objects.filter(about_id=client.pk).values_list("about_label", flat=True))
    assert FIRM in labels and "×××" not in str(labels)


def test_it_is_an_entry_itself_with_who_when_why_and_counts(cast, client, contact):
    erased(cast, contact)
    entry = Entry.objects.get(verb="crm.contact.erased")
    assert (entry.actor, entry.at, entry.about) == (cast.manager, clock.now(), client)
    assert entry.changes["contact_id"] == [None, contact.pk]
    assert entry.changes["reason"] == [None, "×××来函要求"]
    counts = {name: entry.changes[name] for name in ("points", "import_rows")}
    assert counts == {"points": [2, 0], "import_rows": [1, 0]}
    assert entry.changes["entries"][0] >= 3 and entry.changes["notices"][0] >= 1


def test_who_did_what_and_when_stays_in_every_entry(cast, contact):
    kept = ("pk", "at", "actor", "for_person", "source", "token", "verb", "about_type", "about_id")
    before = list(Entry.objects.order_by("pk").values_list(*kept))
    erased(cast, contact)
    assert list(Entry.objects.order_by("pk").values_list(*kept))[: len(before)] == before


def test_the_imported_sheet_goes_and_the_account_of_its_rows_stays(
    cast, contact, django_capture_on_commit_callbacks
):
    batch = imports.Import.objects.get()
    assert default_storage.exists(batch.key)
    with django_capture_on_commit_callbacks(execute=True):
        erased(cast, contact)
    assert not default_storage.exists(batch.key)
    kept = batch.rows.get(number=2)
    assert (kept.label, kept.outcome, kept.record) == (FIRM, "created", contact.client_id)
    assert kept.written["contact"] == contact.pk
    with clock.clock_at(clock.now() + timedelta(days=31)):
        assert imports.forget_old_imports() == 1


def test_an_open_import_that_names_the_person_comes_first(cast, contact):
    checked(cast.leader, workbook(row("别家有限公司", 联系电话=PHONE)))
    with pytest.raises(NotNow, match="still open"):
        erased(cast, contact)
    assert Contact.objects.get(pk=contact.pk).name == NAME


def test_a_private_client_loses_its_name(cast):
    own = crm.client(cast.member, NAME, kind="person", address="中山路 1 号 302", note="单身")
    crm.lead(cast.member, own, "婚宴")
    visit = crm.visit(cast.member, own)
    for record in (own, visit):
        tell(people=[cast.leader], kind="x.y", title="x", url="/", about=record)
    attach(actor=cast.member, record=own, upload=SimpleUploadedFile("a.pdf", b"%PDF-1.7\n"))
    link(actor=cast.member, source=own, target=crm.client(cast.member), kind="concerns")
    link(actor=cast.member, source=crm.client(cast.member), target=own, kind="concerns")
    assert kept_words().count(NAME) > 10
    erased(cast, own.contacts.get())
    own.refresh_from_db()
    assert (own.name, own.address, own.note) == (f"已清除个人信息 {own.pk}", "", "")
    assert NAME not in kept_words() and "中山路" not in own.identity + own.search


def test_a_firm_called_after_the_person_keeps_its_name(cast):
    firm = crm.client(cast.member, f"{NAME}婚庆有限公司")
    contact = crm.contact(cast.member, firm, NAME)
    erased(cast, contact)
    entry = Entry.objects.get(verb="crm.contact.added", about_id=firm.pk)
    assert entry.about_label == f"{NAME}婚庆有限公司" and entry.changes == {"contact": [None, ""]}


def test_other_clients_keep_a_namesake(cast, contact):
    other = crm.client(cast.member)
    crm.contact(cast.member, other, NAME)
    erased(cast, contact)
    entry = Entry.objects.get(verb="crm.contact.added", about_id=other.pk)
    assert entry.changes == {"contact": [None, NAME]}


def test_a_second_time_there_is_nothing_left(cast, contact):
    again = erased(cast, contact)
    with pytest.raises(NotNow, match="Nothing personal"):
        erased(cast, again)
    assert Entry.objects.filter(verb="crm.contact.erased").count() == 1


def test_a_contact_taken_out_of_the_file_can_be_forgotten_too(cast, contact):
    contacts.remove_contact(actor=cast.member, record=contact, reason="离职")
    erased(cast, contact)
    assert [one for one in PERSONAL if one in kept_words()] == []


@pytest.mark.parametrize("part", ["member", "leader", "deputy", "hr", "leadership"])
def test_nobody_else_erases_or_gives_out(cast, contact, part):
    with pytest.raises(Forbidden):
        erase_person(actor=getattr(cast, part), record=contact, reason="x")
    with pytest.raises(Forbidden):
        person_report(actor=getattr(cast, part), record=contact, file_format="json")
    assert ContactPoint.objects.filter(contact=contact).exists()


# --- append-only ---------------------------------------------------------------------------------

postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's trigger.")


@postgres
@pytest.mark.parametrize("act", ["update", "delete", "both"])
def test_after_erasing_the_trail_is_closed_again(cast, contact, act):
    erased(cast, contact)
    entry = Entry.objects.latest("pk")
    with pytest.raises(InternalError, match="append-only"), transaction.atomic():
        _alter(entry, act)


@postgres
@pytest.mark.parametrize(
    "changed",
    [{"verb": "x.y"}, {"actor": None}, {"about_id": 1}, {"source": "task"}, {"token": "x"}],
)
def test_even_while_erasing_nothing_but_label_and_values_can_change(cast, contact, changed):
    entry = Entry.objects.filter(actor=cast.member).latest("pk")
    with pytest.raises(InternalError, match="append-only"), transaction.atomic(), _unlocked():
        Entry.objects.filter(pk=entry.pk).update(about_label="x", **changed)
    with pytest.raises(InternalError, match="append-only"), transaction.atomic(), _unlocked():
        Entry.objects.filter(pk=entry.pk)._raw_delete("default")
    with pytest.raises(InternalError, match="append-only"), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(about_label="x")


@postgres
def test_a_failure_while_erasing_closes_the_trail(cast, contact):
    def fails(entry, value):
        return {"x": {1, 2}} if isinstance(value, dict) else value

    with pytest.raises(TypeError):
        blank_entries(Entry.objects.all(), fails)
    entry = Entry.objects.latest("pk")
    with pytest.raises(InternalError, match="append-only"), transaction.atomic():
        _alter(entry, "update")


def _alter(entry: Entry, act: str) -> None:
    if act == "delete":
        Entry.objects.filter(pk=entry.pk)._raw_delete("default")
    elif act == "update":
        Entry.objects.filter(pk=entry.pk).update(changes={})
    else:
        entry.about_label = "x"
        Entry.objects.bulk_update([entry], ["about_label", "changes"])


def test_nothing_else_opens_the_trail():
    """The setting is named by the trigger and by the one function that erases."""
    naming = [
        str(path.relative_to(ROOT))
        for folder in ("expansion", "crm", "research", "partnerships", "training", "appraisal")
        for path in (ROOT / folder).rglob("*.py")
        if "expansion.erasing" in path.read_text("utf-8")
    ]
    by_name = [one for one in naming if "migrations" not in one]
    assert by_name == ["expansion/audit/erasing.py"]


# --- doors ---------------------------------------------------------------------------------------


def test_the_page_asks_for_a_reason_and_a_second_look(cast, contact, sign_in):
    browser, url = sign_in(cast.manager), f"/crm/contacts/{contact.pk}/erase"
    assert browser.get(url).status_code == 200
    for sent in ({"reason": "来函"}, {"sure": "on"}, {"sure": "on", "reason": " "}):
        assert browser.post(url, {"request_id": str(sent), **sent}).status_code == 422
    assert Contact.objects.get(pk=contact.pk).name == NAME
    sent = {"request_id": "a", "reason": "来函", "sure": "on"}
    assert browser.post(url, sent).status_code == 302
    assert browser.post(url, sent).status_code == 302  # a second click changes nothing twice
    assert Contact.objects.get(pk=contact.pk).name == ""
    assert Entry.objects.filter(verb="crm.contact.erased").count() == 1


def test_the_client_page_offers_it_to_the_manager_alone(cast, contact, sign_in):
    url = f"/crm/clients/{contact.client_id}?tab=contacts"
    for part, offered in {"manager": True, "member": False, "leader": False}.items():
        text = sign_in(getattr(cast, part)).get(url).content.decode()
        assert (f"/crm/contacts/{contact.pk}/erase" in text) is offered, part


def test_an_administrator_erases_by_command_and_reads_nothing(cast, contact, sign_in):
    assert sign_in(cast.administrator).get(f"/crm/contacts/{contact.pk}/erase").status_code == 404
    given = {"actor": "administrator", "reason": "来函", "stdout": io.StringIO()}
    call_command("erase_person", contact.pk, **given)
    assert Contact.objects.get(pk=contact.pk).name == ""
    assert Entry.objects.get(verb="crm.contact.erased").source == "command"
    assert NAME not in given["stdout"].getvalue()


@pytest.mark.parametrize(
    ("number", "actor", "said"),
    [("own", "member", "陈立群"), ("own", "nobody", "nobody"), (999999, "administrator", "。")],
)
def test_the_command_refuses_in_a_sentence(cast, contact, number, actor, said):
    with pytest.raises(CommandError, match=said):
        pk = contact.pk if number == "own" else number
        call_command("erase_person", pk, actor=actor, reason="来函")
    assert Contact.objects.get(pk=contact.pk).name == NAME


# --- the report ----------------------------------------------------------------------------------


def test_the_report_tells_everything_and_is_written_down(cast, contact):
    report = person_report(actor=cast.manager, record=contact, file_format="xlsx")
    text = str(report.lines)
    assert [one for one in PERSONAL if one not in text and one != PHONE] == []
    assert "+8613812346217" in text and "让打" in text and "确认下午两点面谈" in text
    assert "王建国" not in text
    entry = Entry.objects.get(verb="crm.contact.reported")
    assert (entry.actor, report.number) == (cast.manager, f"P{entry.pk:06d}")
    assert entry.changes == {
        "contact_id": [None, contact.pk],
        "count": [None, len(report.lines)],
        "format": [None, "xlsx"],
    }


def test_after_erasing_the_report_names_only_what_stays(cast, contact):
    erased(cast, contact)
    report = person_report(actor=cast.manager, record=contact, file_format="json")
    assert [line.value for line in report.lines if NAME in line.value] == [
        f"{cast.member.name}: 与{NAME}谈价，让打{PHONE}"
    ]


@pytest.mark.parametrize("file_format", ["xlsx", "json"])
def test_the_file_is_for_the_manager_and_carries_its_number(cast, contact, sign_in, file_format):
    url = f"/crm/contacts/{contact.pk}/report/{file_format}"
    for part, status in {"member": 403, "administrator": 404, "outsider": 404}.items():
        assert sign_in(getattr(cast, part)).post(url).status_code == status, part
    answer = sign_in(cast.manager).post(url)
    number = f"P{Entry.objects.get(verb='crm.contact.reported').pk:06d}"
    assert f"{number}.{file_format}" in answer.headers["Content-Disposition"]
    if file_format == "json":
        data = json.loads(answer.content)
        assert data["number"] == number and NAME in str(data["lines"])
    else:
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        assert NAME in str([[cell.value for cell in line] for line in book.active.iter_rows()])
        assert number in book.active.oddFooter.left.text + str(book.active.oddFooter.center.text)
    assert sign_in(cast.manager).post(url.replace(file_format, "pdf")).status_code == 404


def test_a_reason_for_another_thing_is_not_searched(cast, contact):
    """Entries that are not about the client are left alone, whatever they say."""
    entry = write(
        actor=cast.hr, verb="people.person.changed", about=cast.leader,
        changes={"name": ["x", NAME]},
    )  # fmt: skip
    erased(cast, contact)
    assert Entry.objects.get(pk=entry.pk).changes == {"name": ["x", NAME]}
