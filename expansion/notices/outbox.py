"""Sending the outbox: at least once, doubled only if the process dies at the worst moment.

Stored → claimed → handed to the mail server or the robot → marked. Only between the last two can a
death lead to a second copy; it carries the same Message-ID or key and is logged. What is ready for
one receiver at the same time leaves as one message.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from expansion import clock
from expansion.notices import letters
from expansion.notices.models import Mail

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 8
TOO_LONG = timedelta(minutes=10)


def send_waiting() -> dict[str, int]:
    """Sends every message whose moment has come, and says how many; a refusing receiver delays its
    own, longer each time."""
    take_back_interrupted()
    sent = failed = 0
    while mail := Mail.objects.ready(clock.now()).first():
        together = _claim(mail)
        if not together:
            continue
        if _send(together):
            sent += 1
        else:
            failed += 1
    return {"sent": sent, "failed": failed}


def take_back_interrupted() -> int:
    """Puts what died with its sender back in the queue; the log says that each may be double."""
    interrupted = Mail.objects.interrupted(clock.now() - TOO_LONG)
    for key in interrupted.order_by("batch").values_list("batch", flat=True).distinct():
        logger.warning("The sender of %s died; it is sent again and may arrive twice.", key)
    return interrupted.update(state=Mail.State.WAITING)


@transaction.atomic
def _claim(mail: Mail) -> list[Mail]:
    """The mail and what leaves with it, now this sender's; nothing where another was faster.

    Each row changes hands by one statement with its state in the condition.
    """
    waiting, now = Mail.objects.filter(state=Mail.State.WAITING), clock.now()
    claimed = {"state": Mail.State.SENDING, "claimed_at": now, "attempts": F("attempts") + 1}
    batch = mail.batch or mail.message_id
    if not waiting.filter(pk=mail.pk).update(**claimed, batch=batch):
        return []
    others = list(Mail.objects.alongside(mail, now).values_list("pk", flat=True))
    waiting.filter(pk__in=others).update(**claimed, batch=batch)
    mine = Mail.objects.filter(batch=batch, state=Mail.State.SENDING, claimed_at=now)
    return list(mine.select_related("notice", "person", "robot").order_by("pk"))


def _send(mails: list[Mail]) -> bool:
    first = mails[0]
    try:
        if first.robot is not None:
            from expansion.notices import delivery  # the library: this process alone needs it

            delivery.deliver(first.robot, letters.line(mails))
        else:
            letters.message(mails).send()
    except OSError as reason:  # smtplib's errors are OSErrors, as are all of the network's.
        _delay(mails, str(reason) or type(reason).__name__)
        return False
    sent = {"state": Mail.State.SENT, "sent_at": clock.now(), "error": ""}
    _same(mails).update(**sent)
    return True


def _delay(mails: list[Mail], reason: str) -> None:
    """Later once more; after the last attempt it stays in the outbox as failed."""
    key, attempts = mails[0].batch, mails[0].attempts
    logger.warning("%s was not accepted (attempt %s): %s", key, attempts, reason)
    state = Mail.State.FAILED if attempts >= MOST_ATTEMPTS else Mail.State.WAITING
    later = clock.now() + timedelta(minutes=2**attempts)
    _same(mails).update(state=state, ready_at=later, error=reason[:300])


def _same(mails: list[Mail]):
    return Mail.objects.filter(pk__in=[mail.pk for mail in mails])
