"""Reminding of visits without a record, and telling up the ladder of them (R-exp-11, A-3.2.4c)."""

from datetime import datetime

from django.utils.functional import lazy

from crm.models import Visit
from crm.services.visits import NEXT_WORKING_DAY
from expansion import clock, worktime
from expansion.notices import ladders
from expansion.rulebook.schema import Rules

LADDER = "visits"


def remind_of_records(*, rules: Rules, now: datetime) -> dict[str, int]:
    """Tells the visitors who have checked in that their record falls due, and that it is late; then
    those above too, as the ladder says. Everybody is told once of each visit."""
    visits = Visit.objects.live().unrecorded().filter(due_at__gt=now - ladders.LOOKED_BACK)
    owed = [_record_owed(visit) for visit in visits.select_related("client", "visitor")]
    return ladders.remind(owed, now=now, kind="crm.visit.record", ladder=LADDER, rules=rules)


def tell_above(*, rules: Rules, now: datetime) -> int:
    """Tells superiors and the manager, each once, of visits that are still missed after the limits
    of the ladder; visitors are told by `visits`. Returns how many were told."""
    visits = Visit.objects.live().filter(
        status=Visit.Status.MISSED, planned_at__gt=now - ladders.LOOKED_BACK
    )
    owed = [_visit_owed(visit, rules) for visit in visits.select_related("client", "visitor")]
    return ladders.tell_late(
        owed, now=now, kind="crm.visit", ladder=LADDER, rules=rules, only_above=True
    )


def _record_owed(visit: Visit) -> ladders.Owed:
    """Due since the check-in by the rulebook's `sla.visit_feedback`."""
    return ladders.Owed(
        people=(visit.visitor,),
        due_at=visit.due_at,
        what=lazy(lambda: visit.record_title, str)(),
        key=f"{visit.pk}.{visit.due_at:%Y%m%d%H%M}",
        url=visit.get_absolute_url(),
        about=visit,
        counted=True,
    )


def _visit_owed(visit: Visit, rules: Rules) -> ladders.Owed:
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
