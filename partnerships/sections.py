"""What partnerships writes into work reports: figures of the period and a draft line each."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import clock, offers
from expansion.metrics import Evidence, Gathered
from expansion.rulebook.selectors import rules_on
from partnerships import metrics
from partnerships.models import Milestone


def projects(people: Sequence[Any], start: datetime, end: datetime) -> dict[str, Any]:
    """Phases done in the period, and those overdue now."""
    rules = rules_on(clock.local_date(start))
    readings = metrics.milestones_done(people, start, end, rules)
    done = {person: reading.evidence for person, reading in readings.items()}
    return {
        "figures": [
            offers.Figure("milestones_done", _("Milestones done"), done),
            offers.Figure("milestones_late", _("Milestones overdue"), _overdue(people)),
        ],
        "lines": [one.label for found in done.values() for one in found],
    }


def _overdue(people: Sequence[Any]) -> Gathered:
    """By who answers for them: the own ones, and those without owner of a project that is led."""
    theirs = Q(owner__in=people) | Q(owner=None, project__owner__in=people)
    late = Milestone.objects.overdue(clock.today()).filter(theirs).select_related("project")
    found: dict[int, list[Evidence]] = defaultdict(list)
    for one in late.order_by("due_on", "pk"):
        phase = Evidence(Milestone, one.pk, one.title, one.due_on, Decimal(1))
        found[one.answerable_id].append(phase)
    return found


offers.add(offers.ReportSection("projects", lazy("Cooperation projects"), 60, projects))
