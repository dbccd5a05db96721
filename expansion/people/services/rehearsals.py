"""A rehearsal is begun and ended; the person is told of both ends by one notice and the trail."""

from django.db import transaction
from django.utils.translation import gettext as _

from expansion import access
from expansion.audit.services import write
from expansion.errors import Forbidden, Invalid
from expansion.offers import announce
from expansion.people.models import User


@transaction.atomic
def begin_rehearsal(*, actor: User, record: User, reason: str) -> User:
    """The actor may look as this person does; the person is told who and why.

    Raises:
        Forbidden: the actor is no administrator, or means the own account.
        Invalid: nobody logs in as this person at present.
    """
    access.require(actor, "rehearse", record)
    if actor.pk == record.pk:
        raise Forbidden(_("You see your own pages anyway. Choose somebody else."))
    if not record.is_active:
        raise Invalid(_("%(name)s does not log in at present.") % {"name": record.name})
    changes = {"reason": [None, reason]}
    write(actor=actor, verb="people.rehearsal.begun", about=record, changes=changes)
    announce("people.rehearsal.begun", actor=actor, record=record, reason=reason)
    return record


@transaction.atomic
def end_rehearsal(*, actor: User, record: User) -> User:
    write(actor=actor, verb="people.rehearsal.ended", about=record)
    return record
