"""What the client desk writes into work reports: figures of the period and a draft line each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from crm import metrics
from crm.models import Visit
from expansion import clock, offers
from expansion.metrics import Evidence
from expansion.rulebook.selectors import rules_on
from expansion.ui import formats


def visits(person: Any, start: datetime, end: datetime) -> dict[str, Any]:
    """Recorded visits of the period and how many records came in time."""
    done = list(metrics.recorded_visits([person], start, end))
    late = [visit for visit in done if visit.late]
    return {
        "figures": [
            _figure("visits", _("Visits"), len(done), "/crm/visits/?view=mine&status=done"),
            _figure(
                "visits_late", _("Recorded late"), len(late), "/crm/visits/?view=mine&late=late"
            ),
        ],
        "lines": [_visit_line(visit) for visit in done],
    }


def leads(person: Any, start: datetime, end: datetime) -> dict[str, Any]:
    """Leads that became effective in the period."""
    rules = rules_on(clock.local_date(start))
    found = metrics.effective_leads([person], start, end, rules)[person.pk].evidence
    url = "/crm/leads/?view=mine&status=effective"
    return {
        "figures": [_figure("effective_leads", _("Effective leads"), len(found), url)],
        "lines": [one.label for one in found],
    }


def talks(person: Any, start: datetime, end: datetime) -> dict[str, Any]:
    """Calls and messages of the period."""
    rules = rules_on(clock.local_date(start))
    found: Sequence[Evidence] = metrics.communications([person], start, end, rules)[
        person.pk
    ].evidence
    return {
        "figures": [
            _figure("communications", _("Calls and messages"), len(found), "/crm/clients/")
        ],
        "lines": [],
    }


def _visit_line(visit: Visit) -> str:
    day = formats.day_as("short", visit.took_place_at)
    return _(": ").join((f"{day} {visit.client.name}", visit.said[:120]))


def _figure(key: str, label: str, value: int, url: str) -> dict[str, Any]:
    return {"key": key, "label": label, "value": value, "unit": "", "url": url}


offers.add(
    offers.ReportSection("visits", lazy("Visits"), 10, visits),
    offers.ReportSection("leads", lazy("Effective leads"), 20, leads),
    offers.ReportSection("communications", lazy("Calls and messages"), 30, talks),
)
