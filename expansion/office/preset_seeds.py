"""The work reports of a small department: whatever the rules ask for, opened and handed in."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from expansion import clock
from expansion.office import preset_words as words
from expansion.office import sections
from expansion.office.models import WorkReport
from expansion.office.services.reports import open_reports, read_report, submit_report
from expansion.worktime import Period, PeriodKind

WEEKS = 4  # of weekly reports, so many weeks back; longer ones since the story begins


def sow(demo: Any) -> None:
    """Every report in its time, but for one that came late and one that never came."""
    diary = demo.diary()
    for period in _periods(demo):
        opens = max(period.start, demo.begins)
        diary.enter(demo.moment(demo.workday(opens), 8, 30), partial(_open, demo, diary, period))
    diary.play()
    demo.made["reports_handed_in"] = list(WorkReport.objects.exclude(submitted_at=None))


def _periods(demo: Any) -> list[Period]:
    """Those of every cadence that the rules know, up to the running ones."""
    found = []
    for kind in {one.cadence.value.every for one in demo.rules.reports} & set(PeriodKind):
        weeks_ago = demo.today - timedelta(weeks=WEEKS)
        period = Period.containing(kind, weeks_ago if kind == PeriodKind.WEEK else demo.begins)
        while period.start <= demo.today:
            found.append(period)
            period = period.next()
    return sorted(found)


def _open(demo: Any, diary: Any, period: Period) -> None:
    for row in open_reports(rules=demo.rules, period=period):
        demo.keep("work_reports", row)
        moment = _handed_in(row, len(demo.made["work_reports"]))
        if moment is not None:
            diary.enter(moment, partial(_submit, demo, row))


def _handed_in(row: WorkReport, place: int) -> datetime | None:
    """The second one that is owed comes late, the third never."""
    if place == 3:
        return None
    late = timedelta(hours=20) if place == 2 else timedelta(hours=-2)
    return row.due_at + late


def _submit(demo: Any, row: WorkReport) -> None:
    row.refresh_from_db()
    texts = {one.key: words.WRITTEN.format(label=one.label) for one in sections.written(row)}
    actor = demo.fresh(row.owner)
    report = submit_report(actor=actor, record=row, texts=texts, plan=words.PLANS, results=())
    if report.recipient is not None and clock.today() < demo.today - timedelta(days=3):
        read_report(actor=demo.fresh(report.recipient), record=report)
