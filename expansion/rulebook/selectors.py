"""Which rules hold on a day. Only doors and roll-ups ask; services take rules as an argument."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import lru_cache

from expansion import clock
from expansion.rulebook.models import Version
from expansion.rulebook.schema import Rules

# Within one request or roll-up the answer for a day is asked once.
_asked: ContextVar[dict[date, Version] | None] = ContextVar("rulebook_asked", default=None)


@contextmanager
def asked_once() -> Iterator[None]:
    """Inside the block each day's version is read from the database once."""
    token = _asked.set({})
    try:
        yield
    finally:
        _asked.reset(token)


def version_on(day: date | None = None) -> Version:
    """The version in force on `day`, today's where none is given.

    Raises:
        LookupError: no rulebook is in force on that day; `manage.py load_rulebook` loads one.
    """
    day = day or clock.today()
    asked = _asked.get()
    if asked is not None and day in asked:
        return asked[day]
    version = (
        Version.objects.published()
        .filter(effective_on__lte=day)
        .order_by("-effective_on", "-number")
        .first()
    )
    if version is None:
        raise LookupError(f"No rulebook is in force on {day}. Run manage.py load_rulebook.")
    if asked is not None:
        asked[day] = version
    return version


def rules_on(day: date | None = None) -> Rules:
    """The rules in force on `day`, today's where none is given."""
    return rules_of(version_on(day))


def rules_of(version: Version) -> Rules:
    """The typed rules of a version; those of a published one are read once per process."""
    if version.status == Version.Status.PUBLISHED:
        return _published(version.pk, version.version)
    return Rules.model_validate(version.content)


@lru_cache(maxsize=32)
def _published(pk: int, revision: int) -> Rules:
    return Rules.model_validate(Version.objects.get(pk=pk).content)
