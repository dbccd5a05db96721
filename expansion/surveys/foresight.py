"""What surveys will do by themselves: a questionnaire closes after its last day (R-crm-17), what is
to become better is reminded of and falls due (D-3.2.4d)."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import ngettext

from expansion import offers
from expansion.offers import Firing
from expansion.rulebook import foreseen
from expansion.rulebook.schema import Rules
from expansion.surveys.models import Measure, Questionnaire


def closings(rules: Rules, start: datetime, end: datetime) -> Iterator[Firing]:
    """The questionnaires that take no answers after a day."""
    open_ones = Questionnaire.objects.live().filter(status=Questionnaire.Status.SENT)
    for at, count in foreseen.counted(open_ones, "valid_until", start, end):
        words = ngettext("%(count)s survey closes", "%(count)s surveys close", count)
        if start <= at < end:
            yield Firing(at, words % {"count": count})


def measures(rules: Rules, start: datetime, end: datetime) -> Iterator[Firing]:
    yield from foreseen.due(
        Measure.objects.running(),
        "due_on",
        lambda count: ngettext(
            "%(count)s measure after a survey", "%(count)s measures after surveys", count
        ),
        rules=rules,
        start=start,
        end=end,
        lead=rules.ladder("survey_measures").remind_before,
    )


offers.add(
    offers.Foresight("surveys.closings", 60, closings),
    offers.Foresight("surveys.measures", 61, measures),
)
