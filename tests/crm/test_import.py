"""Importing clients: likely duplicates, completing, owners, rights, corrections, undo."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import Client, Contact, ContactPoint
from crm.services import clients
from crm.services.communications import log_communication
from crm.services.contacts import add_contact
from crm.services.leads import create_lead
from expansion import clock
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, NotNow
from expansion.rulebook.selectors import rules_on
from expansion.transfer.models import ImportRow
from expansion.transfer.services import imports
from tests.make.imports import checked, firms, imported, outcomes, row, workbook

NAME = "南京海纳酒店管理有限公司"
PHONE = "13812346217"
MARKER = "绝密印刷"
Decision = ImportRow.Decision


def the_row(batch, number=2) -> ImportRow:
    return batch.rows.get(number=number)


@pytest.mark.both
def test_a_new_client_has_everything_its_row_says(cast):
    line = row(
        NAME,
        信用代码="91320100MA1MK0CK3Q",
        业态="酒店",
        区域="南京",
        地址="中山路 1 号",
        联系人="刘雯",
        职务="采购主管",
        联系电话=f"{PHONE}/025-84567890",
        是否有效信息="是",
        对接情况="要求先发资料",
        下次跟进时间="12月5日",
        备注="老客户介绍",
    )
    batch = imported(cast.member, workbook(line))
    client = Client.objects.get()
    assert the_row(batch).record == client.pk
    assert (client.owner, client.team.key) == (cast.member, "client")
    assert (client.industry, client.region, client.address) == ("酒店", "南京", "中山路 1 号")
    assert client.next_contact_on == date(2026, 12, 5)
    assert client.note.startswith("老客户介绍\n对接情况：要求先发资料\n是否有效信息：")
    assert client.roles.get().role == "prospect"
    contact = client.contacts.get()
    assert (contact.name, contact.post, contact.main) == ("刘雯", "采购主管", True)
    values = set(client.points.values_list("value", "tail"))
    assert values == {("+8613812346217", "6217"), ("+862584567890", "7890")}
    assert "nanjing" in client.search and "6217" in client.search and "liuwen" in client.search


@pytest.mark.both
def test_the_trail_names_each_client_the_door_and_the_import(cast):
    batch = imported(cast.member, workbook(*firms(3)))
    entries = Entry.objects.filter(verb="crm.client.created")
    assert {entry.source for entry in entries} == {"import"}
    assert {entry.changes["import"][1] for entry in entries} == {batch.pk}
    assert {entry.about_id for entry in entries} == set(Client.objects.values_list("pk", flat=True))


@pytest.mark.both
@pytest.mark.parametrize(
    ("other", "outcome"),
    [
        ("南京海纳酒店管理有限责任公司", "duplicate"),
        ("南京 海纳酒店管理有限公司　", "duplicate"),
        ("南京海纳酒店管理股份有限公司", "created"),
        ("南京海纳酒店管理有限公司分公司", "created"),
        ("南京海纳酒店管理集团有限公司", "created"),
    ],
)
def test_the_same_firm_is_told_from_another(cast, other, outcome):
    clients.create_client(actor=cast.member, name=NAME)
    assert the_row(imported(cast.member, workbook(row(other)))).outcome == outcome


@pytest.mark.both
def test_an_equal_credit_code_is_the_same_firm(cast):
    code = "91320100MA1MK0CK3Q"
    lines = [row(NAME, 信用代码=code), row("海纳酒店", 信用代码=code.lower())]
    batch = imported(cast.member, workbook(*lines))
    assert outcomes(batch) == {1: "ignored", 2: "created", 3: "duplicate"}
    again = imported(cast.member, workbook(row("海纳", 信用代码=code)))
    assert the_row(again).outcome == "duplicate"


def test_a_credit_code_without_its_check_digit_is_left_out_with_a_word(cast):
    batch = imported(cast.member, workbook(row(NAME, 信用代码="123")))
    assert the_row(batch).outcome == "created" and the_row(batch).reason
    assert Client.objects.get().credit_code == ""


@pytest.mark.both
def test_a_row_completes_the_client_that_is_there_and_overwrites_nothing(cast):
    known = clients.create_client(
        actor=cast.member, name=NAME, region="南京", contact={"name": "刘雯", "phones": PHONE}
    )
    line = row(NAME, 区域="无锡", 业态="酒店", 联系人="刘雯", 联系电话=f"{PHONE}、13900000001")
    batch = imported(cast.leader, workbook(line))
    known.refresh_from_db()
    assert the_row(batch).outcome == "updated" and the_row(batch).record == known.pk
    assert (known.region, known.industry, known.owner) == ("南京", "酒店", cast.member)
    assert known.contacts.count() == 1 and known.points.count() == 2
    assert "0001" in known.search
    assert the_row(imported(cast.leader, workbook(line))).outcome == "duplicate"


def test_a_new_contact_of_a_known_client_does_not_displace_the_main_one(cast):
    clients.create_client(actor=cast.member, name=NAME, contact={"name": "刘雯"})
    imported(cast.member, workbook(row(NAME, 联系人="黄明")))
    assert list(Contact.objects.values_list("name", "main")) == [("刘雯", True), ("黄明", False)]


def test_an_old_date_does_not_call_back_what_is_done(cast):
    clients.create_client(actor=cast.member, name=NAME)
    batch = imported(cast.member, workbook(row(NAME, 下次跟进时间="2026-11-01")))
    assert the_row(batch).outcome == "duplicate"
    assert Client.objects.get().next_contact_on is None


@pytest.mark.both
def test_an_equal_number_under_another_name_is_only_a_likely_duplicate(cast):
    known = clients.create_client(actor=cast.member, name=NAME, contact={"phones": PHONE})
    batch = checked(cast.member, workbook(row(NAME + "分公司", 联系电话=PHONE)))
    assert (the_row(batch).outcome, the_row(batch).match) == ("suspect", known.pk)


@pytest.mark.both
@pytest.mark.parametrize(
    ("decision", "outcome", "count"),
    [("merge", "updated", 1), ("create", "created", 2), ("skip", "ignored", 1), ("", "refused", 1)],
)
def test_a_person_decides_what_becomes_of_a_likely_duplicate(cast, decision, outcome, count):
    clients.create_client(actor=cast.member, name=NAME, contact={"phones": PHONE})
    batch = checked(cast.member, workbook(row(NAME + "分公司", 联系电话=PHONE, 业态="酒店")))
    if decision:
        imports.decide_row(actor=cast.member, record=batch, row=2, decision=decision)
    imports.start_import(actor=cast.member, record=batch)
    assert the_row(batch).outcome == outcome and Client.objects.count() == count


def test_two_rows_that_would_complete_one_client_do_not_overwrite_each_other(cast):
    clients.create_client(actor=cast.member, name=NAME, contact={"phones": PHONE})
    lines = [row(NAME, 业态="酒店"), row(NAME + "分公司", 联系电话=PHONE, 业态="写字楼")]
    batch = checked(cast.member, workbook(*lines))
    imports.decide_row(actor=cast.member, record=batch, row=3, decision=Decision.MERGE)
    imports.start_import(actor=cast.member, record=batch)
    assert outcomes(batch) == {1: "ignored", 2: "updated", 3: "refused"}
    assert Client.objects.get().industry == "酒店"


@pytest.mark.both
def test_a_client_of_another_team_is_named_by_its_team_alone(cast, sign_in):
    hidden = clients.create_client(
        actor=cast.partner_member, name=MARKER + "有限公司", contact={"phones": PHONE}
    )
    lines = [row(MARKER + "有限责任公司"), row("苏州某某有限公司", 联系电话=PHONE)]
    batch = checked(cast.member, workbook(*lines))
    known, alike = the_row(batch, 2), the_row(batch, 3)
    assert (known.outcome, known.match, known.record) == ("duplicate", None, None)
    assert (alike.outcome, alike.match) == ("suspect", None)
    assert str(hidden.team) in known.reason and str(hidden.team) in alike.reason
    assert MARKER not in alike.reason and cast.partner_member.name not in known.reason
    browser = sign_in(cast.member)
    page = browser.get(f"/transfer/imports/{batch.pk}?show=suspect").content.decode()
    assert MARKER not in page and f"/crm/clients/{hidden.pk}" not in page
    imports.decide_row(actor=cast.member, record=batch, row=3, decision=Decision.MERGE)
    assert the_row(batch, 3).outcome == "suspect"


def test_a_colleagues_client_that_may_be_seen_and_not_changed_stays(cast):
    known = clients.create_client(actor=cast.colleague, name=NAME)
    batch = imported(cast.member, workbook(row(NAME, 业态="酒店")))
    assert (the_row(batch).outcome, the_row(batch).record) == ("duplicate", None)
    known.refresh_from_db()
    assert known.industry == ""


@pytest.mark.parametrize("role", ["hr", "finance", "legal", "administrator", "liaison"])
def test_who_works_no_clients_imports_none(cast, role):
    with pytest.raises(Forbidden):
        imported(getattr(cast, role), workbook(*firms(1)))


def test_a_leader_names_owners_within_the_team(cast):
    lines = [row("甲有限公司", 负责人="冯璐"), row("乙有限公司", 负责人="何思远")]
    batch = imported(cast.leader, workbook(*lines))
    owners = dict(Client.objects.values_list("name", "owner__name"))
    assert owners == {"甲有限公司": "冯璐", "乙有限公司": "林嘉"}
    assert "何思远" in the_row(batch, 3).reason


def test_an_owner_of_another_team_brings_the_client_into_it(cast):
    imported(cast.manager, workbook(row(NAME, 负责人="罗海涛")))
    client = Client.objects.get()
    assert (client.owner, client.team.key) == (cast.partner_member, "partnership")


def test_a_name_that_sounds_the_same_is_suggested(cast):
    batch = checked(cast.leader, workbook(row(NAME, 负责人="许情")))
    [problem] = the_row(batch).problems
    assert (problem["field"], problem["suggestion"]) == ("owner", "许晴")


def test_a_member_cannot_give_clients_away(cast):
    batch = imported(cast.member, workbook(row(NAME, 负责人="冯璐")))
    assert Client.objects.get().owner == cast.member and batch.remarks


@pytest.mark.both
def test_a_corrected_cell_is_checked_again_at_once(cast):
    batch = checked(cast.member, workbook(row(NAME, 联系电话="12345"), row("", 联系人="刘雯")))
    assert [one.outcome for one in batch.rows.filter(marked=True)] == ["created", "refused"]
    given = {"actor": cast.member, "record": batch}
    imports.fix_cell(**given, row=2, field="phones", text=PHONE)
    batch = imports.fix_cell(**given, row=3, field="name", text="苏州印刷有限公司")
    entries = Entry.objects.filter(verb="transfer.import.corrected", about_id=batch.pk)
    assert entries.count() == 2 and PHONE not in str([one.changes for one in entries])
    assert outcomes(batch) == {1: "ignored", 2: "created", 3: "created"}
    assert batch.counts["marked"] == 0
    imports.start_import(actor=cast.member, record=batch)
    assert ContactPoint.objects.get().value == "+8613812346217"
    assert Client.objects.count() == 2


def test_a_correction_that_makes_a_repetition_is_seen(cast):
    batch = checked(cast.member, workbook(row("甲有限公司"), row("乙有限公司")))
    given = {"actor": cast.member, "record": batch, "row": 2, "field": "name"}
    batch = imports.fix_cell(**given, text="乙有限公司")
    assert outcomes(batch) == {1: "ignored", 2: "created", 3: "duplicate"}
    batch = imports.fix_cell(**given, text="丙有限公司")
    assert outcomes(batch) == {1: "ignored", 2: "created", 3: "created"}


def test_one_correction_can_mend_every_row_that_says_the_same(cast):
    lines = [row(f"第{number}印刷有限公司", 负责人="许情") for number in range(4)]
    batch = checked(cast.leader, workbook(*lines))
    batch = imports.fix_cell(
        actor=cast.leader, record=batch, row=2, field="owner", text="许晴", everywhere=True
    )
    assert batch.counts["marked"] == 0
    imports.start_import(actor=cast.leader, record=batch)
    assert set(Client.objects.values_list("owner__name", flat=True)) == {"许晴"}


@pytest.mark.parametrize(("number", "field"), [(1, "name"), (99, "name"), (2, "nothing")])
def test_a_cell_that_is_not_there_is_refused(cast, number, field):
    batch = checked(cast.member, workbook(row(NAME)))
    with pytest.raises(Invalid):
        imports.fix_cell(actor=cast.member, record=batch, row=number, field=field, text="x")


def test_columns_can_be_matched_by_hand(cast):
    upload = workbook(["甲有限公司", "酒店"], header=["单位名称", "什么业"])
    batch = checked(cast.member, upload)
    given = {"actor": cast.member, "record": batch, "sheet": "", "year": None}
    batch = imports.change_reading(**given, mapping={"0": "name", "1": "industry"})
    assert Entry.objects.get(verb="transfer.import.changed").changes == {"mapping": [1, 2]}
    imports.start_import(actor=cast.member, record=batch)
    assert Client.objects.get().industry == "酒店"
    with pytest.raises(NotNow):
        imports.change_reading(**given, mapping={"0": "name"})


@pytest.mark.parametrize("mapping", [{"1": "industry"}, {"0": "name", "1": "name"}])
def test_a_mapping_without_the_name_or_with_two_is_refused(cast, mapping):
    batch = checked(cast.member, workbook(["甲", "酒店"], header=["单位名称", "什么业"]))
    with pytest.raises(Invalid):
        imports.change_reading(
            actor=cast.member, record=batch, mapping=mapping, sheet="", year=None
        )


def test_another_year_moves_dates_without_one(cast):
    batch = checked(cast.member, workbook(row(NAME, 下次跟进时间="1月5日")))
    batch = imports.change_reading(
        actor=cast.member, record=batch, mapping=batch.mapping, sheet="", year=2027
    )
    imports.start_import(actor=cast.member, record=batch)
    assert Client.objects.get().next_contact_on == date(2027, 1, 5)


@pytest.mark.both
def test_what_changed_since_the_check_is_seen_when_writing(cast):
    batch = checked(cast.member, workbook(row(NAME)))
    clients.create_client(actor=cast.member, name=NAME)
    imports.start_import(actor=cast.member, record=batch)
    assert the_row(batch).outcome == "duplicate" and Client.objects.count() == 1


@pytest.mark.both
def test_an_import_is_written_once(cast):
    batch = imported(cast.member, workbook(*firms(2)))
    with pytest.raises(NotNow):
        imports.start_import(actor=cast.member, record=batch)
    imports.write_import(actor=cast.member, record=batch)
    assert Client.objects.count() == 2


def test_nobody_works_on_anothers_import(cast):
    batch = checked(cast.member, workbook(row(NAME)))
    for person in (cast.leader, cast.administrator):
        with pytest.raises(Forbidden):
            imports.start_import(actor=person, record=batch)
    assert not Client.objects.exists()


@pytest.mark.both
def test_undo_takes_everything_back(cast):
    known = clients.create_client(actor=cast.member, name=NAME, contact={"name": "刘雯"})
    before = (known.search, known.contacts.count())
    batch = imported(cast.member, workbook(*firms(3), row(NAME, 业态="酒店", 联系电话=PHONE)))
    imports.undo_import(actor=cast.member, record=batch)
    known.refresh_from_db()
    assert list(Client.objects.live()) == [known]
    assert (known.search, known.contacts.count()) == before
    assert known.industry == "" and not known.points.exists()
    assert imported(cast.member, workbook(*firms(3))).counts["created"] == 3


@pytest.mark.both
def test_undo_leaves_what_somebody_has_worked_on_and_lists_it(cast, sign_in):
    batch = imported(cast.member, workbook(*firms(4)))
    first, second, third, _fourth = Client.objects.order_by("pk")
    clients.update_client(actor=cast.member, record=first, region="无锡")
    log_communication(
        actor=cast.member, rules=rules_on(), client=second, channel="phone", said="下周再约"
    )
    create_lead(actor=cast.member, client=third, title="年会场地")
    add_contact(actor=cast.member, record=third, name="黄明")
    batch = imports.undo_import(actor=cast.member, record=batch)
    assert set(Client.objects.live()) == {first, second, third}
    assert dict(batch.rows.exclude(undone=None).values_list("number", "undone")) == {
        2: False,
        3: False,
        4: False,
        5: True,
    }
    page = sign_in(cast.member).get(f"/transfer/imports/{batch.pk}").content.decode()
    assert first.name in page


def test_undo_ends_after_seven_days_and_is_done_once(cast):
    batch, late = (
        imported(cast.member, workbook(*firms(1))),
        imported(cast.member, workbook(row(NAME))),
    )
    imports.undo_import(actor=cast.member, record=batch)
    with pytest.raises(NotNow):
        imports.undo_import(actor=cast.member, record=batch)
    clock.set_clock(clock.now() + timedelta(days=7, seconds=1))
    with pytest.raises(NotNow):
        imports.undo_import(actor=cast.member, record=late)


@pytest.mark.both
def test_the_number_of_queries_does_not_grow_with_the_rows(cast):
    def queries(count: int, offset: int) -> int:
        batch = checked(cast.member, workbook(*firms(count + offset)[offset:]))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            imports.write_import(actor=cast.member, record=batch)
        return len(captured)

    queries(2, 0)
    assert queries(40, 10) <= queries(4, 60) + 2


@pytest.mark.slow
@pytest.mark.both
def test_ten_thousand_rows_are_imported_and_undone(cast):
    batch = imported(cast.member, workbook(*firms(10_000)))
    assert batch.counts["created"] == 10_000 == Client.objects.count()
    imports.undo_import(actor=cast.member, record=batch)
    assert not Client.objects.live().exists()


def test_what_a_sheet_said_is_forgotten_after_a_month_and_the_account_stays(cast):
    batch = imported(cast.member, workbook(row(NAME, 联系电话=PHONE)))
    with clock.clock_at(clock.now() + timedelta(days=31)):
        assert imports.forget_old_imports() == 1
        assert imports.forget_old_imports() == 0
    kept = batch.rows.get(number=2)
    assert (kept.cells, kept.written, kept.label, kept.outcome) == ([], {}, NAME, "created")
    assert Entry.objects.get(verb="transfer.import.forgotten").about == batch
