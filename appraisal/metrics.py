"""The numbers this app offers: closed scores for other rooms, and the mean of the teams run."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from appraisal import arithmetic
from appraisal.models import Appeal, Cycle, Participant, Result, Stage
from appraisal.scoring import TEAM_MEAN
from expansion import metrics, worktime
from expansion.metrics import Evidence, Metric, Reading
from expansion.people.models import Role, Unit, User
from expansion.people.selectors import seats_of

A_MOMENT = timedelta(seconds=1)
RUNNING = (Role.MANAGER, Role.LEADER)


def closed_scores(
    people: Sequence[User], start: datetime, end: datetime, rules: Any
) -> Mapping[int, Reading]:
    """Each person's mean over the closed cycles of the shortest kind that end in the span.

    A result under a pending appeal is left out (reading 6).
    """
    pending = Appeal.objects.pending().values("participant_id")
    found = (
        Result.objects.filter(
            participant__stage=Stage.CLOSED,
            participant__owner__in=people,
            participant__cycle__kind=rules.appraisal.cycles[0],
            participant__cycle__end__gte=worktime.local_date(start),
            participant__cycle__end__lt=worktime.local_date(end),
        )
        .exclude(participant__in=pending)
        .select_related("participant__cycle")
        .order_by("participant__cycle__end")
    )
    return {pk: _scores(results) for pk, results in _by_person(found).items()}


def _by_person(results: Iterable[Result]) -> dict[int, list[Result]]:
    found: dict[int, list[Result]] = {}
    for result in results:
        found.setdefault(result.participant.owner_id, []).append(result)
    return found


def _scores(results: list[Result]) -> Reading:
    mean = sum((one.score for one in results), Decimal()) / len(results)
    return Reading(mean, [_score_evidence(one) for one in results])


def _score_evidence(result: Result) -> Evidence:
    cycle = result.participant.cycle
    pk = result.participant_id
    return Evidence(Participant, pk, cycle.period.label, cycle.end, result.score)


def team_means(
    people: Sequence[User], start: datetime, end: datetime, rules: Any
) -> Mapping[int, Reading]:
    """For whoever runs teams: the mean over the teams of their members' team-block scores, before
    the common block (reading 2), in the cycle of exactly this span."""
    cycle = Cycle.objects.filter(
        start=worktime.local_date(start), end=worktime.local_date(end - A_MOMENT)
    ).first()
    if cycle is None:
        return {}
    members = _members(cycle)
    return {
        pk: _team_mean({team: members.get(team, []) for team in sorted(teams)}, cycle)
        for pk, teams in teams_run(people).items()
    }


def teams_run(people: Sequence[User]) -> dict[int, set[int]]:
    """The teams each person leads or has below, in the own right."""
    teams = set(Unit.objects.filter(kind=Unit.Kind.TEAM).values_list("pk", flat=True))
    return {
        pk: {
            unit
            for seat in seats
            if seat.role in RUNNING and seat.acting_for is None
            for unit in seat.units & teams
        }
        for pk, seats in seats_of(people).items()
        if pk in {person.pk for person in people}
    }


def _members(cycle: Cycle) -> dict[int, list[tuple[Participant, Decimal | None]]]:
    """Each team's people with the exact score of their team block, None where there is none."""
    found: dict[int, list[tuple[Participant, Decimal | None]]] = {}
    people = cycle.participants.select_related("owner", "cycle", "result")
    for one in people:
        if cycle.rules.kpi_set(one.kpi_set).kind == "team":
            found.setdefault(one.team_id, []).append((one, _team_block(one)))
    return found


def _team_block(participant: Participant) -> Decimal | None:
    result = getattr(participant, "result", None)
    blocks = result.breakdown["blocks"] if result else []
    exact = next((one["exact"] for one in blocks if one["key"] == arithmetic.TEAM), None)
    return None if exact is None else Decimal(exact)


def _team_mean(
    teams: Mapping[int, list[tuple[Participant, Decimal | None]]], cycle: Cycle
) -> Reading:
    mean = arithmetic.team_mean([score for _one, score in members] for members in teams.values())
    evidence = [
        Evidence(Participant, one.pk, one.owner.name, cycle.end, score)
        for members in teams.values()
        for one, score in members
        if score is not None
    ]
    value = None if mean is None else Decimal(mean.numerator) / Decimal(mean.denominator)
    return Reading(value, evidence)


metrics.add(
    Metric(
        "appraisal.score",
        _("appraisal score"),
        _("points"),
        closed_scores,
        direct=True,
        clause="A-5.5.1",
    ),
    Metric(
        TEAM_MEAN,
        _("mean of the teams run"),
        _("points"),
        team_means,
        direct=True,
        clause="A-5.2.1a",
    ),
)
