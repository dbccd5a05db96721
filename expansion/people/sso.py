"""Whom a company's sign-on means: what the provider says of a person, matched with an account.

Only what the provider itself vouches for counts: a verified address, a number of a company's own
directory. Nobody is created by signing on.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Q

from expansion.people.models import User
from expansion.single_sign_on import DINGTALK, FEISHU


def meant(provider: str, said: Mapping[str, Any], match: str = "email") -> User | None:
    """The one person who may log in and whom the provider's words name; None for none or several.

    `said` is the provider's answer about who signed on; `match` is by what an OpenID provider's
    people are found: `email` or `username`.
    """
    for column, value in _names(provider, said, match):
        found = User.objects.active().filter(Q(**{f"{column}__iexact": value}))[:2]
        if value and len(found) == 1:
            return found[0]
    return None


def _names(provider: str, said: Mapping[str, Any], match: str) -> Iterator[tuple[str, str]]:
    if provider == DINGTALK:
        number = str(said.get("mobile") or "")
        yield "phone", f"+{said.get('stateCode') or 86}{number}" if number else ""
    elif provider == FEISHU:
        yield "phone", str(said.get("mobile") or "")
        yield "email", str(said.get("enterprise_email") or "")
    else:
        yield from _of_openid(said.get("userinfo") or said.get("id_token") or said, match)


def _of_openid(claims: Mapping[str, Any], match: str) -> Iterator[tuple[str, str]]:
    if match == "username":
        yield "username", str(claims.get("preferred_username") or "")
    elif claims.get("email_verified") is True:
        yield "email", str(claims.get("email") or "")
