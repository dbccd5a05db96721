"""Steps of a running appraisal follow the calendar when it changes (law 7)."""

from datetime import datetime
from typing import Any

from django.db import models

from appraisal import instances
from appraisal.models import Appeal, Cycle, Preparation, Result
from expansion import worktime
from expansion.audit.services import write_many
from expansion.worktime import Limit
from expansion.worktime.rescheduling import moved

Change = tuple[models.Model, dict[str, Any]]


def reschedule(*, actor: Any, record: Any) -> None:
    """Reaction to `calendar.changed`: the time to prepare and to decide an appeal moves either way,
    the time to file one or to take it further grows only."""
    changes = [*_cycles(), *_appeals(), *_preparations(), *_windows(), *_further()]
    write_many(actor=actor, verb="appraisal.step.rescheduled", changed=changes)


def _cycles() -> list[Change]:
    changes: list[Change] = []
    for cycle in Cycle.objects.running().select_for_update(of=("self",)).order_by("pk"):
        ways, begun = cycle.rules.appraisal, cycle.opened_at
        found = {
            "self_due_at": _counted(cycle, begun, ways.self_due.value, cycle.self_due_at),
            "evaluation_due_at": _counted(
                cycle, begun, ways.evaluation_due.value, cycle.evaluation_due_at
            ),
        }
        changes += _kept(cycle, cycle, found)
    return changes


def _appeals() -> list[Change]:
    changes: list[Change] = []
    for appeal in Appeal.objects.pending().select_related("participant__cycle__rulebook"):
        cycle = appeal.participant.cycle
        limit = cycle.rules.appraisal.appeal_decision.value
        until = _counted(cycle, appeal.filed_at, limit, appeal.decide_until)
        changes += _kept(appeal, appeal, {"decide_until": until})
    return changes


def _preparations() -> list[Change]:
    changes: list[Change] = []
    begun = Preparation.objects.filter(at=None).exclude(due_at=None)
    for step in begun.select_related("appeal__participant__cycle__rulebook").order_by("pk"):
        cycle = step.appeal.participant.cycle
        limit = instances.preparing_within(cycle.rules)
        if limit is not None:
            found = {"due_at": _counted(cycle, step.since, limit, step.due_at)}
            changes += _kept(step, step.appeal, found)
    return changes


def _further() -> list[Change]:
    changes: list[Change] = []
    running = Appeal.objects.filter(further_until__gt=worktime.now())
    for appeal in running.select_related("participant__cycle__rulebook"):
        cycle = appeal.participant.cycle
        limit = cycle.rules.appraisal.appeal_window.value
        until = _counted(cycle, appeal.decided_at, limit, appeal.further_until)
        longest = max(one for one in (until, appeal.further_until) if one)
        changes += _kept(appeal, appeal, {"further_until": longest})
    return changes


def _windows() -> list[Change]:
    changes: list[Change] = []
    running = Result.objects.filter(appeal_until__gt=worktime.now())
    for result in running.select_related("participant__cycle__rulebook"):
        cycle = result.participant.cycle
        limit = cycle.rules.appraisal.appeal_window.value
        until = _counted(cycle, result.delivered_at, limit, result.appeal_until)
        longest = max(one for one in (until, result.appeal_until) if one)
        changes += _kept(result, result.participant, {"appeal_until": longest})
    return changes


def _kept(row: models.Model, about: models.Model, found: dict[str, Any]) -> list[Change]:
    """Writes what differs; what it changed of which record."""
    changed = {
        name: [before, value]
        for name, value in found.items()
        if (before := getattr(row, name)) != value
    }
    if not changed:
        return []
    for name, (_before, value) in changed.items():
        setattr(row, name, value)
    row.save(update_fields=list(changed))
    return [(about, changed)]


def _counted(
    cycle: Cycle, begun: datetime | None, limit: Limit, before: datetime | None
) -> datetime | None:
    if begun is None:
        return before
    return moved(before, worktime.deadline(begun, limit, cycle.rules.working_time.as_calendar()))
