"""Writes over people: accounts, posts held, mandates, tokens."""

import hashlib
import secrets
from datetime import date, datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from pypinyin import lazy_pinyin

from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Invalid, NotNow
from expansion.people.models import Mandate, Membership, Post, Token, Unit, User
from expansion.records import differences, lock, snapshot


def search_text(name: str, *more: str) -> str:
    """What a person is found by: name, full pinyin, initials, and what else is given."""
    syllables = lazy_pinyin(name)
    initials = "".join(syllable[:1] for syllable in syllables)
    return " ".join([name, "".join(syllables), initials, *more]).lower()[:200]


@transaction.atomic
def create_person(
    *, actor: Any, username: str, name: str, password: str | None = None, **details: Any
) -> User:
    """A new account; `password` is checked against the rules for passwords.

    Raises:
        Invalid: the user name is taken or the password is weak.
    """
    if actor is not None:
        access.require(actor, "create", User)
    if User.objects.filter(username__iexact=username).exists():
        raise Invalid(fields={"username": [_("This user name is taken. Choose another one.")]})
    user = User(username=username, name=name, search=search_text(name, username), **details)
    user.password = make_password(_checked(password, user) if password else None)
    user.save()
    write(actor=actor, verb="people.person.created", about=user, changes={"name": [None, name]})
    return user


def _checked(password: str, user: User) -> str:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(fields={"password": error.messages}) from None
    return password


@transaction.atomic
def update_own_account(*, actor: User, language: str) -> User:
    """A person's own choice of language."""
    user = lock(User.objects.all(), actor.pk)
    before = snapshot(user, ("language",))
    user.language = language
    user.version += 1
    user.save(update_fields=["language", "version", "updated_at"])
    changes = differences(before, snapshot(user, ("language",)))
    write(actor=actor, verb="people.language.chosen", about=user, changes=changes)
    return user


@transaction.atomic
def open_membership(
    *, actor: Any, user: User, unit: Unit, post: Post, since: date, until: date | None = None
) -> Membership:
    """Seats a person in a post.

    Raises:
        Invalid: the post's headcount is used up in that period (R-exp-02), or the person sits there.
    """
    if actor is not None:
        access.require(actor, "create", Membership)
    held = Membership.objects.select_for_update().filter(post=post)
    rivals = [other for other in held if _overlap(other, since, until)]
    if any(other.user_id == user.pk and other.unit_id == unit.pk for other in rivals):
        raise Invalid(_("%(name)s holds this post already.") % {"name": user.name})
    if post.headcount and len(rivals) >= post.headcount:
        raise Invalid(
            _("%(post)s: %(name)s holds this post until then. End that first.")
            % {"post": post.title, "name": rivals[0].user.name}
        )
    seat = Membership.objects.create(user=user, unit=unit, post=post, since=since, until=until)
    write(actor=actor, verb="people.membership.opened", about=seat)
    return seat


def _overlap(held: Membership, since: date, until: date | None) -> bool:
    return (until is None or held.since <= until) and (held.until is None or held.until >= since)


@transaction.atomic
def end_membership(*, actor: Any, membership: Membership, until: date) -> Membership:
    """The person leaves the post at the end of that day."""
    access.require(actor, "edit", membership)
    seat = lock(Membership.objects.all(), membership.pk)
    if until < seat.since:
        raise Invalid(fields={"until": [_("The last day lies before the first one.")]})
    changes = differences(snapshot(seat, ("until",)), {"until": until})
    seat.until = until
    seat.version += 1
    seat.save()
    write(actor=actor, verb="people.membership.ended", about=seat, changes=changes)
    return seat


@transaction.atomic
def create_mandate(
    *,
    actor: Any,
    principal: User,
    delegate: User,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    kinds: list[str] | None = None,
) -> Mandate:
    """The delegate acts for the principal from `starts_at` to `ends_at` (A-2.2.2a, R-exp-04).

    Raises:
        Forbidden: the actor is neither the principal nor an administrator.
        Invalid: the dates are turned round, or principal and delegate are one person.
    """
    mandate = Mandate(
        principal=principal,
        delegate=delegate,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason,
        kinds=kinds or [],
        created_by=actor,
    )
    access.require(actor, "create", mandate)
    if ends_at <= starts_at:
        raise Invalid(fields={"ends_at": [_("The end lies before the start.")]})
    if principal == delegate:
        raise Invalid(fields={"delegate": [_("Nobody acts for themselves. Choose somebody else.")]})
    mandate.save()
    write(actor=actor, verb="people.mandate.created", about=mandate, for_person=principal)
    return mandate


@transaction.atomic
def revoke_mandate(*, actor: Any, mandate: Mandate) -> Mandate:
    """Ends a mandate at once; what was done under it stays stamped."""
    access.require(actor, "revoke", mandate)
    mandate = lock(Mandate.objects.all(), mandate.pk)
    if mandate.status(clock.now()) in {"ended", "revoked"}:
        raise NotNow(_("This mandate has ended already."))
    mandate.revoked_at = clock.now()
    mandate.version += 1
    mandate.save()
    write(actor=actor, verb="people.mandate.revoked", about=mandate, for_person=mandate.principal)
    return mandate


@transaction.atomic
def create_token(*, actor: User, name: str, expires_on: date) -> tuple[Token, str]:
    """A new API token; the secret is returned this once and stored as a hash only."""
    if not clock.today() < expires_on:
        raise Invalid(fields={"expires_on": [_("Choose a day after today.")]})
    secret = secrets.token_urlsafe(32)
    token = Token.objects.create(
        user=actor, name=name, digest=digest_of(secret), expires_on=expires_on
    )
    write(actor=actor, verb="people.token.created", about=token)
    return token, secret


@transaction.atomic
def revoke_token(*, actor: User, token: Token) -> Token:
    """The token opens nothing from now on."""
    access.require(actor, "revoke", token)
    token = lock(Token.objects.all(), token.pk)
    token.revoked_at = token.revoked_at or clock.now()
    token.version += 1
    token.save()
    write(actor=actor, verb="people.token.revoked", about=token)
    return token


def digest_of(secret: str) -> str:
    """What is stored of a token: 128 random bits and more need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()

