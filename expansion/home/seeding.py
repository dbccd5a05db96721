"""The demo department's story: its people, its calendar, and one source of chance.

Every room sows its own rows (`offers.Seed`) through its services, with the clock moved to the
moment of each act, so that trail, deadlines and scores are those of a department that has really
worked. The same day gives the same department.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction
from django.utils import translation

from expansion import clock, offers, worktime
from expansion.audit.services import gathered
from expansion.notices.services import muted
from expansion.people.models import User
from expansion.people.selectors import seats_read_once
from expansion.rulebook.selectors import asked_once

T = TypeVar("T")
OPENS, LUNCH, CLOSES = 9, 12, 18


@dataclass
class Demo:
    """What every seed works with.

    `today` is the day of sowing, `begins` the first day of the story: two whole quarters before the
    running one. `people` maps user names to persons; `made` is where a seed leaves what a later
    one builds on, `absences` when the manager is away.
    """

    today: date
    now: datetime = field(default_factory=clock.now)
    chance: random.Random = field(default_factory=lambda: random.Random(20260701))
    people: dict[str, User] = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=dict)
    absences: list[tuple[datetime, datetime]] = field(default_factory=list)
    struggling: str = "qian.wen"  # whose results are poor
    leading: tuple[str, ...] = ("member.client", "member.research", "leader.partnership")

    @property
    def quarter(self) -> worktime.Period:
        """The running quarter."""
        return worktime.Period.containing("quarter", self.today)

    @property
    def closed_quarters(self) -> list[worktime.Period]:
        last = self.quarter.previous()
        return [last.previous(), last]

    @property
    def begins(self) -> date:
        return self.closed_quarters[0].start

    def workdays(self, start: date, end: date) -> list[date]:
        """The working days from `start` to `end`, both included."""
        days = (start + timedelta(days=n) for n in range((end - start).days + 1))
        return [day for day in days if worktime.is_workday(day)]

    def next_workday(self, after: int) -> date:
        """The `after`-th working day from today on; 0 is today if it is one, else the next."""
        days = self.workdays(self.today, self.today + timedelta(days=3 * after + 20))
        return days[after]

    def moment(self, day: date, hour: int | None = None, minute: int | None = None) -> datetime:
        """A moment within office hours of the day; chance fills in what is not given."""
        hour = self.chance.randrange(OPENS, CLOSES) if hour is None else hour
        minute = self.chance.randrange(0, 60, 5) if minute is None else minute
        return clock.moment_on(day, time(hour, minute))

    def workday(self, day: date, after: int = 0) -> date:
        """The `after`-th working day from `day` on; 0 is the day itself if it is one."""
        day = worktime.first_workday_on_or_after(day)
        for _step in range(after):
            day = worktime.first_workday_on_or_after(day + timedelta(days=1))
        return day

    @contextmanager
    def at(self, moment: datetime) -> Iterator[None]:
        """Inside the block it is that moment."""
        with clock.clock_at(moment):
            yield

    def acting(self, username: str) -> User:
        """The person with the seats of the moment, those of absent principals included."""
        person = self.people[username]
        for known in ("seats", "standing"):
            person.__dict__.pop(known, None)
        return person

    def manager_on(self, moment: datetime) -> User:
        """Who decides for the manager then: the deputy while a mandate runs."""
        away = any(start <= moment < end for start, end in self.absences)
        return self.acting("deputy" if away else "manager")

    def one(self, choices: Sequence[T]) -> T:
        return self.chance.choice(choices)

    def often(self, percent: int) -> bool:
        return self.chance.randrange(100) < percent

    def diary(self) -> Diary:
        return Diary(self)

    def keep(self, kind: str, record: T) -> T:
        self.made.setdefault(kind, []).append(record)
        return record


class Diary:
    """Acts in the order of their moments; what lies ahead of now never runs.

    An act may enter later ones.
    """

    def __init__(self, demo: Demo):
        self.demo = demo
        self._entries: list[tuple[datetime, int, Callable[[], Any]]] = []
        self._count = 0

    def enter(self, moment: datetime, act: Callable[[], Any]) -> None:
        self._count += 1
        heapq.heappush(self._entries, (moment, self._count, act))

    def tell(self, moment: datetime, story: Iterator[int]) -> None:
        """Enters a story: acts in a row, each number yielded the working days until the next."""
        self.enter(moment, partial(self._go_on, story))

    def _go_on(self, story: Iterator[int]) -> None:
        workdays = next(story, None)
        if workdays is not None:
            day = self.demo.workday(clock.today() + timedelta(days=1), max(workdays - 1, 0))
            moment = self.demo.moment(day, self.demo.chance.randrange(LUNCH, CLOSES))
            self.enter(moment, partial(self._go_on, story))

    def play(self) -> None:
        """Runs every act up to now, each with the clock at its moment."""
        with gathered():
            while self._entries and self._entries[0][0] <= self.demo.now:
                moment, _number, act = heapq.heappop(self._entries)
                with self.demo.at(moment):
                    act()


@transaction.atomic
def sow() -> Demo:
    """The whole department in one transaction: a killed seed leaves nothing behind."""
    demo = Demo(today=clock.today())
    # The last three working days are told, so that everybody finds a few notices of theirs.
    lately = demo.workdays(demo.today - timedelta(days=20), demo.today - timedelta(days=1))
    told_from = demo.moment(lately[-3], 9, 0)
    with muted(until=told_from), asked_once(), translation.override(settings.LANGUAGE_CODE):
        for seed in offers.of(offers.Seed):
            with seats_read_once():
                seed.sow(demo)
    return demo
