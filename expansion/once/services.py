"""A second click, a retried task, a re-sent form changes nothing twice (law 3)."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction

from expansion import clock
from expansion.once.models import Submission
from expansion.records import about

M = TypeVar("M", bound=models.Model)


def at_address(request: Any, key: str) -> str:
    """A sender's key with the address it was sent to, hashed: it answers for no other act.

    Empty without a key.
    """
    return sha256(f"{request.method} {request.path} {key}".encode()).hexdigest() if key else ""


def answer_to(*, actor: Any, key: str) -> models.Model | None:
    """The record that an earlier sending of the same form made or changed; None for a new one."""
    sent = Submission.objects.filter(actor=actor, key=key).first()
    return sent.about if sent else None


def once(*, actor: Any, key: str, act: Callable[[], M]) -> tuple[M, bool]:
    """Runs `act` once per actor and key; a repeat gets the first one's record.

    Returns the record and whether this call made it. An `act` that is refused leaves no trace, so
    a corrected form may be sent again under the same key.
    """
    with transaction.atomic():
        try:
            with transaction.atomic():
                sent = Submission.objects.create(actor=actor, key=key, at=clock.now())
        except IntegrityError:
            return Submission.objects.get(actor=actor, key=key).about, False
        record = act()
        Submission.objects.filter(pk=sent.pk).update(**about(record))
        return record, True
