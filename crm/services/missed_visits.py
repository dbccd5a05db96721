"""Telling up the ladder of visits that stay missed (R-exp-11); visitors are told by `visits`."""

from datetime import datetime, timedelta

from crm.models import Visit
from crm.services.visits import NEXT_WORKING_DAY
from expansion import clock, worktime
from expansion.notices import ladders
from expansion.rulebook.schema import Rules

LOOKED_BACK = timedelta(days=92)  # after that nobody needs to hear of it any more


def tell_above(*, rules: Rules, now: datetime) -> int:
    """Tells superiors and the manager, each once, of visits that are still missed after the limits
    of the ladder; returns how many were told."""
    visits = Visit.objects.live().filter(
        status=Visit.Status.MISSED, planned_at__gt=now - LOOKED_BACK
    )
    owed = [_owed(visit, rules) for visit in visits.select_related("client", "visitor")]
    return ladders.tell_late(
        owed, now=now, kind="crm.visit", ladder="visits", rules=rules, only_above=True
    )


def _owed(visit: Visit, rules: Rules) -> ladders.Owed:
    """Its record is due by the end of the next working day."""
    calendar = rules.working_time.as_calendar()
    day = worktime.due_on(clock.local_date(visit.planned_at), NEXT_WORKING_DAY, calendar)
    return ladders.Owed(
        people=(visit.visitor,),
        due_at=worktime.end_of(day),
        what=str(visit),
        key=f"{visit.pk}.{visit.planned_at:%Y%m%d%H%M}",
        url=visit.get_absolute_url(),
        about=visit,
    )
