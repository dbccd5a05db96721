"""Second factors: an app's codes, passkeys, and recovery codes for the day both are lost.

allauth.mfa stores and checks them; here stands who may do what with them, and what is written down.
"""

from __future__ import annotations

import logging
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    compare_user_code,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal import auth as webauthn
from cryptography.fernet import InvalidToken
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from expansion import access
from expansion.audit.services import write
from expansion.errors import Forbidden, Invalid, NotNow, TooEarly
from expansion.offers import announce
from expansion.people import throttle
from expansion.people.factors import factors_of
from expansion.people.models import User
from expansion.records import lock

APP, PASSKEY, CODES = (
    Authenticator.Type.TOTP,
    Authenticator.Type.WEBAUTHN,
    Authenticator.Type.RECOVERY_CODES,
)
MOST_PASSKEYS = 10
Made = tuple[Authenticator, list[str]]

logger = logging.getLogger("expansion.login")


@transaction.atomic
def add_app(*, actor: User, secret: str, code: str) -> Made:
    """An app that makes codes from this secret, proved by one of them; with the first factor come
    recovery codes, returned this once, else an empty list.

    Raises:
        NotNow: there is an app already.
        Invalid: the code does not come from this secret now.
    """
    user = lock(User.objects.all(), actor.pk)
    if factors_of(user).filter(type=APP).exists():
        raise NotNow(_("You have an app already. Remove it first."))
    counter = _counter(secret, code)
    if counter is None:
        raise Invalid(
            fields={"code": [_("This code does not fit. Wait for the next one and type that.")]}
        )
    factor = TOTP.activate(user, secret).instance
    factor.data["last"] = counter
    factor.save(update_fields=["data"])
    return factor, _added(user, factor)


@transaction.atomic
def add_passkey(
    *, actor: User, name: str, credential: dict[str, Any], state: dict[str, Any]
) -> Made:
    """A passkey, proved by what the device answered to the question of `state`; recovery codes as
    with `add_app`.

    Raises:
        NotNow: there are as many as one may have, or this one is there already.
        Invalid: the answer does not fit the question.
    """
    user = lock(User.objects.all(), actor.pk)
    if factors_of(user).filter(type=PASSKEY).count() >= MOST_PASSKEYS:
        raise NotNow(_("You have ten passkeys already. Remove one first."))
    try:
        webauthn.parse_registration_response(credential)
        made = webauthn.get_server().register_complete(state, credential)
        known = webauthn.get_authenticator_by_credential_id(
            user, made.credential_data.credential_id
        )
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError):
        raise Invalid(_("Your device's answer does not fit. Please try again.")) from None
    if known:
        raise NotNow(_("This passkey is there already."))
    factor = webauthn.WebAuthn.add(user, name, credential).instance
    return factor, _added(user, factor)


def _added(user: User, factor: Authenticator) -> list[str]:
    """Recovery codes come with the first factor; everything is written down."""
    codes = []
    if not Authenticator.objects.filter(user=user, type=CODES).exists():
        codes = RecoveryCodes.activate(user).generate_codes()
    _record(user, user, "added", [None, named(factor)])
    return codes


@transaction.atomic
def remove_factor(*, actor: User, factor: Authenticator) -> User:
    """Takes one of the person's own away; recovery codes go with the last one."""
    user = lock(User.objects.all(), actor.pk)
    factors_of(user).filter(pk=factor.pk).delete()
    if not factors_of(user).exists():
        Authenticator.objects.filter(user=user).delete()
    _record(user, user, "removed", [named(factor), None])
    return user


@transaction.atomic
def renew_codes(*, actor: User) -> Made:
    """Ten new recovery codes, returned this once; the earlier ones open nothing any more.

    Raises:
        NotNow: there is no second factor that they could stand in for.
    """
    user = lock(User.objects.all(), actor.pk)
    if not factors_of(user).exists():
        raise NotNow(_("Set up an app or a passkey first."))
    Authenticator.objects.filter(user=user, type=CODES).delete()
    kept = RecoveryCodes.activate(user)
    _record(user, user, "codes_renewed")
    return kept.instance, kept.generate_codes()


@transaction.atomic
def take_away_factors(*, actor: User | None, record: User, reason: str = "") -> User:
    """Takes all of a person's second factors away, who lost them; the person is told. Without an
    actor it is whoever has the server.

    Raises:
        Forbidden: the actor is no administrator, or it is the own account.
        NotNow: there is none.
    """
    if actor is not None:
        access.require(actor, "edit", record)
        if record.pk == actor.pk:
            raise Forbidden(_("Remove your own second factor on your own page."))
    user = lock(User.objects.all(), record.pk)
    removed, _each = Authenticator.objects.filter(user=user).delete()
    if not removed:
        raise NotNow(_("%(name)s has no second factor.") % {"name": user.name})
    _record(actor, user, "taken_away", reason=[None, reason])
    return user


def prove_code(*, user: User, code: str) -> Authenticator:
    """The factor from which this code comes: the app, or the recovery codes. Each counts once.

    Wrong ones cost growing time, counted for the account from wherever they come: whoever gets
    here has the password. They are counted outside every transaction of the caller.

    Raises:
        TooEarly: the delay after wrong ones still runs; nothing is compared.
        Invalid: it comes from nothing of the person's.
    """
    if seconds := throttle.wait_of_codes(user.username):
        raise TooEarly(throttle.too_early(seconds), seconds)
    factor = _take(user, code)
    if factor is None:
        throttle.failed_code(user.username)
        logger.warning("Second factor refused: %s.", user.username)
        raise Invalid(fields={"code": [_("This code does not fit, or was used already.")]})
    throttle.succeeded_code(user.username)
    return factor


@transaction.atomic
def _take(user: User, code: str) -> Authenticator | None:
    held = Authenticator.objects.select_for_update().filter(user=user).exclude(type=PASSKEY)
    for factor in held.order_by("-type"):  # the app before the recovery codes
        try:
            fits = _fits_app(factor, code) if factor.type == APP else _fits_codes(factor, code)
        except InvalidToken:
            logger.error("A second factor of %s was stored under another key.", user.username)
            continue
        if fits:
            if factor.type == CODES:
                _record(user, user, "code_used")
            return factor
    return None


def _fits_app(factor: Authenticator, code: str) -> bool:
    counter = _counter(decrypt(factor.data["secret"]), code)
    if counter is None or counter <= factor.data.get("last", 0):
        return False
    factor.data["last"] = counter
    factor.save(update_fields=["data"])
    return True


def _fits_codes(factor: Authenticator, code: str) -> bool:
    return bool(RecoveryCodes(factor).validate_code(code))


def _counter(secret: str, code: str) -> int | None:
    """The half minute of which this is the code, among the present one and its neighbours."""
    for counter in yield_hotp_counters_from_time():
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, counter))):
            return counter
    return None


def named(factor: Authenticator) -> str:
    """How the trail calls it."""
    return "TOTP" if factor.type == APP else f"WebAuthn: {factor.wrap().name}"


def _record(
    actor: Any, user: User, act: str, factor: list[Any] | None = None, **changes: Any
) -> None:
    """One entry, and the event by which the person is told."""
    if factor is not None:
        changes["factor"] = factor
    write(actor=actor, verb=f"people.factor.{act}", about=user, changes=changes)
    announce("people.factor.changed", actor=actor, record=user, act=act)
