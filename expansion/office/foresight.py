"""What the office will do by itself: reports are asked for, reminded of, and due (R-exp-10)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from expansion import clock, offers, worktime
from expansion.offers import Firing
from expansion.office.models import IpRight, PersonnelChange, PublicMatter
from expansion.rulebook import foreseen
from expansion.rulebook.deciders import titles_of
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import rules_of_days
from expansion.rulebook.templatetags.rules import rule_value
from expansion.rulebook.work import Report
from expansion.worktime import Period, PeriodKind


def reports(rules: Rules, start: datetime, end: datetime) -> Iterator[Firing]:
    """The reminder and the deadline of every report that is due by a period: each is asked for by
    the rules of the period's first day, whatever is in force by now."""
    on = rules_of_days()
    for kind in PeriodKind:
        for period in _around(kind, start, end):
            asking = on(period.start)
            for report in asking.reports:
                if report.cadence.value.every == kind:
                    yield from _of(report, asking, period, start, end)


def _of(
    report: Report, rules: Rules, period: Period, start: datetime, end: datetime
) -> Iterator[Firing]:
    calendar, clause = rules.working_time.as_calendar(), report.cadence.clause or ""
    due = report.cadence.value.due_at(period, calendar)
    if due is None:
        return
    who = rule_value(tuple(_label(rules, word) for word in report.who), titles_of(rules))
    ahead = worktime.before(due, report.remind_before.value, calendar)
    words = {"report": report.label(), "period": period.label}
    for at, what in (
        (ahead, _("Reminder: %(report)s, %(period)s") % words),
        (due, _("Due: %(report)s, %(period)s") % words),
    ):
        if start <= at < end:
            yield Firing(at, what, who, clause)


def _around(every: str, start: datetime, end: datetime) -> Iterator[Period]:
    """The periods that may have something due in the span: also the one before and after."""
    period = Period.containing(every, clock.local_date(start)).previous()
    last = Period.containing(every, clock.local_date(end)).next()
    while period <= last:
        yield period
        period = period.next()


def _label(rules: Rules, word: str) -> Any:
    if word == "everyone":
        return _("everyone")
    return next((one.label() for one in (*rules.posts, *rules.teams) if one.key == word), word)


def matters(rules: Rules, start: datetime, end: datetime) -> Iterator[Firing]:
    """Rights that end, matters to follow up, and changes of staff that are approved."""
    followed = PublicMatter.objects.live()
    coming = PersonnelChange.objects.filter(status=PersonnelChange.Status.APPROVED)
    for rows, column, words, lead in (
        (IpRight.objects.live(), "expires_on", _rights, rules.documents.ip_notice),
        (followed, "follow_up_on", _matters, None),
        (coming, "effective_on", _changes, None),
    ):
        yield from foreseen.due(rows, column, words, rules=rules, start=start, end=end, lead=lead)


def _rights(count: int) -> str:
    return ngettext("end of %(count)s right", "end of %(count)s rights", count)


def _matters(count: int) -> str:
    return ngettext("%(count)s matter to follow up", "%(count)s matters to follow up", count)


def _changes(count: int) -> str:
    return ngettext("%(count)s change of staff", "%(count)s changes of staff", count)


offers.add(
    offers.Foresight("office.reports", 20, reports),
    offers.Foresight("office.matters", 25, matters),
)
