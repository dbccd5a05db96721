"""Whom a decider asks besides: a signer before or after the own step, or instead (R-exp-05)."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from expansion import access, clock
from expansion.approvals import notifying
from expansion.approvals.approvers import SIGNER, holders_of
from expansion.approvals.models import Request, Step
from expansion.approvals.selectors import could_decide
from expansion.approvals.services import decidable, open_next, stamp_version
from expansion.approvals.wording import role_label
from expansion.audit.services import write
from expansion.errors import Forbidden, Invalid, NotNow, Refusal
from expansion.people.models import User
from expansion.records import lock
from expansion.rulebook.selectors import rules_of

LONGEST = 500  # characters of the reason
PLACES = (Step.Because.BEFORE, Step.Because.AFTER)


@transaction.atomic
def add_signer(
    *,
    actor: User,
    request: Request,
    person: User,
    place: str,
    reason: str,
    version: int | None = None,
) -> Request:
    """Asks another person to decide `before` or `after` the actor's own step.

    Asked before, the own step waits and comes again, and who held it reads on meanwhile; what the
    signer returns or rejects ends the round as any decider's would.

    Raises:
        NotNow: the rulebook lets nobody be added, or several decide together just now.
        Invalid: the person may not or need not be asked; the sentence says why.
        Forbidden, Stale: as with `decide`.
    """
    if place not in PLACES:
        raise Invalid(fields={"place": [_("Choose: before or after.")]})
    request = lock(Request.objects.all(), request.pk)
    step, holder = decidable(actor, request, version)
    _check(step, person, reason)
    if place == Step.Because.BEFORE and step.joint:
        raise NotNow(_("Several decide together here: ask the signer after it."))
    before = place == Step.Because.BEFORE
    order = step.order if before else step.order + 1
    _make_room(request, order)
    if before:
        step.refresh_from_db()
        step.status = Step.Status.WAITING
        # `opened_at` stays: whose turn it has been once may go on reading.
        step.due_at = step.remind_at = step.late_at = None
        step.save()
    role = f"{SIGNER}:{person.pk}"
    _new(step, person, actor, holder, reason, order=order, role=role, because=place)
    _note(actor, holder, request, "approvals.signer.added", person, reason)
    stamp_version(request)
    if before:
        open_next(request, actor)
        notifying.asked_no_more(request)
    return request


@transaction.atomic
def hand_on(
    *, actor: User, request: Request, person: User, reason: str, version: int | None = None
) -> Request:
    """Gives the own step to another person, who decides it within the time that is left.

    Only what one person alone holds is given away: of several, one would decide for all. What is
    beyond the authority of those before goes to holders of the same role only: from who stands in
    for it. Its own single holder has nobody to give it to.

    Raises:
        NotNow: the rulebook lets nothing be passed on, several hold the step, or nobody else does.
        Invalid: the person may not or need not be asked; the sentence says why.
        Forbidden: as with `decide`, and who acts for somebody.
        Stale: as with `decide`.
    """
    request = lock(Request.objects.all(), request.pk)
    step, holder = decidable(actor, request, version)
    if refusal := not_handed_on(step, holder):
        raise refusal
    _check(step, person, reason)
    _check_taker(step, person)
    step.status, step.closed_at = Step.Status.PASSED, clock.now()
    step.save(update_fields=["status", "closed_at"])
    new = _new(
        step,
        person,
        actor,
        holder,
        reason,
        order=step.order,
        role=step.role,
        joint=step.joint,
        because=step.because if _by_authority(step) else Step.Because.PASSED,
    )
    new.status, new.opened_at = Step.Status.OPEN, clock.now()
    new.due_at, new.late_at, new.remind_at = step.due_at, step.late_at, step.remind_at
    new.save()
    _note(actor, holder, request, "approvals.step.handed_on", person, reason)
    stamp_version(request)
    notifying.step_opened(new, actor)
    notifying.asked_no_more(request)
    return request


def not_handed_on(step: Step, principal: User | None) -> Refusal | None:
    """Why the own step cannot be handed on, whoever were to take it; None where it can.

    `principal` is for whom the person acts: a mandate ends, and what is handed on would outlast it.
    """
    if principal is not None:
        words = {"name": principal.name}
        return Forbidden(_("You act for %(name)s. Only %(name)s may pass this on.") % words)
    found = asked_of(step)
    if len(found) > 1:
        words = {"names": _(", ").join(person.name for person in found)}
        return NotNow(_held_by_several(step) % words)
    if takers(step) == []:
        words = {"role": role_label(step.role)}
        return NotNow(
            _(
                "This is beyond the authority of those before, and nobody else is “%(role)s”: "
                "decide it, or add a signer."
            )
            % words
        )
    return None


def _held_by_several(step: Step) -> str:
    if step.everyone:
        return _("All of them decide here: %(names)s. Nobody passes it on: add a signer instead.")
    return _("A colleague may decide this instead: %(names)s. Or add a signer.")


def asked_of(step: Step) -> list[User]:
    """Who holds the step in person, whether they have decided or not; one it was escalated to
    too."""
    found = [step.person] if step.person else holders_of(step.role, step.request.team)
    asked = dict.fromkeys([*found, step.escalated_to])
    return [one for one in asked if one and one.is_active and one.pk not in step.request.parties]


def takers(step: Step) -> list[User] | None:
    """To whom alone the step may go: the others of its role, where it asks for that role's
    authority. None where it may go to anybody."""
    if not _by_authority(step):
        return None
    held = asked_of(step)
    found = holders_of(step.role, step.request.team)
    return [one for one in found if one not in held and one.pk not in step.request.parties]


def _by_authority(step: Step) -> bool:
    return step.because == Step.Because.AUTHORITY


def _check_taker(step: Step, person: User) -> None:
    allowed = takers(step)
    if allowed is not None and person not in allowed:
        words = {"names": _(", ").join(one.name for one in allowed)}
        sentence = _("This is beyond the authority of those before: only %(names)s may take it.")
        raise Invalid(fields={"person": [sentence % words]})


def _check(step: Step, person: User, reason: str) -> None:
    request = step.request
    if not rules_of(request.rules_version).deciding.passing_on.value:
        raise NotNow(_("By the rulebook nobody is added to a chain."))
    if not reason.strip() or len(reason) > LONGEST:
        raise Invalid(fields={"reason": [_("Say why, in at most 500 characters.")]})
    if refusal := _why_not(step, person):
        raise Invalid(fields={"person": [refusal % {"name": person.name}]})


def _why_not(step: Step, person: User) -> str:
    """Why this person is not asked; empty where nothing stands in the way."""
    request = step.request
    if not person.is_active:
        return _("%(name)s has left or has not begun.")
    if person.pk in request.parties:
        return _("It is a matter of %(name)s's own, and nobody decides those.")
    asked = request.steps.filter(status__in=[Step.Status.WAITING, Step.Status.OPEN])
    if any(one.person_id == person.pk or could_decide(person, one) for one in asked):
        return _("%(name)s is asked in this chain anyway.")
    if is_kept(request) and not access.can(person, "view", request.about):
        return _("%(name)s may not see this: it is confidential.")
    return ""


def is_kept(request: Request) -> bool:
    """Whether its level keeps the record from some who would see it otherwise."""
    return bool(access.rule_of(Request).kept(request))


def _make_room(request: Request, order: int) -> None:
    """Moves what comes from this order on by one, the last first."""
    for step in request.steps.filter(order__gte=order).order_by("-order", "-pk"):
        step.order += 1
        step.save(update_fields=["order"])


def _new(
    step: Step, person: User, actor: User, holder: User | None, reason: str, **place: Any
) -> Step:
    return Step.objects.create(
        request=step.request,
        person=person,
        added_by=actor,
        added_for=holder,
        added_why=reason.strip(),
        limit=step.limit,
        remind_before=step.remind_before,
        **place,
    )


def _note(
    actor: User, holder: User | None, request: Request, verb: str, person: User, reason: str
) -> None:
    write(
        actor=actor,
        verb=verb,
        about=request.about,
        changes={"person": [None, person.name], "reason": [None, reason.strip()]},
        for_person=holder,
    )
