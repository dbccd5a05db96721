"""Tying an account to the company's sign-on."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest

from expansion.audit.services import write
from expansion.people.models import User


@transaction.atomic
def link_sign_on(*, actor: User, request: HttpRequest, login: Any) -> User:
    """From now on this sign-on (allauth's `SocialLogin`) opens the account of `actor`, whom the
    provider has vouched for; what it said besides is not kept."""
    login.account.extra_data = {}
    login.connect(request, actor)
    changes = {"provider": [None, login.account.provider]}
    write(actor=actor, verb="people.sign_on.linked", about=actor, changes=changes)
    return actor
