"""The first page's own card: the most urgent to-dos of the rooms that have no card of their own."""

from typing import Any

from expansion import clock, offers
from expansion.home import todo
from expansion.people.models import Role

MOST = 6
SHOWN_ELSEWHERE = {"crm.contacts", "office.reports"}
# Who decides sees that first; who works the clients sees them first.
DECIDERS = (Role.MANAGER, Role.LEADERSHIP, Role.LEGAL, Role.FINANCE, Role.HR)


def waiting(person: Any) -> dict[str, Any] | None:
    """What waits for the person, most urgent first, and how much more there is."""
    groups = todo.groups(person, without=SHOWN_ELSEWHERE)
    found = [one for group in groups for one in group["todos"]]
    if not found:
        return None
    found.sort(key=lambda one: (one.due is None, one.due))
    return {
        "todos": found[:MOST],
        "total": len(found),
        "more": len(found) > MOST,
        "now": clock.now(),
    }


def decides(person: Any) -> bool:
    return bool(person.holds(*DECIDERS))


offers.add(offers.Card("home.waiting", 90, "home/_waiting.html", waiting, place="last"))
