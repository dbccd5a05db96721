"""What training brings to the to-do centre."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import clock, offers
from training.models import Enrolment, Session

AHEAD = timedelta(days=7)


def upcoming(person: Any) -> Iterator[offers.Todo]:
    """The sessions of the next seven days that this person attends or gives."""
    soon = Session.objects.live().ahead(clock.now())
    within = soon.filter(starts_at__lte=clock.now() + AHEAD)
    enrolled = Enrolment.objects.live().filter(owner=person).order_by().values("session_id")
    mine = within.filter(Q(trainer=person) | Q(pk__in=enrolled))
    for session in mine.order_by("starts_at", "pk")[:20]:
        yield offers.Todo(
            kind="training",
            title=session.title,
            url=session.get_absolute_url(),
            due=session.starts_at,
            detail=session.place,
            act=_("Look"),
        )


def unmarked(person: Any) -> Iterator[offers.Todo]:
    """Sessions that have ended and wait for their attendance, for trainer and organiser."""
    ended = Session.objects.live().filter(ends_at__lt=clock.now())
    waiting = ended.filter(status__in=[Session.Status.ENROLMENT, Session.Status.HELD])
    theirs = waiting.filter(Q(trainer=person) | Q(owner=person))
    open_marks = Enrolment.objects.live().filter(attendance="").order_by().values("session_id")
    for session in theirs.filter(pk__in=open_marks).order_by("ends_at", "pk")[:20]:
        yield offers.Todo(
            kind="attendance",
            title=_("Attendance of %(session)s") % {"session": session.title},
            url=f"{session.get_absolute_url()}/attendance",
            due=session.ends_at + timedelta(days=1),
            act=_("Mark attendance"),
        )


offers.add(
    offers.TodoSource("training.sessions", lazy("Training"), 60, upcoming),
    offers.TodoSource("training.attendance", lazy("Attendance to mark"), 61, unmarked),
)
