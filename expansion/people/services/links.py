"""Links with which a person sets the own password: an invitation, or a way back in."""

import secrets
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Forbidden, Gone, NotNow
from expansion.offers import announce
from expansion.people import revision
from expansion.people.models import AccountLink, Status, User
from expansion.people.services.accounts import create_person
from expansion.people.services.passwords import end_links, keep_password
from expansion.people.services.tokens import digest_of
from expansion.records import lock

LIFETIME = timedelta(days=7)
OPENS_FOR = (Status.INVITED, Status.ACTIVE)


@transaction.atomic
def invite_person(*, actor: User, **details: Any) -> tuple[AccountLink, str]:
    """A new account without a password, and the link that opens it; see `create_person`."""
    return create_link(actor=actor, record=create_person(actor=actor, **details))


@transaction.atomic
def create_link(*, actor: User, record: User) -> tuple[AccountLink, str]:
    """A link for seven days and one use; its secret is returned this once, an earlier one ends.

    Whoever has an account already is told that such a link was made.

    Raises:
        Forbidden: the actor is no administrator, or it is the own account.
        NotNow: the account is locked or closed.
    """
    access.require(actor, "edit", record)
    if record.pk == actor.pk:
        raise Forbidden(_("Change your own password on your own page."))
    user = lock(User.objects.all(), record.pk)
    if user.status not in OPENS_FOR:
        words = {"name": user.name, "status": user.get_status_display()}
        raise NotNow(_("%(name)s is %(status)s at present.") % words)
    end_links(user)
    secret = secrets.token_urlsafe(16)
    link = AccountLink.objects.create(
        person=user,
        digest=digest_of(secret),
        created_by=actor,
        expires_at=clock.now() + LIFETIME,
    )
    write(actor=actor, verb="people.link.created", about=user)
    if user.is_active:
        announce("people.link.created", actor=actor, record=user)
    return link, secret


def open_link(secret: str) -> AccountLink:
    """The link that this secret stands for.

    Raises:
        Gone: it is unknown, used up, replaced or past its seven days.
    """
    links = AccountLink.objects.filter(
        digest=digest_of(secret),
        ended_at=None,
        expires_at__gt=clock.now(),
        person__status__in=OPENS_FOR,
    )
    found = links.select_related("person").first()
    if found is None:
        raise Gone(
            _(
                "This link was used already, has expired or was replaced by a newer one. "
                "Ask the administrator for a new link."
            )
        )
    return found


@transaction.atomic
def use_link(*, secret: str, password: str) -> User:
    """Sets the password of the link's person and opens an invited account; sessions, tokens and
    the link itself end.

    Raises:
        Gone: the link opens nothing (any more).
        Invalid: the password is weak.
    """
    revision.renew()
    user = lock(User.objects.all(), open_link(secret).person_id)
    open_link(secret)  # Two at once: the second finds it used.
    invited = user.status == Status.INVITED
    if invited:
        user.status = Status.ACTIVE
        user.version += 1
        user.save(update_fields=["status", "version", "updated_at"])
    user = keep_password(user, user, password, first=invited)
    changes = {"status": [Status.INVITED, Status.ACTIVE]} if invited else {}
    write(actor=user, verb="people.link.used", about=user, changes=changes)
    return user
