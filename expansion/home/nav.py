"""The menu entries of this room."""

from django.utils.translation import gettext_lazy as _

from expansion import access, offers
from expansion.home.calendar import keeps_calendar
from expansion.home.forecast import READERS
from expansion.home.todo import count
from expansion.rulebook.models import Version

offers.add(
    offers.NavItem("today", "start", _("Today"), "home:today", "sun", 0, lambda person: True),
    offers.NavItem(
        "todo", "start", _("To do"), "home:todo", "list-check", 10, lambda person: True, count
    ),
    offers.NavItem(
        "compliance",
        "appraisal",
        _("Compliance board"),
        "home:compliance",
        "shield-check",
        80,
        lambda person: access.can(person, "view", Version),
    ),
    offers.NavItem(
        "forecast",
        "administration",
        _("What comes"),
        "home:forecast",
        "calendar",
        20,
        lambda person: bool(person.holds(*READERS)),
    ),
    # Whoever keeps it finds it among what is administered, everybody else beside the daily work.
    offers.NavItem(
        "calendar",
        "administration",
        _("Calendar"),
        "home:calendar",
        "calendar-event",
        25,
        keeps_calendar,
    ),
    offers.NavItem(
        "calendar-read",
        "daily",
        _("Calendar"),
        "home:calendar",
        "calendar-event",
        90,
        lambda person: not keeps_calendar(person),
    ),
    # Only in the phone's bar: on a desk the own page opens from the name in the top bar.
    offers.NavItem("me", "phone", _("Me"), "me", "user", 0, lambda person: True),
)
