"""Builders of training: each makes one record through its service."""

from datetime import timedelta
from decimal import Decimal

from expansion import clock
from expansion.rulebook.selectors import rules_on
from training import services
from training.models import Course, Session


def course(actor, title: str = "商务谈判入门", **values) -> Course:
    given = {"category": "business", "topic": "negotiation", "hours": Decimal("2.0")}
    return services.create_course(actor=actor, rules=rules_on(), title=title, **given | values)


def session(actor, *, of: Course | None = None, hours_ahead: int = 48, **values) -> Session:
    """A planned session in two days, where no other time is given."""
    start = clock.now() + timedelta(hours=hours_ahead)
    given = {"mode": "internal", "starts_at": start, "ends_at": start + timedelta(hours=2)}
    return services.create_session(
        actor=actor, rules=rules_on(), course=of or course(actor), **given | values
    )


def enrolling(actor, **values) -> Session:
    return services.open_enrolment(actor=actor, record=session(actor, **values))
