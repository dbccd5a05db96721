"""What is owed by a day, foreseen: how many of a kind fall due, and when people hear of it."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from expansion import clock, worktime
from expansion.offers import Firing
from expansion.rulebook.schema import Rules
from expansion.rulebook.values import Parameter
from expansion.worktime import Limit

Words = Callable[[int], str]  # “%(count)s milestones”, for that many


def due(
    rows: QuerySet[Any],
    column: str,
    what: Words,
    *,
    rules: Rules,
    start: datetime,
    end: datetime,
    lead: Parameter[Limit] | None = None,
    clause: str = "",
) -> Iterator[Firing]:
    """The deadlines of these rows in the span, and with a `lead` the reminders that leave in it.

    A day is over with its last moment. The clause is that of the lead where none is given.
    Nothing is said of a single record: one query.
    """
    found = counted(rows, column, start, horizon(end, lead, rules))
    yield from told(found, what, rules=rules, start=start, end=end, lead=lead, clause=clause)


def horizon(end: datetime, lead: Parameter[Limit] | None, rules: Rules) -> datetime:
    """The last deadline of which a reminder leaves before `end`."""
    calendar = rules.working_time.as_calendar()
    return (worktime.deadline(end, lead.value, calendar) if lead and lead.value else None) or end


def told(
    found: Iterable[tuple[datetime, int]],
    what: Words,
    *,
    rules: Rules,
    start: datetime,
    end: datetime,
    lead: Parameter[Limit] | None = None,
    clause: str = "",
) -> Iterator[Firing]:
    """What is said in the span of so many deadlines at each of these moments."""
    calendar = rules.working_time.as_calendar()
    limit = lead.value if lead else None
    clause = clause or (lead and lead.clause) or ""
    for at, count in found:
        words = {"what": what(count) % {"count": count}}
        if start <= at < end:
            yield Firing(at, _("Due: %(what)s") % words, "", clause)
        if limit and start <= (ahead := worktime.before(at, limit, calendar)) < end:
            yield Firing(ahead, _("Reminder: %(what)s") % words, "", clause)


def counted(
    rows: QuerySet[Any], column: str, start: datetime, end: datetime
) -> Iterator[tuple[datetime, int]]:
    """How many rows have which moment of the span in this column, in their order."""
    is_day = not isinstance(rows.model._meta.get_field(column), models.DateTimeField)
    first, last = (clock.local_date(start), clock.local_date(end)) if is_day else (start, end)
    within = rows.filter(**{f"{column}__range": (first, last)}).order_by(column)
    found = within.values_list(column).annotate(number=Count("pk", distinct=True))
    for when, number in found:
        yield (worktime.end_of(when) if is_day else when), number
