"""Wrong passwords cost time: the delay grows with each, and ends by itself.

It is counted per account and network together, so that a stranger elsewhere cannot keep anybody
out, and per network alone, so that one network cannot try many accounts.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import ngettext

from expansion import clock
from expansion.people.backends import find_account
from expansion.people.models import FailedLogin

FREE_PER_ACCOUNT = 3
FREE_PER_NETWORK = 30
LONGEST = 15 * 60
FORGOTTEN_AFTER = timedelta(hours=12)


def keys(account: str, network: str) -> dict[str, int]:
    """The counters that an attempt concerns, each with the failures it forgives.

    Name, e-mail and phone lead to one account: they share one counter.
    """
    meant = find_account(account.replace("\x00", ""))
    name = meant.username if meant else account.strip()
    return {
        f"{name.lower()[:60]}|{network}": FREE_PER_ACCOUNT,
        f"|{network}": FREE_PER_NETWORK,
    }


def wait(account: str, network: str) -> int:
    """Seconds until the next attempt is heard; 0 when it may come now."""
    return _wait(keys(account, network))


def _wait(allowances: dict[str, int]) -> int:
    now = clock.now()
    waits = [
        _delay(failed.count - allowances[failed.key]) - (now - failed.last_at).total_seconds()
        for failed in FailedLogin.objects.filter(
            key__in=allowances, last_at__gt=now - FORGOTTEN_AFTER
        )
    ]
    return max(0, *(int(seconds + 0.999) for seconds in waits)) if waits else 0


def wait_of_network(network: str) -> int:
    """Seconds until this network is heard again, whatever account it means."""
    return wait("", network)


def failed_from_network(network: str) -> None:
    """Counts one try that means no account, such as a link that nobody made."""
    failed("", network)


def too_early(seconds: int) -> str:
    return ngettext(
        "Too early. Try again in %(seconds)d second.",
        "Too early. Try again in %(seconds)d seconds.",
        seconds,
    ) % {"seconds": seconds}


def still_waits(failures: int, free: int, last_at: datetime) -> int:
    """Seconds until something that has failed so often is heard again; `free` are forgiven."""
    elapsed = (clock.now() - last_at).total_seconds()
    return max(0, int(_delay(failures - free) - elapsed + 0.999))


def _delay(excess: int) -> int:
    """0 within the allowance, then 30, 60, 120 … seconds, at most a quarter of an hour."""
    return 0 if excess < 0 else min(30 * 2 ** min(excess, 10), LONGEST)


def failed(account: str, network: str) -> None:
    """Counts one wrong password; counters older than half a day begin anew."""
    _count(keys(account, network))


@transaction.atomic
def _count(counted: Iterable[str]) -> None:
    now = clock.now()
    for key in counted:
        FailedLogin.objects.filter(key=key, last_at__lte=now - FORGOTTEN_AFTER).delete()
        row, new = FailedLogin.objects.get_or_create(key=key, defaults={"count": 1, "last_at": now})
        if not new:
            FailedLogin.objects.filter(pk=row.pk).update(count=F("count") + 1, last_at=now)


def succeeded(account: str, network: str) -> None:
    """Forgets the account's own failures from this network."""
    FailedLogin.objects.filter(key=next(iter(keys(account, network)))).delete()


def _of_codes(username: str) -> dict[str, int]:
    """One counter for an account's codes, from wherever they come: six digits are soon guessed by
    many networks together. Only whoever has the password can make its owner wait."""
    return {f"{username.lower()[:60]}|code": FREE_PER_ACCOUNT}


def wait_of_codes(username: str) -> int:
    """Seconds until the next code of this account is heard."""
    return _wait(_of_codes(username))


def failed_code(username: str) -> None:
    """Counts one wrong code."""
    _count(_of_codes(username))


def succeeded_code(username: str) -> None:
    """Forgets the account's wrong codes."""
    FailedLogin.objects.filter(key__in=_of_codes(username)).delete()
