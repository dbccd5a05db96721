"""Notices told of records whose person has to be forgotten: the same words go from them too."""

from collections.abc import Callable

from django.db.models import Q, QuerySet

from expansion.notices.models import Notice


def blank_notices(notices: QuerySet[Notice], scrub: Callable[[str], str]) -> int:
    """Replaces title and text by what `scrub` leaves, in what stands for several of them too;
    returns how many notices changed.

    Called by the service that erases a person, inside its transaction.
    """
    changed = []
    heads = Q(pk__in=notices.exclude(within=None).values("within"))
    told = Notice.objects.filter(Q(pk__in=notices.values("pk")) | heads)
    for notice in told.select_for_update(of=("self",)).order_by("pk"):
        title, text = scrub(notice.title), scrub(notice.text)
        if (title, text) != (notice.title, notice.text):
            notice.title, notice.text = title, text
            changed.append(notice)
    Notice.objects.bulk_update(changed, ["title", "text"], batch_size=200)
    return len(changed)
