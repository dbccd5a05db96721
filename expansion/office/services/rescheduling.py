"""Reports that are asked for follow the calendar when it changes (law 7)."""

from typing import Any

from django.db.models import QuerySet

from expansion import clock, worktime
from expansion.audit.services import write_many
from expansion.office.models import WorkReport
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.work import Report
from expansion.worktime import Period
from expansion.worktime.rescheduling import moved


def reschedule(*, actor: Any, record: Any) -> None:
    """Reaction to `calendar.changed`.

    A kind of report that the rulebook in force knows no more keeps its dates.
    """
    rules = rules_on()
    kinds = {one.key: one for one in rules.reports}
    running = [one for one in _running() if one.kind in kinds]
    before = {one.pk: one.due_at for one in running}
    changed = [one for one in running if _count(one, kinds[one.kind], rules)]
    WorkReport.objects.bulk_update(changed, ["due_at", "remind_at"])
    write_many(
        actor=actor,
        verb="office.report.rescheduled",
        changed=[(one, {"due_at": [before[one.pk], one.due_at]}) for one in changed],
    )


def _running() -> QuerySet[WorkReport]:
    open_ones = WorkReport.objects.filter(status__in=WorkReport.OPEN, due_at__gt=clock.now())
    return open_ones.select_for_update().order_by("pk")


def _count(report: WorkReport, rule: Report, rules: Rules) -> bool:
    """Whether its dates have moved."""
    before, calendar = report.due_at, rules.working_time.as_calendar()
    after = rule.cadence.value.due_at(Period.parse(report.period), calendar)
    due = moved(before, after)
    if due is None or due == before:
        return False
    report.due_at = due
    report.remind_at = worktime.before(due, rule.remind_before.value, calendar)
    return True
