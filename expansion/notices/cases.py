"""Reminding of the cases that the compliance board counts: what a limit of the rulebook asks for
once, or again and again (R-exp-11).

A check says how people hear of its cases (`compliance.Reminder`); its room has no service for that.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta

from django.utils.text import format_lazy

from expansion import clock, compliance, worktime
from expansion.compliance import Cases, Check, Instance, Reach, Reminder, Span
from expansion.notices import ladders
from expansion.offers import Firing
from expansion.people.models import Unit, User
from expansion.rulebook import foreseen
from expansion.rulebook.lateness import Ladder
from expansion.rulebook.schema import Rules

LOOKED_AHEAD = timedelta(days=366)  # in the turn that runs shows what came late for the one before
TO_CATCH_UP = timedelta(days=7)  # for runs that were missed
Held = list[tuple[Instance, User]]


def remind(*, now: datetime, rules: Rules) -> dict[str, int]:
    """Tells everybody once of each case: whose it is, ahead and once it is late; superior and
    manager by the ladder. Returns how many notices of both were added.

    The number of queries of a check does not grow with its cases.
    """
    day, added = clock.local_date(now), Counter({"due": 0, "overdue": 0})
    span = Span(day - ladders.LOOKED_BACK, day + LOOKED_AHEAD)
    for reminder, found in _to_be_done(rules, span):
        meant = _not_overtaken(found, rules, rules.ladder(reminder.ladder), now)
        owed = [_owed(one, person, reminder) for one, person in meant]
        added.update(
            ladders.remind(owed, now=now, kind=reminder.kind, ladder=reminder.ladder, rules=rules)
        )
    return dict(added)


def foresee(rules: Rules, start: datetime, end: datetime) -> Iterator[Firing]:
    """How many cases fall due and when people are reminded of them; each deadline counts once."""
    span = Span(clock.local_date(start), clock.local_date(end) + LOOKED_AHEAD)
    for reminder, found in _to_be_done(rules, span):
        lead = rules.ladder(reminder.ladder).remind_before
        last = foreseen.horizon(end, lead, rules)
        ahead = {(one.record.pk, _moment(one)) for one, _person in found}
        numbers = Counter(at for _record, at in ahead if start <= at <= last)
        yield from foreseen.told(
            sorted(numbers.items()),
            reminder.number,
            rules=rules,
            start=start,
            end=end,
            lead=lead,
        )


def _to_be_done(rules: Rules, span: Span) -> Iterator[tuple[Reminder, Held]]:
    """By what is told of: the cases of people at work that nobody has done yet."""
    people = {one.pk: one for one in User.objects.active()}
    reach = Reach(frozenset(Unit.objects.values_list("pk", flat=True)), frozenset(people))
    for reminder, several in _asked_for(rules):
        found = [one for cases in several for one in _standing(cases.every(reach, span))]
        yield reminder, [(one, people[one.person]) for one in found if one.person in people]


def _asked_for(rules: Rules) -> Iterator[tuple[Reminder, list[Cases]]]:
    """What these rules let people be told of. Of checks that are told of alike those count of which
    the rules have a clause; where they have a limit and no such clause, the first of them does."""
    alike: dict[str, list[tuple[Reminder, Check]]] = defaultdict(list)
    for check in compliance.checks().values():
        if check.reminder is not None:
            alike[check.reminder.kind].append((check.reminder, check))
    known = {clause.id for clause in rules.clauses}
    for several in alike.values():
        stated = [
            (reminder, check, clause)
            for reminder, check in several
            for clause in [one for one in check.clauses if one in known][:1]
        ]
        meant = stated or [(*several[0], "")]
        yield (
            meant[0][0],
            [(reminder.cases or check.cases)(rules, clause) for reminder, check, clause in meant],
        )


def _standing(found: Iterable[Instance]) -> list[Instance]:
    """Those that are still to be done. A turn that passed is no more where it was done since, which
    the turn after it shows."""
    every = list(found)
    done = _last_done(every)
    return [
        one
        for one in every
        if one.done is None and _day(one.due) >= done.get(one.record.pk, date.min)
    ]


def _last_done(every: Iterable[Instance]) -> Mapping[int, date]:
    days: dict[int, date] = {}
    for one in every:
        if one.done is not None:
            days[one.record.pk] = max(_day(one.done), days.get(one.record.pk, date.min))
    return days


def _not_overtaken(found: Held, rules: Rules, steps: Ladder, now: datetime) -> Held:
    """Where the turn after it has passed too, a turn is told of only while its own ladder runs."""
    calendar = rules.working_time.as_calendar()
    last: dict[int, datetime] = {}
    for one, _person in found:
        if (at := _moment(one)) < now:
            last[one.record.pk] = max(at, last.get(one.record.pk, at))

    def is_over(one: Instance) -> bool:
        at = _moment(one)
        if at >= last.get(one.record.pk, at):
            return False
        limits = (steps.superior_after.value, steps.manager_after.value)
        ends = [worktime.deadline(at, limit, calendar) or at for limit in limits]
        return max(ends) + TO_CATCH_UP < now

    return [(one, person) for one, person in found if not is_over(one)]


def _owed(one: Instance, person: User, reminder: Reminder) -> ladders.Owed:
    due_at = _moment(one)
    return ladders.Owed(
        people=(person,),
        due_at=due_at,
        what=format_lazy(reminder.what, record=one.record),
        key=f"{one.record.pk}.{due_at:%Y%m%d%H%M}",
        url=one.record.get_absolute_url(),
        about=one.record,
        counted=True,
    )


def _moment(one: Instance) -> datetime:
    return one.due if isinstance(one.due, datetime) else worktime.end_of(one.due)


def _day(due: date | datetime) -> date:
    return clock.local_date(due) if isinstance(due, datetime) else due
