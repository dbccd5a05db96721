"""Appraisal cycles for tests: made-up metrics, and one call per step of a cycle."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from unittest.mock import patch

from appraisal.models import Cycle, Participant
from appraisal.scoring import indicators
from appraisal.services import cycles, results, reviews, rollup
from expansion import clock, metrics
from expansion.metrics import Evidence, Metric, Reading
from expansion.rulebook.models import Version
from expansion.worktime import Period

# The third quarter of 2026 opens on Thursday, 8 October: the holiday ends the day before.
QUARTER = Period.parse("2026-Q3")
OPENING = datetime(2026, 10, 8, 9, 0)

# Whole figures of a client member whose score is 86.33 with attitude 88 and ability 85.
EXAMPLE = {
    "crm.new_clients": Decimal(12),
    "crm.new_client_quality": Decimal("83.33"),
    "crm.satisfaction": Decimal("4.30"),
    "crm.repeat_rate": Decimal("72.92"),
}
KEYS = (
    *EXAMPLE,
    "research.report_review_score",
    "research.findings",
    "research.finding_timeliness",
    "research.adopted_findings",
    "partnerships.signed_projects",
    "partnerships.signed_amount",
    "partnerships.partners_in_touch",
    "partnerships.on_time_rate",
)


def made_up(key: str, values: Mapping[int, Mapping[str, Decimal | None]]) -> Metric:
    """A metric that says what `values` gives by person and key, with one record per unit."""

    def read(people, start, end, rules):
        return {
            person.pk: reading(values[person.pk][key])
            for person in people
            if key in values.get(person.pk, {})
        }

    return Metric(key, key, "", read)


def reading(value: Decimal | None) -> Reading:
    if value is None:
        return Reading(None)
    rows = [Evidence(None, None, f"记录 {n}", date(2026, 8, n + 1), Decimal(1)) for n in range(2)]
    skipped = Evidence(
        None, None, "未计入的记录", date(2026, 8, 9), Decimal(1), False, "不满足条件"
    )
    return Reading(value, [*rows, skipped])


@contextmanager
def metrics_saying(values: Mapping[int, Mapping[str, Decimal | None]]) -> Iterator[None]:
    """Inside the block the metrics of the rulebook say what `values` gives."""
    with patch.dict(metrics._metrics, {key: made_up(key, values) for key in KEYS}):
        yield


def opened(version: Version, period: Period = QUARTER, at: datetime = OPENING) -> Cycle:
    """A cycle on its opening day, figures not yet collected. The clock stays there."""
    clock.set_clock(at)
    cycle = cycles.plan_cycle(actor=None, period=period, version=version)
    return cycles.open_cycle(actor=None, record=cycle)


def frozen(cycle: Cycle, values: Mapping[int, Mapping[str, Decimal | None]]) -> Cycle:
    """Its figures collected."""
    with metrics_saying(values):
        return rollup.roll_up(actor=None, record=cycle)


def of(cycle: Cycle, person) -> Participant:
    return Participant.objects.complete().get(cycle=cycle, owner=person)


def ratings(participant: Participant, score: int | Mapping[str, int]) -> dict:
    """One score for each rated indicator, or those of a mapping."""
    rated = [
        one.key
        for one in indicators(participant.cycle.rules, participant.indicators)
        if one.is_rated
    ]
    given = score if isinstance(score, Mapping) else dict.fromkeys(rated, score)
    return {key: {"score": Decimal(given[key]), "comment": ""} for key in rated}


def self_reviewed(participant: Participant, score: int | Mapping[str, int] = 84) -> Participant:
    return reviews.save_self_review(
        actor=participant.owner,
        record=participant,
        ratings=ratings(participant, score),
        submit=True,
    )


def evaluated(participant: Participant, score: int | Mapping[str, int] = 80) -> Participant:
    return reviews.save_evaluation(
        actor=participant.superior,
        record=participant,
        ratings=ratings(participant, score),
        submit=True,
    )


def reviewed(cycle: Cycle, scores: Mapping[int, int | Mapping[str, int]] | None = None) -> Cycle:
    """Everybody's forms are in; `scores` gives the superior's ratings by person, else 80."""
    for one in cycle.participants.complete():
        self_reviewed(one)
        evaluated(one, (scores or {}).get(one.owner_id, 80))
    return Cycle.objects.get(pk=cycle.pk)


def delivered(cycle: Cycle, *, manager, leadership) -> Cycle:
    """Everybody's result is fixed and delivered, the manager's by the leadership."""
    results.fix_results(actor=manager, record=cycle)
    results.fix_results(actor=leadership, record=cycle)
    results.deliver_results(actor=manager, record=cycle)
    return results.deliver_results(actor=leadership, record=cycle)


def closed(cycle: Cycle, *, by) -> Cycle:
    """The windows are over and the cycle is closed. The clock moves to that day."""
    last = max(one.result.appeal_until for one in cycle.participants.complete())
    clock.set_clock(last)
    clock.set_clock(datetime.fromtimestamp(last.timestamp() + 60, tz=last.tzinfo))
    return cycles.close_cycle(actor=by, record=Cycle.objects.get(pk=cycle.pk))


def whole_quarter(
    cast,
    values: Mapping[int, Mapping[str, Decimal | None]] | None = None,
    scores: Mapping[int, int | Mapping[str, int]] | None = None,
    period: Period = QUARTER,
    at: datetime = OPENING,
) -> Cycle:
    """A quarter from opening to delivery."""
    cycle = frozen(opened(cast.version, period, at), values or {})
    cycle = reviewed(cycle, scores)
    return delivered(cycle, manager=cast.manager, leadership=cast.leadership)
