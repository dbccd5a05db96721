"""What research will do by itself: plans without information are reminded of (R-res-02)."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import ngettext

from expansion import offers
from expansion.offers import Firing
from expansion.rulebook import foreseen
from expansion.rulebook.schema import Rules
from research.services.reminders import empty_plans


def plans(rules: Rules, start: datetime, end: datetime) -> Iterator[Firing]:
    yield from foreseen.due(
        empty_plans(),
        "due_on",
        lambda count: ngettext(
            "%(count)s plan without information", "%(count)s plans without information", count
        ),
        rules=rules,
        start=start,
        end=end,
        lead=rules.ladder("findings").remind_before,
    )


offers.add(offers.Foresight("research.plans", 45, plans))
