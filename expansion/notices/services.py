"""Telling people: rows inside the caller's transaction, e-mail from the outbox after commit."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from expansion import access, clock
from expansion.audit.services import write
from expansion.jobs.services import enqueue
from expansion.notices.models import Mail, Notice, Preference
from expansion.people.models import Role, User
from expansion.people.selectors import holders, standings
from expansion.records import about as pointing_at
from expansion.records import lock

SEND = "notices.send_mail"

_muted: ContextVar[bool] = ContextVar("notices_muted", default=False)
_heard_from: ContextVar[datetime | None] = ContextVar("notices_heard_from", default=None)


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


@dataclass(frozen=True)
class Telling:
    """One thing that one person is told; lazy words are written in the person's language."""

    person: User
    title: Any
    url: str
    about: models.Model | None = None
    text: Any = ""
    key: str = ""


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
) -> list[Notice]:
    """Tells each of `people` the same once; what `tell_each` promises holds for each of them."""
    each_once = {person.pk: person for person in people}.values()
    tellings = [Telling(person, title, url, about, text, key or "") for person in each_once]
    return tell_each(tellings, kind=kind, actor=actor, by_mail=by_mail)


@transaction.atomic
def tell_each(
    tellings: Iterable[Telling], *, kind: str, actor: Any = None, by_mail: bool = False
) -> list[Notice]:
    """Tells everybody their own; returns the notices that this call has added.

    The number of queries does not grow with the tellings. Nobody is told who has left or who may
    not see what it is `about` (R-exp-11). With a `key` a person is told once, however often this is
    called, at the same time too. What nobody may miss goes `by_mail` to all who have an address,
    whatever they wish.

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
    moment, words = clock.now(), _words(tellings)
    rows = [
        _notice(one, *words(one), kind=kind, at=moment, actor=actor)
        for one in readable
        if (one.person.pk, one.key) not in told
    ]
    return _store(rows, by_mail)


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


def _words(tellings: list[Telling]) -> Callable[[Telling], tuple[str, str]]:
    """Gives title and text in the person's language; what many are told is written once in each."""
    said = {id(words): words for one in tellings for words in (one.title, one.text)}

    @cache
    def written(words: int, language: str) -> str:
        with translation.override(language):
            return str(said[words])

    def told(one: Telling) -> tuple[str, str]:
        language = one.person.language
        return written(id(one.title), language), written(id(one.text), language)

    return told


def _notice(one: Telling, title: str, text: str, **columns: Any) -> Notice:
    line = " ".join(title.split())  # It becomes the subject of a mail.
    columns |= {"url": one.url, "key": one.key, **pointing_at(one.about)}
    return Notice(person=one.person, title=line[:200], text=text[:1000], **columns)


def _store(rows: list[Notice], by_mail: bool) -> list[Notice]:
    """Saves the rows; of two calls with one key at a time, one adds and the other adds nothing."""
    keyed = {(row.person_id, row.key): row for row in rows if row.key}
    stored = Notice.objects.bulk_create([row for row in rows if not row.key])
    if keyed:
        Notice.objects.bulk_create(keyed.values(), ignore_conflicts=True)
        for one in _of(keyed.values()).filter(mail=None):
            if row := keyed.get((one.person_id, one.key)):
                one.person = row.person
                stored.append(one)
    _post(stored, by_mail)
    return stored


def _post(notices: list[Notice], everybody: bool) -> None:
    """Puts an e-mail into the outbox for those who want one and have an address."""
    if _muted.get():
        return
    wanting = {notice.person_id for notice in notices if everybody} | set(
        Preference.objects.filter(
            person__in=[notice.person_id for notice in notices], email=True
        ).values_list("person_id", flat=True)
    )
    mails = [
        _mail(notice) for notice in notices if notice.person_id in wanting and notice.person.email
    ]
    if mails:
        Mail.objects.bulk_create(mails, ignore_conflicts=True)
        enqueue(SEND, key="outbox")


def _mail(notice: Notice) -> Mail:
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    return Mail(
        notice=notice,
        to=notice.person.email,
        message_id=f"<{uuid.uuid4().hex}@{host}>",
        ready_at=notice.at,
    )


@transaction.atomic
def read_notice(*, actor: User, record: Notice) -> Notice:
    """Marks a notice as read; a second time changes nothing."""
    access.require(actor, "read", record)
    notice = lock(Notice.objects.all(), record.pk)
    if notice.read_at is None:
        notice.read_at = clock.now()
        notice.save(update_fields=["read_at"])
    return notice


@transaction.atomic
def read_all(*, actor: User, until: datetime | None = None) -> int:
    """Marks the person's notices up to a moment as read; those that came later stay unread."""
    unread = Notice.objects.unread().filter(person=actor, at__lte=until or clock.now())
    return unread.update(read_at=clock.now())


@transaction.atomic
def choose_channels(*, actor: User, email: bool) -> Preference:
    """A person's own wish whether notices come by e-mail too."""
    preference, _new = Preference.objects.get_or_create(person=actor)
    before, preference.email = preference.email, email
    preference.save(update_fields=["email"])
    write(
        actor=actor,
        verb="notices.channels.chosen",
        about=actor,
        changes={"email": [before, email]},
    )
    return preference


def tell_new_password(*, actor: User, record: User) -> None:
    """Tells a person, by mail too, that the password of the account is another one."""
    own = actor is not None and actor.pk == record.pk
    title = _("Your password was changed") if own else _("An administrator has set your password")
    tell(
        people=[record],
        kind="people.password",
        title=title,
        text=_(
            "Every session and every token has ended. If you know nothing of it, speak to your "
            "superior today."
        ),
        url=reverse("me"),
        about=record,
        actor=actor,
        by_mail=True,
    )


def tell_link_made(*, actor: User, record: User) -> None:
    """Tells a person, by mail too, that there is a link with which the password can be set."""
    tell(
        people=[record],
        kind="people.password",
        title=_("An administrator has made a link for a new password of yours"),
        text=_("If you have not asked for it, speak to your superior today."),
        url=reverse("me"),
        about=record,
        actor=actor,
        by_mail=True,
    )


FACTOR_TITLES = {
    "added": _("A second factor was set up for your account"),
    "removed": _("A second factor of your account was removed"),
    "codes_renewed": _("New recovery codes were made for your account"),
    "code_used": _("Somebody has logged in to your account with a recovery code"),
    "taken_away": _("An administrator has taken the second factor of your account away"),
}


def tell_factor(*, actor: User, record: User, act: str) -> None:
    """Tells a person, by mail too, what has become of the second factor of the account."""
    tell(
        people=[record],
        kind="people.factor",
        title=FACTOR_TITLES[act],
        text=_("If you know nothing of it, speak to your superior today."),
        url=reverse("people:factor-list"),
        about=record,
        actor=actor,
        by_mail=True,
    )


def tell_rehearsed(*, actor: User, record: User, reason: str) -> None:
    """Tells a person that an administrator looks at the house as they see it, and why."""
    tell(
        people=[record],
        kind="people.rehearsal",
        title=format_lazy(_("{name} looks at the system as you see it"), name=actor.name),
        text=reason,
        url=reverse("people:person", args=[actor.pk]),
        actor=actor,
    )


def tell_sessions_ended(*, actor: User, record: User) -> None:
    """Tells a person that an administrator has logged them out everywhere."""
    tell(
        people=[record],
        kind="people.sessions",
        title=_("An administrator has ended all your sessions"),
        text=_("Log in again. If you do not know why, ask the administrator."),
        url=reverse("people:session-list"),
        about=record,
        actor=actor,
    )


def tell_shared(
    *, actor: User, record: models.Model, people: Iterable[User], until: date, for_work: bool
) -> None:
    """Tells whom a record is shared with, until when and what for."""
    fresh = User.objects.filter(pk__in=[person.pk for person in people]).exclude(pk=actor.pk)
    words = {"name": actor.name, "record": str(record), "day": until}
    title = (
        _("{name} shares “{record}” with you until {day}, to work on it")
        if for_work
        else _("{name} shares “{record}” with you until {day}")
    )
    tell(
        people=fresh,
        kind="record.shared",
        title=format_lazy(title, **words),
        url=record.get_absolute_url(),  # type: ignore[attr-defined]
        about=record,
        actor=actor,
    )


def tell_silent_job(*, actor: Any, record: models.Model, **facts: Any) -> None:
    """Alarms the administrators once that a scheduled job has stopped running."""
    tell(
        people=holders(Role.ADMINISTRATOR),
        kind="jobs.silent",
        title=_("A scheduled job has stopped running"),
        text=record.label,  # type: ignore[attr-defined]
        url=record.get_absolute_url(),  # type: ignore[attr-defined]
        about=record,
        key=f"jobs.silent:{record.pk}:{record.alarmed_at:%Y%m%dT%H%M%S}",  # type: ignore[attr-defined]
    )
