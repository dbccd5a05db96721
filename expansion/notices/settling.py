"""Notices that asked for something which has been done meanwhile, or is asked no more."""

from collections.abc import Callable

from django.db import transaction

from expansion import clock
from expansion.notices.models import Notice, NoticeQuerySet


@transaction.atomic
def settle(told: NoticeQuerySet, waits: Callable[[Notice], bool]) -> int:
    """Lets those of these that nobody has opened wait no longer; returns how many.

    Nobody has read them, and the log says so. One that stands for several is settled once it no
    longer `waits` for any of them. Whoever is opening one just now reads it.
    """
    heads = Notice.objects.filter(pk__in=told.exclude(within=None).values("within"))
    over = [one.pk for one in heads.unread().select_related("person") if not waits(one)]
    over += told.unread().values_list("pk", flat=True)
    free = Notice.objects.unread().filter(pk__in=over).order_by("pk")
    held = list(free.select_for_update(skip_locked=True).values_list("pk", flat=True))
    return Notice.objects.filter(pk__in=held).update(read_at=clock.now(), settled=True)
