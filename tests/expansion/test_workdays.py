"""Working days added, counted and moved off rest days; halves; weeks and months of one's own."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from expansion import worktime
from expansion.worktime import (
    Calendar,
    Cutoff,
    CutPeriod,
    Origin,
    Period,
    PeriodKind,
    cut_periods,
)

DAYS = st.dates(date(2005, 1, 1), date(2026, 10, 31))
MOMENTS = st.datetimes(datetime(2005, 1, 1), datetime(2026, 6, 30), timezones=st.just(UTC))
# The first look at a year reads its calendar, so no time is promised for one example.
unhurried = settings(deadline=None)


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=worktime.zone())


# The statutory calendar with what may come over it: an adjusted weekend and a long holiday by an
# imported notice, a day corrected by hand, a provisional year, and weeks of the department's own.
ANY_DAY = st.dates(date(2025, 11, 1), date(2028, 2, 28))
COUNTS = st.integers(-60, 60)
NOTICE = {date(2027, 2, 5) + timedelta(days=number): False for number in range(9)} | {
    date(2027, 1, 31): True,
    date(2027, 2, 20): True,
}
CORRECTED = {date(2026, 11, 20): False, date(2027, 3, 6): True, date(2028, 1, 5): False}
CALENDARS = st.one_of(
    st.just(worktime.STATUTORY),
    st.frozensets(st.integers(0, 6), min_size=1).map(lambda days: Calendar(own_week=days)),
)


@pytest.fixture
def years(own_calendar):
    """2026 is published, 2027 has a notice, 2028 is provisional; some days are corrected."""
    worktime.use_notices(lambda year: NOTICE if year == 2027 else None)
    worktime.use_corrections(
        lambda year: {day: works for day, works in CORRECTED.items() if day.year == year}
    )


many = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize(
    ("day", "count", "reached"),
    [
        (date(2026, 11, 21), 1, date(2026, 11, 23)),  # from a Saturday the Monday
        (date(2026, 11, 21), -1, date(2026, 11, 20)),  # and back the Friday
        (date(2026, 11, 21), 0, date(2026, 11, 20)),
        (date(2026, 11, 20), 0, date(2026, 11, 20)),
        (date(2026, 9, 30), 1, date(2026, 10, 8)),  # over the national holiday
        (date(2026, 10, 9), 1, date(2026, 10, 10)),  # to a worked Saturday
    ],
)
def test_working_days_are_added_over_holidays_and_to_worked_rest_days(day, count, reached):
    assert worktime.add_workdays(day, count) == reached


def test_a_friday_deadline_moves_to_the_day_before_a_holiday():
    holiday = date(2026, 10, 2)
    assert worktime.due_at(holiday, time(15)) == local(2026, 9, 30, 15)
    assert worktime.due_at(holiday, time(15), if_holiday="next") == local(2026, 10, 8, 15)
    assert worktime.due_at(holiday, time(15), if_holiday="keep") == local(2026, 10, 2, 15)
    assert worktime.due_at(date(2026, 11, 20), time(15)) == local(2026, 11, 20, 15)


def test_the_years_of_the_properties_are_of_three_origins(years):
    origins = [worktime.STATUTORY.origin(year) for year in (2026, 2027, 2028)]
    assert origins == [Origin.PUBLISHED, Origin.NOTICE, Origin.PROVISIONAL]


@many
@given(day=ANY_DAY, count=COUNTS, calendar=CALENDARS)
def test_what_is_added_ends_on_a_working_day_and_is_counted_again(years, day, count, calendar):
    reached = worktime.add_workdays(day, count, calendar)
    assert calendar.is_workday(reached)
    if count >= 0 or calendar.is_workday(day):
        assert worktime.workdays_between(day, reached, calendar) == count


@many
@given(day=ANY_DAY, count=st.integers(1, 60), calendar=CALENDARS)
def test_working_days_back_are_counted_up_to_the_day_itself(years, day, count, calendar):
    reached = worktime.add_workdays(day, -count, calendar)
    eve = timedelta(days=1)
    assert worktime.workdays_between(reached - eve, day - eve, calendar) == count


@many
@given(
    day=ANY_DAY, later=st.integers(0, 30), count=COUNTS, more=st.integers(0, 9), calendar=CALENDARS
)
def test_a_later_start_or_more_days_never_end_earlier(years, day, later, count, more, calendar):
    reached = worktime.add_workdays(day, count, calendar)
    assert reached <= worktime.add_workdays(day + timedelta(days=later), count, calendar)
    assert reached <= worktime.add_workdays(day, count + more, calendar)


@many
@given(day=ANY_DAY, calendar=CALENDARS, at=st.times().map(lambda one: one.replace(microsecond=0)))
def test_a_deadline_moves_back_over_the_run_of_rest_days_and_no_further(years, day, calendar, at):
    moved = worktime.local_date(worktime.due_at(day, at, calendar))
    assert moved <= day
    assert calendar.is_workday(moved)
    run = [moved + timedelta(days=number) for number in range(1, (day - moved).days + 1)]
    assert not any(calendar.is_workday(one) for one in run)


@unhurried
@given(day=DAYS)
def test_every_day_lies_in_one_half_of_its_year(day):
    halves = Period.containing("year", day).within("half_year")
    assert [day in one for one in halves].count(True) == 1
    assert (halves[0].start, halves[1].end) == (date(day.year, 1, 1), date(day.year, 12, 31))
    assert halves[0].next() == halves[1]


# --- weeks and months of the department's own ----------------------------------------------------

FRIDAY = Cutoff(PeriodKind.WEEK, 4, time(15))
TIMES = st.times().map(lambda one: one.replace(second=0, microsecond=0))
CUTS = st.one_of(
    st.builds(Cutoff, st.just(PeriodKind.WEEK), st.integers(0, 6), TIMES),
    st.builds(Cutoff, st.just(PeriodKind.MONTH), st.integers(1, 31), TIMES),
)


def test_a_week_from_friday_to_friday_is_called_after_the_week_in_which_it_ends():
    before = CutPeriod.containing(FRIDAY, local(2026, 11, 20, 14, 59))
    assert before.key == "2026-W47@friday 15:00"
    assert before.begins_at == local(2026, 11, 13, 15)
    assert before.ends_at == local(2026, 11, 20, 15)
    assert (before.start, before.end) == (date(2026, 11, 13), date(2026, 11, 20))
    at_the_cut = CutPeriod.containing(FRIDAY, local(2026, 11, 20, 15))
    assert at_the_cut == before.next()


def test_a_month_from_the_26th_ends_with_the_25th():
    month = CutPeriod.parse("2026-11@day 26 00:00")
    assert (month.start, month.end) == (date(2026, 10, 26), date(2026, 11, 25))
    assert month.next().key == "2026-12@day 26 00:00"


def test_a_month_without_the_day_is_cut_on_its_last_one():
    month = CutPeriod.containing(Cutoff(PeriodKind.MONTH, 31, time(12)), local(2026, 2, 28, 11))
    assert (month.start, month.ends_at) == (date(2026, 1, 31), local(2026, 2, 28, 12))


@pytest.mark.parametrize("cutoff", ["monday 00:00", "day 1 00:00"])
def test_a_cut_at_the_calendars_own_midnight_gives_its_own_periods(cutoff):
    own = CutPeriod.containing(Cutoff.parse(cutoff), local(2026, 11, 18, 9))
    assert (own.begins_at, own.ends_at) == (own.named.begins_at, own.named.ends_at)


def test_the_cut_weeks_of_a_month_follow_each_other():
    weeks = cut_periods(FRIDAY, Period.parse("2026-11"))
    numbers = [one.named.number for one in weeks]
    assert numbers == [45, 46, 47, 48, 49]


@pytest.mark.parametrize(
    "text", ["", "friday", "friday 15", "someday 15:00", "day 0 00:00", "day 32 00:00", "5 15:00"]
)
def test_a_cut_that_cannot_be_read_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        Cutoff.parse(text)


@pytest.mark.parametrize(
    "key", ["2026-W47", "2026-W47@", "2026-11@friday 15:00", "2026-W47@day 3 00:00"]
)
def test_what_is_no_cut_period_is_refused(key):
    with pytest.raises(ValueError, match=r".+"):
        CutPeriod.parse(key)


def test_a_quarter_is_not_cut():
    with pytest.raises(ValueError, match="is not cut"):
        Cutoff(PeriodKind.QUARTER, 1)


@unhurried
@given(cutoff=CUTS, moment=MOMENTS)
def test_cuts_divide_time_without_gap(cutoff, moment):
    period = CutPeriod.containing(cutoff, moment)
    assert moment in period
    assert period.begins_at < period.ends_at == period.next().begins_at
    assert period.next().previous() == period
    assert moment not in period.next()
    assert CutPeriod.parse(period.key) == period
    assert CutPeriod.containing(cutoff, period.begins_at) == period
