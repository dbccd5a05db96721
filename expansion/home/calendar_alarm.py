"""The alarm of a year whose calendar is not out: to administrators, from 15 December on (law 7)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext as _

from expansion import clock, offers
from expansion.notices.services import tell
from expansion.offers import Firing
from expansion.people.models import Role
from expansion.people.selectors import holders
from expansion.rulebook.schema import Rules
from expansion.rulebook.working_days import department_calendar
from expansion.worktime import Calendar
from expansion.worktime.models import page_of

ALARM_FROM = (12, 15)  # month and day: most notices are out in November
KIND = "home.provisional"


def years_to_warn_of(today: date, calendar: Calendar) -> list[int]:
    """This year, and from 15 December on the next one, as long as they are provisional."""
    late = (today.month, today.day) >= ALARM_FROM
    years = [today.year, today.year + 1] if late else [today.year]
    return [year for year in years if calendar.is_provisional(year)]


def warn_of_provisional_years(*, calendar: Calendar) -> int:
    """Tells every administrator of each such year, once however often it is called."""
    years = years_to_warn_of(clock.today(), calendar)
    return sum(len(_tell(year)) for year in years)


def _tell(year: int) -> list[Any]:
    return tell(
        people=holders(Role.ADMINISTRATOR),
        kind=KIND,
        title=lazy(lambda: sentence(year), str)(),
        text=lazy(advice, str)(),
        url=page_of(year),
        key=f"{KIND}:{year}",
    )


def sentence(year: int) -> str:
    return _("The calendar of %(year)s is still provisional") % {"year": year}


def advice() -> str:
    return _("Import the notice of its holidays: until then no worked rest day is known.")


def card(person: Any) -> dict[str, Any] | None:
    """The line on an administrator's first page."""
    if not person.holds(Role.ADMINISTRATOR):
        return None
    years = years_to_warn_of(clock.today(), department_calendar())
    if not years:
        return None
    return {"words": sentence(years[0]), "url": page_of(years[0])}


def alarm(rules: Rules, start: datetime, end: datetime) -> Iterator[Firing]:
    """The day from which on administrators are warned of a coming year without its calendar."""
    for year in {start.year, end.year}:
        at = clock.moment_on(date(year, *ALARM_FROM), time())
        if start <= at < end and rules.working_time.as_calendar().is_provisional(year + 1):
            yield Firing(at, sentence(year + 1), str(Role.ADMINISTRATOR.label))


offers.add(
    offers.Card(KIND, 1, "home/_provisional.html", card),
    offers.Foresight(KIND, 80, alarm),
)
