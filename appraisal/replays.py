"""Closed appraisals under a draft: the frozen figures weighed anew (R-apr-01, law 5)."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from appraisal import scoring
from appraisal.arithmetic import SHORTER
from appraisal.models import Line, Result, Stage
from expansion import offers
from expansion.offers import Replayed
from expansion.rulebook.schema import Rules
from expansion.rulebook.scoring import KpiSet
from expansion.worktime import Period

NONE, FULL = Decimal(0), Decimal(100)


def scores(rules: Rules, period: Period) -> Iterator[Replayed]:
    """Everybody's score of the cycles that ended in the period and are closed."""
    found = Result.objects.filter(
        participant__cycle__stage=Stage.CLOSED,
        participant__cycle__end__range=(period.start, period.end),
    ).select_related("participant__owner", "participant__cycle__rulebook")
    results = list(found.order_by("participant__cycle", "participant"))
    lines = _lines(results)
    sets = {one.key: one for one in rules.kpi_sets}
    for result in results:
        figures = scoring.by_part(lines.get(result.participant_id, ()))
        yield _replayed(rules, sets.get(result.participant.kpi_set), result, figures)


def _lines(results: Iterable[Result]) -> dict[int, list[Line]]:
    found: dict[int, list[Line]] = {}
    asked = [result.participant_id for result in results]
    for line in Line.objects.filter(participant__in=asked):
        found.setdefault(line.participant_id, []).append(line)
    return found


def _replayed(
    rules: Rules, kpi_set: KpiSet | None, result: Result, figures: scoring.Figures
) -> Replayed:
    cycle, name = result.participant.cycle, str(result.participant)
    before = _words(cycle.rules, result.score)
    if kpi_set is None:
        why = _("The draft has no such set of indicators.")
        return Replayed(result, before, None, why, name)
    if cycle.kind not in rules.appraisal.cycles:
        return Replayed(result, before, None, _("The draft has no cycle of this length."), name)
    made = scoring.score(rules, kpi_set, cycle.kind, figures, _shorter(result.breakdown))
    if made is None:
        return Replayed(result, before, None, _("No figure of this set was frozen."), name)
    score = min(max(made.score + result.adjustment, NONE), max(FULL, made.score))
    note = _unfrozen(rules, kpi_set, figures)
    return Replayed(result, before, _words(rules, score), note, name)


def _shorter(breakdown: dict[str, Any]) -> list[Decimal]:
    """The mean of the shorter cycles as it was counted."""
    blocks = breakdown.get("blocks", ())
    return [Decimal(one["exact"]) for one in blocks if one["key"] == SHORTER and one["exact"]]


def _unfrozen(rules: Rules, kpi_set: KpiSet, figures: scoring.Figures) -> str:
    """The indicators that leave their weight to the others because nothing was frozen for them."""
    lacking = [
        one.label()
        for one in scoring.indicators(rules, kpi_set)
        if scoring.indicator_score(one, figures) is None
    ]
    return _("without a figure: %(names)s") % {"names": _(", ").join(lacking)} if lacking else ""


def _words(rules: Rules, score: Decimal) -> str:
    return f"{score:f} · {rules.level(score).label()}"


offers.add(
    offers.Replay(
        "appraisal.scores",
        lazy("Appraisal scores"),
        10,
        scores,
        lazy(
            "Figures, targets and ratings stay as they were frozen, and so do the means of teams "
            "and of shorter cycles. Weights, caps, the way of combining and levels are the draft's."
        ),
    ),
    private=True,
)
