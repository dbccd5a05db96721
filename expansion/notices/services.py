"""Telling people: rows inside the caller's transaction; what leaves the house goes after commit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from django.db import models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Invalid
from expansion.notices import bundles
from expansion.notices.events import Group
from expansion.notices.models import Notice, Preference, Wish
from expansion.notices.posting import post
from expansion.notices.words import writer
from expansion.people.models import User
from expansion.people.selectors import standings
from expansion.records import about as pointing_at
from expansion.records import differences, lock, snapshot

CHOSEN = ("wishes", "quiet_from", "quiet_to", "quiet_days", "digest_at")

_muted: ContextVar[bool] = ContextVar("notices_muted", default=False)
_heard_from: ContextVar[datetime | None] = ContextVar("notices_heard_from", default=None)
_together: ContextVar[list[int] | None] = ContextVar("notices_together", default=None)


@contextmanager
def muted(until: datetime | None = None) -> Iterator[None]:
    """Nobody is told anything inside the block: for seeds and imports of old records.

    With `until` those acts of the block that lie later are told, on screen only: no mail leaves.
    """
    token, kept = _muted.set(True), _heard_from.set(until)
    try:
        yield
    finally:
        _heard_from.reset(kept)
        _muted.reset(token)


def _silent() -> bool:
    until = _heard_from.get()
    return _muted.get() and (until is None or clock.now() < until)


@contextmanager
def together() -> Iterator[None]:
    """Very many notices of one kind that a person is told inside the block are read as one, as if
    one call had told them: for a run over many records, each with its own transaction.

    Each is stored with what it tells of, so that none is lost where the run ends early.
    """
    if _together.get() is not None:
        yield  # The outer block puts them together.
        return
    stored: list[int] = []
    token = _together.set(stored)
    try:
        yield
    finally:
        _together.reset(token)
    _put_together(stored)


@transaction.atomic
def _put_together(stored: list[int]) -> None:
    """Those of them that nobody has read yet, and that are not read as one already."""
    unread = Notice.objects.filter(pk__in=stored, within=None, read_at=None)
    by_kind: dict[str, list[Notice]] = defaultdict(list)
    for notice in unread.select_related("person").order_by("pk"):
        by_kind[notice.kind].append(notice)
    for found in by_kind.values():
        bundles.gather(found)


@dataclass(frozen=True)
class Telling:
    """One thing that one person is told; lazy words are written in the person's language.

    `facts` are what an administrator's own words for the event may name (`notices.events`).
    """

    person: User
    title: Any
    url: str
    about: models.Model | None = None
    text: Any = ""
    key: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def tell(
    *,
    people: Iterable[User],
    kind: str,
    title: Any,
    url: str,
    about: models.Model | None = None,
    actor: Any = None,
    key: str | None = None,
    text: Any = "",
    by_mail: bool = False,
    facts: Mapping[str, Any] | None = None,
) -> list[Notice]:
    """Tells each of `people` the same once; what `tell_each` promises holds for each of them."""
    each_once = {person.pk: person for person in people}.values()
    facts = facts or {}
    tellings = [Telling(person, title, url, about, text, key or "", facts) for person in each_once]
    return tell_each(tellings, kind=kind, actor=actor, by_mail=by_mail)


@transaction.atomic
def tell_each(
    tellings: Iterable[Telling], *, kind: str, actor: Any = None, by_mail: bool = False
) -> list[Notice]:
    """Tells everybody their own; returns the notices that this call has added.

    The number of queries does not grow with the tellings. Nobody is told who has left or who may
    not see what it is `about` (R-exp-11). With a `key` a person is told once, however often this is
    called, at the same time too. Very many for one person are read as one. What nobody may miss
    goes `by_mail` to all who have an address, whatever they wish.

    Raises:
        ValueError: a `url` leads out of this installation.
    """
    tellings = list(tellings)
    for one in tellings:
        if not one.url.startswith("/") or one.url.startswith("//"):
            raise ValueError(f"A notice leads to a path of this installation, not to {one.url!r}.")
    if _silent():
        return []
    readable = _readable(tellings)
    told = _told_already(readable)
    fresh = [one for one in readable if (one.person.pk, one.key) not in told]
    if not fresh:
        return []
    moment, words = clock.now(), writer(fresh, kind, actor)
    rows = [_notice(one, *words(one), kind=kind, at=moment, actor=actor) for one in fresh]
    stored = _store(rows)
    gathered = _together.get()
    if gathered is not None:
        gathered.extend(notice.pk for notice in stored)
    read = bundles.gather(stored)
    if not _muted.get():
        post(read, stored, everybody=by_mail)
    return stored


def _readable(tellings: list[Telling]) -> list[Telling]:
    active = [one for one in tellings if one.person.is_active]
    asked: dict[tuple[User, type[models.Model]], set[Any]] = defaultdict(set)
    for one in active:
        if one.about is not None:
            asked[one.person, type(one.about)].add(one.about.pk)
    _read_seats({person for person, _model in asked})
    seen = access.seen((*question, ids) for question, ids in asked.items())
    return [
        one
        for one in active
        if one.about is None or (one.person.pk, type(one.about), one.about.pk) in seen
    ]


def _read_seats(people: Iterable[User]) -> None:
    """Everybody's at once, where they have not been read already."""
    unread = [person for person in people if "standing" not in vars(person)]
    found = standings(unread) if unread else {}
    for person in unread:
        person.standing = found[person.pk]


def _told_already(tellings: list[Telling]) -> set[tuple[int, str]]:
    keyed = [one for one in tellings if one.key]
    return set(_of(keyed).values_list("person_id", "key")) if keyed else set()


def _of(keyed: Iterable[Telling | Notice]) -> QuerySet[Notice]:
    """The stored notices of these people with these keys, whichever of them belong together."""
    people, keys = {one.person.pk for one in keyed}, {one.key for one in keyed}
    return Notice.objects.filter(person__in=people, key__in=keys)


def _notice(one: Telling, title: str, text: str, **columns: Any) -> Notice:
    line = " ".join(title.split())  # It becomes the subject of a mail.
    columns |= {"url": one.url, "key": one.key, **pointing_at(one.about)}
    return Notice(person=one.person, title=line[:200], text=text[:1000], **columns)


def _store(rows: list[Notice]) -> list[Notice]:
    """Saves the rows; of two calls with one key at a time, one adds and the other adds nothing."""
    keyed = {(row.person_id, row.key): row for row in rows if row.key}
    stored = Notice.objects.bulk_create([row for row in rows if not row.key])
    if keyed:
        Notice.objects.bulk_create(keyed.values(), ignore_conflicts=True)
        for one in _of(keyed.values()).filter(mail=None, within=None, at=rows[0].at).order_by("pk"):
            if row := keyed.get((one.person_id, one.key)):
                one.person = row.person
                stored.append(one)
    return stored


@transaction.atomic
def read_notice(*, actor: User, record: Notice) -> Notice:
    """Marks a notice as read, one that was settled unread too; a second time changes nothing."""
    access.require(actor, "read", record)
    notice = lock(Notice.objects.all(), record.pk)
    if notice.read_at is None or notice.settled:
        notice.read_at, notice.settled = clock.now(), False
        notice.save(update_fields=["read_at", "settled"])
    return notice


@transaction.atomic
def read_all(*, actor: User, until: datetime | None = None) -> int:
    """Marks the person's notices up to a moment as read; those that came later stay unread."""
    unread = Notice.objects.unread().filter(person=actor, at__lte=until or clock.now())
    return unread.update(read_at=clock.now())


@transaction.atomic
def choose_channels(
    *,
    actor: User,
    wishes: Mapping[str, str],
    quiet_from: time | None = None,
    quiet_to: time | None = None,
    quiet_days: bool = False,
    digest_at: time | None = None,
) -> Preference:
    """A person's own wishes: when each group of events comes by e-mail, and when it is quiet.

    Account and security always come, at once; a wish about them is not kept.

    Raises:
        Invalid: only one end of the quiet hours is given, or both are the same.
    """
    if (quiet_from is None) != (quiet_to is None):
        missing = "quiet_to" if quiet_to is None else "quiet_from"
        raise Invalid(fields={missing: [_("Give both ends of the quiet hours, or neither.")]})
    if quiet_from is not None and quiet_from == quiet_to:
        raise Invalid(fields={"quiet_to": [_("The quiet hours end when they begin.")]})
    preference, _new = Preference.objects.select_for_update().get_or_create(person=actor)
    before = snapshot(preference, CHOSEN)
    preference.wishes = _kept(wishes)
    preference.quiet_from, preference.quiet_to = quiet_from, quiet_to
    preference.quiet_days, preference.digest_at = quiet_days, digest_at
    preference.save()
    changes = differences(before, snapshot(preference, CHOSEN))
    write(actor=actor, verb="notices.channels.chosen", about=actor, changes=_in_words(changes))
    return preference


def _kept(wishes: Mapping[str, str]) -> dict[str, str]:
    """Those that say something: a group of events to be switched, another wish than none."""
    groups = set(Group.values) - {Group.SECURITY}
    found = {group: Wish(wish) for group, wish in wishes.items() if group in groups}
    return {group: wish.value for group, wish in found.items() if wish is not Wish.NEVER}


def _in_words(changes: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """Times as text, and the wishes one by one."""
    told = {
        name: [value.isoformat("minutes") if isinstance(value, time) else value for value in pair]
        for name, pair in changes.items()
    }
    before, after = told.pop("wishes", [{}, {}])
    for group in sorted(before.keys() | after.keys()):
        if before.get(group) != after.get(group):
            told[group] = [before.get(group, Wish.NEVER), after.get(group, Wish.NEVER)]
    return told
