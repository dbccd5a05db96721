"""Writes over work reports: opened by the rulebook, drafted, handed in, read (R-exp-10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expansion import access, clock, offers, worktime
from expansion.audit.services import write, write_many
from expansion.errors import Invalid
from expansion.notices.services import tell
from expansion.office import sections
from expansion.office.models import ReportComment, WorkReport
from expansion.office.selectors import figures
from expansion.office.selectors.reporters import Reporter, reporters
from expansion.people.models import Unit, User
from expansion.records import lock
from expansion.rulebook.schema import Rules
from expansion.rulebook.values import Cadence, offered
from expansion.rulebook.work import Report
from expansion.worktime import Calendar, CutPeriod, Period

LONGEST_TEXT = 2000
LONGEST_LINE = 200
MOST_LINES = 20


@transaction.atomic
def open_reports(*, rules: Rules, period: Period) -> list[WorkReport]:
    """Opens what is owed for a period by everyone the rulebook names; a second call adds nothing.

    A week in which nobody works owes nothing. Returns those that this call has opened.
    """
    owed = [report for report in rules.reports if report.cadence.value.every == period.kind]
    return [row for report in owed for row in _open_kind(rules, report, period)]


def _open_kind(rules: Rules, report: Report, period: Period) -> list[WorkReport]:
    calendar = rules.working_time.as_calendar()
    due_at = report.cadence.value.due_at(period, calendar)
    if due_at is None:
        return []
    there = WorkReport.objects.of(report.key, period.key)
    had = set(there.values_list("owner_id", flat=True))
    ahead = worktime.before(due_at, report.remind_before.value, calendar)
    cut = _cut(report.cadence.value, period, calendar)
    owing = reporters(report, worktime.local_date(due_at))
    rows = [
        _row(rules, report, period, one, cut, due_at=due_at, remind_at=ahead)
        for one in owing
        if one.person.pk not in had
    ]
    WorkReport.objects.bulk_create(rows, ignore_conflicts=True)
    opened = list(there.exclude(owner__in=had).select_related("owner"))
    write_many(actor=None, verb="office.report.opened", changed=[(row, {}) for row in opened])
    return opened


def _cut(cadence: Cadence, period: Period, calendar: Calendar) -> dict[str, list[str]]:
    """From which cut to which the period counts, as it is kept; nothing where none is named.

    A week in which nobody works has no report: what was cut off for it counts for the next one.
    """
    cutoff = cadence.cutoff()
    if cutoff is None:
        return {}
    first = period
    while cadence.due_at(first.previous(), calendar) is None:
        first = first.previous()
    begin = CutPeriod(cutoff, first).begins_at
    return {"cut": [begin.isoformat(), CutPeriod(cutoff, period).ends_at.isoformat()]}


def _row(
    rules: Rules,
    report: Report,
    period: Period,
    one: Reporter,
    cut: dict[str, list[str]],
    **moments: Any,
) -> WorkReport:
    return WorkReport(
        owner=one.person,
        team=one.team,
        recipient=one.recipient,
        kind=report.key,
        period=period.key,
        begins_on=period.start,
        ends_on=period.end,
        to_role=report.to[0],
        gathered_by=rules.gathers(report),
        outline={
            "zh": report.zh,
            "en": report.en,
            "sections": [item.model_dump() for item in offered(report.sections)],
            **cut,
            **_unit(one.speaks_for),
        },
        rules_version=rules.version,
        **moments,
    )


def _unit(unit: Unit | None) -> dict[str, Any]:
    """For which unit it speaks, as it is kept; nothing where it is the person's own."""
    return {"unit": {"id": unit.pk, "zh": unit.name, "en": unit.name_en}} if unit else {}


@transaction.atomic
def draft_report(*, actor: Any, record: WorkReport) -> WorkReport:
    """Drafts a report that is due from the period's records; what was written stays.

    The timetable drafts for everybody (`actor` None); a second time changes nothing.
    """
    if actor is not None:
        access.require(actor, "edit", record)
    report = lock(WorkReport.objects.all(), record.pk)
    if report.status != WorkReport.Status.DUE:
        return report
    figures.fill(report, longest=LONGEST_TEXT)
    report.status = WorkReport.Status.DRAFT
    _save(report)
    write(actor=actor, verb="office.report.drafted", about=report)
    return report


@transaction.atomic
def save_report(
    *,
    actor: User,
    record: WorkReport,
    texts: Mapping[str, str],
    plan: Sequence[str],
    results: Sequence[Mapping[str, str]] = (),
    version: int | None = None,
) -> WorkReport:
    """Keeps what is written so far. `results` says of each line of the last plan what became of it.

    Raises:
        Forbidden: it is somebody else's, or handed in.
        Stale: it was saved elsewhere since `version`.
        Invalid: a text or a list is too long.
    """
    access.require(actor, "edit", record)
    report = lock(WorkReport.objects.all(), record.pk, version=version)
    access.require(actor, "edit", report)
    before = _length(report)
    _take(report, texts, plan, results)
    report.status = WorkReport.Status.DRAFT
    _save(report)
    changes = {"written": [before, _length(report)]}
    write(actor=actor, verb="office.report.changed", about=report, changes=changes)
    return report


def _length(report: WorkReport) -> int:
    """The trail tells how much is written; the words stand in the copy that is handed in."""
    return sum(map(len, [*report.texts.values(), *report.plan]))


def _take(
    report: WorkReport,
    texts: Mapping[str, str],
    plan: Sequence[str],
    results: Sequence[Mapping[str, str]],
) -> None:
    figures.fill(report, longest=LONGEST_TEXT)
    known = {section.key for section in sections.written(report)}
    report.texts = report.texts | {key: texts[key].strip() for key in texts if key in known}
    report.plan = [line.strip() for line in plan if line.strip()]
    _check(report)
    # The lines come from the last plan; only what became of them is the person's to say.
    report.results = [
        {**line, **_result(given)}
        for line, given in zip_longest(report.results, results[: len(report.results)], fillvalue={})
    ]


def _check(report: WorkReport) -> None:
    long = [key for key, text in report.texts.items() if len(text) > LONGEST_TEXT]
    if long:
        sentence = _("At most %(count)s characters. Shorten it.") % {"count": LONGEST_TEXT}
        raise Invalid(fields={f"text_{key}": [sentence] for key in long})
    if len(report.plan) > MOST_LINES or any(len(line) > LONGEST_LINE for line in report.plan):
        sentence = _("At most %(lines)s lines of %(count)s characters each.") % {
            "lines": MOST_LINES,
            "count": LONGEST_LINE,
        }
        raise Invalid(fields={"plan": [sentence]})


def _result(given: Mapping[str, str]) -> dict[str, str]:
    """Only the words that stand for an outcome; nothing given leaves the line as it is."""
    if not given:
        return {}
    outcome = given.get("outcome", "")
    note = given.get("note", "").strip()[:LONGEST_LINE]
    return {"outcome": outcome if outcome in sections.OUTCOMES else "", "note": note}


@transaction.atomic
def submit_report(
    *, actor: User, record: WorkReport, version: int | None = None, **content: Any
) -> WorkReport:
    """Hands the report in and freezes it; after the deadline it is marked late (reading 25).

    Without `content` it goes as it was saved, drafted from the records where nothing was written:
    one click from the first page. With it, as `save_report` takes it.

    Raises:
        Invalid: nothing is written and no record says anything.
    """
    access.require(actor, "submit", record)
    report = lock(WorkReport.objects.all(), record.pk, version=version)
    access.require(actor, "submit", report)
    if content:
        _take(report, **content)
    else:
        figures.fill(report, longest=LONGEST_TEXT)
    _refuse_empty(report)
    moment = clock.now()
    report.status, report.submitted_at = WorkReport.Status.SUBMITTED, moment
    report.late = moment > report.due_at
    _save(report)
    write(
        actor=actor,
        verb="office.report.submitted",
        about=report,
        changes={"late": [None, report.late]},
        for_person=report.owner if report.owner_id != actor.pk else None,
    )
    offers.announce("office.report.submitted", actor=actor, record=report)
    return report


def _refuse_empty(report: WorkReport) -> None:
    first = sections.written(report)[0]
    if not report.texts.get(first.key):
        sentence = _("Write a line here: no record of this period says anything yet.")
        raise Invalid(fields={f"text_{first.key}": [sentence]})


@transaction.atomic
def withdraw_report(*, actor: User, record: WorkReport) -> WorkReport:
    """Takes a report back until its deadline, as long as nobody has read it."""
    access.require(actor, "withdraw", record)
    report = lock(WorkReport.objects.all(), record.pk)
    access.require(actor, "withdraw", report)
    report.status, report.submitted_at = WorkReport.Status.DRAFT, None
    _save(report)
    write(actor=actor, verb="office.report.withdrawn", about=report)
    return report


@transaction.atomic
def read_report(*, actor: User, record: WorkReport) -> WorkReport:
    """Notes that a superior or the recipient has read it; the first reader stands."""
    access.require(actor, "read", record)
    report = lock(WorkReport.objects.all(), record.pk)
    access.require(actor, "read", report)
    if report.status == WorkReport.Status.READ:
        return report
    report.status = WorkReport.Status.READ
    report.read_at, report.read_by = clock.now(), actor
    _save(report)
    write(actor=actor, verb="office.report.read", about=report)
    return report


@transaction.atomic
def comment_report(*, actor: User, record: WorkReport, text: str) -> ReportComment:
    """A superior's or the recipient's remark; whoever wrote the report is told."""
    report = read_report(actor=actor, record=record)
    access.require(actor, "comment", report)
    comment = ReportComment.objects.create(
        report=report, by=actor, at=clock.now(), text=text.strip()
    )
    write(actor=actor, verb="office.report.commented", about=report, changes={"text": [None, text]})
    tell(
        people=[report.owner],
        kind="office.report_commented",
        title=gettext_lazy("Your report has a comment"),
        text=comment.text,
        url=report.get_absolute_url(),
        about=report,
        actor=actor,
    )
    return comment


def _save(report: WorkReport) -> None:
    report.version += 1
    report.save()
