"""What this room puts on the first page: the administrator sees silent jobs there."""

from typing import Any

from expansion import offers
from expansion.jobs import timetable
from expansion.jobs.access import ADMINISTRATOR


def silent_jobs(person: Any) -> dict[str, Any] | None:
    """Asked when the page is drawn, so that it is told even while no worker is alive."""
    if not person.holds(ADMINISTRATOR):
        return None
    found = timetable.silent()
    return {"silent": found} if found else None


offers.add(offers.Card("jobs.silent", 0, "jobs/_silent.html", silent_jobs))
