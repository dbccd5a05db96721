"""Reads over openings and changes of staff: who sits where, what is vacant, what is due."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Greatest

from expansion import clock
from expansion.office.models import Candidate, Opening, PersonnelChange
from expansion.people.models import Membership, Post, Role, Status, Unit
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import rules_of

# The posts that a change of staff fills; those of the company's other roles are its own affair.
OF_THE_DEPARTMENT = (Role.MANAGER, Role.DEPUTY, Role.LEADER, Role.MEMBER, Role.CONSOLIDATOR)
UNDER_WAY = (
    PersonnelChange.Status.PROPOSED,
    PersonnelChange.Status.RETURNED,
    PersonnelChange.Status.APPROVED,
)


def units() -> QuerySet[Unit]:
    return Unit.objects.exclude(kind=Unit.Kind.OUTSIDE)


def posts() -> QuerySet[Post]:
    return Post.objects.filter(role__in=OF_THE_DEPARTMENT)


def seats_on(day: date) -> QuerySet[Membership]:
    """Who sits in which post of the department that day, for good or until a later day."""
    held = Membership.objects.on(day).filter(post__role__in=OF_THE_DEPARTMENT)
    inside = held.exclude(unit__kind=Unit.Kind.OUTSIDE).exclude(user__status=Status.LEFT)
    return inside.select_related("user", "unit", "post").order_by(
        "unit__order", "unit_id", "post_id", "user__username"
    )


def under_way(*, person: Any = None) -> QuerySet[PersonnelChange]:
    """Changes that have not taken effect yet, of one person or of all."""
    found = PersonnelChange.objects.filter(status__in=UNDER_WAY)
    return found.filter(person=person) if person else found


def vacancies(
    post: Post,
    day: date,
    *,
    opening: Opening | None = None,
    change: PersonnelChange | None = None,
) -> int | None:
    """How many places of the post are free from that day on; None where it has no limit.

    A seat counts as free where a change under way gives it up by then or its holder leaves, and as
    taken where one fills it; open openings for the post count with what they still look for. The
    opening and the change that ask are left out.
    """
    if not post.headcount:
        return None
    changes = PersonnelChange.objects.exclude(pk=change.pk if change else None)
    held = Membership.objects.filter(post=post).filter(Q(until=None) | Q(until__gte=day))
    taken = held.exclude(pk__in=_given_up(changes, day)).exclude(user__in=_leaving(changes, day))
    coming = changes.filter(status__in=UNDER_WAY, to_post=post).count()
    return post.headcount - taken.count() - coming - _looked_for(post, opening, change)


def _given_up(changes: QuerySet[PersonnelChange], day: date) -> QuerySet:
    due = changes.filter(status__in=UNDER_WAY, effective_on__lte=day)
    return due.exclude(seats=None).order_by().values("seats")


def _leaving(changes: QuerySet[PersonnelChange], day: date) -> QuerySet:
    """Who goes by then; a post is given up with the closed handover, after the effective day."""
    going = changes.filter(status__in=PersonnelChange.LIVE, effective_on__lte=day)
    return going.filter(kind=PersonnelChange.Kind.DISMISSAL).order_by().values("person_id")


def _looked_for(post: Post, opening: Opening | None, change: PersonnelChange | None) -> int:
    """What other openings still look for; a hire fills a place of its own opening."""
    if change is not None:
        return 0
    others = with_hires(Opening.objects.filter(post=post, status=Opening.Status.OPEN))
    others = others.exclude(pk=opening.pk if opening else None)
    left = others.aggregate(left=Sum(Greatest(F("places") - F("hires"), Value(0))))["left"]
    return left or 0


def with_hires(openings: QuerySet[Opening]) -> QuerySet[Opening]:
    """Openings with `hires`, how many are hired or proposed for it, and `applicants`."""
    live = PersonnelChange.objects.filter(
        candidate__opening=OuterRef("pk"), status__in=PersonnelChange.LIVE
    ).order_by()
    applied = Candidate.objects.filter(opening=OuterRef("pk")).order_by()
    return openings.annotate(
        hires=_counted(live.values("candidate__opening")),
        applicants=_counted(applied.values("opening")),
    )


def _counted(grouped: QuerySet) -> Coalesce:
    return Coalesce(Subquery(grouped.annotate(many=Count("pk")).values("many")), 0)


def hires_of(opening: Opening, *statuses: str) -> QuerySet[PersonnelChange]:
    found = PersonnelChange.objects.filter(candidate__opening=opening)
    return found.filter(status__in=statuses or PersonnelChange.LIVE)


def due(day: date | None = None) -> QuerySet[PersonnelChange]:
    """Approved changes whose day has come, in the order of their days."""
    approved = PersonnelChange.objects.filter(status=PersonnelChange.Status.APPROVED)
    return approved.filter(effective_on__lte=day or clock.today()).order_by("effective_on", "pk")


def criteria(candidate: Candidate, rules: Rules) -> list[dict[str, Any]]:
    """Each criterion of the regulation with what the candidate was given, 0 where nothing yet.

    Ratings by a criterion that the regulation has dropped keep the name they were given under.
    """
    named = {
        one.key: one.label()
        for one in rules.recruitment.criteria
        if not one.retired or one.key in candidate.ratings
    }
    earlier = (
        rules_of(candidate.rules_version).recruitment.criteria
        if _dropped(candidate.ratings, named) and candidate.rules_version
        else ()
    )
    named |= {one.key: one.label() for one in earlier if one.key not in named}
    return [
        {"key": key, "label": label, "rating": candidate.ratings.get(key, 0)}
        for key, label in named.items()
    ]


def _dropped(ratings: Mapping[str, int], named: Mapping[str, str]) -> bool:
    return any(key not in named for key in ratings)


def average(candidate: Candidate) -> float | None:
    """The mean of the ratings given, one decimal; None before the first."""
    given = list(candidate.ratings.values())
    return round(sum(given) / len(given), 1) if given else None
