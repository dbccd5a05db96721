"""Writing the trail. Services call these inside their own transaction."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from django.db import models
from django.dispatch import Signal

from expansion import clock
from expansion.audit.models import Entry, Source
from expansion.records import about as pointing_at

LONGEST_TOKEN = 80

# Heard by `notices` inside the transaction; carries the list of entries.
written = Signal()


@dataclass(frozen=True)
class Door:
    """The way an act comes in; `token` names the API token that opened it."""

    source: str = Source.COMMAND
    token: str = ""


_door: ContextVar[Door] = ContextVar("audit_door", default=Door())  # noqa: B039 - frozen
_gathered: ContextVar[list[Entry] | None] = ContextVar("audit_gathered", default=None)


@contextmanager
def through(source: str) -> Iterator[None]:
    """Names the door for everything written inside the block; a token stays the one it was."""
    before = _door.set(replace(_door.get(), source=source))
    try:
        yield
    finally:
        _door.reset(before)


def opened_by(token: str) -> None:
    """Names the token for the rest of the block that `through` has begun."""
    _door.set(replace(_door.get(), token=token[:LONGEST_TOKEN]))


@contextmanager
def gathered() -> Iterator[None]:
    """Stores everything written inside the block in one statement at its end; an entry has no id
    before that. For one transaction of very many acts, such as a seed."""
    entries: list[Entry] = []
    token = _gathered.set(entries)
    try:
        yield
    finally:
        _gathered.reset(token)
    Entry.objects.bulk_create(entries, batch_size=2000)


def write(
    *,
    actor: Any,
    verb: str,
    about: models.Model | None,
    changes: Mapping[str, Any] | None = None,
    for_person: Any = None,
) -> Entry:
    """Adds one entry: `verb` such as `crm.visit.logged`, `changes` as {field: [before, after]}."""
    return write_many(
        actor=actor, verb=verb, changed=[(about, changes or {})], for_person=for_person
    )[0]


def write_many(
    *,
    actor: Any,
    verb: str,
    changed: Iterable[tuple[models.Model | None, Mapping[str, Any]]],
    for_person: Any = None,
) -> list[Entry]:
    """Adds one entry per changed record in one statement, for set-based writes."""
    moment, door = clock.now(), _door.get()
    entries = [
        Entry(
            at=moment,
            actor=actor,
            for_person=for_person,
            source=door.source,
            token=door.token,
            verb=verb,
            changes=dict(changes),
            **pointing_at(record),
        )
        for record, changes in changed
    ]
    waiting = _gathered.get()
    if waiting is None:
        Entry.objects.bulk_create(entries)
    else:
        waiting += entries
    written.send(sender=Entry, entries=entries)
    return entries
