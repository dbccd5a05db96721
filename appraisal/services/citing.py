"""What an appraisal has counted stays: no record is taken away under its evidence (law 8)."""

from datetime import date
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from appraisal.models import Cycle, Evidence, Stage
from expansion.errors import NotNow
from expansion.people.models import User
from expansion.records import about_key


def keep_counted(*, actor: Any, record: Model, person: User, on: date, **facts: Any) -> None:
    """Lets a record of `person` from the day `on` be taken back only where no cycle counts it.

    The cycles of that day are held: one that opens meanwhile waits, and reads without the record.

    Raises:
        NotNow: a cycle is being counted with it, or its evidence names it.
    """
    of_day = Cycle.objects.select_for_update().filter(start__lte=on, end__gte=on).order_by("pk")
    for cycle in list(of_day):
        counting = cycle.at == Stage.COLLECTING
        if counting and cycle.participants.filter(owner=person).exists():
            _refuse(cycle)
    cited = Evidence.objects.filter(**about_key(record))
    evidence = cited.select_related("line__participant__cycle").first()
    if evidence is not None:
        _refuse(evidence.line.participant.cycle)


def _refuse(cycle: Cycle) -> None:
    raise NotNow(
        _("The appraisal of %(cycle)s counts this record. Correct it instead.") % {"cycle": cycle}
    )
