"""Says to every process that what it keeps of the organisation and its rules is old."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from expansion.people.models import Revision

ONLY = 1
# Columns of a person of which nothing is kept; logging in writes some of them.
NOT_KEPT = {"last_login", "password", "sessions_ended", "language", "version", "updated_at"}


def renew() -> None:
    """A new word, in the transaction of whatever changes: nobody sees the one without the other.

    A change that locks rows calls this first, so that two of them wait and never cross.
    """
    word = uuid4().hex
    if not Revision.objects.filter(pk=ONLY).update(word=word):
        Revision.objects.bulk_create([Revision(pk=ONLY)], ignore_conflicts=True)
        Revision.objects.filter(pk=ONLY).update(word=word)


def on_change(update_fields: Iterable[str] | None = None, **signal: Any) -> None:
    """Receives what Django says of a row of the organisation that was saved or deleted."""
    if update_fields is None or not NOT_KEPT.issuperset(update_fields):
        renew()
