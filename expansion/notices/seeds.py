"""The notices of the demo department: those of the last days, read but for the newest few."""

from datetime import timedelta
from typing import Any

from expansion.notices.models import Notice
from expansion.notices.services import choose_channels, read_all

UNREAD = 4  # of each person, at most
BY_MAIL = "leadership"


def sow(demo: Any) -> None:
    """Everybody has read what came, except the newest; one person wants mails from now on."""
    with demo.at(demo.now - timedelta(minutes=5)):
        choose_channels(actor=demo.people[BY_MAIL], email=True)
        for person in demo.people.values():
            told = Notice.objects.filter(person=person).order_by("-at", "-pk")
            older = told.values_list("at", flat=True)[UNREAD:].first()
            if older is not None:
                read_all(actor=person, until=older)
    demo.made["notices"] = list(Notice.objects.order_by("pk"))
