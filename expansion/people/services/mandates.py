"""Dated delegation: who acts for whom."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Forbidden, Invalid, NotNow
from expansion.offers import announce
from expansion.people import revision
from expansion.people.models import Mandate, User
from expansion.records import lock
from expansion.ui import formats


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

    It begins when it is given at the earliest: what was done before was not done under it.

    Raises:
        Forbidden: the actor is neither the principal nor an administrator.
        Invalid: the dates are turned round, principal and delegate are one person, or somebody
            acts for the principal in the same matters then already.
    """
    revision.renew()  # Two that would overlap wait for each other here.
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
    mandate.starts_at = max(starts_at, clock.now())
    _refuse_overlap(mandate)
    mandate.save()
    _record_mandate(actor, "created", mandate)
    return mandate


def _refuse_overlap(mandate: Mandate) -> None:
    """One matter has one delegate at a time: nobody should have to guess who decides it."""
    others = overlapping(mandate.principal, mandate.starts_at, mandate.ends_at)
    for other in others:
        if not mandate.kinds or not other.kinds or set(mandate.kinds) & set(other.kinds):
            words = {
                "name": other.delegate.name,
                "start": formats.moment(other.starts_at),
                "end": formats.moment(other.ends_at),
            }
            sentence = _(
                "%(name)s acts in these matters from %(start)s to %(end)s already. "
                "Revoke that mandate first, or choose another time."
            )
            raise Invalid(fields={"starts_at": [sentence % words]})


def overlapping(principal: User, starts_at: datetime, ends_at: datetime) -> QuerySet[Mandate]:
    """The principal's mandates that run, or will run, within this time."""
    given = Mandate.objects.filter(principal=principal, revoked_at=None)
    within = given.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)
    return within.select_related("delegate").order_by("starts_at")


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
    return end_mandate(actor=actor, mandate=mandate)


def end_mandate(*, actor: Any, mandate: Mandate) -> Mandate:
    """The same where something else ends it, a closed account; inside the caller's transaction."""
    revision.renew()
    mandate = lock(Mandate.objects.all(), mandate.pk)
    if mandate.status(clock.now()) in {"ended", "revoked"}:
        raise NotNow(_("This mandate has ended already."))
    mandate.revoked_at = clock.now()
    mandate.version += 1
    mandate.save()
    _record_mandate(actor, "revoked", mandate)
    return mandate
