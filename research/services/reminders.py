"""Reminders of information that a plan wants by a day (R-res-02, R-exp-11)."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as lazy

from expansion import worktime
from expansion.notices import ladders
from expansion.rulebook.schema import Rules
from research.models import Finding, ResearchPlan


def remind(*, now: datetime, rules: Rules) -> dict[str, int]:
    """Tells who leads a plan, before its day and once it has passed, as long as no information has
    been logged under it; those above hear of it as the ladder says. Everybody is told once.

    Information without a plan is owed to nobody by a day: whether it came in time
    (`sla.finding_report`) shows when it is logged.
    """
    owed = [_owed(plan) for plan in empty_plans().select_related("owner")]
    return ladders.remind(
        owed, now=now, kind="research.information", ladder="findings", rules=rules
    )


def empty_plans() -> QuerySet[ResearchPlan]:
    """The plans that want information by a day and have none yet."""
    logged = Finding.objects.usable().filter(plan=OuterRef("pk"))
    return ResearchPlan.objects.collecting().exclude(due_on=None).filter(~Exists(logged))


def _owed(plan: ResearchPlan) -> ladders.Owed:
    return ladders.Owed(
        people=(plan.owner,),
        due_at=worktime.end_of(plan.due_on),
        what=format_lazy(lazy("information for “{plan}”"), plan=plan.title),
        key=f"{plan.pk}.{plan.due_on}",
        url=plan.get_absolute_url(),
        about=plan,
    )
