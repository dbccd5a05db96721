"""What the client desk writes into work reports: figures of the period and a draft line each."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from crm import metrics
from crm.models import Visit
from expansion import clock, offers
from expansion.metrics import Evidence, Gathered, Readings
from expansion.rulebook.selectors import rules_on
from expansion.ui import formats


def visits(people: Sequence[Any], start: datetime, end: datetime) -> dict[str, Any]:
    """Recorded visits of the period and how many records came late."""
    told = ("visitor", "took_place_at", "late", "said", "client__name")
    done = list(metrics.recorded_visits(people, start, end).only(*told))
    late = [visit for visit in done if visit.late]
    return {
        "figures": [
            offers.Figure("visits", _("Visits"), _by_visitor(done)),
            offers.Figure("visits_late", _("Recorded late"), _by_visitor(late)),
        ],
        "lines": [_visit_line(visit) for visit in done],
    }


def leads(people: Sequence[Any], start: datetime, end: datetime) -> dict[str, Any]:
    """Leads that became effective in the period."""
    rules = rules_on(clock.local_date(start))
    found = _evidence(metrics.effective_leads(people, start, end, rules))
    return {
        "figures": [offers.Figure("effective_leads", _("Effective leads"), found)],
        "lines": [one.label for several in found.values() for one in several],
    }


def talks(people: Sequence[Any], start: datetime, end: datetime) -> dict[str, Any]:
    """Calls and messages of the period."""
    rules = rules_on(clock.local_date(start))
    found = _evidence(metrics.communications(people, start, end, rules))
    return {
        "figures": [offers.Figure("communications", _("Calls and messages"), found)],
        "lines": [],
    }


def _by_visitor(done: Iterable[Visit]) -> Gathered:
    found: dict[int, list[Evidence]] = defaultdict(list)
    for one in done:
        day = clock.local_date(one.took_place_at)
        found[one.visitor_id].append(Evidence(Visit, one.pk, one.client.name, day, Decimal(1)))
    return found


def _evidence(readings: Readings) -> dict[int, Sequence[Evidence]]:
    return {person: reading.evidence for person, reading in readings.items()}


def _visit_line(visit: Visit) -> str:
    day = formats.day_as("short", visit.took_place_at)
    return _(": ").join((f"{day} {visit.client.name}", visit.said[:120]))


offers.add(
    offers.ReportSection("visits", lazy("Visits"), 10, visits),
    offers.ReportSection("leads", lazy("Effective leads"), 20, leads),
    offers.ReportSection("communications", lazy("Calls and messages"), 30, talks),
)
