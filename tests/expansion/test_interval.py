"""What is done again and again: by when each time, however much of what was done is read."""

from datetime import date, timedelta

from expansion import clock
from expansion.compliance import BROKEN, KEPT, OPEN, Span
from expansion.worktime import Calendar, Limit
from expansion.worktime.compliance import Interval

AUTUMN = Span(date(2026, 10, 1), date(2026, 11, 30))
SIGNED = date(2026, 1, 1)
DONE = [date(2026, 1, 20), date(2026, 3, 2), date(2026, 9, 20), date(2026, 10, 9)]


def interval(limit: str = "30 days") -> Interval:
    return Interval(Limit.parse(limit), Calendar())


def test_each_time_counts_from_the_last_and_the_running_one_is_the_last():
    with clock.clock_at(clock.moment_on(date(2026, 11, 18), Calendar().opens)):
        found = [(one.due, one.state) for one in interval().turns(AUTUMN, SIGNED, DONE)]
        assert found == [(date(2026, 10, 20), KEPT), (date(2026, 11, 8), BROKEN)]
        later = Span(AUTUMN.first, date(2027, 3, 31))
        found = [(one.due, one.state) for one in interval().turns(later, SIGNED, DONE)]
        assert found[2:] == [(date(2026, 12, 8), OPEN)]


def test_of_what_lies_before_the_span_the_last_time_is_enough():
    for limit in ("30 days", "1 month", "20 working days", "36 hours", "12 working hours"):
        again = interval(limit)
        begins = again.begins(AUTUMN)
        needed = [day for day in DONE if day >= begins]
        needed.append(max(day for day in DONE if day < begins))
        assert list(again.turns(AUTUMN, SIGNED, DONE)) == list(again.turns(AUTUMN, SIGNED, needed))
        steps = again.turns(AUTUMN, needed[-1], needed)
        assert [one.due for one in again.turns(AUTUMN, SIGNED, needed)] == [s.due for s in steps]


def test_nothing_that_began_earlier_is_due_in_the_span():
    for limit in ("30 days", "1 month", "20 working days", "36 hours", "12 working hours"):
        again = interval(limit)
        day = again.begins(AUTUMN) - timedelta(days=1)
        assert again.after(day) < AUTUMN.first


def test_it_ends_with_what_it_belongs_to_and_asks_nothing_without_a_limit():
    until = date(2026, 10, 31)
    found = list(interval().turns(AUTUMN, SIGNED, DONE, until))
    assert [one.due for one in found] == [date(2026, 10, 20)]
    assert not list(interval("0 days").turns(AUTUMN, SIGNED, DONE))
