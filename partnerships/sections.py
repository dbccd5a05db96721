"""What partnerships writes into work reports: figures of the period and a draft line each."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import clock, offers
from expansion.rulebook.selectors import rules_on
from partnerships import metrics
from partnerships.models import Milestone


def projects(person: Any, start: datetime, end: datetime) -> dict[str, Any]:
    """Phases done in the period, and those overdue now."""
    rules = rules_on(clock.local_date(start))
    done = metrics.milestones_done([person], start, end, rules)[person.pk].evidence
    late = Milestone.objects.overdue(clock.today()).due_by(person, clock.today()).count()
    return {
        "figures": [
            _figure("milestones_done", _("Milestones done"), len(done)),
            _figure("milestones_late", _("Milestones overdue"), late),
        ],
        "lines": [one.label for one in done],
    }


def _figure(key: str, label: str, value: int) -> dict[str, Any]:
    url = "/partnerships/projects/?view=mine"
    return {"key": key, "label": label, "value": value, "unit": "", "url": url}


offers.add(offers.ReportSection("projects", lazy("Cooperation projects"), 60, projects))
