"""Visits of a closed period under a draft: which records would have been late (A-3.2.4c)."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from crm.models import Visit
from crm.services.check_in import due_of
from expansion import offers
from expansion.offers import Replayed
from expansion.rulebook.schema import Rules
from expansion.ui import deadlines
from expansion.worktime import Period


def visits(rules: Rules, period: Period) -> Iterator[Replayed]:
    """Every visit that took place in the period, by the draft's time for its record."""
    found = Visit.objects.live().done().select_related("client")
    found = found.filter(took_place_at__gte=period.begins_at, took_place_at__lt=period.ends_at)
    for visit in found.order_by("-took_place_at", "pk").iterator():
        due = due_of(rules, visit.took_place_at)
        note = _("due %(when)s") % {"when": deadlines.moment(due)} if due else ""
        yield Replayed(visit, _standing(visit, visit.due_at), _standing(visit, due), note)


def _standing(visit: Visit, due: datetime | None) -> str:
    late = due is not None and visit.recorded_at > due
    return _("recorded late") if late else _("recorded in time")


offers.add(
    offers.Replay(
        "crm.visits",
        lazy("Records of visits"),
        30,
        visits,
        reads=("sla.visit_feedback", "working_time"),
    )
)
