"""The clock of the house: workdays, limits, deadlines, periods."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expansion import worktime
from expansion.worktime import Calendar, Limit, Origin, Period, PeriodKind, Unit

DAYS = st.dates(date(2005, 1, 1), date(2026, 10, 31))
MOMENTS = st.datetimes(datetime(2005, 1, 1), datetime(2026, 6, 30), timezones=st.just(UTC))
KINDS = st.sampled_from(PeriodKind)
# The first look at a year reads its calendar, so no time is promised for one example.
unhurried = settings(deadline=None)
SEVEN_DAYS = Calendar(own_week=frozenset(range(7)))


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=worktime.zone())


def due(start: datetime, limit: str, calendar: Calendar = worktime.STATUTORY) -> datetime:
    moment = worktime.deadline(start, Limit.parse(limit), calendar)
    assert moment is not None
    return moment


@pytest.fixture
def notices(own_calendar):
    """Lets a test import a notice."""
    return worktime.use_notices


@pytest.fixture
def corrections(own_calendar):
    """Lets a test correct days."""
    return worktime.use_corrections


def test_the_clock_stands_where_it_is_set_and_runs_on_afterwards():
    with worktime.clock_at(datetime(2026, 3, 1, 0, 30)):
        assert worktime.now() == local(2026, 3, 1, 0, 30)
        assert worktime.today() == date(2026, 3, 1)
    assert worktime.now() != local(2026, 3, 1, 0, 30)


def test_today_is_the_departments_date_not_that_of_utc():
    with worktime.clock_at(datetime(2026, 3, 1, 17, 0, tzinfo=UTC)):
        assert worktime.today() == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 11, 20), True),
        (date(2026, 11, 21), False),
        (date(2026, 10, 1), False),
        (date(2026, 10, 10), True),  # an adjusted Saturday
        (date(2026, 2, 14), True),  # a Saturday worked for the Spring Festival
        (date(2026, 2, 23), False),
    ],
)
def test_workdays_follow_the_published_calendar_with_adjusted_days(day, worked):
    assert worktime.is_workday(day) is worked


def test_a_year_without_its_notice_is_provisional_and_still_knows_statutory_days():
    assert not worktime.is_provisional(2026)
    assert worktime.is_provisional(2031)
    assert not worktime.is_workday(date(2031, 10, 1))


def test_an_imported_notice_overrides_every_other_calendar(notices):
    days = {date(2026, 11, 20): False, date(2026, 11, 21): True}
    notices(lambda year: days if year == 2026 else None)
    assert not worktime.is_workday(date(2026, 11, 20))
    assert worktime.is_workday(date(2026, 11, 21))
    assert worktime.STATUTORY.origin(2026) is Origin.NOTICE
    assert worktime.STATUTORY.origin(2025) is Origin.PUBLISHED


def test_an_imported_notice_ends_the_provisional_state_of_its_year(notices):
    notices(lambda year: {} if year == 2031 else None)
    assert not worktime.is_provisional(2031)


def test_a_notice_is_read_anew_after_forgetting(notices):
    known: dict[int, dict[date, bool]] = {}
    notices(known.get)
    assert worktime.is_workday(date(2026, 11, 20))
    known[2026] = {date(2026, 11, 20): False}
    worktime.forget_years()
    assert not worktime.is_workday(date(2026, 11, 20))


def test_a_corrected_day_stands_above_a_notice_and_above_an_own_week(notices, corrections):
    notices(lambda year: {date(2026, 11, 20): False} if year == 2026 else None)
    corrections(lambda year: {date(2026, 11, 20): True, date(2026, 11, 21): True})
    assert worktime.is_workday(date(2026, 11, 20))
    assert worktime.is_workday(date(2026, 11, 21))
    corrections(lambda year: {date(2026, 11, 20): False})
    assert not SEVEN_DAYS.is_workday(date(2026, 11, 20))
    assert worktime.STATUTORY.origin(2026) is Origin.NOTICE


def test_a_correction_says_nothing_of_where_the_year_comes_from(corrections):
    corrections(lambda year: {date(year, 3, 3): False})
    assert worktime.STATUTORY.origin(2026) is Origin.PUBLISHED
    assert worktime.is_provisional(2031)


def test_a_week_of_its_own_ignores_the_statutory_calendar():
    assert SEVEN_DAYS.is_workday(date(2026, 10, 1))
    assert SEVEN_DAYS.origin(2031) is Origin.OWN


@pytest.mark.parametrize(
    "wrong",
    [{"opens": time(18), "closes": time(9)}, {"own_week": frozenset()}],
)
def test_a_calendar_in_which_nobody_works_is_refused(wrong):
    with pytest.raises(ValueError, match="working"):
        Calendar(**wrong)


def test_workdays_between_counts_the_end_and_not_the_start():
    assert worktime.workdays_between(date(2026, 9, 30), date(2026, 10, 12)) == 4
    assert worktime.workdays_between(date(2026, 10, 12), date(2026, 9, 30)) == -4
    assert worktime.workdays_between(date(2026, 11, 20), date(2026, 11, 20)) == 0


@pytest.mark.parametrize(
    ("day", "gone", "percent"),
    [
        (date(2026, 6, 30), 0, 0),
        (date(2026, 7, 1), 1, 2),  # the quarter begins on a working day, which counts
        (date(2026, 8, 14), 33, 50),
        (date(2026, 12, 1), 66, 100),
    ],
)
def test_the_pace_of_a_quarter_counts_both_its_ends(day, gone, percent):
    pace = worktime.pace_of(Period.parse("2026-Q3"), day)
    assert (pace.gone, pace.whole, pace.percent) == (gone, 66, percent)


@pytest.mark.parametrize(
    ("limit", "moment"),
    [
        ("24 hours", local(2026, 11, 21, 14)),
        ("4 working hours", local(2026, 11, 20, 18)),
        ("5 working hours", local(2026, 11, 23, 10)),
        ("5 days", local(2026, 11, 25, 23, 59, 59)),
        ("1 working day", local(2026, 11, 23, 23, 59, 59)),
        ("3 months", local(2027, 2, 20, 23, 59, 59)),
    ],
)
def test_each_unit_leads_to_its_own_deadline(limit, moment):
    assert due(local(2026, 11, 20, 14), limit) == moment


def test_no_limit_has_no_deadline():
    assert worktime.deadline(local(2026, 11, 20, 14), Limit(0, Unit.DAYS)) is None


def test_working_hours_begin_in_the_morning_when_started_at_night():
    assert due(local(2026, 9, 30, 22), "1 working hour") == local(2026, 10, 8, 10)


def test_months_end_on_the_last_day_where_the_day_does_not_exist():
    assert worktime.due_on(date(2027, 1, 31), Limit(1, Unit.MONTHS)) == date(2027, 2, 28)
    assert worktime.add_months(date(2028, 3, 31), -1) == date(2028, 2, 29)


def test_hours_do_not_lead_to_a_day():
    with pytest.raises(ValueError, match="does not lead to a day"):
        worktime.due_on(date(2026, 11, 20), Limit(4, Unit.HOURS))


def test_a_reminder_in_days_arrives_within_working_hours():
    end = due(local(2026, 11, 20, 14), "2 working days")
    reminder = worktime.before(end, Limit(1, Unit.WORKING_DAYS))
    assert reminder == local(2026, 11, 23, 18)


def test_a_reminder_for_friday_afternoon_comes_on_thursday_at_the_same_hour():
    friday = local(2026, 11, 20, 15)
    assert worktime.before(friday, Limit(1, Unit.WORKING_DAYS)) == local(2026, 11, 19, 15)


@pytest.mark.parametrize("text", ["soon", "5", "-1 days", "5 weeks", "12345 days", "1.5 hours", ""])
def test_a_limit_that_cannot_be_read_is_refused(text):
    with pytest.raises(ValueError, match="number and a unit"):
        Limit.parse(text)


@pytest.mark.parametrize("amount", [-1, 10_000])
def test_a_limit_out_of_range_is_refused(amount):
    with pytest.raises(ValueError, match="whole number"):
        Limit(amount, Unit.DAYS)


@pytest.mark.parametrize(
    ("key", "start", "end"),
    [
        ("2026-W47", date(2026, 11, 16), date(2026, 11, 22)),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 4)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026-H1", date(2026, 1, 1), date(2026, 6, 30)),
        ("2026-H2", date(2026, 7, 1), date(2026, 12, 31)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_knows_its_ends(key, start, end):
    period = Period.parse(key)
    assert (period.start, period.end) == (start, end)


@pytest.mark.parametrize(
    "key", ["2026-Q5", "2026-H0", "2026-H3", "2026-13", "2025-W53", "2026-1", "next", ""]
)
def test_what_is_no_period_is_refused(key):
    with pytest.raises(ValueError, match=r".+"):
        Period.parse(key)


def test_a_period_begins_on_its_first_day_only():
    with pytest.raises(ValueError, match="does not begin"):
        Period(date(2026, 11, 2), PeriodKind.MONTH)


def test_a_year_holds_four_quarters_and_a_quarter_three_months():
    assert [one.key for one in Period.parse("2026").within("quarter")] == [
        "2026-Q1",
        "2026-Q2",
        "2026-Q3",
        "2026-Q4",
    ]
    assert len(Period.parse("2026-Q1").within("month")) == 3


def test_two_halves_make_a_year_and_two_quarters_a_half():
    halves = Period.parse("2026").within("half_year")
    assert [one.key for one in halves] == ["2026-H1", "2026-H2"]
    assert [one.key for one in halves[1].within("quarter")] == ["2026-Q3", "2026-Q4"]


def test_a_period_ends_at_local_midnight():
    assert Period.parse("2026-Q3").ends_at == local(2026, 10, 1)


@unhurried
@given(day=DAYS, kind=KINDS)
def test_periods_follow_each_other_without_gap(day, kind):
    period = Period.containing(kind, day)
    assert day in period
    assert period.next().start == period.end + timedelta(days=1)
    assert period.next().previous() == period
    assert Period.parse(period.key) == period


@unhurried
@given(start=DAYS, count=st.integers(1, 30))
def test_a_working_day_limit_is_as_many_workdays_away(start, count):
    end = worktime.due_on(start, Limit(count, Unit.WORKING_DAYS))
    assert worktime.is_workday(end)
    assert worktime.workdays_between(start, end) == count


@unhurried
@given(start=MOMENTS, hours=st.integers(1, 60))
def test_a_working_hour_limit_takes_as_many_hours_of_work(start, hours):
    limit = Limit(hours, Unit.WORKING_HOURS)
    end = worktime.deadline(start, limit)
    assert end is not None
    assert worktime.working_time_between(start, end) == timedelta(hours=hours)
    assert worktime.working_time_between(worktime.before(end, limit), end) == timedelta(hours=hours)


@unhurried
@given(start=MOMENTS, later=st.timedeltas(timedelta(), timedelta(days=9)), count=st.integers(1, 20))
def test_who_starts_later_is_never_due_earlier(start, later, count):
    for unit in Unit:
        limit = Limit(count, unit)
        first, second = worktime.deadline(start, limit), worktime.deadline(start + later, limit)
        assert first is not None
        assert second is not None
        assert start < first <= second


@unhurried
@given(day=DAYS)
def test_the_nearest_workdays_enclose_a_holiday(day):
    before = worktime.last_workday_on_or_before(day)
    after = worktime.first_workday_on_or_after(day)
    assert before <= day <= after
    assert worktime.is_workday(before)
    assert worktime.is_workday(after)
    assert (before == after) is worktime.is_workday(day)


@unhurried
@given(days=st.lists(DAYS, min_size=3, max_size=3).map(sorted))
def test_workdays_add_up(days):
    start, middle, end = days
    parts = worktime.workdays_between(start, middle) + worktime.workdays_between(middle, end)
    assert parts == worktime.workdays_between(start, end)


@unhurried
@given(amount=st.integers(0, 9999), unit=st.sampled_from(Unit))
def test_a_limit_reads_what_it_writes(amount, unit):
    limit = Limit(amount, unit)
    assert Limit.parse(str(limit)) == limit
