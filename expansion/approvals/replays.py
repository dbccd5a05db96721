"""Steps of approval of a closed period under a draft: which would have been late (R-exp-05)."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import clock, offers, worktime
from expansion.approvals.compliance import DECIDED
from expansion.approvals.models import Request, Step
from expansion.offers import Replayed
from expansion.rulebook.schema import Rules
from expansion.worktime import Period


def steps(rules: Rules, period: Period) -> Iterator[Replayed]:
    """Every step that began in the period and is decided, or is being so, by the draft's limits."""
    limits = {one.key: one.step_limit.value for one in rules.approvals}
    limits |= {rules.amendment.key: rules.amendment.step_limit.value}
    calendar = rules.working_time.as_calendar()
    running = Request.Status.PENDING
    began = Step.objects.filter(opened_at__gte=period.begins_at, opened_at__lt=period.ends_at)
    # One that waits again, for a signer who was put before it, has no case yet.
    found = began.exclude(status=Step.Status.WAITING).select_related("request")
    in_order = found.order_by("-opened_at", "pk").defer("request__snapshot")
    for step in in_order.iterator():
        if step.status not in DECIDED and step.request.status != running:
            continue
        before, note = _standing(step, step.due_at), _number(step)
        if step.request.kind not in limits:
            yield Replayed(step.request, before, None, _("The draft has no such chain."))
            continue
        limit = limits[step.request.kind]
        due = worktime.deadline(step.opened_at, limit, calendar) if step.opened_at else None
        yield Replayed(step.request, before, _standing(step, due), note)


def _number(step: Step) -> str:
    return _("step %(number)s") % {"number": step.order}


def _standing(step: Step, due: datetime | None) -> str:
    closed = step.closed_at or clock.now()
    if due is not None and closed > due:
        return _("decided late") if step.closed_at else _("open and late")
    return _("decided in time") if step.closed_at else _("open")


offers.add(
    offers.Replay(
        "approvals.steps",
        lazy("Steps of approval"),
        50,
        steps,
        lazy("Who decides, and in which order, is not replayed: a decision not taken is unknown."),
        reads=("approvals.*.step_limit", "policy.amendment_limit", "working_time"),
    )
)
