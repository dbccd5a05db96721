"""Says to every process that what it keeps of the organisation and its rules is old."""

from typing import Any
from uuid import uuid4

from expansion.people.models import Revision

ONLY = 1
AT_LOGIN = frozenset({"last_login"})


def renew() -> None:
    """A new word, in the transaction of whatever changes: nobody sees the one without the other.

    A change that locks several rows calls this first, so that two of them wait and never cross.
    """
    word = uuid4().hex
    if not Revision.objects.filter(pk=ONLY).update(word=word):
        Revision.objects.bulk_create([Revision(pk=ONLY, word=word)], ignore_conflicts=True)


def on_change(update_fields: frozenset[str] | None = None, **signal: Any) -> None:
    """Receives what Django says of a saved or deleted row; a login alone changes nothing."""
    if update_fields != AT_LOGIN:
        renew()
