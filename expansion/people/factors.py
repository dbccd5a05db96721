"""Reads over second factors, and how their secrets are stored."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.webauthn.internal import auth as webauthn
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db.models import Exists, Expression, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import ResidentKeyRequirement, UserVerificationRequirement

from expansion.errors import Invalid
from expansion.people.models import LoginPolicy, User
from expansion.people.selectors import active_people, house_name


class FactorAdapter(DefaultMFAAdapter):
    """Keeps what codes are made from encrypted under the installation's secret key, so that a copy
    of the database alone makes none."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("Your device's answer does not fit. Please try again."),
    }

    def encrypt(self, text: str) -> str:
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """
        Raises:
            InvalidToken: it was stored under a key that is none of ours any more.
        """
        return _keys().decrypt(encrypted_text.encode()).decode()

    def _get_site_name(self) -> str:
        return house_name()


def _keys() -> MultiFernet:
    kept = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_key(secret)) for secret in kept])


def _key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(f"second factor|{secret}".encode()).digest())


PATIENCE = 60 * 60  # seconds for which a page of setting up holds


def seal(person: User, **facts: Any) -> str:
    """What a page of setting up brings back, read by nobody meanwhile: looking at it stores
    nothing."""
    return _keys().encrypt(json.dumps({"person": person.pk, **facts}).encode()).decode()


def unseal(person: User, sealed: str) -> dict[str, Any]:
    """
    Raises:
        Invalid: it is an hour old, somebody else's, or not ours.
    """
    try:
        facts = json.loads(_keys().decrypt(sealed.encode(), ttl=PATIENCE))
    except InvalidToken:
        facts = {}
    if facts.get("person") != person.pk:
        raise Invalid(_("Too much time has passed. Please begin anew."))
    return facts


def question_for(person: User) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a device is asked for a new passkey, and what its answer is checked against."""
    asked, state = webauthn.get_server().register_begin(
        user=webauthn.build_user_payload(person),
        credentials=webauthn.get_credentials(person),
        resident_key_requirement=ResidentKeyRequirement.DISCOURAGED,
        user_verification=UserVerificationRequirement.PREFERRED,
        extensions=webauthn.EXTENSIONS,
    )
    return dict(asked), state


def factors_of(person: User) -> QuerySet[Authenticator]:
    """Apps and passkeys; recovery codes only stand in for one of them."""
    held = Authenticator.objects.filter(user=person)
    return held.exclude(type=Authenticator.Type.RECOVERY_CODES).order_by("pk")


def codes_left(person: User) -> int:
    """How many recovery codes of the person have not been used."""
    kept = Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).first()
    try:
        return len(RecoveryCodes(kept).get_unused_codes()) if kept else 0
    except InvalidToken:
        return 0


def picture_of(person: User, secret: str) -> dict[str, Any]:
    """What an app is shown: the secret as a picture to photograph, and in groups to type."""
    adapter = FactorAdapter()
    drawn = adapter.build_totp_svg(adapter.build_totp_url(person, secret)).encode()
    groups = [secret[place : place + 4] for place in range(0, len(secret), 4)]
    return {
        "source": f"data:image/svg+xml;base64,{base64.b64encode(drawn).decode()}",
        "text": " ".join(groups),
    }


def roles_unmet() -> Expression:
    """For the query that finds the person of a page: the roles that need a second factor, where
    the person has none; else nothing."""
    held = Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)
    held = held.filter(user=OuterRef(OuterRef("pk")))
    return Subquery(LoginPolicy.objects.filter(~Exists(held)).values("factor_roles")[:1])


def needs_factor(person: Any) -> bool:
    """Whether a role held today asks for a second factor that the person has not set up."""
    roles = getattr(person, "roles_unmet", None)
    return bool(roles) and person.holds(*roles)


def without_factor(roles: list[str]) -> list[User]:
    """The active people who hold one of these roles today and have no second factor."""
    held = Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)
    have = set(held.values_list("user_id", flat=True))
    if not roles:
        return []
    return [one for one in active_people() if one.pk not in have and one.holds(*roles)]
