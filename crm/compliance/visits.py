"""Visits: booked, kept, recorded in time, and what clients said passed on."""

from collections.abc import Iterator
from datetime import time, timedelta

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from crm.models import Visit
from expansion import clock, compliance
from expansion.compliance import Check, Instance, Listed, Query, Reach, Screen, Span, state_of
from expansion.rulebook.schema import Rules
from expansion.worktime import deadline
from expansion.worktime.compliance import Interval

MINUTE = timedelta(minutes=1)
MADE_OR_AHEAD = (Visit.Status.PLANNED, Visit.Status.DONE)


def visit_records(rules: Rules, clause: str) -> Query:
    """Visits whose record is due: kept where it came in time (A-3.2.4c, B-2.2.2b)."""
    return Query(
        Visit.objects.live().filter(status__in=MADE_OR_AHEAD).select_related("client"),
        person="visitor_id",
        due="due_at",
        done="recorded_at",
        kept=Q(status=Visit.Status.DONE, late=False),
        open=Q(status=Visit.Status.PLANNED, due_at__gte=clock.now()),
    )


def visits_booked(rules: Rules, clause: str) -> Query:
    """Visits made or ahead: kept where booked in advance with the materials named (A-3.2.3b)."""
    visits = Visit.objects.live().filter(status__in=MADE_OR_AHEAD).select_related("client")
    return Query(
        visits.annotate(visit_at=Coalesce("took_place_at", "planned_at")),
        person="visitor_id",
        due="visit_at",
        done="created_at",
        kept=Q(planned_at__isnull=False) & ~Q(materials=""),
        open=Q(status=Visit.Status.PLANNED, arrived_at=None),
    )


def visits_kept(rules: Rules, clause: str) -> Query:
    """Appointments: kept where the visitor was there by the minute agreed on (A-3.2.4a).

    Without a check-in the record says when it was; one called off is no appointment any more.
    """
    booked = Visit.objects.live().filter(planned_at__isnull=False)
    return Query(
        booked.exclude(status=Visit.Status.CANCELLED).select_related("client"),
        person="visitor_id",
        due="planned_at",
        done="took_place_at",
        kept=Q(took_place_at__lt=F("planned_at") + MINUTE),
        open=Q(status=Visit.Status.PLANNED, arrived_at=None),
    )


def feedback_passed_on(rules: Rules, clause: str) -> Listed:
    """What clients said on visits: kept where its record reached who leads in time (C-8.2.3)."""
    limit, calendar = rules.sla.feedback_routing.value, rules.working_time.as_calendar()

    def find(reach: Reach, span: Span) -> Iterator[Instance]:
        begins = clock.moment_on(Interval(limit, calendar).begins(span), time())
        heard = Visit.objects.live().done_in(begins, span.moments[1])
        heard = heard.exclude(needs="", opinions="", concerns="", own={})
        for visit in heard.filter(reach.of("visitor", "team")).select_related("client"):
            due, done = deadline(visit.took_place_at, limit, calendar), visit.recorded_at
            if due and span.has(due):
                yield Instance(visit, visit.visitor_id, due, done, state_of(due, done))

    return Listed(find)


compliance.add(
    Check(
        "crm.visit_records",
        _("Visit records in time"),
        visit_records,
        clauses=("A-3.2.4c", "B-2.2.2b"),
        due=_("record due"),
        done=_("recorded"),
        settings=("sla.visit_feedback",),
    ),
    Check(
        "crm.visits_booked",
        _("Visits booked ahead, materials named"),
        visits_booked,
        clauses=("A-3.2.3b",),
        due=_("visit"),
        done=_("entered"),
    ),
    Check(
        "crm.visits_kept",
        _("Appointments kept"),
        visits_kept,
        clauses=("A-3.2.4a",),
        due=_("agreed on"),
        done=_("took place"),
    ),
    Check(
        "crm.feedback_passed_on",
        _("What clients said passed on in time"),
        feedback_passed_on,
        clauses=("C-8.2.3",),
        due=_("record due"),
        done=_("recorded"),
        settings=("sla.feedback_routing",),
        reads=("sla.feedback_routing", "working_time"),
    ),
    Screen(
        "crm:visit-list",
        _("Visits"),
        (
            *("A-2.2.4c", "A-3.2.3b", "A-3.2.4a", "A-3.2.4b", "A-3.2.4c", "A-3.2.6c", "B-3.1.3c"),
            *("B-4.2.4a", "C-2.2.2", "C-3.2.1", "C-8.2.3", "D-2.1.5b", "E3-3.2a", "E7-3.4"),
            *("E11-2.1.1.3", "E11-2.1.1.4", "E11-2.2.1.3"),
        ),
    ),
    Screen(
        "crm:communication-create",
        _("Contact records"),
        (
            *("A-3.2.3a", "B-2.2.2c", "B-3.1.3a", "B-3.1.3b", "B-4.2.1", "B-4.2.4b", "D-2.1.3a"),
            "E9-3.2c",
        ),
    ),
)
