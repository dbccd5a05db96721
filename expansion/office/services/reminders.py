"""Reminders of work reports: one before the deadline, one at it, each once (R-exp-11)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from expansion.notices import ladders
from expansion.notices.services import tell
from expansion.office.models import WorkReport
from expansion.office.services.reports import draft_report
from expansion.people.models import User
from expansion.rulebook.schema import Rules
from expansion.ui import deadlines, formats

NAMED = 12  # names in one notice; the page behind it has them all


def _spoken(words: Callable[[], str]) -> str:
    """Words that are put together in the language of whoever is told."""
    return lazy(words, str)()


def remind(now: datetime) -> dict[str, int]:
    """Tells reporters before the deadline, and reporters and recipients once it has passed.

    Late or repeated it tells the same: a deadline that has passed unannounced is only told as
    passed, and each notice goes to each person once.
    """
    return {"before": _remind_before(now), "overdue": _tell_overdue(now)}


def _remind_before(now: datetime) -> int:
    due = WorkReport.objects.open().filter(remind_at__lte=now, due_at__gte=now, reminded_at=None)
    return sum(_remind_one(report, now) for report in due.select_related("owner"))


@transaction.atomic
def _remind_one(report: WorkReport, now: datetime) -> bool:
    same = WorkReport.objects.open().filter(pk=report.pk, reminded_at=None)
    if not same.update(reminded_at=now):
        return False  # Another worker was faster.
    report = draft_report(actor=None, record=report)
    tell(
        people=[report.owner],
        kind="office.report_due",
        title=_spoken(lambda: _("%(report)s is due soon") % {"report": report.title}),
        text=_spoken(
            lambda: (
                _("Due %(due)s. It is drafted from your records: check it and hand it in.")
                % {"due": deadlines.moment(report.due_at)}
            )
        ),
        url=report.get_absolute_url(),
        about=report,
        key=f"office.report_due:{report.pk}",
        facts=_facts(report),
    )
    return True


def _facts(report: WorkReport) -> dict[str, str]:
    """What an administrator's own words may name."""
    return {"report": report.title, "due": _spoken(lambda: deadlines.moment(report.due_at))}


def _tell_overdue(now: datetime) -> int:
    passed = WorkReport.objects.missing(now).filter(overdue_told_at=None)
    groups = passed.order_by().values_list("kind", "period").distinct()
    return sum(_tell_group(kind, period, now) for kind, period in groups)


@transaction.atomic
def _tell_group(kind: str, period: str, now: datetime) -> int:
    """Reporters and recipients of one report and period, together or not at all."""
    missing = WorkReport.objects.of(kind, period).missing(now)
    rows = list(
        missing.filter(overdue_told_at=None)
        .select_for_update(of=("self",))
        .order_by("recipient_id", "team__order", "pk")
    )
    missing.filter(pk__in=[row.pk for row in rows]).update(overdue_told_at=now)
    for row in rows:
        _tell_reporter(row)
    for recipient, theirs in groupby(rows, key=lambda row: row.recipient):
        if recipient is not None:
            _tell_recipient(recipient, list(theirs))
    return len(rows)


def _tell_reporter(report: WorkReport) -> None:
    tell(
        people=[report.owner],
        kind="office.report_overdue",
        title=_spoken(lambda: _("%(report)s is overdue") % {"report": report.title}),
        text=_spoken(
            lambda: (
                _("It was due %(due)s. You can still hand it in; it is marked late.")
                % {"due": formats.moment(report.due_at)}
            )
        ),
        url=report.get_absolute_url(),
        about=report,
        key=f"office.report_overdue:{report.pk}",
        facts=_facts(report),
    )


def _tell_recipient(recipient: User, missing: list[WorkReport]) -> None:
    first = missing[0]
    tell(
        people=[recipient],
        kind="office.reports_missing",
        title=_spoken(
            lambda: (
                _("%(report)s: %(count)s not handed in")
                % {"report": first.title, "count": len(missing)}
            )
        ),
        text=_spoken(lambda: _(", ").join(row.owner.name for row in missing[:NAMED])),
        url=f"{reverse('office:team-reports')}?kind={first.kind}&period={first.period}",
        key=f"office.reports_missing:{first.kind}:{first.period}",
        facts={"report": first.title, "count": len(missing)},
    )


def tell_above(*, now: datetime, rules: Rules) -> int:
    """Tells superiors and the manager, each once, of reports that stay missing after the limits of
    the ladder; reporter and recipient have been told at the deadline. Returns how many were."""
    missing = WorkReport.objects.missing(now).filter(due_at__gt=now - ladders.LOOKED_BACK)
    owed = [_owed(report) for report in missing.select_related("owner")]
    return ladders.tell_late(
        owed, now=now, kind="office.report", ladder="reports", rules=rules, only_above=True
    )


def _owed(report: WorkReport) -> ladders.Owed:
    told = frozenset({report.recipient_id} - {None})
    return ladders.Owed(
        people=(report.owner,),
        due_at=report.due_at,
        what=report.title,
        key=str(report.pk),
        url=report.get_absolute_url(),
        about=report,
        told=told,
    )
