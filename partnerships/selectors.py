"""Reads over projects that need more than a queryset method."""

from datetime import date, time

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from expansion import clock, worktime
from expansion.rulebook.schema import Rules
from partnerships.models import Milestone, Project, ProjectCheck


def with_state(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Projects with what their light and progress are read from, in the one query.

    Annotated: `phases`, `phases_done`, `phases_late`, `phases_unowned`, `last_check_on`,
    `progress`.
    """
    of_project = Milestone.objects.filter(project=OuterRef("pk")).order_by()
    checks = ProjectCheck.objects.filter(project=OuterRef("pk")).order_by("-checked_on", "-pk")
    late = Q(done_on=None, due_on__lt=clock.today())
    return projects.annotate(
        phases=_many(of_project),
        phases_done=_many(of_project.exclude(done_on=None)),
        phases_late=_many(of_project.filter(late)),
        phases_unowned=_many(of_project.filter(owner=None, done_on=None)),
        last_check_on=Subquery(checks.values("checked_on")[:1]),
        progress=Subquery(checks.values("progress")[:1]),
    )


def _many(milestones: QuerySet[Milestone]) -> Coalesce:
    counted = milestones.values("project").annotate(many=Count("pk")).values("many")
    return Coalesce(Subquery(counted), 0)


def check_due_on(project: Project, rules: Rules) -> date | None:
    """The day on which a running project's next check is due (`sla.project_check`, A-3.3.5b).

    None where the rulebook sets no interval. The project comes from `with_state`.
    """
    last = project.last_check_on or project.started_on
    if project.status != Project.Status.RUNNING or last is None:
        return None
    start = clock.moment_on(last, time())
    calendar = rules.working_time.as_calendar()
    end = worktime.deadline(start, rules.sla.project_check.value, calendar)
    return clock.local_date(end) if end else None


def light(project: Project, rules: Rules) -> str:
    """`late` past a date, `due` where a check was missed or a phase has no owner, else `done`.

    Closed projects are `neutral`. The project comes from `with_state` (R-par-10).
    """
    if not project.is_open:
        return "neutral"
    today = clock.today()
    if project.phases_late or project.planned_end < today:
        return "late"
    check = check_due_on(project, rules)
    return "due" if project.phases_unowned or (check and check < today) else "done"


def most_urgent(milestones: QuerySet[Milestone]) -> QuerySet[Milestone]:
    """Open phases first, the earliest due on top; then the done ones, the last on top."""
    return milestones.select_related("owner", "done_by", "done_owner", "project").order_by(
        F("done_on").desc(nulls_first=True), "due_on", "pk"
    )
