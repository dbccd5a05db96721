"""Taking back what was told of an act that its author has undone."""

from collections.abc import Collection

from django.db import transaction

from expansion.notices.models import Mail, Notice

STILL_HERE = (Mail.State.WAITING, Mail.State.FAILED, Mail.State.UNSENT, Mail.State.DROPPED)


@transaction.atomic
def take_back(*, key: str) -> int:
    """Deletes the notices of `key` that nobody has opened, their waiting e-mails with them.

    What was read, and what has left by e-mail or is leaving, stays: it cannot be unsaid. Returns
    how many went.
    """
    unread = Notice.objects.unread().filter(key=key).select_for_update()
    found = list(unread.values_list("pk", flat=True))
    _stop_mails(found)
    left = set(Mail.objects.filter(notice__in=found).values_list("notice_id", flat=True))
    taken = [pk for pk in found if pk not in left]
    Notice.objects.filter(pk__in=taken).delete()
    return len(taken)


def _stop_mails(notices: Collection[int]) -> None:
    """Takes out of the outbox what no sender has claimed.

    One statement with the state in its condition, as the sender's claim is one: of the two that
    come together one finds nothing.
    """
    Mail.objects.filter(notice__in=notices, state__in=STILL_HERE).delete()
