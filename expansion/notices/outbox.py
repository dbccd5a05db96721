"""Sending the outbox: at least once, doubled only if the process dies at the worst moment.

Stored → claimed → asked again → handed to the mail server or the robot → marked. Only between the
last two can a death lead to a second copy; it carries the same Message-ID or key and is logged.
What is ready for one receiver at the same time leaves as one message. Every message ends: sent, or
failed after some attempts, or dropped because it must not leave any more, or unsent where there is
no mail server.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from expansion import clock
from expansion.notices import alarms, letters, outdated
from expansion.notices.hours import working_moment
from expansion.notices.models import Mail
from expansion.rulebook.selectors import rules_on

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 8
TOO_LONG = timedelta(minutes=10)
State = Mail.State


def send_waiting() -> dict[str, int]:
    """Sends every message whose moment has come, and says how many; a refusing receiver delays its
    own, longer each time."""
    take_back_interrupted()
    ended: Counter[str] = Counter()
    while mail := _next():
        together = _claim(mail)
        if together:
            ended[_send(together)] += 1
    return {"sent": ended[State.SENT], "failed": ended[State.WAITING] + ended[State.FAILED]}


def _next() -> Mail | None:
    """The next message whose moment has come; group chats are left alone at night, also by what
    should have left by day."""
    ready = Mail.objects.ready(clock.now())
    mail = ready.first()
    if mail is None or mail.is_at_any_hour or _are_at_work():
        return mail
    return ready.at_any_hour().first()


def _are_at_work() -> bool:
    calendar, now = rules_on().working_time.as_calendar(), clock.now()
    return working_moment(now, calendar) == now


@transaction.atomic
def take_back_interrupted() -> int:
    """Puts what died with its sender back in the queue; the log says that each may be double. What
    its sender has died of again and again has failed."""
    interrupted = Mail.objects.interrupted(clock.now() - TOO_LONG)
    given_up = list(interrupted.filter(attempts__gte=MOST_ATTEMPTS).values_list("pk", flat=True))
    if given_up:
        words = _("The sender ended %(count)s times while sending this; it may have arrived.")
        _give_up(given_up, words % {"count": MOST_ATTEMPTS})
    for key in interrupted.order_by("batch").values_list("batch", flat=True).distinct():
        logger.warning("The sender of %s died; it is sent again and may arrive twice.", key)
    return interrupted.update(state=State.WAITING)


@transaction.atomic
def _claim(mail: Mail) -> list[Mail]:
    """The mail and what leaves with it, now this sender's; nothing where another was faster.

    Each row changes hands by one statement with its state in the condition.
    """
    waiting, now = Mail.objects.filter(state=State.WAITING), clock.now()
    claimed = {"state": State.SENDING, "claimed_at": now, "attempts": F("attempts") + 1}
    batch = mail.batch or mail.message_id
    if not waiting.filter(pk=mail.pk).update(**claimed, batch=batch):
        return []
    others = list(Mail.objects.alongside(mail, now).values_list("pk", flat=True))
    waiting.filter(pk__in=others).update(**claimed, batch=batch)
    mine = Mail.objects.filter(batch=batch, state=State.SENDING, claimed_at=now)
    return list(mine.select_related("notice", "person", "robot").order_by("pk"))


def _send(mails: list[Mail]) -> str:
    """Hands one message over; returns the state in which that leaves it.

    Whatever a mail server, a platform or the message itself does wrong delays this message and
    nobody else's.
    """
    first = mails[0]
    if first.robot is None and not settings.MAIL_LEAVES:
        _end(mails, State.UNSENT)
        return State.UNSENT
    try:
        mails = _drop_outdated(mails)
        if not mails:
            return State.DROPPED
        _hand_over(mails)
    except OSError as reason:  # smtplib's errors are OSErrors, as are all of the network's.
        return _delay(mails, str(reason) or type(reason).__name__)
    except Exception as fault:
        # What a robot's library says may quote its address, which is a secret.
        logger.error("Sending %s failed", first.batch, exc_info=first.robot is None)
        words = _("A fault of the system (%(name)s); the worker's log says more.")
        return _delay(mails, words % {"name": type(fault).__name__})
    _end(mails, State.SENT, sent_at=clock.now())
    return State.SENT


def _drop_outdated(mails: list[Mail]) -> list[Mail]:
    """Those that may still leave, to the address of this moment; the others are dropped."""
    reasons = outdated.reasons(mails)
    left = [mail for mail in mails if mail.pk not in reasons]
    for reason in set(reasons.values()):
        _end((one for one in mails if reasons.get(one.pk) == reason), State.DROPPED, error=reason)
    for mail in left:
        mail.to = mail.person.email if mail.person is not None else ""
    return left


def _hand_over(mails: list[Mail]) -> None:
    robot = mails[0].robot
    if robot is None:
        letters.message(mails).send()
    else:
        from expansion.notices import delivery  # the library: this process alone needs it

        delivery.deliver(robot, letters.line(mails))


def _end(mails: Iterable[Mail], state: str, **columns: object) -> None:
    mails = list(mails)
    to = mails[0].to
    values = {"state": state, "to": to, "error": ""} | columns
    Mail.objects.filter(pk__in=[mail.pk for mail in mails]).update(**values)


def _delay(mails: list[Mail], reason: str) -> str:
    """Later once more; after the last attempt it stays in the outbox as failed."""
    key, attempts = mails[0].batch, mails[0].attempts
    logger.warning("%s was not accepted (attempt %s): %s", key, attempts, reason)
    these = [mail.pk for mail in mails]
    if attempts >= MOST_ATTEMPTS:
        _give_up(these, reason)
        return State.FAILED
    later = clock.now() + timedelta(minutes=2**attempts)
    columns = {"state": State.WAITING, "ready_at": later, "error": reason[:300]}
    Mail.objects.filter(pk__in=these).update(**columns)
    return State.WAITING


@transaction.atomic
def _give_up(these: list[int], reason: str) -> None:
    """They have failed, until somebody has them sent again; who keeps the house is told."""
    mails = Mail.objects.filter(pk__in=these)
    mails.update(state=State.FAILED, ready_at=clock.now(), error=reason[:300])
    if mails.exclude(kind=alarms.FAILED).exists():
        alarms.tell_of_failures()
