"""What partnerships answers for: which cases keep and break the clauses on its partners."""

from collections.abc import Iterator
from datetime import date
from functools import partial

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from crm.compliance.regular import met_since
from crm.models import Contract
from expansion import clock, compliance, worktime
from expansion.compliance import (
    Check,
    Fact,
    Instance,
    Listed,
    Query,
    Reach,
    Reminder,
    Screen,
    Span,
    numbers_by,
    state_of,
)
from expansion.rulebook.schema import Rules
from expansion.rulebook.values import Items
from expansion.worktime.compliance import A_DAY, Interval
from partnerships.models import Milestone, Partner, Project


def project_checks(rules: Rules, clause: str) -> Listed:
    """A check of every project under way, each `sla.project_check` after the last (A-3.3.5b).

    Kept where it came by its day; each further stretch without one is broken again. What was still
    to come when the project ended is not asked for.
    """
    return Listed(partial(_checks, rules))


def partner_updates(rules: Rules, clause: str) -> Listed:
    """A word with every partner in each stretch of `sla.partner_update` (A-3.3.5c).

    A stretch runs from the day the partner began; a visit or a call that reached somebody keeps it.
    """
    return Listed(partial(_updates, rules))


def milestones(rules: Rules, clause: str) -> Query:
    """Phases by the day they are due: kept where done by it (A-3.3.5a). Those of a cancelled
    project count no more; one without owner is the lead's."""
    phases = Milestone.objects.live().exclude(project__status=Project.Status.CANCELLED)
    return Query(
        phases.select_related("project").annotate(
            answerable=Coalesce("done_owner_id", "owner_id", "project__owner_id")
        ),
        person="answerable",
        due="due_on",
        done="done_on",
        kept=Q(done_on__lte=F("due_on")),
        open=Q(done_on=None, due_on__gte=clock.today()),
        team="project__team_id",
    )


def agreements(rules: Rules, clause: str) -> Query:
    """Projects that have begun: kept where their contract was signed by that day (A-3.3.4b)."""
    return Query(
        Project.objects.live().exclude(started_on=None),
        person="owner_id",
        due="started_on",
        done="contract__signed_on",
        kept=Q(
            contract__status=Contract.Status.SIGNED,
            contract__deleted_at=None,
            contract__signed_on__lte=F("started_on"),
        ),
    )


def schemes(rules: Rules, clause: str) -> Query:
    """Projects whose contract is signed: kept where the scheme is written down (A-3.3.3a)."""
    signed = Project.objects.live().filter(contract__deleted_at=None)
    return Query(
        signed.exclude(contract__signed_on=None),
        person="owner_id",
        due="contract__signed_on",
        kept=~Q(scheme=""),
    )


def approved_schemes(rules: Rules, clause: str) -> Query:
    """Projects whose contract is signed: kept where the scheme had been approved by that day, its
    checklist before the eyes of whoever approves it (A-3.3.3b)."""
    signed = Project.objects.live().filter(contract__deleted_at=None)
    return Query(
        signed.exclude(contract__signed_on=None),
        person="signed_owner_id",
        due="contract__signed_on",
        done="scheme_approved_at",
        kept=Q(scheme_approved_at__date__lte=F("contract__signed_on")),
    )


def evaluations(rules: Rules, clause: str) -> Query:
    """Projects that are done: kept where the evaluation is written (A-3.3.6a).

    The regulation sets no day for it; until the next check would have been due it is running.
    """
    limit, calendar = rules.sla.project_check.value, rules.working_time.as_calendar()
    oldest = clock.local_date(worktime.before(clock.now(), limit, calendar))
    return Query(
        Project.objects.live().filter(status=Project.Status.DONE),
        person="owner_id",
        due="ended_on",
        kept=~Q(evaluation=""),
        open=Q(ended_on__gte=oldest) if limit else compliance.NEVER,
    )


def _checks(rules: Rules, reach: Reach, span: Span) -> Iterator[Instance]:
    interval = Interval(rules.sla.project_check.value, rules.working_time.as_calendar())
    projects = Project.objects.live().filter(
        Q(ended_on=None) | Q(ended_on__gte=span.first),
        reach.of("owner", "team"),
        started_on__lte=span.last,
    )
    for project in projects.prefetch_related("checks"):
        days = [check.checked_on for check in project.checks.all()]
        until = project.ended_on or date.max
        for turn in interval.turns(span, project.started_on, days, until):
            yield Instance(project, project.owner_id, turn.due, turn.done, turn.state)


def _updates(rules: Rules, reach: Reach, span: Span) -> Iterator[Instance]:
    interval = Interval(rules.sla.partner_update.value, rules.working_time.as_calendar())
    partners = Partner.objects.live().filter(
        Q(ended_on=None) | Q(ended_on__gte=span.first),
        reach.of("client__owner", "client__team"),
        since__lte=span.last,
    )
    met = met_since(interval.begins(span), partners.order_by().values("client"))
    for partner in partners.select_related("client"):
        days = sorted(met[partner.client_id])
        for first, due in _stretches(interval, partner, span):
            done = next((day for day in days if first <= day <= due), None)
            yield Instance(partner, partner.client.owner_id, due, done, state_of(due, done))


def _stretches(interval: Interval, partner: Partner, span: Span) -> Iterator[tuple[date, date]]:
    """First and last day of the partner's stretches that end in the span."""
    first, last = partner.since, min(span.last, partner.ended_on or span.last)
    while (due := interval.after(first)) and due <= last:
        if due >= span.first:
            yield first, due
        first = due + A_DAY


def kinds(rules: Rules) -> Iterator[str]:
    """The kinds of partner that are looked for, with how many there are (A-2.2.5a)."""
    return _counted(rules.partnerships.partner_types, "kind")


def sources(rules: Rules) -> Iterator[str]:
    """Where partners come from, with how many did (A-3.3.1a)."""
    return _counted(rules.partnerships.opportunity_sources, "source")


def _counted(items: Items, column: str) -> Iterator[str]:
    numbers = numbers_by(Partner.objects.live(), column)
    for item in items:
        yield _("%(name)s: %(number)d") % {"name": item, "number": numbers[item.key]}


compliance.add(
    Check(
        "partnerships.project_checks",
        lazy("Projects checked in time"),
        project_checks,
        clauses=("A-3.3.5b", "C-2.3.3", "C-5.4.2", "E9-2.3b"),
        due=lazy("next one due"),
        done=lazy("checked"),
        settings=("sla.project_check",),
        reads=("sla.project_check", "working_time"),
    ),
    Check(
        "partnerships.partner_updates",
        lazy("Partners kept informed"),
        partner_updates,
        clauses=("A-3.3.5c", "C-8.3.2", "E9-2.4"),
        due=lazy("next one due"),
        done=lazy("in contact"),
        settings=("sla.partner_update",),
        reads=("sla.partner_update", "working_time"),
        reminder=Reminder(
            "partners",
            "partnerships.update",
            lazy("contact with {record}"),
            lambda count: ngettext(
                "%(count)s contact with a partner", "%(count)s contacts with partners", count
            ),
        ),
    ),
    Check(
        "partnerships.milestones",
        lazy("Milestones done by their day"),
        milestones,
        clauses=("A-3.3.5a", "C-2.3.1"),
        due=lazy("due"),
        done=lazy("done"),
    ),
    Check(
        "partnerships.agreements",
        lazy("Contract signed before the work begins"),
        agreements,
        clauses=("A-2.2.5b", "A-3.3.4b"),
        due=lazy("begun"),
        done=lazy("signed"),
    ),
    Check(
        "partnerships.schemes",
        lazy("Scheme written for what was signed"),
        schemes,
        clauses=("A-3.3.3a",),
        due=lazy("signed"),
    ),
    Check(
        "partnerships.approved_schemes",
        lazy("Scheme approved before the signature"),
        approved_schemes,
        clauses=("A-3.3.3b",),
        due=lazy("signed"),
        done=lazy("approved"),
    ),
    Check(
        "partnerships.evaluations",
        lazy("Finished projects evaluated"),
        evaluations,
        clauses=("A-2.2.5d", "A-3.3.6a", "C-5.5.3"),
        due=lazy("ended"),
        settings=("sla.project_check",),
        reads=("sla.project_check", "working_time"),
    ),
    Fact("partnerships.kinds", kinds, clauses=("A-2.2.5a", "E6-7.2")),
    Fact("partnerships.sources", sources, clauses=("A-3.3.1a", "D-2.1.1a", "E6-7.2")),
    Screen(
        "partnerships:partner-list",
        lazy("Partners"),
        clauses=(
            "A-2.2.5a",
            "A-2.2.5c",
            "A-3.3.1a",
            "A-3.3.5c",
            "C-8.3.2",
            "C-8.3.3",
            "D-2.1.1a",
            "E6-7.2",
            "E9-2.2a",
            "E9-2.4",
        ),
    ),
    Screen(
        "partnerships:project-list",
        lazy("Projects"),
        clauses=(
            "A-2.2.5b",
            "A-2.2.5d",
            "A-3.3.3a",
            "A-3.3.3b",
            "A-3.3.4b",
            "A-3.3.5a",
            "A-3.3.5b",
            "A-3.3.6a",
            "C-2.3.1",
            "C-2.3.2",
            "C-2.3.3",
            "C-5.4.1",
            "C-5.4.2",
            "C-5.5.3",
            "E9-2.3a",
            "E9-2.3b",
            "E9-3.2e",
        ),
    ),
    Screen("crm:visit-list", lazy("Visits"), clauses=("A-3.3.2a", "A-3.3.5c", "E9-2.4")),
)
