"""Passwords: set, changed, proved."""

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Invalid, TooEarly
from expansion.offers import announce
from expansion.people import throttle
from expansion.people.models import AccountLink, User
from expansion.people.services.tokens import revoke_tokens
from expansion.people.throttle import too_early
from expansion.records import lock


@transaction.atomic
def set_password(*, actor: User, record: User, password: str) -> User:
    """A new password by the administrator; every session and token of that person ends, and the
    person is told.

    Raises:
        Forbidden: the actor is no administrator.
        Invalid: the password is weak.
    """
    access.require(actor, "edit", record)
    return keep_password(actor, record, password)


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
    return keep_password(actor, actor, password)


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


def keep_password(actor: User, record: User, password: str, *, first: bool = False) -> User:
    """Stores it; whatever the old one opened, and every link to a new one, ends. The person is
    told, unless it is their `first`."""
    user = lock(User.objects.all(), record.pk)
    user.password = make_password(checked(password, user))
    user.sessions_ended += 1
    user.version += 1
    user.save(update_fields=["password", "sessions_ended", "version", "updated_at"])
    write(actor=actor, verb="people.password.changed", about=user)
    revoke_tokens(actor, user)
    end_links(user)
    if not first:
        announce("people.password.changed", actor=actor, record=user)
    return user


def end_links(user: User) -> None:
    """The links that were made for the person open nothing from now on."""
    AccountLink.objects.filter(person=user, ended_at=None).update(ended_at=clock.now())


def checked(password: str, user: User) -> str:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(fields={"password": error.messages}) from None
    return password
