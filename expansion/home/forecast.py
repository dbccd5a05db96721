"""The next fourteen days: what the rulebook in force will let happen by itself (R-exp-11)."""

from datetime import timedelta
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse

from expansion import clock, offers
from expansion.people.models import Role
from expansion.rulebook.models import Version
from expansion.rulebook.selectors import rules_on
from expansion.ui.gates import Held
from expansion.ui.pages import Screen

DAYS = 14
READERS = (Role.MANAGER, Role.DEPUTY, Role.HR, Role.LEADERSHIP, Role.ADMINISTRATOR)


class Forecast(Screen):
    """Reminders, deadlines, openings and changes of the rules, day by day."""

    gate = Held(*READERS)
    template = "home/forecast.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.draw({"days": days(), "number": DAYS})


def days() -> list[dict[str, Any]]:
    """Every day of the next fourteen on which something happens, with what, in order."""
    start, rules = clock.now(), rules_on()
    end = start + timedelta(days=DAYS)
    rooms = offers.of(offers.Foresight)
    found = [one for room in rooms for one in room.find(rules, start, end)]
    found.sort(key=lambda one: one.at)
    grouped = groupby(found, key=lambda one: clock.local_date(one.at))
    dated = {day: list(rows) for day, rows in grouped}
    coming = Version.objects.published().filter(
        effective_on__gt=clock.today(), effective_on__lte=clock.local_date(end)
    )
    versions = {one.effective_on: one for one in coming.defer("content", "changes")}
    return [
        {"day": day, "rows": dated.get(day, []), "version": versions.get(day)}
        for day in sorted({*dated, *versions})
    ]
