"""Writes over accounts: a person, and whether it may log in."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from pypinyin import lazy_pinyin

from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Forbidden, Invalid, NotNow
from expansion.offers import announce
from expansion.people import revision
from expansion.people.groups import keep_groups
from expansion.people.models import Mandate, Status, User
from expansion.people.selectors import superior_of
from expansion.people.services.mandates import end_mandate
from expansion.people.services.passwords import checked, end_links
from expansion.people.services.posts import give_up
from expansion.people.services.tokens import revoke_tokens
from expansion.records import differences, lock, snapshot

PROFILE = ("name", "email", "phone")
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
    """A new account; `password` is checked against the rules for passwords. Without one the person
    is invited: a link (`services.links`) lets them set their own, and opens the account.

    Raises:
        Invalid: the user name is taken or the password is weak.
    """
    if actor is not None:
        access.require(actor, "create", User)
    return _create(actor, username, name, password, details)


def let_join(*, actor: Any, username: str, name: str, **details: Any) -> User:
    """The account of somebody hired, invited; the caller is inside its transaction.

    Raises:
        Invalid: user name, e-mail or phone belong to somebody else.
    """
    return _create(actor, username, name, None, details)


def _create(
    actor: Any, username: str, name: str, password: str | None, details: Mapping[str, Any]
) -> User:
    refuse_taken(username, details)
    user = User(username=username, name=name, search=search_text(name, username), **details)
    user.password = make_password(checked(password, user) if password else None)
    user.status = Status.ACTIVE if password else Status.INVITED
    user.save()
    write(actor=actor, verb="people.person.created", about=user, changes={"name": [None, name]})
    return user


def refuse_taken(username: str, details: Mapping[str, Any]) -> None:
    """
    Raises:
        Invalid: user name, e-mail or phone of a new account belong to somebody else.
    """
    if User.objects.filter(username__iexact=username).exists():
        raise Invalid(fields={"username": [_("This user name is taken. Choose another one.")]})
    _refuse_taken(details)


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

    With the lock every mandate ends at once, and what the person had to decide goes to the
    superior. Whoever leaves gives up every post that day, and has handed over everything before.

    Raises:
        Forbidden: the actor is no administrator, or it is the own account.
        NotNow: the account is in no state for it, or the person still holds something.
    """
    access.require(actor, "edit", record)
    if record.pk == actor.pk:
        raise Forbidden(_("Nobody closes the own account. Ask another administrator."))
    return _enter(actor, record, status, reason)


def let_leave(*, actor: User, record: User, reason: str) -> User:
    """The account ends with its closed handover; the caller is inside its transaction.

    Raises:
        NotNow: the person still holds something.
    """
    return _enter(actor, record, Status.LEFT, reason)


def _enter(actor: User, record: User, status: str, reason: str) -> User:
    revision.renew()
    user = lock(User.objects.all(), record.pk)
    if status not in TRANSITIONS[Status(user.status)]:
        words = {"name": user.name, "status": user.get_status_display()}
        raise NotNow(_("%(name)s is %(status)s at present.") % words)
    if status == Status.LEFT:
        announce("people.leaving", actor=actor, record=user)
    superior = superior_of(user) if status != Status.ACTIVE else None
    changes = {"status": [user.status, status], "reason": [None, reason]}
    user.status = status
    user.version += 1
    if status != Status.ACTIVE:
        user.sessions_ended += 1  # Whoever is taken back logs in anew.
    user.save(update_fields=["status", "sessions_ended", "version", "updated_at"])
    write(actor=actor, verb=f"people.person.{status}", about=user, changes=changes)
    if status != Status.ACTIVE:
        revoke_tokens(actor, user)
        end_links(user)
        _end_mandates(actor, user)
        announce("people.shut_out", actor=actor, record=user, superior=superior)
    if status == Status.LEFT:
        _give_up_posts(actor, user)
    keep_groups()
    return user


def _end_mandates(actor: User, user: User) -> None:
    concerned = Mandate.objects.filter(revoked_at=None, ends_at__gt=clock.now())
    for mandate in concerned.filter(Q(principal=user) | Q(delegate=user)):
        end_mandate(actor=actor, mandate=mandate)


def _give_up_posts(actor: User, user: User) -> None:
    today = clock.today()
    for seat in user.memberships.on(today).exclude(until=today):
        give_up(actor=actor, membership=seat, until=today)


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
