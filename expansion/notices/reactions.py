"""What other rooms announce and somebody has to hear of: accounts, shares, silent jobs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from expansion.notices.services import tell
from expansion.people.models import Role, User
from expansion.people.selectors import holders


def tell_new_password(*, actor: User, record: User) -> None:
    """Tells a person, by mail too, that the password of the account is another one."""
    own = actor is not None and actor.pk == record.pk
    title = _("Your password was changed") if own else _("An administrator has set your password")
    tell(
        people=[record],
        kind="people.password",
        title=title,
        text=_(
            "Every session and every token has ended. If you know nothing of it, speak to your "
            "superior today."
        ),
        url=reverse("me"),
        about=record,
        actor=actor,
        by_mail=True,
    )


def tell_link_made(*, actor: User, record: User) -> None:
    """Tells a person, by mail too, that there is a link with which the password can be set."""
    tell(
        people=[record],
        kind="people.password",
        title=_("An administrator has made a link for a new password of yours"),
        text=_("If you have not asked for it, speak to your superior today."),
        url=reverse("me"),
        about=record,
        actor=actor,
        by_mail=True,
    )


FACTOR_TITLES = {
    "added": _("A second factor was set up for your account"),
    "removed": _("A second factor of your account was removed"),
    "codes_renewed": _("New recovery codes were made for your account"),
    "code_used": _("Somebody has logged in to your account with a recovery code"),
    "taken_away": _("An administrator has taken the second factor of your account away"),
}


def tell_factor(*, actor: User, record: User, act: str) -> None:
    """Tells a person, by mail too, what has become of the second factor of the account."""
    tell(
        people=[record],
        kind="people.factor",
        title=FACTOR_TITLES[act],
        text=_("If you know nothing of it, speak to your superior today."),
        url=reverse("people:factor-list"),
        about=record,
        actor=actor,
        by_mail=True,
    )


def tell_rehearsed(*, actor: User, record: User, reason: str) -> None:
    """Tells a person that an administrator looks at the house as they see it, and why."""
    tell(
        people=[record],
        kind="people.rehearsal",
        title=format_lazy(_("{name} looks at the system as you see it"), name=actor.name),
        text=reason,
        url=reverse("people:person", args=[actor.pk]),
        actor=actor,
    )


def tell_sessions_ended(*, actor: User, record: User) -> None:
    """Tells a person that an administrator has logged them out everywhere."""
    tell(
        people=[record],
        kind="people.sessions",
        title=_("An administrator has ended all your sessions"),
        text=_("Log in again. If you do not know why, ask the administrator."),
        url=reverse("people:session-list"),
        about=record,
        actor=actor,
    )


def tell_draft_handed_over(*, actor: User, record: models.Model) -> None:
    """Tells the administrators that a draft of the rules waits for them: where the rulebook names
    nobody who approves it, they alone publish."""
    tell(
        people=holders(Role.ADMINISTRATOR),
        kind="rulebook.handed_over",
        title=format_lazy(
            _("{name} asks you to publish the rulebook’s draft {draft}"),
            name=actor.name,
            draft=str(record),
        ),
        text=_("Nobody else is named to approve it. Read what differs, then publish it."),
        url=record.get_absolute_url(),
        about=record,
        actor=actor,
    )


def tell_shared(
    *, actor: User, record: models.Model, people: Iterable[User], until: date, for_work: bool
) -> None:
    """Tells whom a record is shared with, until when and what for."""
    fresh = User.objects.filter(pk__in=[person.pk for person in people]).exclude(pk=actor.pk)
    words = {"name": actor.name, "record": str(record), "day": until}
    title = (
        _("{name} shares “{record}” with you until {day}, to work on it")
        if for_work
        else _("{name} shares “{record}” with you until {day}")
    )
    tell(
        people=fresh,
        kind="record.shared",
        title=format_lazy(title, **words),
        url=record.get_absolute_url(),  # type: ignore[attr-defined]
        about=record,
        actor=actor,
    )


def tell_silent_job(*, actor: Any, record: models.Model, **facts: Any) -> None:
    """Alarms the administrators once that a scheduled job has stopped running."""
    tell(
        people=holders(Role.ADMINISTRATOR),
        kind="jobs.silent",
        title=_("A scheduled job has stopped running"),
        text=record.label,  # type: ignore[attr-defined]
        url=record.get_absolute_url(),  # type: ignore[attr-defined]
        about=record,
        key=f"jobs.silent:{record.pk}:{record.alarmed_at:%Y%m%dT%H%M%S}",  # type: ignore[attr-defined]
    )
