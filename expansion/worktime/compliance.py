"""Cases of what has to be done within a limit, once or again and again."""

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import date, time, timedelta
from typing import NamedTuple

from expansion import clock
from expansion.compliance import BROKEN, KEPT, OPEN, Span
from expansion.worktime.limits import Limit, before, deadline
from expansion.worktime.workdays import Calendar

A_DAY = timedelta(days=1)


class Turn(NamedTuple):
    """One stretch of what is done again: from which day on, by when, done when, how it stands."""

    since: date
    due: date
    done: date | None
    state: str


class Interval:
    """A limit by the department's calendar; made for one reading, it works out each day once."""

    def __init__(self, limit: Limit, calendar: Calendar):
        self.limit, self.calendar = limit, calendar
        self._after: dict[date, date | None] = {}
        self._begins: dict[date, date] = {}

    def after(self, day: date) -> date | None:
        """The last day in time for what begins on `day`, at least the next; None without limit."""
        if day not in self._after:
            due = deadline(clock.moment_on(day, self.calendar.closes), self.limit, self.calendar)
            self._after[day] = max(clock.local_date(due), day + A_DAY) if due else None
        return self._after[day]

    def begins(self, span: Span) -> date:
        """The day before which nothing began that is due in the span."""
        if span.first not in self._begins:
            earliest = before(clock.moment_on(span.first, time()), self.limit, self.calendar)
            self._begins[span.first] = clock.local_date(earliest) - A_DAY
        return self._begins[span.first]

    def turns(
        self, span: Span, since: date, done: Iterable[date], until: date = date.max
    ) -> Iterator[Turn]:
        """Each time it was due in the span: within the limit of the last time, up to `until`.

        A stretch that passes without it is broken and the next one begins; the one that still runs
        is the last. Of what was done before `begins(span)` the last day is enough.
        """
        since, coming = self._start(span, since, done)
        last, today = min(until, span.last), clock.today()
        while (due := self.after(since)) and due <= last:
            met = coming.popleft() if coming and coming[0] <= due else None
            running = not met and due >= today
            if due >= span.first:
                yield Turn(since, due, met, KEPT if met else OPEN if running else BROKEN)
            if running:
                return
            since = met or due

    def _start(self, span: Span, since: date, done: Iterable[date]) -> tuple[date, deque[date]]:
        """The last day before which nothing matters to the span, and the days done after it."""
        days = sorted(set(done))
        since = max([since, *(day for day in days if day < self.begins(span))])
        return since, deque(day for day in days if day > since)
