"""What this room puts on the first page: an administrator sees there what could not be sent."""

from expansion import offers
from expansion.notices import alarms

offers.add(offers.Card("notices.failed", 1, "notices/_failed.html", alarms.card))
