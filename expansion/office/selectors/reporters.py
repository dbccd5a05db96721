"""Who owes which report to whom, by the rulebook and the seats of the day (R-exp-10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from expansion.approvals.approvers import SUPERIOR, holders_of
from expansion.people.models import Membership, Role, Status, Unit, User
from expansion.people.selectors import superior_of
from expansion.rulebook.work import Report

EVERYONE = "everyone"
WORKING = (Role.MANAGER, Role.DEPUTY, Role.LEADER, Role.MEMBER, Role.CONSOLIDATOR)


@dataclass(frozen=True)
class Reporter:
    """One person who owes a report, in the team of that day, and to whom.

    `speaks_for` is the unit whose records it counts; None where it is the person's own report.
    """

    person: User
    team: Unit
    recipient: User | None
    speaks_for: Unit | None = None


def reporters(report: Report, day: date) -> list[Reporter]:
    """Everyone who owes this report for a period that is due on `day`.

    `who` names everyone, roles, posts or teams. Everyone is everybody with a seat of work in the
    department; nobody reports to themselves, so the manager is left out of what goes to the
    manager. A team's report is owed by the one who leads it and speaks for the team; by its members
    where nobody does, each for the own part. What the manager is named for speaks for all below.
    """
    found: dict[int, Reporter] = {}
    for seat, unit in _owing(report.who, day):
        recipient = _recipient(report, seat)
        if recipient is None or recipient.pk != seat.user_id:
            found.setdefault(seat.user_id, Reporter(seat.user, seat.unit, recipient, unit))
    return list(found.values())


def _owing(who: Iterable[str], day: date) -> list[tuple[Membership, Unit | None]]:
    """The seats that owe, each with the unit it speaks for; teams before the department, so that a
    person reports in the team."""
    seats = (
        Membership.objects.on(day)
        .filter(user__status=Status.ACTIVE)
        .exclude(unit__kind=Unit.Kind.OUTSIDE)
        .filter(post__role__in=WORKING)
        .select_related("user", "unit", "post")
        .order_by("-unit__kind", "unit__order", "user__username", "pk")
    )
    if EVERYONE in who:
        return [(seat, None) for seat in seats]
    named = [
        (seat, seat.unit if seat.post.role == Role.MANAGER else None)
        for seat in seats.filter(Q(post__role__in=who) | Q(post__key__in=who))
    ]
    return named + [one for key in who for one in _of_team(key, list(seats))]


def _of_team(key: str, seats: list[Membership]) -> list[tuple[Membership, Unit | None]]:
    unit = Unit.objects.filter(key=key, kind=Unit.Kind.TEAM).first()
    if unit is None:
        return []
    leading = [
        seat
        for seat in seats
        if seat.post_id == unit.led_by_post_id
        or (seat.unit_id == unit.pk and seat.post.role == Role.LEADER)
    ]
    if leading:
        return [(seat, unit) for seat in leading]
    return [(seat, None) for seat in seats if seat.unit_id == unit.pk]


def _recipient(report: Report, seat: Membership) -> User | None:
    """The first holder of the first role it goes to; nobody while that post is vacant."""
    role = report.to[0]
    if role == SUPERIOR:
        return superior_of(seat.user)
    return next(iter(holders_of(role, seat.unit)), None)
