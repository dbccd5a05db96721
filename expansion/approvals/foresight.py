"""What approvals will do by themselves: steps are reminded of, fall due, and go up (R-exp-05)."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from expansion import offers
from expansion.approvals.models import Step
from expansion.offers import Firing
from expansion.rulebook import foreseen
from expansion.rulebook.schema import Rules


def steps(rules: Rules, start: datetime, end: datetime) -> Iterator[Firing]:
    """The open steps by the moments that they carry; what follows is their own rulebook's."""
    running = Step.objects.open()
    for column, words in (
        ("remind_at", _("Reminder: %(what)s")),
        ("due_at", _("Due: %(what)s")),
        ("late_at", _("Nobody has decided, the rulebook's way out follows: %(what)s")),
    ):
        for at, count in foreseen.counted(running, column, start, end):
            yield Firing(at, words % {"what": _steps(count)})


def _steps(count: int) -> str:
    return ngettext("%(count)s step of approval", "%(count)s steps of approval", count) % {
        "count": count
    }


offers.add(offers.Foresight("approvals.steps", 10, steps))
