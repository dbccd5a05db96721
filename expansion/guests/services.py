"""Writes over one-time links: made, revoked, tried, used up. The caller asks who may make one."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from expansion import clock, offers
from expansion.audit.services import write, write_many
from expansion.errors import Gone, NotNow
from expansion.guests.models import Pass
from expansion.people import throttle
from expansion.records import about as pointing_at
from expansion.records import lock
from expansion.worktime import known

RANDOM_BYTES = 16  # 128 bits
FREE_TRIES = 10  # submissions of one link that do not hold, before the next one has to wait


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def make_pass(
    *, actor: Any, purpose: str, about: models.Model, expires_at: datetime
) -> tuple[Pass, str]:
    """A link for one submission about the record; its secret is returned this once.

    Earlier ones of the same purpose and record end, so that there is one at a time.

    Raises:
        NotNow: one of them was used: the record has its submission.
    """
    earlier = _held(purpose, [about])
    if any(one.used_at for one in earlier):
        raise NotNow(_("This link was used already. There is one answer to each."))
    _end(actor, [one for one in earlier if one.revoked_at is None], [about])
    secret = secrets.token_urlsafe(RANDOM_BYTES)
    made = Pass.objects.create(
        purpose=purpose,
        digest=digest_of(secret),
        made_by=actor,
        expires_at=expires_at,
        **pointing_at(about),
    )
    until = {"until": [None, expires_at.isoformat(timespec="minutes")]}
    write(actor=actor, verb="guests.pass.created", about=about, changes=until)
    return made, secret


@transaction.atomic
def revoke_passes(*, actor: Any, purpose: str, records: Iterable[models.Model]) -> int:
    """Ends every open link of this purpose about these records of one kind; returns how many."""
    records = list(records)
    standing = [one for one in _held(purpose, records) if not (one.used_at or one.revoked_at)]
    _end(actor, standing, records)
    return len(standing)


def _held(purpose: str, records: Sequence[models.Model]) -> list[Pass]:
    """All links of the records, held in the order in which they were made."""
    if not records:
        return []
    kind = ContentType.objects.get_for_model(records[0])
    found = Pass.objects.filter(
        purpose=purpose, about_type=kind, about_id__in=[one.pk for one in records]
    )
    return list(found.select_for_update(of=("self",)).order_by("pk"))


def _end(actor: Any, standing: Sequence[Pass], records: Sequence[models.Model]) -> None:
    known = {one.pk: one for one in records}
    for one in standing:
        one.revoked_at = clock.now()
    Pass.objects.bulk_update(standing, ["revoked_at"])
    ended = [(known[one.about_id], {}) for one in standing]
    write_many(actor=actor, verb="guests.pass.revoked", changed=ended)


def open_pass(secret: str) -> Pass:
    """The link that this secret stands for, in whatever state.

    Raises:
        Gone: nobody made such a link; nothing is said of any that there are.
    """
    found = Pass.objects.filter(digest=digest_of(secret)).first()
    if found is None or found.about is None:
        raise Gone(_("There is nothing here for you at this address."))
    return found


def page_of(one: Pass) -> offers.GuestPage:
    """What the link opens.

    Raises:
        Gone: no room offers pages of this purpose any more.
    """
    for page in offers.of(offers.GuestPage):
        if page.key == one.purpose:
            return page
    raise Gone(_("There is nothing here for you at this address."))


@transaction.atomic
def submit_pass(*, secret: str, values: Any) -> Pass:
    """Hands what was sent to the room that offers the page, and uses the link up: once.

    Raises:
        Gone: nobody made such a link.
        NotNow: it was used, revoked, or has expired, or its matter is closed meanwhile.
        Invalid: the room does not take what was sent; the link stays open.
    """
    known.look()  # A guest brings no word of the calendar along.
    one = lock(Pass.objects.all(), open_pass(secret).pk)
    page = page_of(one)
    if one.state != Pass.State.OPEN or page.closed(one.about):
        raise NotNow(_("This link takes no answer any more."))
    page.submit(record=one.about, values=values)
    one.used_at = clock.now()
    one.save(update_fields=["used_at"])
    write(actor=None, verb="guests.pass.used", about=one.about)
    return one


def wait(one: Pass) -> int:
    """Seconds until this link is heard again; 0 when it may be sent now."""
    return throttle.still_waits(one.tries, FREE_TRIES, one.tried_at) if one.tried_at else 0


@transaction.atomic
def count_try(one: Pass) -> None:
    """Counts a submission of this link that did not hold."""
    Pass.objects.filter(pk=one.pk).update(tries=F("tries") + 1, tried_at=clock.now())
