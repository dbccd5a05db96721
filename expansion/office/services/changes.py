"""Changes of staff: proposed, decided by the chain of the regulation, withdrawn (R-exp-24, E5-18).

What becomes of an approved one on its day stands in `effects`.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.functional import lazy as later
from django.utils.functional import lazystr
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import access, clock
from expansion.approvals.models import Request
from expansion.approvals.services import submit
from expansion.audit.services import write
from expansion.errors import Invalid, NotNow
from expansion.notices.services import tell
from expansion.office.models import Candidate, Opening, PersonnelChange
from expansion.office.selectors.personnel import hires_of, seats_on, under_way
from expansion.office.services.effects import take_effect_if_due
from expansion.office.services.staffing import refuse_place
from expansion.people.models import Membership, Post, Status, Unit, User
from expansion.people.services.accounts import refuse_taken
from expansion.records import differences, lock, snapshot
from expansion.rulebook.schema import Rules
from expansion.ui import formats

Kind, Stand = PersonnelChange.Kind, PersonnelChange.Status
MOVES = (Kind.TRANSFER, Kind.ROTATION, Kind.DEMOTION)
SHARED = ("effective_on", "reason", "source_case")
PLACE = ("to_unit", "to_post")
OF_A_HIRE = ("name", "username", "email", "phone")
# Of these the person hears from people, not from a notice, before they take effect.
TOLD_IN_PERSON = (Kind.DEMOTION, Kind.DISMISSAL)


@transaction.atomic
def propose_change(
    *,
    actor: User,
    rules: Rules,
    kind: str,
    person: User,
    effective_on: date,
    reason: str,
    seats: Collection[Membership] = (),
    to_unit: Unit | None = None,
    to_post: Post | None = None,
    source_case: str = "",
) -> PersonnelChange:
    """Proposes to move or to dismiss somebody, and hands it to the chain of the regulation.

    `seats` are the posts given up for the new one; who is dismissed gives up all of them.

    Raises:
        Forbidden: changes of staff are not part of the actor's role.
        NotNow: a change of this person is under way, or nobody could decide it.
        Invalid: the person, the posts, the place or the day does not hold; the post is full.
    """
    access.require(actor, "create", PersonnelChange)
    person = lock(User.objects.all(), person.pk)
    if kind not in (*MOVES, Kind.DISMISSAL):
        raise Invalid(fields={"kind": [_("Somebody new is hired from among the candidates.")]})
    _refuse_person(actor, person)
    seats = _given_up(kind, person, seats, effective_on)
    moved = kind in MOVES
    change = PersonnelChange(
        kind=kind,
        owner=actor,
        team=seats[0].unit,
        person=person,
        to_unit=to_unit if moved else None,
        to_post=to_post if moved else None,
        effective_on=effective_on,
        reason=reason,
        source_case=source_case,
    )
    _refuse_day(change)
    if moved:
        refuse_place(change, seats)
    return _proposed(change, seats, actor, rules)


def _refuse_person(actor: User, person: User) -> None:
    if person.pk == actor.pk:
        raise Invalid(fields={"person": [_("Nobody proposes a change of their own person.")]})
    if person.status == Status.LEFT:
        raise Invalid(fields={"person": [_("%(name)s has left.") % {"name": person.name}]})
    if under_way(person=person).exists():
        raise NotNow(_("A change of %(name)s is under way already.") % {"name": person.name})


def _given_up(
    kind: str, person: User, seats: Collection[Membership], day: date
) -> list[Membership]:
    """The person's posts of the department that end: those chosen, or all with a dismissal."""
    held = list(seats_on(max(day, clock.today())).filter(user=person))
    chosen = {seat.pk for seat in seats} if kind in MOVES else {seat.pk for seat in held}
    if not chosen or chosen - {seat.pk for seat in held}:
        sentence = _("Choose posts of the department that %(name)s holds on that day.")
        raise Invalid(fields={"seats": [sentence % {"name": person.name}]})
    return [seat for seat in held if seat.pk in chosen]


def _refuse_day(change: PersonnelChange) -> None:
    if change.effective_on < clock.today():
        raise Invalid(fields={"effective_on": [_("This day has passed. Choose today or later.")]})


@transaction.atomic
def propose_hire(
    *,
    actor: User,
    rules: Rules,
    candidate: Candidate,
    username: str,
    effective_on: date,
    reason: str,
    source_case: str = "",
    **contact: str,
) -> PersonnelChange:
    """Proposes to hire a chosen candidate for the place of the opening.

    `contact` is name, e-mail and phone of the account to be; what is not given is the candidate's.

    Raises:
        Forbidden: changes of staff are not part of the actor's role.
        NotNow: the candidate is not chosen, the opening not open, or its places are all taken.
        Invalid: user name, e-mail or phone are somebody's already; the day; the post is full.
    """
    access.require(actor, "create", PersonnelChange)
    opening = lock(Opening.objects.select_related("team", "post"), candidate.opening_id)
    candidate = lock(Candidate.objects.all(), candidate.pk)
    _refuse_candidate(candidate, opening)
    change = PersonnelChange(
        kind=Kind.HIRE,
        owner=actor,
        team=opening.team,
        candidate=candidate,
        to_unit=opening.team,
        to_post=opening.post,
        username=username,
        effective_on=effective_on,
        reason=reason,
        source_case=source_case,
    )
    for name in ("name", "email", "phone"):
        setattr(change, name, contact.get(name) or getattr(candidate, name))
    _refuse_day(change)
    refuse_account(change)
    refuse_place(change, [])
    return _proposed(change, [], actor, rules)


def _refuse_candidate(candidate: Candidate, opening: Opening) -> None:
    if candidate.decision != Candidate.Decision.CHOSEN:
        raise NotNow(_("Choose the candidate first, then propose to hire them."))
    if opening.status != Opening.Status.OPEN:
        raise NotNow(_("This opening is: %(status)s.") % {"status": opening.get_status_display()})
    if candidate.hires.filter(status__in=PersonnelChange.LIVE).exists():
        sentence = _("%(name)s is being hired or has been.")
        raise NotNow(sentence % {"name": candidate.name})
    if hires_of(opening).count() >= opening.places:
        raise NotNow(_("All places of this opening are taken by hires under way."))


def refuse_account(change: PersonnelChange) -> None:
    """
    Raises:
        Invalid: an account, or another hire under way, has user name, e-mail or phone already.
    """
    refuse_taken(change.username, {"email": change.email, "phone": change.phone})
    others = under_way().filter(kind=Kind.HIRE).exclude(pk=change.pk)
    for name in ("username", "email", "phone"):
        value = getattr(change, name)
        if value and others.filter(**{f"{name}__iexact": value}).exists():
            raise Invalid(fields={name: [_("Another hire under way has it already.")]})


def _proposed(
    change: PersonnelChange, seats: list[Membership], actor: User, rules: Rules
) -> PersonnelChange:
    change.save()
    change.seats.set(seats)
    changes = {"kind": [None, change.kind], "effective_on": [None, change.effective_on]}
    write(actor=actor, verb="office.change.proposed", about=change, changes=changes)
    submit(actor=actor, record=change, rules=rules)
    return change


@transaction.atomic
def update_change(
    *, actor: User, record: PersonnelChange, version: int | None = None, **values: Any
) -> PersonnelChange:
    """Puts right what was returned: day, reason, place, or the account to be.

    Raises:
        Stale: somebody has changed it since `version`.
        NotNow: it is not returned.
        Invalid: as for a new one.
    """
    access.require(actor, "edit", record)
    change = _standing(record, Stand.RETURNED, version=version)
    hire, moved = change.kind == Kind.HIRE, change.kind in MOVES
    fields = (*SHARED, *(OF_A_HIRE if hire else ()), *(PLACE if moved else ()))
    before = _in_words(change, fields)
    for name in fields:
        setattr(change, name, values.get(name, getattr(change, name)))
    _check(change)
    change.version += 1
    change.save()
    changes = differences(before, _in_words(change, fields))
    write(actor=actor, verb="office.change.changed", about=change, changes=changes)
    return change


def _in_words(change: PersonnelChange, fields: tuple[str, ...]) -> dict[str, Any]:
    """What the trail keeps: unit and post by name."""
    named = {name: str(getattr(change, name)) for name in PLACE if name in fields}
    return snapshot(change, fields) | named


def _check(change: PersonnelChange) -> None:
    _refuse_day(change)
    if change.kind == Kind.HIRE:
        refuse_account(change)
    if change.kind != Kind.DISMISSAL:
        refuse_place(change, list(change.seats.all()))


@transaction.atomic
def submit_change(
    *, actor: User, record: PersonnelChange, rules: Rules, comment: str = ""
) -> PersonnelChange:
    """Hands a returned change to its chain again.

    Raises:
        NotNow: it is not returned, or nobody could decide it.
        Invalid: what it rests on does not hold any more.
    """
    access.require(actor, "submit", record)
    change = _standing(record, Stand.RETURNED)
    _check(change)
    _move(change, Stand.PROPOSED, actor)
    submit(actor=actor, record=change, rules=rules, comment=comment)
    return change


def change_approved(record: PersonnelChange, actor: User, request: Request) -> None:
    """After the last approval: it waits for its day, and where that has come it takes effect."""
    change = lock(PersonnelChange.objects.all(), record.pk)
    change.approved_at = clock.now()
    _move(change, Stand.APPROVED, actor)
    if not take_effect_if_due(actor=actor, pk=change.pk):
        _tell_person(change, actor)


def _tell_person(change: PersonnelChange, actor: User) -> None:
    if change.person is None or change.kind in TOLD_IN_PERSON:
        return
    tell(
        people=[change.person],
        kind="office.change.approved",
        title=format_lazy(
            lazy("Approved: {change}, from {day}"),
            change=lazystr(change),
            day=later(formats.day_as, str)("full", change.effective_on),
        ),
        url=change.get_absolute_url(),
        about=change,
        actor=actor,
    )


def change_returned(record: PersonnelChange, actor: User, request: Request) -> None:
    _move(lock(PersonnelChange.objects.all(), record.pk), Stand.RETURNED, actor)


def change_rejected(record: PersonnelChange, actor: User, request: Request) -> None:
    _move(lock(PersonnelChange.objects.all(), record.pk), Stand.REJECTED, actor)


def change_withdrawn(record: PersonnelChange, actor: User, request: Request) -> None:
    _move(lock(PersonnelChange.objects.all(), record.pk), Stand.WITHDRAWN, actor)


@transaction.atomic
def withdraw_change(*, actor: User, record: PersonnelChange, reason: str) -> PersonnelChange:
    """Calls off what was returned, or approved and has not taken effect.

    What is being decided is withdrawn from its approval, by who submitted it.

    Raises:
        Forbidden: changes of staff are not part of the actor's role.
        NotNow: it is in another state.
    """
    access.require(actor, "withdraw", record)
    change = _standing(record, Stand.RETURNED, Stand.APPROVED)
    _move(change, Stand.WITHDRAWN, actor, reason)
    return change


def _standing(record: PersonnelChange, *states: str, version: int | None = None) -> PersonnelChange:
    """The change, locked, in one of these states."""
    change = lock(PersonnelChange.objects.all(), record.pk, version=version)
    if change.status not in states:
        raise NotNow(_("This change is: %(status)s.") % {"status": change.get_status_display()})
    return change


def _move(change: PersonnelChange, status: Stand, actor: User, reason: str = "") -> None:
    changes = {"status": [change.status, status]}
    if reason:
        changes["reason"] = [None, reason]
    change.status = status
    change.version += 1
    change.save()
    write(actor=actor, verb=f"office.change.{status}", about=change, changes=changes)
