"""Reads over people: seats, superiors, holders of a role."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet, Value
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from expansion import clock
from expansion import shares as sharing
from expansion.access import AS_DEFAULT, Regrants, Seat
from expansion.audit.models import Entry
from expansion.people.ladder import Ladder
from expansion.people.models import Mandate, Membership, Post, Role, Status, Unit, User
from expansion.people.rights import regrants_by_role
from expansion.prepared import prepared
from expansion.shares import NOTHING_SHARED, Shares
from expansion.ui import counts


class Tree:
    """The unit tree in memory: a department has dozens of units, not thousands."""

    def __init__(self) -> None:
        self._units = _units()
        self._below: dict[int, frozenset[int]] = {}

    def below(self, pk: int) -> frozenset[int]:
        """The unit and all units under it."""
        if pk not in self._below:
            parts = [self.below(child) for child, parent, _post in self._units if parent == pk]
            self._below[pk] = frozenset({pk}).union(*parts)
        return self._below[pk]

    def led_by(self, post_id: int) -> list[int]:
        return [unit for unit, _parent, post in self._units if post == post_id]


@prepared
def _units() -> QuerySet[Unit, tuple[int, int | None, int | None]]:
    return Unit.objects.values_list("pk", "parent_id", "led_by_post_id")


@prepared
def _running(moment: datetime) -> QuerySet[Mandate]:
    return Mandate.objects.active(moment).select_related("principal").order_by("pk")


@prepared
def _given_to(delegate: int) -> QuerySet[Mandate]:
    given = Mandate.objects.filter(delegate=delegate, revoked_at=None)
    return given.select_related("principal").order_by("pk")


@prepared
def _seats_of_one(person: int, day: date) -> QuerySet[Membership, tuple[int, str, int, int]]:
    return _seat_rows(Membership.objects.on(day).filter(user=person))


def _seat_rows(held: QuerySet[Membership]) -> QuerySet[Membership, tuple[int, str, int, int]]:
    return held.values_list("user_id", "post__role", "unit_id", "post_id")


@dataclass(frozen=True)
class Standing:
    """What a person is today: the seats, the running mandates in which it is the delegate, and the
    kinds of record of which some are shared with it or with those it acts for."""

    seats: tuple[Seat, ...]
    mandates: tuple[Mandate, ...]
    shares: Shares = NOTHING_SHARED


class _Kept:
    """Standings that have been read, by which mandates run."""

    def __init__(self) -> None:
        self._spans: list[Mandate] | None = None
        self._known: dict[tuple[bool, ...], dict[int, Standing]] = {}
        self._people: list[User] | None = None
        self._held: list[Membership] | None = None
        self._units: list[Unit] | None = None

    def standings(self, users: list[User]) -> dict[int, Standing]:
        if self._spans is None:
            self._spans = list(Mandate.objects.filter(revoked_at=None).order_by("pk"))
        running = tuple(span.starts_at <= clock.now() < span.ends_at for span in self._spans)
        known = self._known.setdefault(running, {})
        unread = [user for user in users if user.pk not in known]
        if unread:
            known |= _read_standings(unread)
        return {user.pk: known[user.pk] for user in users}

    def people(self) -> list[User]:
        if self._people is None:
            self._people = list(User.objects.active())
        return self._people

    def units(self) -> list[Unit]:
        if self._units is None:
            self._units = list(Unit.objects.all())
        return self._units

    def memberships(self, day: date) -> list[Membership]:
        if self._held is None:
            self._held = list(_with_posts(Membership.objects.all()))
        return [
            held
            for held in self._held
            if held.since <= day and (held.until is None or day <= held.until)
        ]


_kept: ContextVar[_Kept | None] = ContextVar("people_kept", default=None)


@contextmanager
def seats_read_once() -> Iterator[None]:
    """Inside the block nobody takes or leaves a post and no mandate is made; the clock may move.

    For seeds and roll-ups, which ask for everybody's seats at every act.
    """
    token = _kept.set(_Kept())
    try:
        yield
    finally:
        _kept.reset(token)


def standings(users: Iterable[User]) -> dict[int, Standing]:
    """The standing of several people at once, in three queries."""
    users, kept = list(users), _kept.get()
    return kept.standings(users) if kept else _read_standings(users)


def standing_of(user: User) -> Standing:
    """One person's standing, kept between requests for as long as the organisation stays as it is.

    Nothing is kept inside a transaction: what that sees may never come to be.
    """
    word = user.__dict__.get("revision")
    if word is None or _kept.get() or transaction.get_connection().in_atomic_block:
        return standings([user])[user.pk]
    kept_under, basis = _bases.get(user.pk, (None, None))
    if basis is None or kept_under != (word, clock.today()):
        kept_under, basis = (word, clock.today()), _Basis(user)
        if len(_bases) >= MOST_KEPT:
            _bases.clear()
        _bases[user.pk] = kept_under, basis
    return basis.standing(user)


class _Basis:
    """What one person's standing is made of on a day: which mandates run is a matter of minutes."""

    def __init__(self, user: User):
        self._mandates = _given_to(user.pk)
        self._own = _own_seats({user.pk} | {mandate.principal_id for mandate in self._mandates})
        self._shared = kinds_shared(self._own)

    def standing(self, user: User) -> Standing:
        now = clock.now()
        running = [one for one in self._mandates if one.starts_at <= now < one.ends_at]
        return _standing(user, self._own, self._shared, running)


MOST_KEPT = 10_000
MOST_TITLES = 2
INSIDE = (Role.MANAGER, Role.DEPUTY, Role.LEADER, Role.MEMBER, Role.CONSOLIDATOR)
_bases: dict[int, tuple[tuple[str, date], _Basis]] = {}


def _read_standings(users: list[User]) -> dict[int, Standing]:
    asked = {user.pk for user in users}
    mandates = [one for one in _running(clock.now()) if one.delegate_id in asked]
    own = _own_seats(asked | {mandate.principal_id for mandate in mandates})
    shared = kinds_shared(own)
    return {
        user.pk: _standing(
            user, own, shared, [one for one in mandates if one.delegate_id == user.pk]
        )
        for user in users
    }


def seats_on(day: date, people: Iterable[int]) -> dict[int, list[Seat]]:
    """The seats that each of these people held in person on a day, in the units of today."""
    return _own_seats(set(people), day)


def _own_seats(holders: set[int], day: date | None = None) -> dict[int, list[Seat]]:
    """The seats that each of them holds in person, today where no other day is given."""
    tree, day, regrants = Tree(), day or clock.today(), regrants_by_role()
    own: dict[int, list[Seat]] = {pk: [] for pk in holders}
    held = (
        _seats_of_one(*holders, day)
        if len(holders) == 1
        else _seat_rows(Membership.objects.on(day).filter(user__in=holders))
    )
    for user_id, role, unit, post in held:
        own[user_id].extend(_seats(role, unit, post, tree, regrants))
    return own


def _standing(
    user: User,
    own: dict[int, list[Seat]],
    shared: Mapping[int, frozenset[str]],
    mandates: list[Mandate],
) -> Standing:
    """Own seats first, then those of principals who passed on every duty; never chained."""
    acting = [
        replace(seat, acting_for=mandate.principal_id)
        for mandate in mandates
        if not mandate.kinds
        for seat in own[mandate.principal_id]
    ]
    principals = {seat.acting_for for seat in acting}
    kinds = shared[user.pk].union(*(shared[pk] for pk in principals))
    shares = Shares(kinds, clock.today()) if kinds else NOTHING_SHARED
    return Standing((*own[user.pk], *acting), tuple(mandates), shares)


def kinds_shared(seats: Mapping[int, list[Seat]]) -> dict[int, frozenset[str]]:
    """Of which kinds of record some are shared with each of these people today, in one query."""
    people: dict[int, set[str]] = {pk: set() for pk in seats}
    units: dict[int, set[str]] = defaultdict(set)
    day = clock.today()
    rows = _shared_with(*seats, day) if len(seats) == 1 else _shares(Q(user__in=list(seats)), day)
    for kind, pk, of_team in rows:
        (units if of_team else people)[pk].add(kind)
    return {
        pk: frozenset(kinds.union(*(units[seat.unit] for seat in seats[pk])))
        for pk, kinds in people.items()
    }


@prepared
def _shared_with(person: Any, day: Any) -> QuerySet:
    return _shares(Q(user=person), day)


def _shares(whom: Q, day: Any) -> QuerySet:
    """Rows of (kind, person or unit, whether it is a unit)."""
    first, *others = _shares_by_kind(whom, Q(until__gte=day))
    return first.union(*others, all=True)


def _shares_by_kind(whom: Q, running: Q) -> Iterator[QuerySet]:
    for model, kept in sharing.tables().items():
        kind = Value(model._meta.label_lower)
        persons = kept.persons._default_manager.filter(whom, running)
        yield persons.values_list(kind, "user_id", Value(False)).distinct().order_by()
        teams = kept.teams._default_manager.filter(running, group__unit__isnull=False)
        yield teams.values_list(kind, "group__unit", Value(True)).distinct().order_by()


def seats_of(users: Iterable[User]) -> dict[int, tuple[Seat, ...]]:
    """The seats of several people at once."""
    return {pk: standing.seats for pk, standing in standings(users).items()}


def memberships_on(day: date, people: Iterable[int]) -> list[Membership]:
    """What these people hold on a day, each with its post and unit."""
    ids, kept = set(people), _kept.get()
    if kept is None:
        return list(_with_posts(Membership.objects.on(day).filter(user__in=ids)))
    return [held for held in kept.memberships(day) if held.user_id in ids]


def _with_posts(held: QuerySet[Membership]) -> QuerySet[Membership]:
    return held.select_related("post", "unit").order_by("pk")


def _seats(
    role: str, unit: int, post: int, tree: Tree, regrants: Mapping[str, Regrants]
) -> Iterator[Seat]:
    def seat(role: str, unit: int) -> Seat:
        units, granted = tree.below(unit), regrants.get(role, AS_DEFAULT)
        return Seat(role, unit, units, regrants=granted, post=post)

    yield seat(role, unit)
    for led in tree.led_by(post):
        yield seat(Role.LEADER, led)


def active_people() -> list[User]:
    """Every active person with the seats already read."""
    kept = _kept.get()
    users = kept.people() if kept else list(User.objects.active())
    found = standings(users)
    for user in users:
        user.__dict__.pop("seats", None)
        user.standing = found[user.pk]
    return list(users)


def holders(role: str, *, unit: int | None = None) -> list[User]:
    """Who holds the role today in person; with `unit`, only seats that reach this unit."""
    return [
        user
        for user in active_people()
        if any(
            seat.role == role and seat.acting_for is None and (unit is None or unit in seat.units)
            for seat in user.seats
        )
    ]


def unit_by_key(key: str) -> Unit | None:
    """The unit that the rulebook calls so; None where it has none."""
    kept = _kept.get()
    if kept is None:
        return Unit.objects.filter(key=key).first()
    return next((unit for unit in kept.units() if unit.key == key), None)


def department() -> Unit | None:
    """The root of the tree; None before the rulebook is loaded."""
    return Unit.objects.filter(kind=Unit.Kind.DEPARTMENT, parent=None).first()


def home_unit(user: User) -> Unit:
    """The unit in which a person's new records are worked: the team, else the department."""
    held = memberships_on(clock.today(), [user.pk])
    held.sort(key=lambda membership: -(membership.unit.parent_id or 0))
    units = [membership.unit for membership in held]
    teams = [unit for unit in units if unit.kind == Unit.Kind.TEAM]
    unit = next(iter(teams or units), None) or department()
    if unit is None:
        raise LookupError("No department is loaded yet.")
    return unit


def superior_of(user: User) -> User | None:
    """Who appraises and approves for this person today: the next level up (reading 2)."""
    roles = {seat.role for seat in user.seats if seat.acting_for is None}
    return Ladder(active_people()).above(user, roles, home_unit(user).pk)


def members_on(unit_ids: Iterable[int], day: date) -> list[User]:
    """The active people who sit in one of these units on that day, by user name."""
    return list(
        User.objects.active()
        .filter(pk__in=Membership.objects.on(day).filter(unit__in=list(unit_ids)).values("user_id"))
        .order_by("username")
    )


def banner(person: User) -> str | None:
    """As whom an administrator looks, or for whom the person acts now, and until when; None where
    as and for nobody."""
    if by := getattr(person, "rehearsed_by", None):
        words = {"by": by.name, "name": person.name, "moment": _moment(person.rehearsed_until)}
        return _("%(by)s looks as %(name)s does until %(moment)s; nothing changes.") % words
    texts = [
        _("You act for %(name)s until %(moment)s.")
        % {"name": mandate.principal.name, "moment": _moment(mandate.ends_at)}
        for mandate in person.standing.mandates
    ]
    return " ".join(texts) or None


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(clock.zone()):%Y-%m-%d %H:%M}"


def acts_under(mandate: Mandate) -> QuerySet[Entry]:
    """What the delegate did in the principal's name while it ran, the latest first."""
    return Entry.objects.filter(
        actor=mandate.delegate,
        for_person=mandate.principal,
        at__gte=mandate.starts_at,
        at__lte=mandate.ended_at,
    )


def post_label(person: User) -> str:
    """The first of the person's own posts by its title; empty without one."""
    own = [seat for seat in person.seats if seat.acting_for is None]
    return title_of(own[0]) if own else ""


def title_of(seat: Seat) -> str:
    """The title of the post that gives the seat."""
    titles = {post.pk: str(post) for post in _posts()}
    return titles.get(seat.post or 0) or str(Role(seat.role).label)


def role_title(role: str) -> str:
    """What the department calls one of its roles: by the title of the post that has it, by two
    where two have it. The role's own word names one that many posts have, or none, and those of
    the rest of the company."""
    titles = [str(post) for post in _posts() if post.role == role and role in INSIDE]
    return "/".join(titles) if 0 < len(titles) <= MOST_TITLES else str(Role(role).label)


def _posts() -> list[Post]:
    return counts.remembered("posts", lambda: list(Post.objects.all()))


def house_name() -> str:
    """Who runs the system: the company, where the settings name it, and the department; before a
    rulebook is loaded the system itself."""
    return counts.remembered(("house", get_language()), _house_name)


def _house_name() -> str:
    parts = (settings.SITE_NAME, str(department() or ""))
    return " · ".join(filter(None, parts)) or "Expansion"


def filled_posts(day: date) -> list[Post]:
    """Every post with `held`, how many sit in it that day, and `vacant` where it has a limit."""
    seated = Membership.objects.on(day).filter(user__status=Status.ACTIVE)
    counts = Counter(seated.values_list("post_id", flat=True))
    posts = list(Post.objects.all())
    for post in posts:
        post.held = counts[post.pk]
        post.vacant = max(post.headcount - post.held, 0)
    return posts


def unseated(day: date) -> QuerySet[User]:
    """Active people without a post that day (R-exp-02: people without team)."""
    seated = Membership.objects.on(day).values("user_id")
    return User.objects.active().exclude(pk__in=seated)


@dataclass(frozen=True)
class Branch:
    """A unit in the drawn tree: how deep it lies, and who sits in it."""

    unit: Unit
    depth: int
    seats: tuple[Membership, ...]


def branches(day: date) -> list[Branch]:
    """The whole tree from the top with everybody in it."""
    held = Membership.objects.on(day).filter(user__status=Status.ACTIVE)
    by_unit: dict[int, list[Membership]] = {}
    for seat in held.select_related("user", "post").order_by("post_id", "user__username"):
        by_unit.setdefault(seat.unit_id, []).append(seat)
    units = list(Unit.objects.all())

    def below(parent: int | None, depth: int) -> Iterator[Branch]:
        for unit in units:
            if unit.parent_id == parent:
                yield Branch(unit, depth, tuple(by_unit.get(unit.pk, ())))
                yield from below(unit.pk, depth + 1)

    return list(below(None, 0))
