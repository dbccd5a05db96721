"""Who is appraised under the rules on a day, by which set, by whom (A-5.4.2, reading 2).

Everything is read for all people at once: the number of queries does not grow with them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from expansion.people.ladder import Ladder
from expansion.people.models import Membership, Role, Status, Unit, User
from expansion.people.selectors import active_people
from expansion.rulebook.schema import Rules
from expansion.rulebook.scoring import KpiSet


@dataclass(frozen=True)
class Appraised:
    """One person to be appraised: the post and team that decide the set, and who appraises."""

    person: User
    unit: Unit
    post: str
    kpi_set: str
    superior: User | None
    final_by: str
    appeals_by: str


def appraised(rules: Rules, day: date) -> list[Appraised]:
    """Everyone who held a post of the regulation on `day` and has not left since, by user name.

    An account that is locked, or that nobody has opened yet, is no reason to leave its holder out.
    Superiors are those who hold the role now and can log in: they will write the evaluation.
    """
    stayed = User.objects.exclude(status=Status.LEFT)
    ladder = Ladder(active_people())
    seats = _deciding_seats(rules, day, {person.pk: person for person in stayed})
    found = [_appraised(rules, seat, person, ladder) for person, seat in seats]
    return sorted((one for one in found if one), key=lambda one: one.person.username)


def _deciding_seats(
    rules: Rules, day: date, people: dict[int, User]
) -> Iterator[tuple[User, Membership]]:
    """Each person's one membership that decides: the highest post of the regulation first."""
    rank = {post.key: place for place, post in enumerate(rules.posts)}
    held: dict[int, Membership] = {}
    seats = Membership.objects.on(day).filter(post__key__in=rank).order_by("pk")
    if len(people) == 1:
        seats = seats.filter(user__in=people)
    for seat in seats.select_related("post", "unit"):
        if seat.user_id not in people:
            continue
        known = held.get(seat.user_id)
        if known is None or rank[seat.post.key] < rank[known.post.key]:
            held[seat.user_id] = seat
    return ((people[pk], seat) for pk, seat in held.items())


def _appraised(rules: Rules, seat: Membership, person: User, ladder: Ladder) -> Appraised | None:
    kpi_set = set_of(rules, seat.post.key, seat.unit.key)
    if kpi_set is None:
        return None
    ways, heads = rules.appraisal, seat.post.role == Role.MANAGER
    superior = ladder.above(person, {seat.post.role}, seat.unit_id)
    return Appraised(
        person,
        seat.unit,
        seat.post.key,
        kpi_set.key,
        superior,
        final_by=fixed_by(rules, heads=heads),
        appeals_by=(ways.superior_of_manager if heads else ways.appeal_handler).value,
    )


@dataclass(frozen=True)
class Assigned:
    """Whose records count in which set on a day, and in which unit."""

    person: User
    unit: Unit
    kpi_set: KpiSet


def assigned(rules: Rules, day: date, people: Iterable[User]) -> list[Assigned]:
    """Those of `people` who are appraised under the rules on that day."""
    seats = _deciding_seats(rules, day, {person.pk: person for person in people})
    found = ((person, seat, set_of(rules, seat.post.key, seat.unit.key)) for person, seat in seats)
    return [Assigned(person, seat.unit, own) for person, seat, own in found if own]


def set_of(rules: Rules, post: str, unit: str) -> KpiSet | None:
    """The set that scores the holder of a post in a unit; None for who is not appraised."""
    team = unit if any(team.key == unit for team in rules.teams) else None
    return rules.kpi_set_of(post=post, team=team)


def fixed_by(rules: Rules, *, heads: bool) -> str:
    """Who fixes a score: of whoever heads the department whoever appraises the manager (reading
    2)."""
    ways = rules.appraisal
    return (ways.superior_of_manager if heads else ways.final_by).value
