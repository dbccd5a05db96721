"""The one mail that does not pass the outbox: a link's secret is stored nowhere, there neither.

It leaves at once and once. Whether it did, the administrator is told, who has the link to copy.
"""

import logging

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils import translation
from django.utils.translation import gettext as _

from expansion.people.models import AccountLink
from expansion.people.selectors import house_name
from expansion.ui import formats

logger = logging.getLogger(__name__)
PATIENCE = 10  # seconds; an administrator waits for the answer


def mail_link(link: AccountLink, address: str) -> bool | None:
    """Sends the address of the link to its person; None where there is nowhere to send it."""
    person = link.person
    if not (person.email and settings.MAIL_LEAVES):
        return None
    with translation.override(person.language):
        words = {"site": house_name(), "name": person.name, "username": person.username}
        subject = _("[%(site)s] Set your password") % words
        body = [
            _("%(name)s, set the password of your account “%(username)s” here:") % words,
            address,
            _("The link works once, until %(moment)s.")
            % {"moment": formats.moment(link.expires_at)},
        ]
    message = EmailMessage(
        subject=subject,
        body="\n\n".join(body),
        to=[person.email],
        connection=get_connection(timeout=PATIENCE),
    )
    try:
        message.send()
    except OSError as reason:  # smtplib's errors are OSErrors, as are all of the network's.
        logger.warning("A link for %s could not be mailed: %s", person.username, reason)
        return False
    return True
