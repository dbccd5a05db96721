"""Writes over research plans (R-res-01, A-3.1.1)."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from expansion import access
from expansion.approvals.models import Request
from expansion.approvals.selectors import was_returned
from expansion.approvals.services import submit
from expansion.audit.services import write
from expansion.errors import NotNow
from expansion.people.models import Unit, User
from expansion.records import differences, lock, snapshot
from expansion.rulebook.schema import Rules
from expansion.rulebook.values import offered
from research.models import ResearchPlan
from research.selectors import working_unit
from research.services.drafts import refuse_empty, require_open, require_title, take_texts

LONGEST = 8000  # characters of a plan's section

Status = ResearchPlan.Status


@transaction.atomic
def create_plan(
    *,
    actor: User,
    rules: Rules,
    title: str,
    due_on: date | None = None,
    texts: Mapping[str, str] | None = None,
    owner: User | None = None,
    team: Unit | None = None,
) -> ResearchPlan:
    """A new draft in the sections that the rulebook asks for: purpose, content, method, schedule.

    Raises:
        Forbidden: research is not part of this person's work.
        Invalid: no title, or a section is too long.
    """
    owner = owner or actor
    plan = ResearchPlan(
        title=title.strip(), due_on=due_on, owner=owner, team=team or working_unit(owner)
    )
    access.require(actor, "create", plan)
    plan.follow(offered(rules.research.plan_fields), rules.version)
    take_texts(plan, texts or {}, LONGEST)
    require_title(plan.title)
    plan.save()
    write(
        actor=actor,
        verb="research.plan.created",
        about=plan,
        changes={"title": [None, plan.title]},
    )
    return plan


@transaction.atomic
def update_plan(
    *,
    actor: User,
    record: ResearchPlan,
    title: str,
    due_on: date | None = None,
    texts: Mapping[str, str] | None = None,
    version: int | None = None,
) -> ResearchPlan:
    """Changes a draft or a returned plan; its text is locked in approval and ever after.

    Raises:
        NotNow: the text is locked; the sentence says why.
        Stale: somebody has changed it since `version`.
    """
    access.require(actor, "write", record)
    plan = lock(ResearchPlan.objects.live(), record.pk, version=version)
    require_open(plan)
    before = snapshot(plan, ("title", "texts")) | {"due_on": str(plan.due_on or "")}
    plan.title, plan.due_on = title.strip(), due_on
    take_texts(plan, texts or {}, LONGEST)
    require_title(plan.title)
    plan.version += 1
    plan.save()
    after = snapshot(plan, ("title", "texts")) | {"due_on": str(plan.due_on or "")}
    changes = differences(before, after)
    write(actor=actor, verb="research.plan.changed", about=plan, changes=changes)
    return plan


@transaction.atomic
def submit_plan(
    *, actor: User, record: ResearchPlan, rules: Rules, comment: str = ""
) -> ResearchPlan:
    """Hands the plan to its chain; it runs only after its approval (A-3.1.1b).

    Raises:
        NotNow: it is being approved or has been decided.
        Invalid: a section is empty; the sentence names it (A-3.1.1a).
    """
    access.require(actor, "write", record)
    plan = lock(ResearchPlan.objects.live(), record.pk)
    require_open(plan)
    refuse_empty(plan.missing)
    plan = _moved(plan, Status.IN_APPROVAL, actor)
    submit(actor=actor, record=plan, rules=rules, comment=comment)
    return plan


@transaction.atomic
def finish_plan(*, actor: User, record: ResearchPlan) -> ResearchPlan:
    """Ends the collection under a plan.

    Raises:
        NotNow: it is not running.
    """
    access.require(actor, "write", record)
    plan = lock(ResearchPlan.objects.live(), record.pk)
    if plan.status not in ResearchPlan.COLLECTING:
        raise NotNow(_("Only a plan that is approved or running can be finished."))
    return _moved(plan, Status.FINISHED, actor)


def begin_collecting(*, actor: User, record: ResearchPlan) -> ResearchPlan:
    """The plan under which information is logged now; the first one starts it.

    Called inside the transaction that logs. Refuses, with NotNow, what is not approved (A-3.1.1b).
    """
    plan = lock(ResearchPlan.objects.live(), access.find(actor, ResearchPlan.objects, record.pk).pk)
    if plan.status == Status.FINISHED:
        raise NotNow(_("“%(plan)s” is finished. Choose another plan.") % {"plan": plan.title})
    if plan.status not in ResearchPlan.COLLECTING:
        raise NotNow(
            _("“%(plan)s” is not approved yet. Collect after the approval.") % {"plan": plan.title}
        )
    return plan if plan.status == Status.RUNNING else _moved(plan, Status.RUNNING, actor)


def plan_approved(record: ResearchPlan, actor: User, request: Request) -> None:
    _moved(lock(ResearchPlan.objects.all(), record.pk), Status.APPROVED, actor)


def plan_returned(record: ResearchPlan, actor: User, request: Request) -> None:
    _moved(lock(ResearchPlan.objects.all(), record.pk), Status.RETURNED, actor)


def plan_rejected(record: ResearchPlan, actor: User, request: Request) -> None:
    _moved(lock(ResearchPlan.objects.all(), record.pk), Status.REJECTED, actor)


def plan_withdrawn(record: ResearchPlan, actor: User, request: Request) -> None:
    """Back to what it was before: a draft, or returned where an earlier round returned it."""
    before = Status.RETURNED if was_returned(request) else Status.DRAFT
    _moved(lock(ResearchPlan.objects.all(), record.pk), before, actor)


def _moved(plan: ResearchPlan, status: Status, actor: User) -> ResearchPlan:
    changes = {"status": [plan.status, status]}
    plan.status = status
    plan.version += 1
    plan.save()
    write(actor=actor, verb=f"research.plan.{status}", about=plan, changes=changes)
    return plan
