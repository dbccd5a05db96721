"""Work reports of a closed period under a draft: which would have been late (R-exp-10)."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import clock, offers
from expansion.offers import Replayed
from expansion.office.models import WorkReport
from expansion.rulebook.schema import Rules
from expansion.ui import deadlines
from expansion.worktime import Period

LONG = ("figures", "texts", "plan", "results")


def reports(rules: Rules, period: Period) -> Iterator[Replayed]:
    """Every report on a span that ended in the period, by the draft's rhythm and hour."""
    found = WorkReport.objects.filter(ends_on__range=(period.start, period.end))
    due = _Due(rules)
    in_order = found.select_related("owner").defer(*LONG).order_by("-ends_on", "pk")
    for report in in_order.iterator():
        moment = due.of(report)
        after = _standing(report, moment) if moment else _("not owed")
        note = _("due %(when)s") % {"when": deadlines.moment(moment)} if moment else ""
        yield Replayed(report, _standing(report, report.due_at), after, note)


class _Due:
    """When reports of a kind are due by these rules, asked once per kind and span."""

    def __init__(self, rules: Rules):
        self._kinds = {one.key: one.cadence.value for one in rules.reports}
        self._calendar = rules.working_time.as_calendar()
        self._known: dict[tuple[str, str], datetime | None] = {}

    def of(self, report: WorkReport) -> datetime | None:
        """None where nobody would owe it: no such report, or none in this rhythm."""
        key = (report.kind, report.period)
        if key not in self._known:
            cadence, span = self._kinds.get(report.kind), report.span
            owed = cadence is not None and cadence.every == span.kind
            self._known[key] = cadence.due_at(span, self._calendar) if cadence and owed else None
        return self._known[key]


def _standing(report: WorkReport, due: datetime) -> str:
    if report.submitted_at is None:
        return _("not handed in") if due < clock.now() else _("still to hand in")
    return _("handed in late") if report.submitted_at > due else _("handed in in time")


offers.add(
    offers.Replay(
        "office.reports",
        lazy("Work reports"),
        40,
        reports,
        lazy("Who would have owed a report besides is not replayed."),
        reads=("reports.*.cadence", "working_time"),
    )
)
