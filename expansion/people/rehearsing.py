"""Rehearsing: an administrator sees the house as somebody else does, and changes nothing.

Each page is answered for that person inside a transaction that is rolled back. What is private to
the person is not shown (`expansion.rehearsal`). The trail keeps every address that was looked at.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from expansion import access, clock, rehearsal
from expansion.audit.models import Source
from expansion.audit.services import through, write
from expansion.errors import Forbidden, Gone, Refusal
from expansion.people.backends import Login
from expansion.people.models import User
from expansion.ui.middleware import refused

KEY = "rehearsal"
LONGEST = timedelta(minutes=30)
OWN_ACTS = {"people:rehearsal-end", "account_logout"}  # the administrator's, not the person's
SAFE = ("GET", "HEAD")
# What of this room's is shown: pages about the house, and none of one's own account.
PEOPLE = {
    "mandate",
    "mandate-list",
    "organisation",
    "person",
    "person-list",
    "readers",
    "rights",
    "rights-of",
}
LOOSE = {"search"}  # addresses of no room


def start(request: HttpRequest, person: User) -> None:
    """This session looks as the person for half an hour at most."""
    until = clock.now() + LONGEST
    request.session[KEY] = {"person": person.pk, "until": until.isoformat()}


def end(request: HttpRequest) -> None:
    request.session.pop(KEY, None)


def rehearsed(request: HttpRequest) -> User | None:
    """As whom this session looks now; None where it is over or no administrator's any more."""
    kept = request.session.get(KEY)
    if not kept or not request.user.is_authenticated:
        return None
    person, until = Login().get_user(kept["person"]), datetime.fromisoformat(kept["until"])
    over = clock.now() >= until or person is None
    if over or not access.can(request.user, "rehearse", person):
        end(request)
        return None
    person.rehearsed_by, person.rehearsed_until = request.user, until
    return person


def rehearse(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Answers for the person rehearsed; the innermost middleware."""

    def answer(request: HttpRequest) -> HttpResponse:
        person = rehearsed(request) if KEY in request.session else None
        if person is None or _place(request) in OWN_ACTS:
            return get_response(request)
        administrator = request.user
        request.user = person
        try:
            _refuse(request)
        except Refusal as refusal:
            with rehearsal.within():
                return refused(request, refusal)
        with rehearsal.within(), transaction.atomic():
            response = get_response(request)
            transaction.set_rollback(True)
        _record(administrator, person, request)
        return response

    return answer


def _place(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).view_name
    except Resolver404:
        return ""


def _refuse(request: HttpRequest) -> None:
    """
    Raises:
        Forbidden: it would change something.
        Gone: it is the person's own affair.
    """
    if request.method not in SAFE:
        raise Forbidden(_("This is a rehearsal: you only look. End it to do something yourself."))
    room, _colon, page = _place(request).rpartition(":")
    shown = page in PEOPLE if room == "people" else page in LOOSE if not room else True
    if not shown or room in access.private_rooms() or request.path_info.startswith("/api/"):
        raise Gone(_("A rehearsal does not show what is private to the person."))


def _record(administrator: User, person: Any, request: HttpRequest) -> None:
    seen = {"path": [None, request.get_full_path()[:300]]}
    with through(Source.REHEARSAL):
        write(actor=administrator, verb="people.rehearsal.looked", about=person, changes=seen)
