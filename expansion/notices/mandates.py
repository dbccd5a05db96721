"""Telling who begins and who stops to act for whom (R-exp-04)."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import F, Q
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from expansion import clock
from expansion.notices.services import tell, together
from expansion.people.models import Mandate, Unit, User
from expansion.people.selectors import acts_under, members_on

LATE = timedelta(days=31)  # also after a long outage; then nobody needs to hear of it any more


def tell_begun_and_ended() -> int:
    """Tells both sides and the department, each once, of mandates that began or ended of late.

    The principal is told how many acts were done under the mandate, with the way to their list.
    """
    now, count = clock.now(), 0
    recent = Mandate.objects.filter(ends_at__gt=now - LATE, starts_at__lte=now)
    started = recent.filter(Q(revoked_at=None) | Q(revoked_at__gt=F("starts_at")))
    department: list[User] | None = None
    with together():
        for mandate in started.select_related("principal", "delegate"):
            department = _department() if department is None else department
            count += _begun(mandate, department)
            if mandate.ended_at <= now:
                count += _ended(mandate, department)
    return count


def _begun(mandate: Mandate, department: list[User]) -> int:
    words = _names(mandate)
    title = format_lazy(_("{delegate} acts for {principal}"), **words)
    return _tell_all(mandate, department, "begun", title, title)


def _ended(mandate: Mandate, department: list[User]) -> int:
    words, acts = _names(mandate), acts_under(mandate).count()
    title = format_lazy(_("{delegate} does not act for {principal} any more"), **words)
    done = format_lazy(
        ngettext_lazy(
            "{delegate} did {acts} act in your name",
            "{delegate} did {acts} acts in your name",
            acts,
        ),
        acts=acts,
        **words,
    )
    return _tell_all(mandate, department, "ended", done, title)


def _names(mandate: Mandate) -> dict[str, str]:
    return {"delegate": mandate.delegate.name, "principal": mandate.principal.name}


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
