"""Who decides: a chain of the rulebook turned into people, never the parties themselves (law 6)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.db.models import Q
from django.utils.translation import gettext as _

from expansion import clock
from expansion.access import Seat
from expansion.approvals.chains import Asked
from expansion.approvals.wording import role_label
from expansion.errors import NotNow
from expansion.people.models import Membership, Role, Unit, User
from expansion.people.selectors import holders, superior_of, unit_by_key
from expansion.rulebook.deciding import Deciding
from expansion.rulebook.values import parts

SUPERIOR = "superior"
NAMED = "person"
SIGNER = "signer"  # the role of a step that a decider has added
# Posts of the one line upwards. Their holders do not stand in for each other: the next level does.
LINE = (Role.LEADER, Role.DEPUTY, Role.MANAGER)


@dataclass(frozen=True)
class Link:
    """One planned step; `person` where it comes down to one, `skipped` where a later one covers."""

    role: str
    deciders: frozenset[int]
    person: User | None = None
    skipped: bool = False
    order: int = 0
    joint: str = ""
    because: str = ""


@dataclass(frozen=True)
class Matter:
    """Whose matter is decided, and in which team."""

    submitter: User
    parties: frozenset[int]
    team: Unit


def planned(chain: Iterable[Asked], matter: Matter, ways: Deciding) -> list[Link]:
    """The steps of a chain for this matter, those that are decided together under one order.

    A step whose only holder is a party goes to that person's superior; an unfilled post of the line
    goes to the manager, the manager's own to the leadership, or nothing can be submitted, as the
    rulebook says. A step that comes down to one person who decides later in the chain anyway is
    skipped, so that nobody is asked twice, unless the rulebook asks at each step.

    Raises:
        NotNow: nobody is left who could decide a step.
    """
    links = [
        link
        for order, one in enumerate(chain, start=1)
        for link in _links(order, one, matter, ways)
    ]
    if ways.repeated.value == "each_step":
        return links
    return [replace(link, skipped=_is_asked_later(link, links)) for link in links]


def _links(order: int, asked: Asked, matter: Matter, ways: Deciding) -> Iterator[Link]:
    """Where any one of several decides, who has no holder of their own is left out."""
    joint, roles = parts(asked.step)
    if joint == "any":
        roles = tuple(role for role in roles if _is_held(role, matter)) or roles[:1]
    for role in roles:
        link = _link(role, matter, ways)
        together = joint if len(roles) > 1 else ""
        yield replace(link, order=order, joint=together, because=asked.because)


def _is_held(role: str, matter: Matter) -> bool:
    if role == SUPERIOR:
        return above(matter.submitter, matter.parties) is not None
    return any(one.pk not in matter.parties for one in holders_of(role, matter.team))


def _is_asked_later(link: Link, links: list[Link]) -> bool:
    """Whom a step names is asked later where one of several; whose post is held by nobody else,
    where that person and nobody else decides later."""
    later = [one for one in links if one.order > link.order]
    if link.person is not None:
        return any(link.person.pk in one.deciders for one in later)
    if len(link.deciders) != 1 or link.joint == "any":
        return False
    return any(one.deciders == link.deciders and one.joint != "any" for one in later)


def holders_of(role: str, team: Unit) -> list[User]:
    """Who holds a role of a chain today, in person, for records of this team."""
    kind, _colon, key = role.partition(":")
    if kind == NAMED:
        return list(User.objects.active().filter(username__iexact=key))
    if kind == "post":
        return _seated(post__key=key)
    if kind == "department":
        return _seated(unit__key=key)
    if kind == "team":
        unit = unit_by_key(key)
        return holders(Role.LEADER, unit=unit.pk) if unit else []
    return holders(role, unit=team.pk if role in LINE else None)


def answers(seat: Seat, role: str, unit: int) -> bool:
    """Whether the seat is this role for a matter of the unit: a post of the line is it over its own
    units, every other role over all."""
    return seat.role == role and (role not in LINE or unit in seat.units)


def answering(seat: Seat, *, role: str, unit: str) -> Q:
    """The same as a condition; `role` and `unit` name the columns."""
    same = Q(**{role: seat.role})
    return same & Q(**{f"{unit}__in": sorted(seat.units)}) if seat.role in LINE else same


def _seated(**where: str) -> list[User]:
    held = Membership.objects.on(clock.today()).filter(**where)
    return list(User.objects.active().filter(pk__in=held.values("user_id")))


def _link(role: str, matter: Matter, ways: Deciding) -> Link:
    if role == SUPERIOR:
        return _pinned(role, above(matter.submitter, matter.parties))
    found = holders_of(role, matter.team)
    free = [person for person in found if person.pk not in matter.parties]
    if role.startswith(f"{NAMED}:") and free:
        return _pinned(role, free[0])
    if free and (free == found or role not in LINE):
        return Link(role, frozenset(person.pk for person in free))
    held = [person for person in found if person.pk in matter.parties]
    if not held and ways.vacant.value == "refused":
        return _pinned(role, None)
    return _pinned(role, above(held[0], matter.parties) if held else _manager(role, matter))


def replacing(role: str, matter: Matter, ways: Deciding) -> Link | None:
    """Who decides a step that nobody can decide any more, as if it were submitted today; None where
    somebody has to fill the post first."""
    try:
        return _link(role, matter, ways)
    except NotNow:
        return None


def _pinned(role: str, person: User | None) -> Link:
    if person is None:
        raise NotNow(
            _("Nobody else can decide the step “%(role)s”. Ask the administrator to fill the post.")
            % {"role": role_label(role)}
        )
    return Link(role, frozenset({person.pk}), person)


def _manager(role: str, matter: Matter) -> User | None:
    """Until a team has its head, the manager leads it (A-2.1b); the manager's post while it is
    empty is the leadership's."""
    if role not in LINE and not role.startswith("team:"):
        return None
    found = holders(Role.MANAGER, unit=matter.team.pk)
    free = [person for person in found if person.pk not in matter.parties]
    if free:
        return free[0]
    return above(found[0], matter.parties) if found else _leader_of_all(matter.parties)


def above(person: User | None, parties: frozenset[int]) -> User | None:
    """The nearest superior who is no party, past posts that nobody holds."""
    asked: set[int] = set()
    while person is not None and person.pk not in asked:
        asked.add(person.pk)
        person = superior_of(person) or _past_the_line(person, parties)
        if person is not None and person.pk not in parties:
            return person
    return None


def _past_the_line(person: User, parties: frozenset[int]) -> User | None:
    """Where a post of the line is empty, the leadership; beside the leadership stands nobody."""
    leads = any(seat.role == Role.LEADERSHIP for seat in person.seats if seat.acting_for is None)
    return None if leads else _leader_of_all(parties | {person.pk})


def _leader_of_all(parties: frozenset[int]) -> User | None:
    free = (one for one in holders(Role.LEADERSHIP) if one.pk not in parties)
    return next(free, None)
