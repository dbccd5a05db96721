"""The page of a year: read by everybody, kept by administrators, imported with a look before."""

import io
from datetime import date, datetime

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from expansion import clock, worktime
from expansion.home import calendar_year
from expansion.home.calendar_year import ADJUSTED, HOLIDAY, REST, WORK
from expansion.people.models import User
from expansion.rulebook.services import drafts
from expansion.worktime import known, services
from expansion.worktime.lines import Line
from expansion.worktime.models import CorrectedDay, YearNotice

pytestmark = pytest.mark.django_db
URL, SHEET = reverse("home:calendar"), reverse("home:calendar-sheet")
IMPORT, CORRECT = reverse("home:calendar-import"), reverse("home:calendar-correct")
TEXT = "2027-01-01 off 元旦 / New Year\n2027-01-02 work"
NOTICE = {"year": "2027", "source": "国办发明电〔2026〕7 号", "text": TEXT, "request_id": "one"}


@pytest.fixture(autouse=True)
def rows_of_this_test_only():
    """What this process has learnt of them is forgotten with them."""
    yield
    known.learn("")


@pytest.fixture(autouse=True)
def in_english(cast):
    """The pages of these tests are read in the source's language."""
    User.objects.update(language="en")


def page(browser, address: str = URL) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


# --- what is read --------------------------------------------------------------------------------


def test_everybody_reads_the_year_and_only_its_keeper_finds_the_acts(cast, sign_in):
    for person in (cast.member, cast.hr, cast.liaison):
        shown = page(sign_in(person))
        assert "Calendar 2026" in shown
        assert CORRECT not in shown
        assert IMPORT not in shown
    kept = page(sign_in(cast.administrator))
    assert f"{CORRECT}?day=2026-11-20" in kept
    assert IMPORT in kept


def test_the_page_says_where_the_days_of_a_year_come_from(cast, sign_in):
    browser = sign_in(cast.member)
    assert "published days" in page(browser)
    assert "every date in it is provisional" in page(browser, f"{URL}?year=2027")
    services.import_year(
        actor=cast.administrator, year=2027, days=[Line(date(2027, 1, 1), False)], source="7 号"
    )
    shown = page(browser, f"{URL}?year=2027")
    assert "7 号" in shown
    assert cast.administrator.name in shown


def test_a_department_with_its_own_week_is_told_that_no_notice_is_used(cast, sign_in):
    changes = {"working_time.calendar": "own", "working_time.own_week": ["monday", "tuesday"]}
    with clock.clock_at(datetime(2026, 11, 17, 9)):
        draft = drafts.change_draft(
            actor=cast.administrator,
            changes=changes,
            effective_on=date(2026, 11, 18),
            reason="自定",
        )
        drafts.publish_version(actor=cast.administrator, draft=draft)
    shown = page(sign_in(cast.member), f"{URL}?year=2027")
    assert "Mon, Tue. The statutory calendar is not used." in shown
    assert "provisional" not in shown


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("", 2026), ("x", 2026), ("9", 2026), ("1999", 2004), ("2031", 2031), ("2032", 2031)],
)
def test_an_address_without_a_year_of_the_calendar_shows_the_nearest(cast, sign_in, asked, shown):
    assert f"<h1>Calendar {shown}</h1>" in page(sign_in(cast.member), f"{URL}?year={asked}")


def a_year(*corrections: CorrectedDay, **own) -> dict[date, calendar_year.Day]:
    view = calendar_year.year_view(2026, worktime.Calendar(**own), None, list(corrections))
    return {one.day: one for one in view.days}


def test_each_day_of_a_year_is_what_it_is(cast):
    days = a_year()
    assert len(days) == 365
    assert (days[date(2026, 10, 1)].kind, days[date(2026, 10, 1)].name) == (HOLIDAY, "National Day")
    assert days[date(2026, 10, 10)].kind == ADJUSTED
    assert days[date(2026, 11, 20)].kind == WORK
    assert (days[date(2026, 11, 21)].kind, days[date(2026, 11, 21)].words) == (REST, "rest day")
    assert [day for day, one in days.items() if one.today] == [clock.today()]


def test_a_corrected_day_says_so_in_words(cast):
    row = services.correct_day(
        actor=cast.administrator, day=date(2026, 11, 20), works=False, name_en="Stocktaking"
    )
    assert a_year(row)[row.day].words == "Stocktaking, holiday, corrected"


def test_the_rest_days_of_an_own_week_are_no_holidays(cast):
    days = a_year(own_week=frozenset(range(1, 7)))
    assert days[date(2026, 11, 23)].kind == REST  # a Monday
    assert days[date(2026, 10, 1)].kind == WORK


def test_a_festival_is_one_line_from_its_first_day_to_its_last(cast):
    view = calendar_year.year_view(2026, worktime.STATUTORY, None, [])
    national = [run for run in view.holidays if run.label == "National Day"]
    assert [(run.first.day, run.last.day) for run in national] == [
        (date(2026, 10, 1), date(2026, 10, 7))
    ]
    assert sum(month.workdays for month in view.months) == view.workdays == 249 - 1


# --- the sheet -----------------------------------------------------------------------------------


def test_the_sheet_is_read_again_as_the_same_year(cast, sign_in):
    browser = sign_in(cast.administrator)
    sheet = browser.get(f"{SHEET}?year=2026")
    assert sheet.headers["Content-Type"] == "text/csv"
    upload = SimpleUploadedFile("2026.csv", sheet.content)
    sent = {**NOTICE, "year": "2026", "text": "", "upload": upload, "preview": "1"}
    answer = browser.post(IMPORT, sent)
    assert answer.status_code == 200
    assert "No day changes" in answer.content.decode()


def test_a_name_never_becomes_a_formula(cast, sign_in):
    services.correct_day(actor=cast.administrator, day=date(2026, 11, 20), works=False, name="=1+1")
    sheet = sign_in(cast.member).get(f"{SHEET}?year=2026").content.decode("utf-8-sig")
    assert "2026-11-20,off,'=1+1," in sheet


# --- importing -----------------------------------------------------------------------------------


def test_a_preview_shows_what_changes_and_writes_nothing(cast, sign_in):
    answer = sign_in(cast.administrator).post(IMPORT, {**NOTICE, "preview": "1"})
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "2 Jan 2027 Sat" in shown
    assert "2 days were read." in shown
    assert YearNotice.objects.count() == 0


def test_an_import_leads_to_its_year_and_a_second_click_adds_nothing(cast, sign_in):
    browser = sign_in(cast.administrator)
    for _click in range(2):
        answer = browser.post(IMPORT, NOTICE)
        assert answer.headers["Location"] == f"{URL}?year=2027"
    notice = YearNotice.objects.get()
    assert (notice.imported_by, notice.days.count()) == (cast.administrator, 2)


def workbook() -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    book.active.append(["日期", "类别", "名称"])
    book.active.append([datetime(2027, 5, 1), "休", "劳动节"])
    book.active.append([])
    book.active.append([date(2027, 5, 8), "班"])
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile("2027.xlsx", file.getvalue())


def test_a_workbook_becomes_lines_that_can_be_edited(cast, sign_in):
    sent = {**NOTICE, "text": "", "upload": workbook(), "preview": "1"}
    shown = sign_in(cast.administrator).post(IMPORT, sent).content.decode()
    assert "2027-05-01 off 劳动节\n2027-05-08 work</textarea>" in shown


def test_a_workbook_is_imported_without_a_look_too(cast, sign_in):
    sign_in(cast.administrator).post(IMPORT, {**NOTICE, "text": "", "upload": workbook()})
    assert YearNotice.objects.get().days.count() == 2


@pytest.mark.parametrize("button", [{}, {"preview": "1"}])
def test_faulty_lines_come_back_with_a_sentence_each_and_all_that_was_typed(cast, sign_in, button):
    sent = {**NOTICE, "text": "2027-01-01 off\nsoon\n2026-01-01 off", **button}
    answer = sign_in(cast.administrator).post(IMPORT, sent)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "Line 2: “soon” cannot be read" in shown
    assert "Line 3: 2026-01-01 is no day of 2027." in shown
    assert "2027-01-01 off\nsoon\n2026-01-01 off</textarea>" in shown
    assert YearNotice.objects.count() == 0


def test_a_file_that_is_no_table_is_refused_with_a_sentence(cast, sign_in):
    upload = SimpleUploadedFile("2027.xlsx", b"%PDF-1.7")
    answer = sign_in(cast.administrator).post(IMPORT, {**NOTICE, "text": "", "upload": upload})
    assert answer.status_code == 422
    assert YearNotice.objects.count() == 0


def test_a_year_beyond_what_is_known_is_refused_under_its_field(cast, sign_in):
    sent = {**NOTICE, "year": "2032", "text": "2032-01-01 off"}
    answer = sign_in(cast.administrator).post(IMPORT, sent)
    assert answer.status_code == 422
    assert "Choose a year from 2004 to 2031." in answer.content.decode()


# --- correcting ----------------------------------------------------------------------------------


def test_what_a_change_moves_and_what_stays_is_said_where_it_is_made(cast, sign_in):
    browser = sign_in(cast.administrator)
    preview = browser.post(IMPORT, NOTICE | {"preview": "1"}).content.decode()
    for shown in (page(browser), page(browser, CORRECT), preview):
        assert "that still lie ahead are counted anew" in shown
        assert "keep the date" not in shown and "keeps its date" not in shown


def test_a_day_is_corrected_and_given_back_in_the_browser(cast, sign_in):
    browser = sign_in(cast.administrator)
    assert 'value="2026-11-20"' in page(browser, f"{CORRECT}?day=2026-11-20")
    sent = {"day": "2026-11-20", "works": "no", "name": "店庆", "request_id": "two"}
    assert browser.post(CORRECT, sent).headers["Location"] == f"{URL}?year=2026"
    row = CorrectedDay.objects.get()
    assert (row.works, row.zh, row.corrected_by) == (False, "店庆", cast.administrator)
    back = reverse("home:calendar-correction-back", args=[row.pk])
    assert back in page(browser)
    assert back not in page(sign_in(cast.member))
    browser.post(back, {"request_id": "three"})
    assert worktime.is_workday(date(2026, 11, 20))


def test_a_day_that_is_so_already_is_refused_under_its_field(cast, sign_in):
    sent = {"day": "2026-11-20", "works": "yes", "request_id": "two"}
    answer = sign_in(cast.administrator).post(CORRECT, sent)
    assert answer.status_code == 422
    assert "It is a working day already." in answer.content.decode()


# --- the mark of a date that may still move ------------------------------------------------------


def test_a_deadline_in_a_year_without_its_notice_is_marked_until_it_is_imported(cast, sign_in):
    browser, mark = sign_in(cast.manager), "The calendar of 2027 is not out"
    forecast = reverse("home:forecast")
    assert mark not in page(browser, forecast)
    with clock.clock_at(datetime(2026, 12, 28, 9)):
        assert mark in page(browser, forecast)
        services.import_year(
            actor=cast.administrator, year=2027, days=[Line(date(2027, 1, 1), False)], source="7"
        )
        assert mark not in page(browser, forecast)


def test_the_strip_of_a_missing_notice_stands_on_the_keepers_page_from_15_december(cast, sign_in):
    warning = "no worked rest day is known"
    with clock.clock_at(datetime(2026, 12, 14, 9)):
        assert warning not in page(sign_in(cast.administrator))
    with clock.clock_at(datetime(2026, 12, 15, 9)):
        assert warning in page(sign_in(cast.administrator))
        assert warning not in page(sign_in(cast.member))


def test_the_page_speaks_its_readers_language(cast, sign_in):
    User.objects.filter(pk=cast.member.pk).update(language="zh-hans")
    shown = page(sign_in(cast.member))
    with translation.override("zh-hans"):
        assert _("Where these days come from") in shown
    assert "国庆节" in shown
