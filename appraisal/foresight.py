"""What appraisal will do by itself: cycles open, and their steps fall due (A-5.3b)."""

from collections.abc import Iterator
from datetime import datetime, time

from django.utils.translation import gettext as _

from appraisal.models import Cycle
from appraisal.selectors import opens_on
from expansion import clock, offers
from expansion.offers import Firing
from expansion.rulebook.schema import Rules
from expansion.worktime import Period


def cycles(rules: Rules, start: datetime, end: datetime) -> Iterator[Firing]:
    """The cycles that open, and the days by which self-reviews and evaluations are due."""
    clause = rules.appraisal.opens.clause or ""
    for kind in rules.appraisal.cycles:
        period = Period.containing(kind, clock.local_date(start))
        for one in (period.previous(), period):
            at = clock.moment_on(opens_on(rules, one), time())
            if start <= at < end:
                yield Firing(
                    at, _("Appraisal opens: %(period)s") % {"period": one.label}, "", clause
                )
    yield from _running(start, end)


def _running(start: datetime, end: datetime) -> Iterator[Firing]:
    for cycle in Cycle.objects.running().order_by("start", "pk"):
        for at, what in (
            (cycle.self_due_at, _("Self-reviews due: %(period)s")),
            (cycle.evaluation_due_at, _("Evaluations due: %(period)s")),
        ):
            if at is not None and start <= at < end:
                yield Firing(at, what % {"period": cycle.period.label})


offers.add(offers.Foresight("appraisal.cycles", 30, cycles))
