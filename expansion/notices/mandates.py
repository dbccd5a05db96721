"""Telling who begins and who stops to act for whom (R-exp-04)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from expansion import clock
from expansion.notices.services import tell, together
from expansion.people.models import Mandate, Unit, User
from expansion.people.selectors import acts_under, members_on
from expansion.ui import formats

LATE = timedelta(days=31)  # also after a long outage; then nobody needs to hear of it any more


def tell_begun_and_ended() -> int:
    """Tells both sides and the department, each once, of mandates that began or ended of late, in
    that order and with their dates; one that has ended before its beginning was told, of its end.

    The principal is told how many acts were done under the mandate, with the way to their list.
    """
    now, count = clock.now(), 0
    recent = Mandate.objects.filter(ends_at__gt=now - LATE, starts_at__lte=now)
    started = recent.filter(Q(revoked_at=None) | Q(revoked_at__gt=F("starts_at")))
    found = list(started.select_related("principal", "delegate"))
    department = _department() if found else []
    with together():
        for mandate in sorted(found, key=partial(_news_at, now)):
            count += (_ended if mandate.ended_at <= now else _begun)(mandate, department)
    return count


def _news_at(now: datetime, mandate: Mandate) -> datetime:
    return mandate.ended_at if mandate.ended_at <= now else mandate.starts_at


def _begun(mandate: Mandate, department: list[User]) -> int:
    words = _words(mandate, mandate.ends_at)
    title = format_lazy(_("{delegate} acts for {principal}, {start} to {end}"), **words)
    return _tell_all(mandate, department, "begun", title, title)


def _ended(mandate: Mandate, department: list[User]) -> int:
    words, acts = _words(mandate, mandate.ended_at), acts_under(mandate).count()
    title = format_lazy(_("{delegate} has acted for {principal}, {start} to {end}"), **words)
    done = format_lazy(
        ngettext_lazy(
            "{delegate} did {acts} act in your name, {start} to {end}",
            "{delegate} did {acts} acts in your name, {start} to {end}",
            acts,
        ),
        acts=acts,
        **words,
    )
    return _tell_all(mandate, department, "ended", done, title)


def _words(mandate: Mandate, end: datetime) -> dict[str, Any]:
    day = lazy(formats.day, str)  # in each reader's language
    return {
        "delegate": mandate.delegate.name,
        "principal": mandate.principal.name,
        "start": day(mandate.starts_at),
        "end": day(end),
    }


def _tell_all(
    mandate: Mandate, department: list[User], word: str, to_principal: Any, to_others: Any
) -> int:
    kind, key = f"mandate.{word}", f"mandate-{word}:{mandate.pk}"
    parties = {mandate.principal_id, mandate.delegate_id}
    page, person = mandate.get_absolute_url(), reverse("people:person", args=[mandate.delegate_id])
    told: list[tuple[Iterable[User], Any, str, Any]] = [
        ([mandate.principal], to_principal, page, mandate),
        ([mandate.delegate], to_others, page, mandate),
        ([one for one in department if one.pk not in parties], to_others, person, None),
    ]
    return sum(
        len(tell(people=people, kind=kind, title=title, url=url, about=about, key=key))
        for people, title, url, about in told
    )


def _department() -> list[User]:
    """Everybody who works in the department or one of its teams today."""
    inside = Unit.objects.exclude(kind=Unit.Kind.OUTSIDE).values_list("pk", flat=True)
    return members_on(inside, clock.today())
