"""Reads over people: seats, superiors, holders of a role."""

from collections.abc import Iterable, Iterator
from datetime import date

from expansion import clock
from expansion.access import Seat
from expansion.people.models import Mandate, Membership, Role, Unit, User


class Tree:
    """The unit tree in memory: a department has dozens of units, not thousands."""

    def __init__(self) -> None:
        self.units = {unit.pk: unit for unit in Unit.objects.all()}
        self._below: dict[int, frozenset[int]] = {}

    def below(self, pk: int) -> frozenset[int]:
        """The unit and all units under it."""
        if pk not in self._below:
            children = [unit.pk for unit in self.units.values() if unit.parent_id == pk]
            parts = [self.below(child) for child in children]
            self._below[pk] = frozenset({pk}).union(*parts)
        return self._below[pk]

    def led_by(self, post_id: int) -> list[int]:
        return [unit.pk for unit in self.units.values() if unit.led_by_post_id == post_id]


def seats_of(users: Iterable[User]) -> dict[int, tuple[Seat, ...]]:
    """The seats of several people at once, in three queries."""
    users = list(users)
    tree = Tree()
    moment = clock.now()
    mandates = list(
        Mandate.objects.active(moment).filter(delegate__in=users, kinds=[]).order_by("pk")
    )
    holders = {user.pk for user in users} | {mandate.principal_id for mandate in mandates}
    own: dict[int, list[Seat]] = {pk: [] for pk in holders}
    held = Membership.objects.on(clock.today()).filter(user__in=holders).select_related("post")
    for membership in held:
        own[membership.user_id].extend(_seats(membership, tree))
    acting: dict[int, list[Seat]] = {}
    for mandate in mandates:
        acting.setdefault(mandate.delegate_id, []).extend(
            Seat(seat.role, seat.unit, seat.units, mandate.principal_id)
            for seat in own[mandate.principal_id]
        )
    return {user.pk: (*own[user.pk], *acting.get(user.pk, ())) for user in users}


def _seats(membership: Membership, tree: Tree) -> Iterator[Seat]:
    yield Seat(membership.post.role, membership.unit_id, tree.below(membership.unit_id))
    for unit in tree.led_by(membership.post_id):
        yield Seat(Role.LEADER, unit, tree.below(unit))


def active_people() -> list[User]:
    """Every active person with the seats already read."""
    users = list(User.objects.active())
    seats = seats_of(users)
    for user in users:
        user.seats = seats[user.pk]
    return users


def holders(role: str, *, unit: int | None = None) -> list[User]:
    """Who holds the role today in person; with `unit`, only seats that reach this unit."""
    return [
        user
        for user in active_people()
        if any(
            seat.role == role
            and seat.acting_for is None
            and (unit is None or unit in seat.units)
            for seat in user.seats
        )
    ]


def department() -> Unit | None:
    """The root of the tree; None before the rulebook is loaded."""
    return Unit.objects.filter(kind=Unit.Kind.DEPARTMENT, parent=None).first()


def home_unit(user: User) -> Unit:
    """The unit in which a person's new records are worked: the team, else the department."""
    held = user.memberships.on(clock.today()).select_related("unit").order_by("-unit__parent_id")
    units = [membership.unit for membership in held]
    teams = [unit for unit in units if unit.kind == Unit.Kind.TEAM]
    unit = next(iter(teams or units), None) or department()
    if unit is None:
        raise LookupError("No department is loaded yet.")
    return unit


def superior_of(user: User) -> User | None:
    """Who appraises and approves for this person: the next level up (reading 2).

    A member's superior is the team's leader, else the manager; a leader's and the deputy's is the
    manager; the manager's is the leadership.
    """
    roles = {seat.role for seat in user.seats if seat.acting_for is None}
    unit = home_unit(user).pk
    if Role.MANAGER in roles:
        return next(iter(holders(Role.LEADERSHIP)), None)
    ladder = [Role.MANAGER] if roles & {Role.LEADER, Role.DEPUTY} else [Role.LEADER, Role.MANAGER]
    for role in ladder:
        found = [person for person in holders(role, unit=unit) if person.pk != user.pk]
        if found:
            return found[0]
    return None


def members_on(unit_ids: Iterable[int], day: date) -> list[User]:
    """The active people who sit in one of these units on that day, by user name."""
    return list(
        User.objects.active()
        .filter(
            pk__in=Membership.objects.on(day).filter(unit__in=list(unit_ids)).values("user_id")
        )
        .order_by("username")
    )
