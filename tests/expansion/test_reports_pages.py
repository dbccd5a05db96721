"""The pages of work reports: one address for the writer's editor and everybody's paper."""

import io
import re
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.utils.translation import override
from openpyxl import load_workbook

from expansion import clock, offers
from expansion.approvals.wording import role_label
from expansion.audit.models import Entry
from expansion.metrics import Evidence
from expansion.office.models import WorkReport
from expansion.office.services import reports as services
from expansion.rulebook.selectors import rules_on
from expansion.ui.formats import moment
from expansion.worktime import Period

pytestmark = pytest.mark.django_db
MARKER = "南京海纳二稿"
CUT_BEFORE = datetime(2026, 11, 13, 15, tzinfo=clock.zone())


@pytest.fixture
def report(cast, monkeypatch) -> WorkReport:
    def draw(people, start, end):
        said = Evidence(None, None, "", clock.today(), Decimal(7))
        figure = offers.Figure("visits", "拜访", {people[0].pk: [said]}, "次")
        return {"figures": [figure], "lines": ["拜访七家"]}

    section = offers.ReportSection("test.visits", "拜访", 1, draw)
    monkeypatch.setitem(offers._registry.kept, offers.ReportSection, {"x": section})
    services.open_reports(rules=rules_on(), period=Period.parse("2026-W47"))
    return WorkReport.objects.get(owner=cast.member, kind="weekly_summary")


def url(report, verb="") -> str:
    return f"/office/reports/{report.pk}{verb and '/' + verb}"


def content(report, **more) -> dict:
    return {"request_id": "r1", "version": report.version, "text_done": MARKER, **more}


def test_the_list_shows_the_own_reports(report, cast, sign_in):
    page = sign_in(cast.member).get("/office/reports/").content.decode()
    assert url(report) in page
    others = WorkReport.objects.exclude(owner=cast.member)
    assert not any(f'"{url(other)}"' in page for other in others)


def test_the_writer_gets_the_editor_with_a_draft(report, cast, sign_in):
    page = sign_in(cast.member).get(url(report)).content.decode()
    assert 'name="text_done"' in page and "拜访七家" in page and url(report, "submit") in page


def counted(page: str, until: datetime) -> bool:
    """Whether one sentence of the page names both moments."""
    with override("zh-hans"):
        return bool(re.search(f"{moment(CUT_BEFORE)}[^<]*{moment(until)}", page))


def test_the_page_says_from_when_to_when_was_counted(report, cast, sign_in):
    page = sign_in(cast.member).get(url(report)).content.decode()
    assert counted(page, clock.now())
    with clock.clock_at(CUT_BEFORE + timedelta(days=9)):
        late = sign_in(cast.member).get(url(report)).content.decode()
        assert counted(late, CUT_BEFORE + timedelta(days=7)) and not counted(late, clock.now())


def test_who_sees_it_and_who_does_not(report, cast, sign_in):
    expected = {"member": 200, "leader": 200, "manager": 200}
    for part, person in cast.everyone().items():
        if person.is_authenticated and person.is_active:
            assert sign_in(person).get(url(report)).status_code == expected.get(part, 404), part
    assert sign_in(cast.anonymous).get(url(report)).status_code == 302


def test_who_gathers_it_opens_it_and_the_writer_is_told_so(report, cast, sign_in):
    address = "/office/reports/team"
    assert sign_in(cast.consolidator).get(address).status_code == 403
    WorkReport.objects.filter(pk=report.pk).update(gathered_by="consolidator")
    assert url(report) in sign_in(cast.consolidator).get(address).text
    assert sign_in(cast.consolidator).get(url(report)).status_code == 200
    assert sign_in(cast.consolidator).get(url(report, "read")).status_code == 403
    with override("zh-hans"):
        word = role_label("consolidator")
    assert word in sign_in(cast.member).get(url(report)).text
    WorkReport.objects.filter(pk=report.pk).update(gathered_by="")
    assert word not in sign_in(cast.member).get(url(report)).text


def test_a_superior_does_not_read_a_draft(report, cast, sign_in):
    sign_in(cast.member).post(url(report, "save"), content(report))
    for person in (cast.leader, cast.manager):
        assert MARKER not in sign_in(person).get(url(report)).content.decode()


def test_saving_by_itself_answers_with_the_new_version(report, cast, sign_in):
    browser = sign_in(cast.member)
    for version in (1, 2):
        report.version = version
        sent = browser.post(url(report, "save"), content(report), headers={"HX-Request": "true"})
        assert sent.status_code == 200
        assert f'value="{version + 1}"' in sent.content.decode()
    assert WorkReport.objects.get(pk=report.pk).texts["done"] == MARKER


def test_a_stale_save_keeps_what_was_typed_and_shows_both(report, cast, sign_in):
    browser = sign_in(cast.member)
    browser.post(url(report, "save"), content(report))
    sent = browser.post(url(report, "save"), content(report, text_done="另一稿"))
    assert sent.status_code == 409
    page = sent.content.decode()
    assert MARKER in page and "另一稿" in page


def test_a_text_that_is_too_long_is_kept_and_refused(report, cast, sign_in):
    long = "长" * 2001
    for verb in ("save", "submit"):
        sent = sign_in(cast.member).post(url(report, verb), content(report, text_done=long))
        assert sent.status_code == 422
        assert long in sent.content.decode()


def test_handing_in_from_the_editor(report, cast, sign_in):
    browser = sign_in(cast.member)
    sent = browser.post(url(report, "submit"), content(report, plan="回访六家\n签框架合同"))
    assert (sent.status_code, sent["Location"]) == (302, url(report))
    kept = WorkReport.objects.get(pk=report.pk)
    assert (kept.status, kept.plan) == ("submitted", ["回访六家", "签框架合同"])
    assert MARKER in sign_in(cast.leader).get(url(report)).content.decode()


def test_one_click_on_the_first_page_and_a_second_one_changes_nothing(report, cast, sign_in):
    browser = sign_in(cast.member)
    for _click in range(2):
        sent = browser.post(url(report, "submit"), {"request_id": "once"})
        assert sent.status_code == 302
    assert Entry.objects.filter(verb="office.report.submitted").count() == 1


def test_handing_in_for_somebody_else_is_refused(report, cast, sign_in):
    for person, status in ((cast.leader, 403), (cast.colleague, 404), (cast.hr, 404)):
        assert (
            sign_in(person).post(url(report, "submit"), {"request_id": "x"}).status_code == status
        )


def test_taking_back_reading_and_commenting(report, cast, sign_in):
    sign_in(cast.member).post(url(report, "submit"), {"request_id": "1"})
    sign_in(cast.member).post(url(report, "withdraw"), {"request_id": "2"})
    sign_in(cast.member).post(url(report, "submit"), {"request_id": "3"})
    for _click in range(2):
        said = {"request_id": "4", "text": "写明场次"}
        answer = sign_in(cast.leader).post(url(report, "comment"), said)
        assert (answer.status_code, answer.url) == (302, url(report))
    kept = WorkReport.objects.get(pk=report.pk)
    assert (kept.status, kept.read_by) == ("read", cast.leader)
    assert "写明场次" in sign_in(cast.member).get(url(report)).content.decode()
    assert sign_in(cast.member).get(url(report, "comment")).status_code == 403


def test_the_first_page_carries_the_report_and_its_click(report, cast, sign_in):
    browser = sign_in(cast.member)
    assert url(report) in browser.get("/").text  # in the phone's strip
    assert url(report, "submit") in browser.get("/today/side/").text
    browser.post(url(report, "submit"), {"request_id": "1"})
    assert url(report) not in browser.get("/").text + browser.get("/today/side/").text


def test_the_to_do_centre_lists_and_counts_it(report, cast, sign_in):
    browser = sign_in(cast.member)
    page = browser.get("/todo/").content.decode()
    assert url(report) in page
    browser.post(url(report, "submit"), {"request_id": "1"})
    assert url(report) not in browser.get("/todo/").content.decode()


def test_the_team_page_names_who_is_missing(report, cast, sign_in):
    assert sign_in(cast.member).get("/office/reports/team").status_code == 403
    page = sign_in(cast.leader).get("/office/reports/team").content.decode()
    assert cast.colleague.name in page and cast.outsider.name not in page
    assert sign_in(cast.manager).get("/office/reports/team?kind=x&period=y").status_code == 200


def test_the_consolidated_sheet_names_who_is_missing_and_is_logged(report, cast, sign_in):
    sign_in(cast.member).post(
        url(report, "submit"), content(report, text_done="=HYPERLINK(1)", plan="回访")
    )
    address = "/office/reports/team.xlsx?kind=weekly_summary&period=2026-W47"
    shown = sign_in(cast.manager).get("/office/reports/team").content.decode()
    assert f'action="{address.replace("&", "&amp;")}" data-download' in shown
    sent = sign_in(cast.manager).post(address)
    assert sent.status_code == 200
    entry = Entry.objects.get(verb="office.reports.exported")
    sheet = load_workbook(io.BytesIO(sent.content)).active
    rows = {row[0].value: row for row in sheet.iter_rows(min_row=2)}
    assert rows[cast.member.name][5].value == "7 次"
    assert rows[cast.member.name][6].value == "=HYPERLINK(1)"
    assert rows[cast.member.name][6].data_type == "s"
    assert rows[cast.colleague.name][4].value is None
    foot = sheet.oddFooter
    texts = [part.text or "" for part in (foot.left, foot.center, foot.right)]
    assert any(str(entry.pk) in text for text in texts)


def test_a_sheet_holds_nothing_of_other_teams_and_of_drafts(report, cast, sign_in):
    other = WorkReport.objects.get(owner=cast.outsider, kind="weekly_summary")
    sign_in(cast.outsider).post(url(other, "submit"), content(other))
    sign_in(cast.member).post(url(report, "save"), content(report, text_done="未定稿"))
    address = "/office/reports/team.xlsx?kind=weekly_summary&period=2026-W47"
    cells = [
        str(cell.value)
        for row in load_workbook(io.BytesIO(sign_in(cast.leader).post(address).content)).active
        for cell in row
    ]
    assert not any(MARKER in cell or "未定稿" in cell for cell in cells)
    assert sign_in(cast.member).post(address).status_code == 403
    for nonsense in (
        "?kind=x&period=y",
        "",
        "?kind=%00&period=%00",
        "?kind=weekly_summary&period=2026-W01",
    ):
        answer = sign_in(cast.manager).post(f"/office/reports/team.xlsx{nonsense}")
        assert answer.status_code == 404
