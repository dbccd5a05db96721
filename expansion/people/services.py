"""Writes over people: accounts, posts held, mandates, tokens."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from pypinyin import lazy_pinyin

from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Forbidden, Invalid, NotNow, TooEarly
from expansion.offers import announce
from expansion.people import revision, throttle
from expansion.people.models import Mandate, Membership, Post, Status, Token, Unit, User
from expansion.people.throttle import too_early
from expansion.records import differences, lock, snapshot

PROFILE = ("name", "email", "phone")
LONGEST_TOKEN = timedelta(days=366)
TRANSITIONS = {
    Status.INVITED: (Status.ACTIVE, Status.LEFT),
    Status.ACTIVE: (Status.LOCKED, Status.LEFT),
    Status.LOCKED: (Status.ACTIVE, Status.LEFT),
    Status.LEFT: (Status.ACTIVE,),
}


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
    _refuse_taken(details)
    user = User(username=username, name=name, search=search_text(name, username), **details)
    user.password = make_password(_checked(password, user) if password else None)
    user.save()
    write(actor=actor, verb="people.person.created", about=user, changes={"name": [None, name]})
    return user


def _refuse_taken(details: Mapping[str, Any], user: User | None = None) -> None:
    """E-mail and phone lead to one account when somebody logs in with them."""
    others = User.objects.exclude(pk=user.pk if user else None)
    for name, sentence in (
        ("email", _("Somebody else has this e-mail address.")),
        ("phone", _("Somebody else has this phone number.")),
    ):
        value = details.get(name)
        if value and others.filter(**{f"{name}__iexact": value}).exists():
            raise Invalid(fields={name: [sentence]})


@transaction.atomic
def update_person(*, actor: Any, record: User, version: int | None = None, **details: Any) -> User:
    """Changes name, e-mail and phone of an account.

    Raises:
        Forbidden: the actor is no administrator.
        Stale: somebody has changed the account since `version`.
        Invalid: e-mail or phone belong to somebody else.
    """
    access.require(actor, "edit", record)
    revision.renew()
    user = lock(User.objects.all(), record.pk, version=version)
    _refuse_taken(details, user)
    before = snapshot(user, PROFILE)
    for name, value in details.items():
        setattr(user, name, value)
    user.search = search_text(user.name, user.username)
    user.version += 1
    user.save()
    changes = differences(before, snapshot(user, PROFILE))
    write(actor=actor, verb="people.person.changed", about=user, changes=changes)
    return user


@transaction.atomic
def change_status(*, actor: User, record: User, status: str, reason: str = "") -> User:
    """Locks, frees, deactivates or takes back an account; sessions and tokens end with it (law 8).

    Whoever leaves gives up every post that day and every mandate at once.

    Raises:
        Forbidden: the actor is no administrator, or it is the own account.
        NotNow: the account is in no state for it.
    """
    access.require(actor, "edit", record)
    if record.pk == actor.pk:
        raise Forbidden(_("Nobody closes the own account. Ask another administrator."))
    revision.renew()
    user = lock(User.objects.all(), record.pk)
    if status not in TRANSITIONS[Status(user.status)]:
        words = {"name": user.name, "status": user.get_status_display()}
        raise NotNow(_("%(name)s is %(status)s at present.") % words)
    changes = {"status": [user.status, status], "reason": [None, reason]}
    user.status = status
    user.version += 1
    if status != Status.ACTIVE:
        user.sessions_ended += 1  # Whoever is taken back logs in anew.
    user.save(update_fields=["status", "sessions_ended", "version", "updated_at"])
    write(actor=actor, verb=f"people.person.{status}", about=user, changes=changes)
    if status != Status.ACTIVE:
        _revoke_tokens(actor, user)
    if status == Status.LEFT:
        _give_up_everything(actor, user)
    return user


def _give_up_everything(actor: User, user: User) -> None:
    today = clock.today()
    for seat in user.memberships.on(today).exclude(until=today):
        end_membership(actor=actor, membership=seat, until=today)
    concerned = Mandate.objects.filter(revoked_at=None, ends_at__gt=clock.now())
    for mandate in concerned.filter(Q(principal=user) | Q(delegate=user)):
        revoke_mandate(actor=actor, mandate=mandate)


@transaction.atomic
def set_password(*, actor: User, record: User, password: str) -> User:
    """A new password by the administrator; every session and token of that person ends, and the
    person is told.

    Raises:
        Forbidden: the actor is no administrator.
        Invalid: the password is weak.
    """
    access.require(actor, "edit", record)
    return _keep_password(actor, record, password)


@transaction.atomic
def change_own_password(*, actor: User, current: str, password: str) -> User:
    """A person's own new password; other sessions and every token of the person end.

    Tokens too: whoever knew the old password may have made one. Doors ask `prove_password` first,
    which slows down guessing.

    Raises:
        Invalid: the present password is wrong, or the new one is weak.
    """
    if not actor.check_password(current):
        raise Invalid(fields={"current": [_("This is not your present password.")]})
    return _keep_password(actor, actor, password)


def prove_password(*, actor: User, password: str, network: str) -> None:
    """Whether this is the person's present password, with the growing delays of the login.

    A wrong one is counted outside every transaction of the caller, or it would not count.

    Raises:
        TooEarly: the delay after wrong ones still runs; nothing is compared.
        Invalid: it is wrong.
    """
    if seconds := throttle.wait(actor.username, network):
        raise TooEarly(too_early(seconds), seconds)
    if not actor.check_password(password):
        throttle.failed(actor.username, network)
        raise Invalid(fields={"current": [_("This is not your present password.")]})
    throttle.succeeded(actor.username, network)


def _keep_password(actor: User, record: User, password: str) -> User:
    user = lock(User.objects.all(), record.pk)
    user.password = make_password(_checked(password, user))
    user.sessions_ended += 1
    user.version += 1
    user.save(update_fields=["password", "sessions_ended", "version", "updated_at"])
    write(actor=actor, verb="people.password.changed", about=user)
    _revoke_tokens(actor, user)
    announce("people.password.changed", actor=actor, record=user)
    return user


def _revoke_tokens(actor: User, user: User) -> None:
    for token in Token.objects.filter(user=user, revoked_at=None):
        _revoke(actor, token)


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
        Invalid: the post's headcount is used up in that period (R-exp-02), or it is held already.
    """
    if actor is not None:
        access.require(actor, "create", Membership)
        if actor.pk == user.pk:
            raise Forbidden(_("Nobody gives a post to themselves. Ask another administrator."))
    revision.renew()
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
    revision.renew()
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
    if delegate == actor != principal:
        raise Forbidden(_("Nobody gives somebody else's duties to themselves. Ask the principal."))
    if ends_at <= starts_at:
        raise Invalid(fields={"ends_at": [_("The end lies before the start.")]})
    if principal == delegate:
        raise Invalid(fields={"delegate": [_("Nobody acts for themselves. Choose somebody else.")]})
    if not delegate.is_active:
        raise Invalid(fields={"delegate": [_("This person does not log in at present.")]})
    if ends_at <= clock.now():
        raise Invalid(fields={"ends_at": [_("The end has passed already.")]})
    mandate.save()
    _record_mandate(actor, "created", mandate)
    return mandate


def _record_mandate(actor: User, word: str, mandate: Mandate) -> None:
    """One entry, stamped where somebody else did it for the principal; and the event."""
    principal = None if mandate.principal_id == actor.pk else mandate.principal
    span = {"starts_at": [None, mandate.starts_at], "ends_at": [None, mandate.ended_at]}
    write(
        actor=actor,
        verb=f"people.mandate.{word}",
        about=mandate,
        changes=span,
        for_person=principal,
    )
    announce(f"mandate.{word}", actor=actor, record=mandate)


@transaction.atomic
def revoke_mandate(*, actor: Any, mandate: Mandate) -> Mandate:
    """Ends a mandate at once; what was done under it stays stamped."""
    access.require(actor, "revoke", mandate)
    revision.renew()
    mandate = lock(Mandate.objects.all(), mandate.pk)
    if mandate.status(clock.now()) in {"ended", "revoked"}:
        raise NotNow(_("This mandate has ended already."))
    mandate.revoked_at = clock.now()
    mandate.version += 1
    mandate.save()
    _record_mandate(actor, "revoked", mandate)
    return mandate


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


def _revoke(actor: User, token: Token) -> Token:
    token.revoked_at = token.revoked_at or clock.now()
    token.version += 1
    token.save()
    write(actor=actor, verb="people.token.revoked", about=token)
    return token


def digest_of(secret: str) -> str:
    """What is stored of a token: 128 random bits and more need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
