"""What surveys will do by themselves: a questionnaire closes after its last day (R-crm-17)."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import ngettext

from expansion import offers
from expansion.offers import Firing
from expansion.rulebook import foreseen
from expansion.rulebook.schema import Rules
from expansion.surveys.models import Questionnaire


def closings(rules: Rules, start: datetime, end: datetime) -> Iterator[Firing]:
    """The questionnaires that take no answers after a day."""
    open_ones = Questionnaire.objects.live().filter(status=Questionnaire.Status.SENT)
    for at, count in foreseen.counted(open_ones, "valid_until", start, end):
        words = ngettext("%(count)s survey closes", "%(count)s surveys close", count)
        if start <= at < end:
            yield Firing(at, words % {"count": count})


offers.add(offers.Foresight("surveys.closings", 60, closings))
