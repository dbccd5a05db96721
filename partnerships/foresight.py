"""What projects will do by themselves: phases are reminded of and fall due (A-3.3.5a)."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import ngettext

from expansion import offers
from expansion.offers import Firing
from expansion.rulebook import foreseen
from expansion.rulebook.schema import Rules
from partnerships.models import Milestone


def milestones(rules: Rules, start: datetime, end: datetime) -> Iterator[Firing]:
    yield from foreseen.due(
        Milestone.objects.running(),
        "due_on",
        lambda count: ngettext(
            "%(count)s phase of a project", "%(count)s phases of projects", count
        ),
        rules=rules,
        start=start,
        end=end,
        lead=rules.ladder("milestones").remind_before,
    )


offers.add(offers.Foresight("partnerships.milestones", 50, milestones))
