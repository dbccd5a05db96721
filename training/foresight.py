"""What training will do by itself: sessions begin, and people hear of it the day before."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from expansion import offers
from expansion.offers import Firing
from expansion.rulebook import foreseen
from expansion.rulebook.schema import Rules
from training.models import Session
from training.services import AHEAD


def sessions(rules: Rules, start: datetime, end: datetime) -> Iterator[Firing]:
    coming = Session.objects.live().filter(status__in=Session.AHEAD)
    for at, count in foreseen.counted(coming, "starts_at", start, end + AHEAD):
        words = ngettext("%(count)s training session", "%(count)s training sessions", count)
        what = words % {"count": count}
        for moment, said in ((at - AHEAD, _("Reminder: %(what)s")), (at, _("Begins: %(what)s"))):
            if start <= moment < end:
                yield Firing(moment, said % {"what": what})


offers.add(offers.Foresight("training.sessions", 70, sessions))
