"""Openings: what a unit looks for, from the draft until the last place is filled (R-exp-24)."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Invalid, NotNow
from expansion.notices.services import tell
from expansion.office.models import Opening
from expansion.office.selectors.personnel import OF_THE_DEPARTMENT, UNDER_WAY, hires_of, vacancies
from expansion.people.models import Post, Role, Unit, User
from expansion.people.selectors import holders
from expansion.records import differences, lock, snapshot

Status = Opening.Status
TRANSITIONS = {
    Status.DRAFT: (Status.OPEN, Status.WITHDRAWN),
    Status.OPEN: (Status.FILLED, Status.WITHDRAWN),
    Status.FILLED: (),
    Status.WITHDRAWN: (),
}
FIELDS = ("team", "post", "places", "duties", "skills", "traits", "reason", "wanted_on")


@transaction.atomic
def create_opening(
    *,
    actor: User,
    team: Unit,
    post: Post,
    skills: str,
    reason: str,
    wanted_on: date,
    places: int = 1,
    duties: str = "",
    traits: str = "",
) -> Opening:
    """A draft of what is looked for.

    Raises:
        Forbidden: recruiting is not part of the actor's role.
        Invalid: more places than the post has vacant, it is no post of the department, or the day
            has passed.
    """
    access.require(actor, "create", Opening)
    _refuse_past(wanted_on)
    opening = Opening(
        owner=actor,
        team=team,
        post=post,
        places=places,
        duties=duties,
        skills=skills,
        traits=traits,
        reason=reason,
        wanted_on=wanted_on,
    )
    _check(opening)
    opening.save()
    changes = {"post": [None, str(post)], "places": [None, places]}
    write(actor=actor, verb="office.opening.created", about=opening, changes=changes)
    return opening


@transaction.atomic
def update_opening(
    *, actor: User, record: Opening, version: int | None = None, **values: Any
) -> Opening:
    """Changes what is looked for, while it is a draft or open.

    Raises:
        Stale: somebody has changed it since `version`.
        NotNow: it is closed.
        Invalid: as for a new one, or fewer places than are hired for already.
    """
    access.require(actor, "edit", record)
    opening = lock(Opening.objects.all(), record.pk, version=version)
    if not TRANSITIONS[Status(opening.status)]:
        raise NotNow(_("This opening is: %(status)s.") % {"status": opening.get_status_display()})
    before = _in_words(opening)
    if values.get("wanted_on", opening.wanted_on) != opening.wanted_on:
        _refuse_past(values["wanted_on"])
    for name, value in values.items():
        setattr(opening, name, value)
    _check(opening)
    opening.version += 1
    opening.save()
    changes = differences(before, _in_words(opening))
    write(actor=actor, verb="office.opening.changed", about=opening, changes=changes)
    return opening


def _refuse_past(day: date) -> None:
    """Only of a day that is chosen now: one that has come meanwhile stays as it was."""
    if day < clock.today():
        raise Invalid(fields={"wanted_on": [_("This day has passed. Choose today or later.")]})


def _in_words(opening: Opening) -> dict[str, Any]:
    """What the trail keeps: unit and post by name."""
    return snapshot(opening, FIELDS) | {"team": str(opening.team), "post": str(opening.post)}


def _check(opening: Opening) -> None:
    wrong: dict[str, list[str]] = {}
    if opening.post.role not in OF_THE_DEPARTMENT:
        wrong["post"] = [_("This is no post of the department.")]
    if opening.team.kind == Unit.Kind.OUTSIDE:
        wrong["team"] = [_("This unit is not part of the department.")]
    if opening.places < 1:
        wrong["places"] = [_("An opening has one place at least.")]
    elif sentence := over_headcount(opening):
        wrong["places"] = [sentence]
    if opening.pk and opening.places < hires_of(opening).count():
        wrong["places"] = [_("More people are hired for it already.")]
    if wrong:
        raise Invalid(fields=wrong)


def over_headcount(opening: Opening) -> str:
    """The sentence that more is looked for than the post has vacant; empty where it is not.

    Who is hired for this opening already fills places of it and of the post alike.
    """
    free = vacancies(opening.post, opening.wanted_on, opening=opening)
    if free is None:
        return ""
    free = max(free + (hires_of(opening, *UNDER_WAY).count() if opening.pk else 0), 0)
    left = opening.places - (_arrived(opening) if opening.pk else 0)
    if left <= free:
        return ""
    return ngettext(
        "%(post)s: %(free)d place is vacant by then, of %(limit)d. "
        "Ask for fewer, or set a higher limit first.",
        "%(post)s: %(free)d places are vacant by then, of %(limit)d. "
        "Ask for fewer, or set a higher limit first.",
        free,
    ) % {"post": opening.post, "free": free, "limit": opening.post.headcount}


def _arrived(opening: Opening) -> int:
    return hires_of(opening, "effective").count()


@transaction.atomic
def open_opening(*, actor: User, record: Opening) -> Opening:
    """Recruiting begins; HR is told.

    Raises:
        Forbidden: recruiting is not part of the actor's role.
        NotNow: it is no draft any more.
        Invalid: the post has fewer vacancies by now.
    """
    access.require(actor, "open", record)
    opening = _entering(record, Status.OPEN)
    _check(opening)
    opening.opened_at = clock.now()
    _enter(opening, Status.OPEN, actor)
    tell(
        people=[one for one in holders(Role.HR) if one.pk != actor.pk],
        kind="office.opening.open",
        title=format_lazy(lazy("New opening: {opening}"), opening=str(opening)),
        url=opening.get_absolute_url(),
        about=opening,
        actor=actor,
    )
    return opening


@transaction.atomic
def fill_opening(*, actor: User, record: Opening) -> Opening:
    """Closes an opening as filled, also with fewer people than it asked for.

    Raises:
        Forbidden: recruiting is not part of the actor's role.
        NotNow: it is not open, or a hire for it has not taken effect yet.
    """
    access.require(actor, "close", record)
    opening = _entering(record, Status.FILLED)
    _refuse_while_hiring(opening)
    return _enter(opening, Status.FILLED, actor)


def fill_when_complete(*, actor: User | None, opening: Opening) -> None:
    """An open one whose last place somebody has taken up; inside the caller's transaction."""
    opening = lock(Opening.objects.all(), opening.pk)
    if opening.status == Status.OPEN and _arrived(opening) >= opening.places:
        _enter(opening, Status.FILLED, actor)


@transaction.atomic
def withdraw_opening(*, actor: User, record: Opening, reason: str) -> Opening:
    """Nobody is looked for any more; the candidates stay as they are.

    Raises:
        Forbidden: recruiting is not part of the actor's role.
        NotNow: it is closed, or a hire for it has not taken effect yet.
    """
    access.require(actor, "close", record)
    opening = _entering(record, Status.WITHDRAWN)
    _refuse_while_hiring(opening)
    opening.closing_reason = reason.strip()[:500]
    return _enter(opening, Status.WITHDRAWN, actor, reason=reason)


def _refuse_while_hiring(opening: Opening) -> None:
    names = [one.whom for one in hires_of(opening, *UNDER_WAY)]
    if names:
        sentence = _("A hire is under way for it: %(names)s. Wait for it or withdraw it first.")
        raise NotNow(sentence % {"names": _(", ").join(names)})


def _entering(record: Opening, status: Status) -> Opening:
    """The opening, locked, in a state that leads to `status`."""
    opening = lock(Opening.objects.select_related("post", "team"), record.pk)
    if status not in TRANSITIONS[Status(opening.status)]:
        raise NotNow(_("This opening is: %(status)s.") % {"status": opening.get_status_display()})
    return opening


def _enter(opening: Opening, status: Status, actor: User | None, reason: str = "") -> Opening:
    changes = {"status": [opening.status, status]}
    if reason:
        changes["reason"] = [None, reason]
    opening.status = status
    if not TRANSITIONS[status]:
        opening.closed_at = clock.now()
    opening.version += 1
    opening.save()
    write(actor=actor, verb=f"office.opening.{status}", about=opening, changes=changes)
    return opening
