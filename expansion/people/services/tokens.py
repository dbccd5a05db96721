"""API tokens of a person."""

import hashlib
import secrets
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Invalid
from expansion.people.models import Token, User
from expansion.records import lock

LONGEST_TOKEN = timedelta(days=366)


@transaction.atomic
def create_token(
    *, actor: User, name: str, expires_on: date, scope: str = Token.Scope.READ
) -> tuple[Token, str]:
    """A new API token; the secret is returned this once and stored as a hash only.

    Raises:
        Invalid: its last day has come, or lies more than a year ahead.
    """
    if not clock.today() < expires_on:
        raise Invalid(fields={"expires_on": [_("Choose a day after today.")]})
    if expires_on > clock.today() + LONGEST_TOKEN:
        raise Invalid(fields={"expires_on": [_("A token holds for a year at most.")]})
    secret = secrets.token_urlsafe(32)
    token = Token.objects.create(
        user=actor, name=name, digest=digest_of(secret), expires_on=expires_on, scope=scope
    )
    changes = {"scope": [None, scope], "expires_on": [None, expires_on]}
    write(actor=actor, verb="people.token.created", about=token, changes=changes)
    return token, secret


@transaction.atomic
def revoke_token(*, actor: User, token: Token) -> Token:
    """The token opens nothing from now on."""
    access.require(actor, "revoke", token)
    return _revoke(actor, lock(Token.objects.all(), token.pk))


def revoke_tokens(actor: User, user: User) -> None:
    for token in Token.objects.filter(user=user, revoked_at=None):
        _revoke(actor, token)


def _revoke(actor: User, token: Token) -> Token:
    token.revoked_at = token.revoked_at or clock.now()
    token.version += 1
    token.save()
    write(actor=actor, verb="people.token.revoked", about=token)
    return token


def digest_of(secret: str) -> str:
    """What is stored of a token: 128 random bits and more need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
