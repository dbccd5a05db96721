"""What an approved change of staff does on its day: accounts, posts and rights, handovers.

It happens once, by the nightly job, with the last approval where the day has come, or by hand.
"""

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.functional import lazystr
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import access, clock, offers
from expansion.audit.services import write
from expansion.errors import Invalid, NotNow, Refusal
from expansion.notices.services import tell
from expansion.office.models import Handover, PersonnelChange
from expansion.office.selectors.personnel import due
from expansion.office.services import handovers
from expansion.office.services.openings import fill_when_complete
from expansion.people.models import Membership, Role, Status, User
from expansion.people.selectors import holders
from expansion.people.services.accounts import let_join
from expansion.people.services.posts import give_up, take_up
from expansion.records import lock
from expansion.ui import formats

Kind, Stand = PersonnelChange.Kind, PersonnelChange.Status
EVENT = "personnel.effective"


@transaction.atomic
def make_effective(*, actor: User, record: PersonnelChange) -> PersonnelChange:
    """An approved change takes effect by hand, on its day or later.

    Raises:
        Forbidden: changes of staff are not part of the actor's role.
        NotNow: it is not approved, has taken effect, or its day has not come.
        Invalid: a post is full, or something else stands against it.
    """
    access.require(actor, "effect", record)
    change = lock(PersonnelChange.objects.all(), record.pk)
    if change.status != Stand.APPROVED:
        raise NotNow(_("This change is: %(status)s.") % {"status": change.get_status_display()})
    if change.effective_on > clock.today():
        sentence = _("It takes effect on %(day)s, not before.")
        raise NotNow(sentence % {"day": formats.day_as("full", change.effective_on)})
    return _take_effect(actor, change)


def make_due_effective() -> dict[str, int]:
    """Every approved change whose day has come, each by itself; what is held up stays approved.

    Running it again changes nothing.
    """
    made = [take_effect_if_due(actor=None, pk=pk) for pk in due().values_list("pk", flat=True)]
    return {"effective": sum(made), "held_up": len(made) - sum(made)}


@transaction.atomic
def take_effect_if_due(*, actor: User | None, pk: int) -> bool:
    """Whether the change has taken effect now. What stands against it is noted at the change, and
    manager and HR are told once; it stays approved and is tried again the next night."""
    change = lock(PersonnelChange.objects.all(), pk)
    if change.status != Stand.APPROVED or change.effective_on > clock.today():
        return False
    try:
        with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
            _take_effect(actor, change)
    except Refusal as refusal:
        _hold_up(actor, lock(PersonnelChange.objects.all(), pk), refusal.message)
        return False
    return True


def _take_effect(actor: User | None, change: PersonnelChange) -> PersonnelChange:
    day = max(change.effective_on, clock.today())
    if change.person and change.person.status == Status.LEFT:
        raise NotNow(_("%(name)s has left.") % {"name": change.person.name})
    if change.kind == Kind.HIRE:
        _hire(actor, change, day)
    elif change.kind == Kind.DISMISSAL:
        _dismiss(actor, change)
    else:
        _move(actor, change, day)
    changes = {"status": [change.status, Stand.EFFECTIVE]}
    change.status, change.effective_at, change.held_up = Stand.EFFECTIVE, clock.now(), ""
    change.version += 1
    change.save()
    write(actor=actor, verb="office.change.effective", about=change, changes=changes)
    if change.candidate:
        fill_when_complete(actor=actor, opening=change.candidate.opening)
    _tell(actor, change)
    offers.announce(EVENT, actor=actor, record=change)
    return change


def _hire(actor: User | None, change: PersonnelChange, day: date) -> None:
    """The account, invited, in its post; an administrator makes the link that opens it."""
    person = let_join(
        actor=actor,
        username=change.username,
        name=change.name,
        email=change.email,
        phone=change.phone,
    )
    _seat(actor, change, person, day)
    change.person = person
    tell(
        people=holders(Role.ADMINISTRATOR),
        kind="office.change.account",
        title=format_lazy(lazy("{name} joins: make the invitation link"), name=person.name),
        url=person.get_absolute_url(),
        about=person,
        actor=actor,
    )


def _move(actor: User | None, change: PersonnelChange, day: date) -> None:
    """The old posts end the evening before, the new one begins; rights follow from the seats."""
    last = day - timedelta(days=1)
    seats = change.seats.select_related("post")
    for seat in seats:
        if seat.until is not None and seat.until <= last:
            continue
        if seat.since > last:
            _refuse_fresh(seat)
        give_up(actor=actor, membership=seat, until=last)
    _seat(actor, change, change.person, day)


def _refuse_fresh(seat: Membership) -> None:
    words = {"post": seat.post, "day": formats.day_as("full", seat.since)}
    raise Invalid(_("%(post)s was taken up on %(day)s only: it can end the day after.") % words)


def _seat(actor: User | None, change: PersonnelChange, person: User | None, day: date) -> None:
    unit, post = change.to_unit, change.to_post
    if person is None or unit is None or post is None:
        raise LookupError(f"{change!r} leads nowhere.")  # The database keeps none of these.
    take_up(actor=actor, user=person, unit=unit, post=post, since=day)


def _dismiss(actor: User | None, change: PersonnelChange) -> None:
    """A handover is opened; where one is under way already it is that one. Posts and account end
    when HR closes it (R-exp-19).

    Receivers read the handover: it says that somebody goes, and not why.
    """
    person = lock(User.objects.all(), change.person_id)
    running = Handover.objects.filter(person=person, undone_at=None)
    change.handover = running.exclude(status=Handover.Status.CLOSED).order_by("-pk").first()
    if change.handover is None:
        change.handover = handovers.begin(
            actor=actor,
            opened_by=change.owner,
            person=person,
            last_day=change.effective_on,
            reason=_departure(),
        )


def _departure() -> str:
    with translation.override(settings.LANGUAGE_CODE):
        return _("Leaves the department")


def _hold_up(actor: User | None, change: PersonnelChange, sentence: str) -> None:
    """Noted and told once: the same sentence again changes nothing."""
    sentence = sentence[:500]
    if sentence == change.held_up:
        return
    changes = {"held_up": [change.held_up, sentence]}
    change.held_up = sentence
    change.version += 1
    change.save()
    write(actor=actor, verb="office.change.held_up", about=change, changes=changes)
    tell(
        people=_staffing(change),
        kind="office.change.held_up",
        title=format_lazy(lazy("Did not take effect: {change}"), change=lazystr(change)),
        text=sentence,
        url=change.get_absolute_url(),
        about=change,
        actor=actor,
    )


def _tell(actor: User | None, change: PersonnelChange) -> None:
    """Those who staff the department and the person; not who has just done it."""
    told = _staffing(change) + ([change.person] if change.person else [])
    tell(
        people=[one for one in told if actor is None or one.pk != actor.pk],
        kind="office.change.effective",
        title=format_lazy(lazy("In effect: {change}"), change=lazystr(change)),
        url=change.get_absolute_url(),
        about=change,
        actor=actor,
    )


def _staffing(change: PersonnelChange) -> list[User]:
    return [change.owner, *holders(Role.HR), *holders(Role.MANAGER)]
