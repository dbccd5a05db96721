"""Sessions in the database, looked up by a query that is prepared once.

The row that each request reads anyway says whose session it is, on what device, and when it was
last seen: the list of one's sessions costs the other pages nothing.
"""

from datetime import timedelta
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends import db
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from expansion import clock
from expansion.people.devices import device_of, network_of
from expansion.people.models import LoginSession, User
from expansion.prepared import prepared

SEEN_EVERY = timedelta(minutes=5)
KEPT = ("device", "network", "since", "seen_at")


class SessionStore(db.SessionStore):
    """Django's, with a row that knows its person and device."""

    row: LoginSession | None = None

    @classmethod
    def get_model_class(cls) -> type[LoginSession]:
        return LoginSession

    def _get_session_from_db(self) -> LoginSession | None:
        self.row = _running.first(self.session_key, timezone.now())
        if self.row is None:
            self._session_key = None
        return self.row

    def create_model_instance(self, data: dict[str, Any]) -> LoginSession:
        made = super().create_model_instance(data)
        made.person_id = data.get(SESSION_KEY)
        made.stamp = data.get(HASH_SESSION_KEY, "")
        for name in KEPT if self.row else ():
            setattr(made, name, getattr(self.row, name))
        return made


@prepared
def _running(key: Any, now: Any) -> QuerySet[LoginSession]:
    return LoginSession.objects.filter(session_key=key, expire_date__gt=now)


def begin(request: HttpRequest, **signal: Any) -> None:
    """Somebody has logged in: the session begins here, on this device."""
    now = clock.now()
    request.session.row = LoginSession(  # type: ignore[attr-defined]
        device=device_of(request), network=network_of(request), since=now, seen_at=now
    )


def see(request: HttpRequest) -> None:
    """Notes that the session is in use, at most every few minutes."""
    row, now = getattr(request.session, "row", None), clock.now()
    if row is None or (row.seen_at is not None and now - row.seen_at < SEEN_EVERY):
        return
    row.seen_at, row.network = now, network_of(request)
    LoginSession.objects.filter(pk=row.pk).update(seen_at=now, network=row.network)


def sessions_of(person: User) -> QuerySet[LoginSession]:
    """Those that open something now, the one seen last first."""
    stamp = person.get_session_auth_hash()
    return LoginSession.objects.filter(
        person=person, stamp=stamp, expire_date__gt=timezone.now()
    ).order_by("-seen_at", "pk")
