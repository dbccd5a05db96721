"""What the control list asks of exports: the large ones of the last three months (R-exp-18)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from expansion import clock, offers
from expansion.offers import Finding
from expansion.rulebook.selectors import rules_on
from expansion.transfer.models import Export

LOOKED_AT = timedelta(days=90)


def large_exports(person: Any) -> Iterator[Finding]:
    figure = rules_on().confidentiality.alert_from.value
    if not figure:
        return
    large = Export.objects.filter(count__gte=figure, created_at__gte=clock.now() - LOOKED_AT)
    large = large.exclude(status__in=Export.UNWRITTEN)
    for one in large.select_related("actor"):
        what = format_lazy(_("{count} rows, {revealed} numbers in full"), **_figures(one))
        yield Finding(one.created_at, (one.actor,), what, one)


def _figures(one: Export) -> dict[str, str]:
    return {"count": str(one.count), "revealed": str(one.revealed)}


offers.add(
    offers.ControlCheck(
        "transfer.large", _("Large exports in the last 90 days"), 60, large_exports, watch=True
    )
)
