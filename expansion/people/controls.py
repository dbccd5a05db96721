"""What the control list asks of accounts: failed logins, logins without a post, mandates."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import combinations
from typing import Any

from django.db.models import F, Max, Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from expansion import clock, offers
from expansion.offers import Finding
from expansion.people.models import FailedLogin, Mandate, User
from expansion.people.selectors import unseated
from expansion.people.throttle import FREE_PER_ACCOUNT, FREE_PER_NETWORK

LOOKED_AT = timedelta(days=90)


def failed_logins(person: Any) -> Iterator[Finding]:
    """Rows of wrong passwords beyond what is free. What was typed as a name and means nobody is
    not told: it may be a password."""
    rows = FailedLogin.objects.filter(
        count__gt=FREE_PER_ACCOUNT, last_at__gte=clock.now() - LOOKED_AT
    ).order_by("-last_at")
    rows = [row for row in rows if row.count > _free(row.key)]
    names = {row.key.partition("|")[0] for row in rows}
    accounts = {one.username.lower()[:60]: one for one in User.objects.filter(_called(names))}
    for row in rows:
        name, _bar, network = row.key.partition("|")
        text = _("{count} wrong passwords in a row from {network}")
        what = format_lazy(text, count=str(row.count), network=network)
        yield Finding(row.last_at, (accounts[name],) if name in accounts else (), what)


def _free(key: str) -> int:
    return FREE_PER_NETWORK if key.startswith("|") else FREE_PER_ACCOUNT


def _called(names: set[str]) -> Q:
    condition = Q(pk__in=[])
    for name in names - {""}:
        condition |= Q(username__iexact=name)
    return condition


def logins_without_post(person: Any) -> Iterator[Finding]:
    """People who hold no post and have logged in since they held the last one."""
    people = unseated(clock.today()).exclude(last_login=None)
    for one in people.annotate(left=Max("memberships__until")).order_by("-last_login"):
        if one.left is None or one.last_login > _end_of(one.left):
            yield Finding(one.last_login, (one,), _("logged in without a post"), one)


def _end_of(day: Any) -> datetime:
    return clock.moment_on(day + timedelta(days=1), time())


def overlapping_mandates(person: Any) -> Iterator[Finding]:
    """Two mandates of one principal that run at once over the same duties."""
    given: dict[int, list[Mandate]] = defaultdict(list)
    kept = Mandate.objects.filter(ends_at__gte=clock.now() - LOOKED_AT).filter(
        Q(revoked_at=None) | Q(revoked_at__gt=F("starts_at"))
    )
    for one in kept.select_related("principal", "delegate").order_by("-starts_at", "-pk"):
        given[one.principal_id].append(one)
    for mandates in given.values():
        for later, earlier in combinations(mandates, 2):
            if later.starts_at < earlier.ended_at and _share_duties(later, earlier):
                people = (later.principal, later.delegate, earlier.delegate)
                yield Finding(
                    later.starts_at, people, _("two mandates run at the same time"), later
                )


def _share_duties(one: Mandate, other: Mandate) -> bool:
    """A mandate without a list of kinds covers every duty."""
    return not one.kinds or not other.kinds or bool(set(one.kinds) & set(other.kinds))


offers.add(
    offers.ControlCheck(
        "people.failed", _("Failed logins in a row"), 70, failed_logins, watch=True
    ),
    offers.ControlCheck(
        "people.postless", _("People without a post who still log in"), 80, logins_without_post
    ),
    offers.ControlCheck(
        "people.mandates", _("Mandates that overlap"), 90, overlapping_mandates, watch=True
    ),
)
