"""Information of a closed period under a draft: what would have been logged late (A-5.2.1b)."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import offers
from expansion.offers import Replayed
from expansion.rulebook.schema import Rules
from expansion.ui import deadlines, formats
from expansion.worktime import Period
from research.models import Finding
from research.services.findings import due_of


def findings(rules: Rules, period: Period) -> Iterator[Replayed]:
    """Every finding that was logged in the period, by the draft's time for it."""
    found = Finding.objects.live().select_related("plan").defer("text", "plan__texts")
    found = found.filter(logged_at__gte=period.begins_at, logged_at__lt=period.ends_at)
    for finding in found.order_by("-logged_at", "pk").iterator():
        due = due_of(finding, rules)
        note = _note(finding, due) if due else ""
        yield Replayed(finding, _standing(finding, finding.due_at), _standing(finding, due), note)


def _note(finding: Finding, due: datetime) -> str:
    written = formats.moment if finding.plan_names_day else deadlines.moment
    return _("due %(when)s") % {"when": written(due)}


def _standing(finding: Finding, due: datetime | None) -> str:
    late = due is not None and finding.logged_at > due
    return _("recorded late") if late else _("recorded in time")


offers.add(
    offers.Replay(
        "research.findings",
        lazy("Information collected"),
        20,
        findings,
        reads=("sla.finding_report", "working_time"),
    )
)
