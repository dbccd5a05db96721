"""Sending the outbox: at least once, doubled only if the process dies at the worst moment.

Stored → claimed → handed to the mail server → marked. Only between the last two can a death lead
to a second copy; it carries the same Message-ID and is logged.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from expansion import clock
from expansion.notices.models import Mail

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 8
TOO_LONG = timedelta(minutes=10)


def send_waiting() -> dict[str, int]:
    """Sends every mail whose moment has come; a refusing server delays it, longer each time."""
    take_back_interrupted()
    sent = failed = 0
    while mail := Mail.objects.ready(clock.now()).select_related("notice__person").first():
        if not _claim(mail):
            continue
        if _send(mail):
            sent += 1
        else:
            failed += 1
    return {"sent": sent, "failed": failed}


def take_back_interrupted() -> int:
    """Puts mails whose sender died back in the queue; the log says that each may be double."""
    interrupted = Mail.objects.interrupted(clock.now() - TOO_LONG)
    for message_id in interrupted.values_list("message_id", flat=True):
        logger.warning("The sender of %s died; it is sent again and may arrive twice.", message_id)
    return interrupted.update(state=Mail.State.WAITING)


def _claim(mail: Mail) -> bool:
    same = Mail.objects.filter(pk=mail.pk, state=Mail.State.WAITING)
    claimed = {"state": Mail.State.SENDING, "claimed_at": clock.now()}
    return bool(same.update(attempts=F("attempts") + 1, **claimed))


def _send(mail: Mail) -> bool:
    try:
        message(mail).send()
    except OSError as reason:  # smtplib's errors are OSErrors, as are all of the network's.
        _delay(mail, str(reason) or type(reason).__name__)
        return False
    Mail.objects.filter(pk=mail.pk).update(state=Mail.State.SENT, sent_at=clock.now(), error="")
    return True


def _delay(mail: Mail, reason: str) -> None:
    """Later once more; after the last attempt it stays in the outbox as failed."""
    attempts = mail.attempts + 1
    logger.warning("Mail %s was not accepted (attempt %s): %s", mail.message_id, attempts, reason)
    state = Mail.State.FAILED if attempts >= MOST_ATTEMPTS else Mail.State.WAITING
    later = clock.now() + timedelta(minutes=2**attempts)
    Mail.objects.filter(pk=mail.pk).update(state=state, ready_at=later, error=reason[:300])


def message(mail: Mail) -> EmailMessage:
    """The mail as it leaves: the notice's words, and where to read on."""
    notice = mail.notice
    with translation.override(notice.person.language):
        foot = _("Log in and open %(url)s to read on.") % {"url": notice.url}
    return EmailMessage(
        subject=f"[{settings.SITE_NAME}] {notice.title}",
        body="\n\n".join(part for part in (notice.title, notice.text, foot) if part),
        to=[mail.to],
        headers={"Message-ID": mail.message_id},
        connection=get_connection(timeout=20),
    )
