"""Who sits in which post, and until when."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from expansion import access
from expansion.audit.services import write
from expansion.errors import Forbidden, Invalid
from expansion.people import revision
from expansion.people.groups import keep_groups
from expansion.people.models import Membership, Post, Role, Status, Unit, User
from expansion.records import differences, lock, snapshot


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
    return take_up(actor=actor, user=user, unit=unit, post=post, since=since, until=until)


def take_up(
    *, actor: Any, user: User, unit: Unit, post: Post, since: date, until: date | None = None
) -> Membership:
    """The same where something else gives it, an approved change of staff; inside the caller's
    transaction."""
    revision.renew()
    post.refresh_from_db()  # Its limit may be another one than when the form was opened.
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
    keep_groups()
    write(actor=actor, verb="people.membership.opened", about=seat)
    return seat


def _overlap(held: Membership, since: date, until: date | None) -> bool:
    return (until is None or held.since <= until) and (held.until is None or held.until >= since)


@transaction.atomic
def end_membership(*, actor: Any, membership: Membership, until: date) -> Membership:
    """The person leaves the post at the end of that day."""
    access.require(actor, "edit", membership)
    if membership.post.role == Role.ADMINISTRATOR and not _administrators(membership, until):
        raise Invalid(_("This is the last administrator. Give the post to somebody else first."))
    return give_up(actor=actor, membership=membership, until=until)


def _administrators(ending: Membership, until: date) -> bool:
    """Whether somebody else still administers the house the day after."""
    held = Membership.objects.on(until + timedelta(days=1)).exclude(pk=ending.pk)
    return held.filter(post__role=Role.ADMINISTRATOR, user__status=Status.ACTIVE).exists()


def give_up(*, actor: Any, membership: Membership, until: date) -> Membership:
    """The same where something else ends it, a closed account; inside the caller's transaction."""
    revision.renew()
    seat = lock(Membership.objects.all(), membership.pk)
    if until < seat.since:
        raise Invalid(fields={"until": [_("The last day lies before the first one.")]})
    changes = differences(snapshot(seat, ("until",)), {"until": until})
    seat.until = until
    seat.version += 1
    seat.save()
    keep_groups()
    write(actor=actor, verb="people.membership.ended", about=seat, changes=changes)
    return seat
