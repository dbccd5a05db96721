"""The one exception to append-only: blanking the values of a person who has to be forgotten.

The database lets an entry be changed only inside `_unlocked`, and even there nothing but its label
and its values: who did what, when and by which door stays for good.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from expansion.audit.models import Entry

SETTING = (
    "SELECT set_config('expansion.erasing', %s, true)"  # ends with the transaction at the latest
)


@contextmanager
def _unlocked() -> Iterator[None]:
    """A failure inside needs no locking again: what is rolled back takes the setting along."""
    _set("yes")
    yield
    _set("no")


def _set(word: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(SETTING, [word])


@transaction.atomic
def blank_entries(entries: QuerySet[Entry], scrub: Callable[[Entry, Any], Any]) -> int:
    """Replaces label and changed values of these entries by what `scrub(entry, value)` leaves.

    Called by the service that erases a person, inside its transaction; that service leaves the
    entry that tells of it. Returns how many entries were changed.
    """
    changed = []
    for entry in entries.select_for_update(of=("self",)).order_by("pk").iterator(chunk_size=500):
        label, changes = scrub(entry, entry.about_label), scrub(entry, entry.changes)
        if (label, changes) != (entry.about_label, entry.changes):
            entry.about_label, entry.changes = label, changes
            changed.append(entry)
    with _unlocked():
        Entry.objects.bulk_update(changed, ["about_label", "changes"], batch_size=200)
    return len(changed)
