"""Reminding of what is owed, and telling up the ladder what is overdue (R-exp-11).

Every room with deadlines of its own hands over what is owed; how long before it is due somebody is
reminded, and after how long the superior and the manager hear of it, the rulebook says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db import models, transaction
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from expansion import clock, worktime
from expansion.notices.services import Telling, tell_each
from expansion.people.ladder import Ladder as NextLevels
from expansion.people.models import Role, User
from expansion.people.selectors import active_people, home_unit
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import asked_once
from expansion.ui import deadlines, formats

LOOKED_BACK = timedelta(days=92)  # after that nobody needs to hear of it any more


@dataclass(frozen=True)
class Owed:
    """One thing owed by `people` until `due_at`; whoever is `told` of it elsewhere is left out.

    Who is `acting` for them today is told the same as they are; nobody is told up the ladder for
    that. `unit` is where it is worked, whose manager hears of it, where that is not the unit of
    who owes it. `key` names it among those of its kind, with its date where that can move. A
    deadline that is `counted`, which nobody has named, is marked while it may still move (law 7).
    """

    people: tuple[User, ...]
    due_at: datetime
    what: str
    key: str
    url: str
    about: models.Model | None = None
    told: frozenset[int] = field(default_factory=frozenset)
    acting: tuple[User, ...] = ()
    unit: int | None = None
    counted: bool = False

    @property
    def owing(self) -> tuple[User, ...]:
        """Who is told before it is due and hears of it as theirs, each once."""
        return tuple(dict.fromkeys((*self.people, *self.acting)))


@transaction.atomic
def remind(
    owed: Iterable[Owed],
    *,
    now: datetime,
    kind: str,
    ladder: str,
    rules: Rules,
    lead: worktime.Limit | None = None,
) -> dict[str, int]:
    """Tells each person once before and once after a deadline; run late or twice it ends the same.

    Who owes it is told as `<kind>.due`, on the day at the latest and ahead by the ladder's limit,
    or by `lead` where the rulebook states one elsewhere; once it is late, as `<kind>.overdue`, and
    so are superior and manager, each after the limit of the ladder. Returns how many notices of
    both were added.
    """
    found, calendar = list(owed), rules.working_time.as_calendar()
    ahead = rules.ladder(ladder).remind_before.value if lead is None else lead
    end = worktime.deadline(now, ahead, calendar) or worktime.end_of(clock.local_date(now))
    near = [one for one in found if now <= one.due_at <= end]
    due = f"{kind}.due"
    before = [_telling(one, person, due) for one in near for person in one.owing]
    with asked_once():  # each date that may move asks for the rules
        added = len(tell_each(before, kind=due))
    late = tell_late(found, now=now, kind=kind, ladder=ladder, rules=rules)
    return {"due": added, "overdue": late}


@transaction.atomic
def tell_late(
    owed: Iterable[Owed],
    *,
    now: datetime,
    kind: str,
    ladder: str,
    rules: Rules,
    only_above: bool = False,
) -> int:
    """The second half of `remind`; `only_above` where a room has words of its own for those who
    owe it. Returns how many notices were added."""
    above = _above(ladder, rules, now)
    overdue = f"{kind}.overdue"
    late = [one for one in owed if now > one.due_at]
    tellings = [
        _telling(one, person, overdue)
        for one in late
        for person in dict.fromkeys([*(() if only_above else one.owing), *above(one)])
        if person.pk not in one.told
    ]
    return len(tell_each(tellings, kind=overdue))


def _above(ladder: str, rules: Rules, now: datetime) -> Callable[[Owed], Iterator[User]]:
    """Who hears of a late thing besides those who owe it, by now."""
    steps, levels, calendar = rules.ladder(ladder), _Levels(), rules.working_time.as_calendar()
    ways = (
        (steps.superior_after.value, levels.superior),
        (steps.manager_after.value, levels.manager),
    )

    def above(one: Owed) -> Iterator[User]:
        for limit, level in ways:
            end = worktime.deadline(one.due_at, limit, calendar)
            if end is not None and now > end:
                found = (level(person, one.unit) for person in one.people)
                yield from (user for user in found if user is not None)

    return above


def _telling(one: Owed, person: User, kind: str) -> Telling:
    marked = one.counted and _is_ahead(kind)
    written = deadlines.day if marked else formats.day
    facts: dict[str, Any] = {
        "name": lazy(lambda: _(", ").join(owner.name for owner in one.people), str)(),
        "day": lazy(lambda: written(one.due_at), str)(),
        "what": one.what,
    }
    return Telling(
        person,
        lazy(lambda: _words(kind, person in one.owing) % facts, str)(),
        one.url,
        about=one.about,
        key=f"{kind}.{one.key}",
        facts=facts,
    )


def _words(kind: str, is_own: bool) -> str:
    if _is_ahead(kind):
        return _("Due %(day)s: %(what)s")
    if is_own:
        return _("Overdue since %(day)s: %(what)s")
    return _("%(name)s is late since %(day)s: %(what)s")


def _is_ahead(kind: str) -> bool:
    return kind.endswith(".due")


class _Levels:
    """The superior and the manager of each person; everybody is read once, and late."""

    def __init__(self) -> None:
        self._units: dict[int, int] = {}

    @cached_property
    def _people(self) -> dict[int, User]:
        return {person.pk: person for person in active_people()}

    @cached_property
    def _ladder(self) -> NextLevels:
        return NextLevels(self._people.values())

    def _unit(self, person: User) -> int:
        if person.pk not in self._units:
            self._units[person.pk] = home_unit(person).pk
        return self._units[person.pk]

    def superior(self, person: User, _unit: int | None = None) -> User | None:
        own = self._people.get(person.pk, person)
        roles = {seat.role for seat in own.seats if seat.acting_for is None}
        return self._ladder.above(own, roles, self._unit(own))

    def manager(self, person: User, unit: int | None = None) -> User | None:
        """Whose department it is; None for the manager, who is told of the own as such."""
        unit = unit or self._unit(person)
        return next(
            (
                one
                for one in self._people.values()
                for seat in one.seats
                if seat.role == Role.MANAGER and seat.acting_for is None and unit in seat.units
                if one.pk != person.pk
            ),
            None,
        )
