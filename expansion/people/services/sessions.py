"""Ending sessions: one, all others, or all that a person has."""

from django.db import transaction
from django.utils.translation import gettext as _

from expansion import access
from expansion.audit.services import write
from expansion.errors import Forbidden, NotNow
from expansion.offers import announce
from expansion.people.models import LoginSession, User
from expansion.people.sessions import sessions_of
from expansion.records import lock


@transaction.atomic
def end_session(*, actor: User, session: LoginSession, here: str) -> User:
    """Ends one of the person's own sessions; `here` is the key of the one that asks for it.

    Raises:
        NotNow: it is the one that asks; logging out ends that.
    """
    if session.session_key == here:
        raise NotNow(_("This is the session you are using. Log out instead."))
    ended = session.device
    LoginSession.objects.filter(person=actor, pk=session.pk).delete()
    write(actor=actor, verb="people.login.ended", about=actor, changes={"device": [ended, None]})
    return actor


@transaction.atomic
def end_other_sessions(*, actor: User, here: str) -> User:
    """Ends every session of the person except the one with the key `here`."""
    others = sessions_of(actor).exclude(pk=here)
    count = others.count()
    LoginSession.objects.filter(person=actor).exclude(pk=here).delete()
    if count:
        changes = {"count": [None, count]}
        write(actor=actor, verb="people.login.others_ended", about=actor, changes=changes)
    return actor


@transaction.atomic
def end_all_sessions(*, actor: User, record: User, reason: str = "") -> User:
    """An administrator ends every session of somebody else, who is told; tokens stay.

    Raises:
        Forbidden: the actor is no administrator, or it is the own account.
    """
    access.require(actor, "edit", record)
    if record.pk == actor.pk:
        raise Forbidden(_("Your own sessions stand on your own page."))
    user = lock(User.objects.all(), record.pk)
    user.sessions_ended += 1
    user.version += 1
    user.save(update_fields=["sessions_ended", "version", "updated_at"])
    LoginSession.objects.filter(person=user).delete()
    changes = {"reason": [None, reason]}
    write(actor=actor, verb="people.login.all_ended", about=user, changes=changes)
    announce("people.sessions.ended", actor=actor, record=user)
    return user
