"""Appraisals under a draft: the frozen figures weighed anew (R-apr-01, law 5)."""

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from appraisal import arithmetic, scoring
from appraisal.arithmetic import SHORTER
from appraisal.metrics import TEAM_MEAN
from appraisal.models import Cycle, Evidence, Line, Result, Stage
from appraisal.scoring import SIX_PLACES
from expansion import offers
from expansion.offers import Replayed
from expansion.rulebook.schema import Rules
from expansion.rulebook.scoring import KpiSet
from expansion.rulebook.selectors import unread
from expansion.worktime import Period

NONE, FULL = Decimal(0), Decimal(100)
LENGTHS = Cycle.Kind.values  # the shortest first


def scores(rules: Rules, period: Period) -> Iterator[Replayed]:
    """Everybody's score of the cycles that ended in the period and are closed. Where the draft
    moves a score, the means of teams and of shorter cycles that rest on it follow."""
    for result, found in weighed(rules, period):
        before = _words(result.participant.cycle.rules, result.score)
        after = None if found.score is None else _words(rules, found.score)
        yield Replayed(result, before, after, found.note, str(result.participant))


def weighed(rules: Rules, period: Period) -> "list[tuple[Result, Weighed]]":
    """The results of the closed cycles that ended in the period, each with its score by the
    draft."""
    results = list(_closed(period))
    draft = _Draft(rules, results, list(_within(results)))
    return [(result, draft.of(result)) for result in results]


def _closed(period: Period) -> QuerySet[Result]:
    return _read(
        Q(
            participant__cycle__stage=Stage.CLOSED,
            participant__cycle__end__range=(period.start, period.end),
        )
    )


def _within(results: Iterable[Result]) -> Iterable[Result]:
    """What was delivered of the shorter cycles on which these may rest, as far as it is none of
    them."""
    longer = {result.participant.cycle for result in results}
    inside = Q()
    for one in longer:
        if one.kind != LENGTHS[0]:
            inside |= Q(
                participant__cycle__start__gte=one.start, participant__cycle__end__lte=one.end
            )
    if not inside:
        return ()
    own = Q(participant__cycle__in=longer)
    return _read(inside & ~own & Q(delivered_at__isnull=False))


def _read(condition: Q) -> QuerySet[Result]:
    rulebook = "participant__cycle__rulebook"
    found = Result.objects.filter(condition).select_related("participant__owner", rulebook)
    return found.defer(*unread(rulebook)).order_by("participant__cycle", "participant")


@dataclass(frozen=True)
class Weighed:
    """A score by the draft, with its arithmetic; None where the note says why it cannot be said."""

    note: str
    score: Decimal | None = None
    made: arithmetic.Result | None = None

    @property
    def team_block(self) -> Fraction | None:
        block = self.made.block(arithmetic.TEAM) if self.made else None
        return block.exact_value if block else None


class _Draft:
    """These results by the draft, each after those on which it rests."""

    def __init__(self, rules: Rules, results: Sequence[Result], shorter: Sequence[Result]):
        self._rules, self._all = rules, [*shorter, *results]
        self._sets = {one.key: one for one in rules.kpi_sets}
        asked = [one.participant_id for one in self._all]
        self._lines: dict[int, list[Line]] = {}
        for line in Line.objects.filter(participant__in=asked):
            self._lines.setdefault(line.participant_id, []).append(line)
        self._of_person: dict[int, list[Result]] = {}
        for one in self._all:
            self._of_person.setdefault(one.participant.owner_id, []).append(one)
        self._members = _members(asked)
        self._teams = {one.participant_id: one.participant.team_id for one in self._all}
        self._known: dict[int, Weighed] = {}
        for one in sorted(self._all, key=self._place):
            self._known[one.participant_id] = self._weighed(one)

    def of(self, result: Result) -> Weighed:
        return self._known[result.participant_id]

    def _place(self, result: Result) -> tuple[int, bool]:
        """Shorter cycles first, in each whoever runs teams last."""
        lines = self._lines.get(result.participant_id, ())
        runs_teams = any(line.pk in self._members for line in lines)
        return LENGTHS.index(result.participant.cycle.kind), runs_teams

    def _weighed(self, result: Result) -> Weighed:
        rules, cycle = self._rules, result.participant.cycle
        kpi_set = self._sets.get(result.participant.kpi_set)
        if kpi_set is None:
            return Weighed(_("The draft has no such set of indicators."))
        if cycle.kind not in rules.appraisal.cycles:
            return Weighed(_("The draft has no cycle of this length."))
        lines = self._lines.get(result.participant_id, ())
        figures = scoring.by_part(self._renewed(line) for line in lines)
        made = scoring.score(rules, kpi_set, cycle.kind, figures, self._shorter(result))
        if made is None:
            return Weighed(_("No figure of this set was frozen."))
        score = min(max(made.score + result.adjustment, NONE), max(FULL, made.score))
        return Weighed(_unfrozen(rules, kpi_set, figures), score, made)

    def _shorter(self, result: Result) -> list[Decimal]:
        """The mean of the shorter cycles as it was counted; where the draft moves one of their
        scores, those that it would have rested on."""
        blocks = result.breakdown.get("blocks", ())
        counted = [
            Decimal(one["exact"]) for one in blocks if one["key"] == SHORTER and one["exact"]
        ]
        rested = [(one, self.of(one).score) for one in self._rested_on(result)] if counted else []
        if all(score in (None, one.score) for one, score in rested):
            return counted
        return [one.score if score is None else score for one, score in rested]

    def _rested_on(self, result: Result) -> list[Result]:
        cycle = result.participant.cycle
        kinds = list(cycle.rules.appraisal.cycles)
        shorter = kinds[: kinds.index(cycle.kind)][-1:] if cycle.kind in kinds else []
        return [
            one
            for one in self._of_person[result.participant.owner_id]
            if one.participant.cycle.kind in shorter
            and cycle.start <= one.participant.cycle.start
            and one.participant.cycle.end <= cycle.end
        ]

    def _renewed(self, line: Line) -> Line:
        """The mean of the teams run, where the draft moves the score of somebody in them."""
        members = self._members.get(line.pk, {})
        moved, teams = False, dict[int | None, list[Fraction]]()
        for member, value in members.items():
            known = self._known.get(member)
            score = known.team_block if known else None
            before = Fraction(value)
            moved |= score is not None and abs(score - before) > SIX_PLACES
            teams.setdefault(self._teams.get(member), []).append(before if score is None else score)
        mean = arithmetic.team_mean(teams.values()) if moved else None
        if mean is None:
            return line
        renewed = copy(line)
        renewed.value = (Decimal(mean.numerator) / Decimal(mean.denominator)).quantize(SIX_PLACES)
        return renewed


def _members(asked: Iterable[int]) -> dict[int, dict[int, Decimal]]:
    """Behind each frozen mean of teams the members with their scores; what an appeal has corrected
    rests on none."""
    means = Evidence.objects.filter(
        line__participant__in=asked, line__metric=TEAM_MEAN, line__corrected_by=None
    )
    found: dict[int, dict[int, Decimal]] = {}
    for line, member, value in means.values_list("line", "about_id", "value"):
        found.setdefault(line, {})[member] = value
    return found


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


def ends() -> Iterable[date]:
    """The last days of the cycles that are closed."""
    return Cycle.objects.filter(stage=Stage.CLOSED).order_by().values_list("end", flat=True)


offers.add(
    offers.Replay(
        "appraisal.scores",
        lazy("Appraisal scores"),
        10,
        scores,
        lazy(
            "Figures, targets and ratings stay as they were frozen. Weights, caps, the way of "
            "combining and levels are the draft's; where they move a score, the means of teams and "
            "of shorter cycles follow."
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
