"""Appraisals under a draft: the frozen figures weighed anew, the forms by other limits
(R-apr-01, law 5)."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from appraisal import scoring
from appraisal.arithmetic import SHORTER
from appraisal.models import Cycle, Line, Participant, Result, Review, Stage
from expansion import clock, offers, worktime
from expansion.offers import Replayed
from expansion.rulebook.schema import Rules
from expansion.rulebook.scoring import KpiSet
from expansion.ui import deadlines
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


def forms(rules: Rules, period: Period) -> Iterator[Replayed]:
    """Every self-review and superior's evaluation of the cycles that ended in the period, by the
    draft's limits from the moment the cycle was opened (A-5.4.1, A-5.4.2)."""
    calendar, ours = rules.working_time.as_calendar(), rules.appraisal
    limits = {
        Review.Party.SELF: ours.self_due.value,
        Review.Party.SUPERIOR: ours.evaluation_due.value,
    }
    begun = Participant.objects.filter(
        cycle__opened_at__isnull=False, cycle__end__range=(period.start, period.end)
    )
    in_order = begun.select_related("owner", "cycle").order_by("-cycle__end", "pk")
    for one in in_order.prefetch_related("reviews"):
        submitted = {review.party: review.submitted_at for review in one.reviews.all()}
        stored = {
            Review.Party.SELF: one.cycle.self_due_at,
            Review.Party.SUPERIOR: one.cycle.evaluation_due_at,
        }
        for party, limit in limits.items():
            due = worktime.deadline(one.cycle.opened_at, limit, calendar)
            done = submitted.get(party)
            note = f"{party.label} · {_due_words(due)}" if due else str(party.label)
            yield Replayed(one, _standing(done, stored[party]), _standing(done, due), note)


def _due_words(due: datetime) -> str:
    return _("due %(when)s") % {"when": deadlines.moment(due)}


def _standing(done: datetime | None, due: datetime | None) -> str:
    if done is None:
        running = due is None or due >= clock.now()
        return _("still to hand in") if running else _("not handed in")
    late = due is not None and done > due
    return _("handed in late") if late else _("handed in in time")


def ends() -> Iterable[date]:
    """The last days of the cycles that are closed."""
    return Cycle.objects.filter(stage=Stage.CLOSED).order_by().values_list("end", flat=True)


offers.add(
    offers.Replay(
        "appraisal.forms",
        lazy("Forms of the appraisal"),
        15,
        forms,
        reads=("appraisal.self_due", "appraisal.evaluation_due", "working_time"),
    ),
    offers.Replay(
        "appraisal.scores",
        lazy("Appraisal scores"),
        10,
        scores,
        lazy(
            "Figures, targets and ratings stay as they were frozen, and so do the means of teams "
            "and of shorter cycles. Weights, caps, the way of combining and levels are the draft's."
        ),
        reads=(
            "kpi_sets.*.indicators.*.weight",
            "kpi_sets.*.indicators.*.cap",
            "kpi_sets.*.indicators.*.how.*.share",
            "appraisal.combine",
            "appraisal.levels",
            "appraisal.quarter_formula",
            "appraisal.year_formula",
        ),
        ends=ends,
    ),
    private=True,
)
