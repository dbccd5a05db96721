"""Taking back what was told of an act that its author has undone."""

from django.db import transaction

from expansion.notices.models import Mail, Notice


@transaction.atomic
def take_back(*, key: str) -> int:
    """Deletes the notices of `key` that nobody has opened, their waiting e-mails with them.

    What was read, and what has left by e-mail, stays: it cannot be unsaid. Returns how many went.
    """
    told = (
        Notice.objects.unread()
        .filter(key=key)
        .exclude(mail__state__in=[Mail.State.SENDING, Mail.State.SENT])
    )
    found = list(told.values_list("pk", flat=True))
    Notice.objects.filter(pk__in=found).delete()
    return len(found)
