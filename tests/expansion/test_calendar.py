"""The calendar kept by an administrator: notices imported, days corrected, every process told."""

from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from expansion import clock, worktime
from expansion.access import Scope
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, NotNow
from expansion.home import calendar_alarm
from expansion.jobs.services import enqueue
from expansion.jobs.services import run as run_job
from expansion.notices.models import Notice
from expansion.office.models import WorkReport
from expansion.office.services.reports import open_reports
from expansion.people.models import Role
from expansion.people.services.rights import change_rights
from expansion.people.services.tokens import create_token
from expansion.rulebook.loading import preset
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.values import Cadence
from expansion.worktime import Calendar, Cutoff, Origin, Period, known, services
from expansion.worktime.lines import Line
from expansion.worktime.models import CorrectedDay, YearNotice
from tests.make import appraisal as make
from tests.make import contracts

pytestmark = pytest.mark.django_db
FRIDAY, SATURDAY = date(2026, 11, 20), date(2026, 11, 21)
NEW_YEAR, WORKED = Line(date(2027, 1, 1), False, "元旦", "New Year"), Line(date(2027, 1, 2), True)
SOURCE = "国办发明电〔2026〕7 号"


@pytest.fixture(autouse=True)
def rows_of_this_test_only():
    """What this process has learnt of them is forgotten with them."""
    yield
    known.learn("")


def imported(cast, *days: Line, year: int = 2027) -> YearNotice:
    return services.import_year(
        actor=cast.administrator, year=year, days=days or (NEW_YEAR, WORKED), source=SOURCE
    )


def corrected(cast, day: date, works: bool, **names: str) -> CorrectedDay:
    return services.correct_day(actor=cast.administrator, day=day, works=works, **names)


def last_entry(verb: str) -> Entry:
    return Entry.objects.filter(verb=verb).latest("pk")


# --- what runs already ---------------------------------------------------------------------------


def test_reports_that_are_asked_for_move_with_the_calendar_and_nobody_becomes_late(cast):
    week = Period.containing("week", FRIDAY)
    open_reports(rules=rules_on(), period=week)
    asked = WorkReport.objects.filter(period=week.key, owner=cast.member)
    assert {one.due_at for one in asked} == {clock.moment_on(FRIDAY, time(15))}
    row = corrected(cast, FRIDAY, False)
    thursday = clock.moment_on(date(2026, 11, 19), time(15))
    assert {one.due_at for one in asked.all()} == {thursday}
    assert all(one.remind_at < thursday for one in asked.all())
    services.withdraw_correction(actor=cast.administrator, record=row)
    assert {one.due_at for one in asked.all()} == {clock.moment_on(FRIDAY, time(15))}
    with clock.clock_at(clock.moment_on(date(2026, 11, 19), time(16))):
        corrected(cast, FRIDAY, False)  # Thursday 15:00 is over: it stays Friday.
    assert {one.due_at for one in asked.all()} == {clock.moment_on(FRIDAY, time(15))}


def test_open_steps_of_approval_move_with_the_calendar(cast):
    step = contracts.submitted(cast).steps.get(status="open")
    before, day = step.due_at, clock.local_date(step.due_at)
    row = corrected(cast, day, False)
    step.refresh_from_db()
    assert step.due_at > before and step.late_at > step.due_at > step.remind_at
    services.withdraw_correction(actor=cast.administrator, record=row)
    step.refresh_from_db()
    assert step.due_at == before


def test_the_steps_of_an_appraisal_move_and_the_window_to_appeal_only_grows(cast):
    quarter = make.whole_quarter(
        cast, {cast.member.pk: make.EXAMPLE}, {cast.member.pk: {"attitude": 88, "ability": 85}}
    )
    with clock.clock_at(clock.moment_on(date(2026, 10, 9), time(9))):
        result = make.of(quarter, cast.member).result
        until = result.appeal_until
        row = corrected(cast, clock.local_date(until), False)
        result.refresh_from_db()
        assert result.appeal_until > until
        later = result.appeal_until
        services.withdraw_correction(actor=cast.administrator, record=row)
        result.refresh_from_db()
        assert result.appeal_until == later


# --- a year's notice -----------------------------------------------------------------------------


def test_an_imported_notice_ends_the_provisional_state_and_moves_deadlines(cast):
    assert worktime.is_provisional(2027)
    assert worktime.add_workdays(date(2026, 12, 31), 1) == date(2027, 1, 4)
    imported(cast)
    assert worktime.STATUTORY.origin(2027) is Origin.NOTICE
    assert worktime.add_workdays(date(2026, 12, 31), 1) == date(2027, 1, 2)


def test_a_second_import_replaces_the_first_whole(cast):
    imported(cast)
    notice = imported(cast, Line(date(2027, 3, 3), False))
    assert YearNotice.objects.count() == 1
    assert list(notice.days.values_list("day", flat=True)) == [date(2027, 3, 3)]
    assert worktime.is_workday(date(2027, 1, 1))
    assert not worktime.is_workday(date(2027, 3, 3))


def test_the_trail_keeps_what_a_year_said_before_and_after(cast):
    imported(cast)
    imported(cast, Line(date(2027, 3, 3), False, "", "Rest"))
    changes = last_entry("worktime.calendar.loaded").changes
    assert changes["source"] == [SOURCE, SOURCE]
    assert changes["days"] == [
        "2027-01-01 off 元旦 / New Year\n2027-01-02 work",
        "2027-03-03 off Rest",
    ]


def test_a_notice_taken_back_leaves_the_year_provisional_and_is_taken_back_once(cast):
    notice = imported(cast)
    services.withdraw_year(actor=cast.administrator, record=notice)
    assert worktime.is_provisional(2027)
    assert not worktime.is_workday(date(2027, 1, 2))
    assert last_entry("worktime.calendar.withdrawn").changes["source"] == [SOURCE, ""]
    with pytest.raises(NotNow, match="taken back already"):
        services.withdraw_year(actor=cast.administrator, record=notice)
    imported(cast)
    assert worktime.is_workday(date(2027, 1, 2))


@pytest.mark.parametrize(
    ("year", "days", "source", "field"),
    [
        (2003, [Line(date(2003, 1, 1), False)], SOURCE, "year"),
        (2032, [Line(date(2032, 1, 1), False)], SOURCE, "year"),
        (2027, [], SOURCE, "text"),
        (2027, [Line(date(2026, 12, 31), False)], SOURCE, "text"),
        (2027, [NEW_YEAR, NEW_YEAR], SOURCE, "text"),
        (2027, [NEW_YEAR], "  ", "source"),
        (2027, [NEW_YEAR], "长" * 201, "source"),
    ],
)
def test_what_is_no_calendar_of_the_year_is_refused_and_nothing_is_lost(
    cast, year, days, source, field
):
    imported(cast)
    with pytest.raises(Invalid) as refusal:
        services.import_year(actor=cast.administrator, year=year, days=days, source=source)
    assert list(refusal.value.fields) == [field]
    assert YearNotice.objects.get().days.count() == 2


@pytest.mark.parametrize("year", [2004, 2031])
def test_the_first_and_the_last_year_anybody_may_know_are_taken(cast, year):
    assert imported(cast, Line(date(year, 1, 1), False), year=year).year == year


# --- single days ---------------------------------------------------------------------------------


def test_a_corrected_day_stands_above_the_notice_until_it_is_taken_back(cast):
    imported(cast)
    row = corrected(cast, date(2027, 1, 1), True)
    assert worktime.is_workday(date(2027, 1, 1))
    services.withdraw_correction(actor=cast.administrator, record=row)
    assert not worktime.is_workday(date(2027, 1, 1))
    with pytest.raises(NotNow, match="taken back already"):
        services.withdraw_correction(actor=cast.administrator, record=row)


def test_a_corrected_day_stays_when_the_year_is_imported_anew(cast):
    corrected(cast, date(2027, 1, 1), True)
    imported(cast)
    assert worktime.is_workday(date(2027, 1, 1))


def test_a_correction_holds_for_a_department_with_its_own_week_too(cast):
    own = Calendar(own_week=frozenset(range(6)))
    assert own.is_workday(SATURDAY)
    corrected(cast, SATURDAY, False, name="盘点")
    assert not own.is_workday(SATURDAY)


def test_the_trail_keeps_a_corrected_day_before_and_after(cast):
    corrected(cast, FRIDAY, False, name="店庆")
    row = corrected(cast, FRIDAY, True, name_en="Open day")
    changes = last_entry("worktime.day.corrected").changes
    assert changes == {"works": [False, True], "zh": ["店庆", ""], "en": ["", "Open day"]}
    services.withdraw_correction(actor=cast.administrator, record=row)
    assert last_entry("worktime.day.withdrawn").changes["works"] == [True, None]


@pytest.mark.parametrize(("day", "works"), [(FRIDAY, True), (SATURDAY, False)])
def test_a_day_that_is_so_already_is_corrected_only_to_give_it_a_name(cast, day, works):
    with pytest.raises(Invalid, match="already"):
        corrected(cast, day, works)
    assert corrected(cast, day, works, name="值班日").zh == "值班日"


@pytest.mark.parametrize("day", [date(2003, 12, 31), date(2032, 1, 1)])
def test_a_day_of_a_year_nobody_can_know_is_not_corrected(cast, day):
    with pytest.raises(Invalid, match="2004 to 2031"):
        corrected(cast, day, day.weekday() > 4)


# --- who keeps it --------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["manager", "hr", "member", "leadership"])
def test_nobody_but_an_administrator_keeps_the_calendar(cast, part):
    notice, row = imported(cast), corrected(cast, FRIDAY, False)
    actor = getattr(cast, part)
    for act in (
        lambda: services.import_year(actor=actor, year=2027, days=[NEW_YEAR], source=SOURCE),
        lambda: services.withdraw_year(actor=actor, record=notice),
        lambda: services.correct_day(actor=actor, day=SATURDAY, works=True),
        lambda: services.withdraw_correction(actor=actor, record=row),
    ):
        with pytest.raises(Forbidden, match=cast.administrator.name):
            act()
    assert not worktime.is_workday(FRIDAY)
    assert not worktime.is_workday(SATURDAY)


def test_an_administrator_grants_the_keeping_to_another_role(cast):
    change_rights(
        actor=cast.administrator,
        kind="worktime.correctedday",
        cells={"create": {Role.HR: Scope.DEPARTMENT}},
    )
    services.correct_day(actor=cast.again(cast.hr), day=FRIDAY, works=False)
    assert not worktime.is_workday(FRIDAY)


# --- every process learns of it ------------------------------------------------------------------


def in_another_process() -> None:
    """As a process that has read nothing since it began."""
    known.learn("")


def test_a_request_counts_by_what_another_process_has_imported(cast, sign_in):
    browser = sign_in(cast.member)
    imported(cast)
    in_another_process()
    assert worktime.is_provisional(2027)
    browser.get("/notices/")
    assert not worktime.is_provisional(2027)


def test_a_program_with_a_token_counts_by_it_too(cast, client):
    _token, secret = create_token(
        actor=cast.member, name="表格", expires_on=clock.today() + timedelta(days=9)
    )
    imported(cast)
    in_another_process()
    client.get("/api/v1/people/people/", headers={"Authorization": f"Bearer {secret}"})
    assert not worktime.is_provisional(2027)


def test_a_job_counts_by_it_too(cast):
    imported(cast)
    job = enqueue("jobs.forget_old_runs")
    in_another_process()
    run_job(job)
    assert not worktime.is_provisional(2027)


def test_an_import_that_is_rolled_back_is_not_believed(cast, sign_in):
    browser = sign_in(cast.member)
    with transaction.atomic():
        imported(cast)
        transaction.set_rollback(True)
    browser.get("/notices/")
    assert worktime.is_provisional(2027)


def queries(browser) -> list[str]:
    with CaptureQueriesContext(connection) as found:
        browser.get("/notices/")
    return [one["sql"] for one in found]


def test_a_page_asks_for_no_row_of_the_calendar_unless_it_has_changed(cast, sign_in):
    browser = sign_in(cast.member)
    queries(browser)
    before = queries(browser)
    imported(cast)
    in_another_process()
    assert [one for one in queries(browser) if "worktime_noticeday" in one]
    assert len(queries(browser)) == len(before)


# --- what was computed stays ---------------------------------------------------------------------


def test_the_weekly_submission_of_the_market_preset_cuts_time_on_friday_at_three():
    weekly = [one.cadence.value for one in preset("market").reports if one.cadence.clause]
    cuts = {str(one.cutoff()) for one in weekly if one.weekday}
    assert cuts == {"friday 15:00"}
    late = worktime.CutPeriod.containing(Cutoff.parse("friday 15:00"), clock.now())
    assert worktime.local_date(late.ends_at) == FRIDAY


@pytest.mark.parametrize(
    ("given", "cut"),
    [
        ({"every": "month", "day": 25}, "day 25 18:00"),
        ({"every": "month", "day": 5, "of": "next_period"}, "None"),
        ({"every": "quarter", "day": 5}, "None"),
        ({"every": "week"}, "None"),
    ],
)
def test_a_cadence_cuts_weeks_and_months_by_the_day_it_names(given, cut):
    assert str(Cadence(**given).cutoff()) == cut


def test_a_half_year_has_its_due_date():
    due = Cadence(every="half_year", at=time(15)).due_at(Period.parse("2026-H1"))
    assert worktime.local_date(due) == date(2026, 6, 30)


# --- the alarm -----------------------------------------------------------------------------------


def warned(at: datetime, calendar: Calendar = worktime.STATUTORY) -> int:
    with clock.clock_at(at):
        return calendar_alarm.warn_of_provisional_years(calendar=calendar)


def test_administrators_are_warned_once_from_15_december_on(cast):
    assert warned(datetime(2026, 12, 14, 23, 59)) == 0
    assert warned(datetime(2026, 12, 15, 0, 0)) == 1
    assert warned(datetime(2026, 12, 20, 9, 0)) == 0
    assert warned(datetime(2027, 1, 2, 9, 0)) == 0
    told = Notice.objects.get(kind=calendar_alarm.KIND)
    assert told.person == cast.administrator
    assert told.url == "/calendar/?year=2027"


def test_a_year_that_begins_without_its_calendar_is_told_of_in_january(cast):
    assert warned(datetime(2027, 1, 2, 9, 0)) == 1


def test_nobody_is_warned_where_the_notice_is_in_or_not_used(cast):
    own = Calendar(own_week=frozenset(range(5)))
    assert warned(datetime(2026, 12, 15, 9, 0), own) == 0
    imported(cast)
    assert warned(datetime(2026, 12, 15, 9, 0)) == 0


@pytest.mark.parametrize(("part", "seen"), [("administrator", True), ("manager", False)])
def test_the_first_page_of_an_administrator_says_it(cast, part, seen):
    person = getattr(cast, part)
    with clock.clock_at(datetime(2026, 12, 15, 9, 0)):
        card = calendar_alarm.card(cast.again(person))
    assert bool(card) is seen
    assert calendar_alarm.card(cast.again(cast.administrator)) is None, "it is November"
