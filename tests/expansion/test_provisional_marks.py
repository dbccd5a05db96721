"""The mark of a deadline that may still move: the same on every door (law 7).

On the day of the tests, in November 2026, the calendar of 2026 is published, that of 2027 not out.
"""

import csv
import io
from datetime import date, datetime, timedelta

import openpyxl
import pypdfium2
import pytest
from django.core import mail
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appraisal.models import Result
from crm.models import Visit
from expansion import clock
from expansion.approvals import reminders as approval_reminders
from expansion.approvals.models import Step
from expansion.approvals.selectors import open_step
from expansion.approvals.sheet import sheet
from expansion.jobs import services as jobs
from expansion.machine import pdf_missing
from expansion.notices import ladders, outbox
from expansion.notices.models import Notice, Wish, Wording
from expansion.notices.services import choose_channels
from expansion.office.models import WorkReport
from expansion.office.services import reminders as report_reminders
from expansion.office.services.reports import open_reports
from expansion.people.models import User
from expansion.rulebook.models import Version
from expansion.rulebook.selectors import rules_on
from expansion.transfer import keeping
from expansion.transfer.columns import Column, Kind
from expansion.transfer.models import Export
from expansion.transfer.services import exports
from expansion.transfer.writing import Watermark, write_csv, write_workbook
from expansion.ui import deadlines
from expansion.ui.templatetags import ui
from expansion.worktime import Period
from research.models import Finding
from tests.expansion import test_compliance
from tests.expansion import test_every_ladder as every_ladder
from tests.make import appraisal as appraisal_make
from tests.make import contracts, crm, partnerships, research
from tests.make.rules import put_in_force

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mail_server")]
MOVES = datetime(2027, 1, 15, 15, tzinfo=clock.zone())
STANDS = datetime(2026, 12, 15, 15, tzinfo=clock.zone())
EACH = pytest.mark.parametrize(
    ("due", "marked"), [(MOVES, True), (STANDS, False)], ids=["provisional", "published"]
)
DRAWN, WRITTEN = ">provisional</span>", " (provisional)"
WEEK = Period.parse("2026-W47")


def asked(cast, due: datetime) -> Step:
    """A contract of the member's that the manager has to decide by then."""
    step = open_step(contracts.submitted(cast))
    Step.objects.filter(pk=step.pk).update(due_at=due, remind_at=due - timedelta(days=1))
    return Step.objects.select_related("request").get(pk=step.pk)


def owed(person, due: datetime) -> WorkReport:
    """The person's weekly report, with that deadline."""
    open_reports(rules=rules_on(), period=WEEK)
    report = WorkReport.objects.get(owner=person, kind="weekly_summary")
    WorkReport.objects.filter(pk=report.pk).update(due_at=due, remind_at=clock.now())
    report.refresh_from_db()
    return report


def visited(person, due: datetime) -> Visit:
    """A visit that has begun; its record is due then."""
    visit = crm.planned(person, crm.client(person))
    Visit.objects.filter(pk=visit.pk).update(arrived_at=clock.now(), due_at=due)
    visit.refresh_from_db()
    return visit


@pytest.fixture
def cast(cast):
    """Everybody reads English here."""
    User.objects.update(language="en")
    for person in cast.everyone().values():
        person.language = "en"
    return cast


# --- the mark itself -----------------------------------------------------------------------------


@EACH
def test_as_text_and_as_drawn_it_stands_beside_the_same_dates(due, marked, cast):
    text = WRITTEN if marked else ""
    assert deadlines.in_words(due) == deadlines.in_words(due.date()) == text
    assert deadlines.moment(due).endswith(f"15:00{text}")
    assert deadlines.day(due).endswith(f"{due:%Y}{text}" if marked else f"{due:%b}")
    assert (DRAWN in deadlines.deadline(due)) is marked
    assert deadlines.in_words(None) == ""


def test_a_department_with_a_week_of_its_own_waits_for_no_notice(cast):
    assert deadlines.may_move(MOVES)
    put_in_force({"working_time.calendar": "own"})
    assert not deadlines.may_move(MOVES)


# --- to-dos --------------------------------------------------------------------------------------


@EACH
def test_a_decision_that_waits_is_marked_among_the_to_dos(due, marked, cast, sign_in):
    step = asked(cast, due)
    page = sign_in(cast.manager).get("/todo/").text
    assert step.request.title in page
    assert (DRAWN in page) is marked


@EACH
def test_reports_and_records_are_marked_among_the_to_dos(due, marked, cast, sign_in):
    visit, report = visited(cast.member, due), owed(cast.member, due)
    WorkReport.objects.filter(owner=cast.member).exclude(pk=report.pk).delete()
    page = sign_in(cast.member).get("/todo/").text
    assert visit.client.name in page and report.title in page
    assert page.count(DRAWN) == (2 if marked else 0)


@EACH
def test_the_first_page_marks_what_waits(due, marked, cast, sign_in):
    visited(cast.member, due)
    assert (DRAWN in sign_in(cast.member).get("/today/waiting/").text) is marked
    assert (f"15:00{WRITTEN}" in sign_in(cast.member).get("/").text) is marked


def test_a_day_that_a_person_has_named_is_not_marked(cast, sign_in):
    with clock.clock_at(datetime(2026, 12, 30, 10, tzinfo=clock.zone())):
        project = partnerships.running(cast.partner_member)
        phase = partnerships.phase(cast.partner_member, project, days=6)
        assert deadlines.may_move(phase.due_on)
        page = sign_in(cast.partner_member).get("/todo/").text
    assert phase.title in page
    assert DRAWN not in page


# --- notices -------------------------------------------------------------------------------------


@EACH
def test_a_reminder_of_a_decision_says_it_on_screen_and_in_its_mail(due, marked, cast):
    cast.manager.email = "manager@example.com"
    cast.manager.save()
    choose_channels(
        actor=cast.manager, wishes={"approvals": Wish.AT_ONCE, "deadlines": Wish.AT_ONCE}
    )
    asked(cast, due)
    mail.outbox.clear()
    approval_reminders.remind(due - timedelta(hours=1))
    notice = Notice.objects.get(kind="approvals.due", person=cast.manager)
    assert (f"15:00{WRITTEN}: " in notice.title) is marked
    with clock.clock_at(clock.now() + timedelta(days=1)):
        outbox.send_waiting()
    bodies = [one.body for one in mail.outbox if notice.title in one.body]
    assert len(bodies) == 1


def test_what_is_overdue_moves_no_more(cast):
    asked(cast, MOVES)
    late = MOVES + timedelta(hours=1)
    with clock.clock_at(late):
        approval_reminders.remind(late)
    told = Notice.objects.filter(kind="approvals.overdue")
    assert told and not [one for one in told if WRITTEN in one.title]


@EACH
def test_a_reminder_of_a_report_says_it(due, marked, cast):
    owed(cast.member, due)
    report_reminders.remind(clock.now())
    notice = Notice.objects.get(kind="office.report_due", person=cast.member)
    assert (f"15:00{WRITTEN}." in notice.text) is marked


@EACH
def test_so_do_an_administrators_own_words(due, marked, cast):
    words = {"title": "{report}: {due}", "text": "", "language": "en"}
    Wording.objects.create(kind="office.report_due", **words)
    owed(cast.member, due)
    report_reminders.remind(clock.now())
    notice = Notice.objects.get(kind="office.report_due", person=cast.member)
    assert "15:00" in notice.title
    assert notice.title.endswith(WRITTEN) is marked


def ladder_tells(
    person, due: datetime, *, now: datetime, counted: bool, many: int = 1
) -> list[str]:
    """What the ladder of tasks says at that moment of what is due then."""
    owed_then = [
        ladders.Owed((person,), due, "MARKER", f"{due}{number}", "/todo/", counted=counted)
        for number in range(many)
    ]
    ladders.remind(owed_then, now=now, kind="test.thing", ladder="tasks", rules=rules_on())
    return [one.title for one in Notice.objects.filter(kind__startswith="test.thing")]


@EACH
def test_a_ladder_marks_what_was_counted(due, marked, cast):
    (said,) = ladder_tells(cast.member, due, now=due - timedelta(hours=1), counted=True)
    assert "MARKER" in said and said.startswith("Due ")
    assert (f"{WRITTEN}: " in said) is marked


def test_a_ladder_marks_neither_what_a_person_has_named_nor_what_is_late(cast):
    (ahead,) = ladder_tells(cast.member, MOVES, now=MOVES - timedelta(hours=1), counted=False)
    Notice.objects.all().delete()
    late = ladder_tells(cast.member, MOVES, now=MOVES + timedelta(hours=1), counted=True)
    assert "Due " in ahead and late
    assert not [one for one in (ahead, *late) if WRITTEN in one]


def test_a_ladder_of_many_asks_for_the_rules_once(cast):
    rules_on()  # their text is read once per process
    now = MOVES - timedelta(hours=1)
    with CaptureQueriesContext(connection) as asked_for:
        ladder_tells(cast.member, MOVES, now=now, counted=True, many=9)
    about_rules = [one for one in asked_for if Version._meta.db_table in one["sql"]]
    assert len(about_rules) == 2, "one more than the test's own, which it hands to the ladder"


@pytest.mark.parametrize(
    ("owe", "job", "counted"),
    [
        (every_ladder.major_matters, "crm.remind_of_matters", True),
        (every_ladder.questionnaires, "surveys.attend", True),
        (every_ladder.appealed, "appraisal.remind", True),
        (every_ladder.checks, "partnerships.remind", True),
        (every_ladder.records, "crm.remind_of_records", True),
        (every_ladder.milestones, "partnerships.remind", False),
        (every_ladder.survey_measures, "surveys.attend", False),
        (every_ladder.findings, "research.remind", False),
        (every_ladder.obligations, "crm.remind_of_contracts", False),
    ],
)
def test_each_room_says_whether_its_deadline_was_counted(owe, job, counted, cast, monkeypatch):
    monkeypatch.setattr(deadlines, "_may_move", lambda day: True)
    due, _told_later = owe(cast)
    clock.set_clock(due - timedelta(hours=1))
    jobs.run(jobs.enqueue(job))
    titles = [one.title for one in Notice.objects.filter(kind__endswith=".due")]
    assert titles
    assert {WRITTEN in title for title in titles} == {counted}


# --- paper ---------------------------------------------------------------------------------------


@EACH
def test_the_approval_sheet_says_until_when_and_marks_it(due, marked, cast):
    step = asked(cast, due)
    paper = render_to_string("approvals/sheet.html", sheet(step.request, cast.member))
    assert f"until {due.day} {due:%b %Y} 15:00{WRITTEN if marked else ''}<" in paper


@pytest.mark.skipif(pdf_missing() is not None, reason="This machine cannot make PDF.")
@EACH
def test_the_mark_is_printed(due, marked, cast, sign_in):
    step = asked(cast, due)
    answer = sign_in(cast.member).get(f"/approvals/{step.request.pk}/sheet.pdf")
    pages = pypdfium2.PdfDocument(io.BytesIO(answer.content))
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    assert f"{due:%Y} 15:00" in text
    assert (WRITTEN in text) is marked


# --- files ---------------------------------------------------------------------------------------

COLUMNS = (
    Column("due", "Due", Kind.DEADLINE),
    Column("at", "Moment", Kind.MOMENT),
    Column("day", "Day", Kind.DATE),
)


def mark_of_file() -> Watermark:
    return Watermark("许晴", clock.now(), "E-0012")


@EACH
def test_in_a_workbook_it_stands_in_the_cell_which_stays_a_date(due, marked, cast):
    file = io.BytesIO()
    rows = [(due, due, due.date()), (None, None, None)]
    write_workbook(file, COLUMNS, rows, title="x", watermark=mark_of_file())
    page = openpyxl.load_workbook(file).active
    deadline, moment, day = page[2]
    assert deadline.value == moment.value == due.replace(tzinfo=None)
    assert deadline.is_date and page["A3"].value is None
    assert (WRITTEN in deadline.number_format) is marked
    assert not [one for one in (moment, day) if WRITTEN in one.number_format]
    assert page.column_dimensions["A"].width > len("2027-01-15 15:00 (provisional)")


@EACH
def test_in_a_text_table_it_stands_behind_the_date(due, marked, cast):
    file = io.BytesIO()
    rows = [(due, due, due.date()), (None, None, None)]
    write_csv(file, COLUMNS, rows, watermark=mark_of_file())
    _head, first, empty, _foot = csv.reader(io.StringIO(file.getvalue().decode(), newline=""))
    assert first[0] == f"{due:%Y-%m-%d} 15:00{WRITTEN if marked else ''}"
    assert first[1:] == [f"{due:%Y-%m-%d} 15:00", f"{due:%Y-%m-%d}"]
    assert empty == ["", "", ""]


def exported(person, file_format: str) -> bytes:
    given = {"rules": rules_on(), "actor": person, "key": "crm.visits", "file_format": file_format}
    with keeping.open_kept(exports.export_list(**given).key) as file:
        return file.read()


@EACH
def test_an_exported_list_marks_its_deadlines(due, marked, cast):
    visited(cast.member, due)
    page = openpyxl.load_workbook(io.BytesIO(exported(cast.member, Export.Format.XLSX))).active
    heads = [cell.value for cell in page[1]]
    cell = page[2][heads.index("Record due")]
    assert cell.value == due.replace(tzinfo=None)
    assert (WRITTEN in cell.number_format) is marked
    text = exported(cast.member, Export.Format.CSV).decode()
    assert f"{due:%Y-%m-%d} 15:00" in text
    assert (WRITTEN in text) is marked


@pytest.mark.parametrize(
    ("day", "marked"), [(date(2027, 1, 20), True), (date(2026, 11, 27), False)]
)
def test_the_cases_of_a_clause_are_taken_away_with_their_marks(day, marked, cast, sign_in):
    with clock.clock_at(datetime(day.year, day.month, 19, 10, tzinfo=clock.zone())):
        test_compliance.visit(cast.member, day, done=False)
        address = reverse("home:compliance-cases", args=[test_compliance.CLAUSE])
        answer = sign_in(cast.manager).post(address)
    page = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    (due,) = [str(cell.value) for cell in page["D"] if "18:00" in str(cell.value)]
    assert due.endswith(WRITTEN) is marked


@EACH
def test_the_sheet_of_a_teams_reports_marks_them(due, marked, cast, sign_in):
    owed(cast.member, due)
    address = f"/office/reports/team.xlsx?kind=weekly_summary&period={WEEK.key}"
    sent = sign_in(cast.manager).post(address)
    page = openpyxl.load_workbook(io.BytesIO(sent.content)).active
    (cell,) = [row[3] for row in page.iter_rows() if row[0].value == cast.member.name]
    assert page["D1"].value == "Due" and cell.value == due.replace(tzinfo=None)
    assert (WRITTEN in cell.number_format) is marked


# --- the API -------------------------------------------------------------------------------------


@EACH
def test_the_api_says_it_beside_the_deadline(due, marked, cast, sign_in):
    step, report = asked(cast, due), owed(cast.member, due)
    visit = visited(cast.member, due)
    browser = sign_in(cast.member)
    first, later = browser.get(f"/api/v1/approvals/requests/{step.request_id}").json()["steps"][:2]
    shown = [
        first,
        browser.get(f"/api/v1/office/reports/{report.pk}").json(),
        browser.get(f"/api/v1/crm/visits/{visit.pk}").json(),
    ]
    assert [one["due_at_provisional"] for one in shown] == [marked] * 3
    assert (later["due_at"], later["due_at_provisional"]) == (None, False)


@EACH
def test_the_api_says_it_of_the_time_to_appeal(due, marked, cast, sign_in):
    appraisal_make.whole_quarter(cast)
    Result.objects.update(appeal_until=due)
    (shown,) = sign_in(cast.member).get("/api/v1/appraisal/results/").json()["results"]
    assert shown["appeal_until_provisional"] is marked


def test_what_a_plan_names_is_not_provisional(cast, sign_in):
    counted = research.a_finding(cast)
    plan = research.approved_plan(cast, due_on=MOVES.date())
    named = research.a_finding(cast, plan=plan)
    Finding.objects.filter(pk=counted.pk).update(due_at=MOVES)
    browser = sign_in(cast.outsider)

    def said(finding: Finding) -> tuple[bool, bool]:
        shown = browser.get(f"/api/v1/research/findings/{finding.pk}").json()
        page = browser.get(finding.get_absolute_url()).text
        assert shown["due_at"].startswith("2027-01-15")
        return shown["due_at_provisional"], DRAWN in page

    assert said(counted) == (True, True)
    assert said(named) == (False, False)


def test_many_marks_ask_for_the_rules_once(cast, sign_in):
    open_reports(rules=rules_on(), period=WEEK)
    browser = sign_in(cast.manager)

    def queries(due: datetime) -> int:
        WorkReport.objects.update(due_at=due)
        with CaptureQueriesContext(
            connection,
        ) as asked_for:
            rows = browser.get("/api/v1/office/reports/?limit=200").json()["results"]
        assert len(rows) > 5
        return len(asked_for)

    queries(STANDS)  # whatever is read only once
    assert queries(MOVES) <= queries(STANDS) + 1


@EACH
def test_a_distance_that_stands_alone_carries_the_mark(due, marked, cast):
    with clock.clock_at(due - timedelta(hours=2)):
        assert DRAWN not in ui.due_badge(due, 1)
        assert (DRAWN in ui.due_badge(due, 1, counted=True)) is marked
        assert ui.due_badge(due + timedelta(days=9), 1, counted=True) == ""


def test_what_is_approved_several_at_once_shows_it(cast, sign_in):
    asked(cast, MOVES)
    browser = sign_in(cast.manager)
    with clock.clock_at(MOVES - timedelta(hours=2)):
        assert DRAWN in browser.get(reverse("approvals:several")).text
