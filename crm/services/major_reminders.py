"""Reminders of major matters that nobody has decided yet (R-exp-06, R-exp-11)."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Prefetch

from crm.authority import decision_owners
from crm.models import Escalation
from crm.selectors_authority import WITH_RECORD
from crm.services.escalations import acting_for
from expansion import worktime
from expansion.notices import ladders
from expansion.rulebook.models import Version
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import LONG, rules_of


def remind(*, now: datetime, rules: Rules) -> dict[str, int]:
    """Tells those whose decision it is, and who acts for them, before the decision is due; once it
    is overdue, also those above as the ladder says. Everybody is told once of each matter.

    How long they have is what the rules said when the matter was put before them.
    """
    versions = Prefetch("rules_version", Version.objects.defer(*LONG))
    undecided = Escalation.objects.live().open().select_related(*WITH_RECORD)
    owed = [found for one in undecided.prefetch_related(versions) for found in _owed(one)]
    return ladders.remind(owed, now=now, kind="crm.escalation", ladder="major_matters", rules=rules)


def _owed(one: Escalation) -> Iterator[ladders.Owed]:
    """One of an owner's; none where the rulebook sets no limit, or nobody is there to decide."""
    rules = rules_of(one.rules_version)
    limit, calendar = rules.authority.decide_within.value, rules.working_time.as_calendar()
    due = worktime.deadline(one.opened_at, limit, calendar)
    owners = [one.decider] if one.decider else decision_owners(one.role, one.team, one.owner)
    if due is not None and owners:
        yield ladders.Owed(
            people=tuple(owners),
            due_at=due,
            what=str(one),
            key=f"{one.pk}.{worktime.local_date(due)}",
            url=one.get_absolute_url(),
            about=one,
            acting=tuple(acting_for(owners)),
            unit=one.team_id,
            counted=True,
        )
