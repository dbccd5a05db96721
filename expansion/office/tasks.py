"""Background work of this room."""

from django.utils.translation import gettext_lazy as _

from expansion import clock
from expansion.jobs import registry
from expansion.jobs.models import Job
from expansion.office.models import WorkReport
from expansion.office.services import effects, last_days, matters, ndas, reminders, rights
from expansion.office.services.reports import open_reports
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.work import Report
from expansion.worktime import Period, PeriodKind


@registry.every("office.open_reports", "5 * * * *", label=_("Open the work reports that are owed"))
def open_all(job: Job) -> dict:
    """Opens the present periods, and those that passed while nothing ran."""
    opened = [
        row
        for period in _owed_periods(rules_on())
        for row in open_reports(rules=rules_on(period.start), period=period)
    ]
    return {"opened": len(opened)}


def _owed_periods(rules: Rules) -> list[Period]:
    """From the last opened period of each report to the present one; at first only the present.

    The last one is looked at again: who has joined since owes a report too.
    """
    periods = set()
    for report in rules.reports:
        if report.cadence.value.every in set(PeriodKind):
            periods.update(_since_last(report))
    return sorted(periods)


def _since_last(report: Report) -> list[Period]:
    present = Period.containing(report.cadence.value.every)
    row = WorkReport.objects.filter(kind=report.key).order_by("-begins_on").first()
    last = Period.parse(row.period) if row else present
    periods = [last if last.kind is present.kind else present]
    while periods[-1] < present:
        periods.append(periods[-1].next())
    return periods


@registry.every(
    "office.remind_of_confidence",
    "50 8 * * *",
    label=_("Remind of missing agreements, ending rights, matters to follow up, open handovers"),
)
def remind_of_confidence(job: Job) -> dict:
    rules = rules_on()
    return {
        "agreements": ndas.remind_of_ndas(rules=rules),
        "rights": rights.remind_of_rights(rules=rules),
        "matters": matters.remind_of_follow_ups(),
        "handovers": last_days.remind_of_handovers(),
        "acceptances": last_days.remind_of_acceptance(now=clock.now(), rules=rules),
    }


@registry.every(
    "office.make_effective", "5 0 * * *", label=_("Let approved changes of staff take effect")
)
def make_effective(job: Job) -> dict:
    """What has fallen due today, or in the days that were missed; twice changes nothing."""
    return effects.make_due_effective()


@registry.every("office.remind", "*/10 * * * *", label=_("Remind of work reports"))
def remind(job: Job) -> dict:
    now = clock.now()
    told_above = reminders.tell_above(now=now, rules=rules_on())
    return {**reminders.remind(now), "told_above": told_above}
