"""Writes over phases and checks, and the reminders of both (R-par-09, R-par-10)."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expansion import access, clock, worktime
from expansion.audit.services import write
from expansion.errors import Invalid, NotNow
from expansion.notices import ladders
from expansion.notices.services import tell
from expansion.people.models import User
from expansion.records import differences, lock, snapshot
from expansion.rulebook.schema import Rules
from partnerships.models import Milestone, Project, ProjectCheck
from partnerships.selectors import check_due_on, with_state

FIELDS = ("title", "owner", "due_on")


@transaction.atomic
def add_milestone(
    *, actor: User, record: Project, title: str, due_on: date, owner: User | None = None
) -> Milestone:
    """A phase of an open project; without an owner it is flagged (A-3.3.5a).

    Raises:
        NotNow: the project is closed.
        Invalid: the date lies before the project's start, or the owner has left.
    """
    access.require(actor, "edit", record)
    project = _open(record)
    milestone = Milestone(project=project, title=title.strip(), due_on=due_on, owner=owner)
    _check(milestone)
    milestone.save()
    _tell_owner(actor, milestone)
    changes = {"milestone": [None, milestone.title], "due_on": [None, due_on]}
    write(actor=actor, verb="partnerships.milestone.added", about=project, changes=changes)
    return milestone


@transaction.atomic
def update_milestone(
    *, actor: User, record: Milestone, version: int | None = None, **values: Any
) -> Milestone:
    """Changes an open phase. A due date that has passed stays: it is what timeliness is read from.

    Raises:
        Stale: somebody has changed it since `version`.
        NotNow: it is ticked off, its project is closed, or its date has passed.
    """
    access.require(actor, "edit", record)
    project = _open(record.project)
    milestone = lock(Milestone.objects.live(), record.pk, version=version)
    if milestone.done_on:
        raise NotNow(_("This milestone is ticked off. Open it again first."))
    before = snapshot(milestone, FIELDS)
    overdue = milestone.is_overdue(clock.today())
    for name in FIELDS:
        setattr(milestone, name, values.get(name, getattr(milestone, name)))
    changes = differences(before, snapshot(milestone, FIELDS))
    if overdue and "due_on" in changes:
        raise NotNow(_("The date has passed and stays. Tick the milestone off with its real day."))
    milestone.project = project
    _check(milestone)
    milestone.version += 1
    milestone.save()
    if "owner" in changes:
        _tell_owner(actor, milestone)
    write(actor=actor, verb="partnerships.milestone.changed", about=project, changes=changes)
    return milestone


@transaction.atomic
def complete_milestone(*, actor: User, record: Milestone, done_on: date) -> Milestone:
    """Ticks a phase off with the day on which it was really done.

    Raises:
        NotNow: the project is closed, or the phase is ticked off already.
        Invalid: the day has not come yet.
    """
    access.require(actor, "complete", record)
    project = _open(record.project)
    milestone = lock(Milestone.objects.live(), record.pk)
    if milestone.done_on:
        raise NotNow(_("This has been ticked off already."))
    if done_on > clock.today():
        raise Invalid(fields={"done_on": [_("This day has not come yet.")]})
    milestone.done_on, milestone.done_by = done_on, actor
    milestone.done_owner_id = milestone.owner_id or project.owner_id
    return _saved(actor, project, milestone, "done", {"done_on": [None, done_on]})


@transaction.atomic
def reopen_milestone(*, actor: User, record: Milestone, reason: str) -> Milestone:
    """Takes a tick back, with its reason; only the lead does."""
    access.require(actor, "edit", record)
    project = _open(record.project)
    milestone = lock(Milestone.objects.live(), record.pk)
    if not milestone.done_on:
        raise NotNow(_("This is still open."))
    changes = {"done_on": [milestone.done_on, None], "reason": [None, reason]}
    milestone.done_on = milestone.done_by = milestone.done_owner = None
    return _saved(actor, project, milestone, "reopened", changes)


@transaction.atomic
def remove_milestone(*, actor: User, record: Milestone, reason: str) -> Project:
    """Strikes an open phase out; returns the project.

    Raises:
        NotNow: it is ticked off or its date has passed: both count and stay.
    """
    access.require(actor, "edit", record)
    project = _open(record.project)
    milestone = lock(Milestone.objects.live(), record.pk)
    if milestone.done_on or milestone.is_overdue(clock.today()):
        raise NotNow(_("A milestone that is done or overdue counts and stays."))
    changes = {"milestone": [milestone.title, None], "reason": [None, reason]}
    milestone.delete()
    write(actor=actor, verb="partnerships.milestone.removed", about=project, changes=changes)
    return project


@transaction.atomic
def add_check(
    *,
    actor: User,
    record: Project,
    progress: int,
    rating: int,
    findings: str = "",
    checked_on: date | None = None,
) -> ProjectCheck:
    """Keeps a check of a running project (A-3.3.5b); the next one is due from its day.

    Raises:
        NotNow: the project is not running.
        Invalid: a figure lies out of range, or the day has not come yet.
    """
    access.require(actor, "check", record)
    project = lock(Project.objects.live(), record.pk)
    if project.status != Project.Status.RUNNING:
        raise NotNow(_("Only a running project is checked. Start it first."))
    _check_figures(progress, rating, checked_on)
    check = ProjectCheck.objects.create(
        project=project,
        progress=progress,
        rating=rating,
        findings=findings.strip(),
        checked_on=checked_on or clock.today(),
        by=actor,
        at=clock.now(),
    )
    changes = {"progress": [None, progress], "rating": [None, rating]}
    write(actor=actor, verb="partnerships.project.checked", about=project, changes=changes)
    return check


def remind(*, now: datetime, rules: Rules) -> dict[str, int]:
    """Tells who answers for it what falls due and what is overdue, milestones and checks.

    Each notice has a key, so that every person is told once however often this runs.
    """
    today = clock.local_date(now)
    running = Milestone.objects.running().select_related("owner", "project__owner")
    overdue = list(running.filter(due_on__lt=today))
    due = list(running.filter(due_on__range=(today, _ahead(now, rules))))
    owed = [_owed(milestone) for milestone in (*due, *overdue)]
    ladders.remind(owed, now=now, kind="partnerships.milestone", ladder="milestones", rules=rules)
    checks = list(_checks_owed(rules))
    ladders.remind(checks, now=now, kind="partnerships.check", ladder="checks", rules=rules)
    missed = sum(check.due_at < now for check in checks)
    return {"due": len(due), "overdue": len(overdue), "checks": missed}


def _open(record: Project) -> Project:
    project = lock(Project.objects.live(), record.pk)
    if not project.is_open:
        raise NotNow(_("This project is %(status)s.") % {"status": project.get_status_display()})
    return project


def _check(milestone: Milestone) -> None:
    wrong: dict[str, list[str]] = {}
    if not milestone.title:
        wrong["title"] = [_("Give the milestone a name.")]
    if milestone.due_on < milestone.project.planned_start:
        wrong["due_on"] = [_("This lies before the project's start.")]
    if milestone.owner and not milestone.owner.is_active:
        wrong["owner"] = [_("%(name)s has left.") % {"name": milestone.owner.name}]
    if wrong:
        raise Invalid(fields=wrong)


def _check_figures(progress: int, rating: int, checked_on: date | None) -> None:
    wrong: dict[str, list[str]] = {}
    if not 0 <= progress <= 100:
        wrong["progress"] = [_("Progress lies between 0 and 100 percent.")]
    if not 1 <= rating <= 5:
        wrong["rating"] = [_("Rate from 1 to 5.")]
    if checked_on and checked_on > clock.today():
        wrong["checked_on"] = [_("This day has not come yet.")]
    if wrong:
        raise Invalid(fields=wrong)


def _saved(
    actor: User, project: Project, milestone: Milestone, word: str, changes: dict[str, Any]
) -> Milestone:
    milestone.version += 1
    milestone.save()
    changes["milestone"] = [milestone.title, milestone.title]
    write(actor=actor, verb=f"partnerships.milestone.{word}", about=project, changes=changes)
    return milestone


def _tell_owner(actor: User, milestone: Milestone) -> None:
    if milestone.owner is None or milestone.owner == actor:
        return
    facts = {"title": milestone.title, "project": milestone.project.title}
    tell(
        people=[milestone.owner],
        kind="partnerships.milestone.given",
        title=lazy(lambda: _("Yours now: %(title)s · %(project)s") % facts, str)(),
        url=milestone.get_absolute_url(),
        about=milestone.project,
        actor=actor,
    )


def _ahead(now: datetime, rules: Rules) -> date:
    """The last day of which one is reminded at `now`."""
    lead = rules.ladder("milestones").remind_before.value
    end = worktime.deadline(now, lead, rules.working_time.as_calendar())
    return clock.local_date(end or now)


def _owed(milestone: Milestone) -> ladders.Owed:
    return ladders.Owed(
        people=(milestone.owner or milestone.project.owner,),
        due_at=worktime.end_of(milestone.due_on),
        what=f"{milestone.title} · {milestone.project.title}",
        key=f"{milestone.pk}.{milestone.due_on}",
        url=milestone.get_absolute_url(),
        about=milestone.project,
    )


def _checks_owed(rules: Rules) -> Iterator[ladders.Owed]:
    """The next check of every running project (`sla.project_check`)."""
    projects = Project.objects.live().filter(status=Project.Status.RUNNING).select_related("owner")
    for project in with_state(projects):
        day = check_due_on(project, rules)
        if day is not None:
            yield ladders.Owed(
                people=(project.owner,),
                due_at=worktime.end_of(day),
                what=format_lazy(gettext_lazy("check of {project}"), project=project.title),
                key=f"{project.pk}.{day}",
                url=project.get_absolute_url(),
                about=project,
                counted=True,
            )
