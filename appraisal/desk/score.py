"""The page of one person's result: stages, sum, indicators, evidence, charts (R-apr-02, -07)."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appraisal import scoring
from appraisal.access import EVALUATION, FIGURES, PERSON, RESULT, parts, sections, shown_from
from appraisal.desk import explaining
from appraisal.desk.evidence import Drawer
from appraisal.models import Appeal, Line, Participant, Rating, Result, Review, Stage
from expansion import access, metrics, worktime
from expansion.rounding import two_places
from expansion.rulebook.scoring import Indicator, Part
from expansion.ui import formats

SMALLEST_GROUP = 5  # A mean of fewer people would show single ones (quality.md).
TREND = 6
FEWEST_POINTS = 3


class ScorePage:
    """Everything the template asks for; each part is read once and only where it is shown."""

    def __init__(
        self,
        person: Any,
        participant: Participant,
        query: Mapping[str, str],
        *,
        refused: bool = False,
    ):
        self.person, self.participant, self.query = person, participant, query
        self.refused = refused  # a contest came back: its form stays open with what was typed
        self.cycle = participant.cycle
        self.rules = self.cycle.rules
        self.kpi_set = participant.indicators
        self.sections = sections(person, participant)
        self.parts = parts(person, participant)

    @cached_property
    def result(self) -> Result | None:
        return getattr(self.participant, "result", None) if RESULT in self.sections else None

    @property
    def sum(self) -> dict[str, Any] | None:
        if self.result is None:
            return None
        return explaining.sum_of(self.result, self.rules, self.kpi_set, self.cycle.kind)

    @cached_property
    def lines(self) -> list[Line]:
        """The lines this person may read now."""
        lines = access.visible_to(self.person, self.participant.lines.all())
        return list(lines.select_related("corrected_by"))

    @cached_property
    def figures(self) -> scoring.Figures:
        return scoring.by_part(self.lines)

    @cached_property
    def counted(self) -> dict[int, int]:
        """How many records count in each line."""
        rows = (
            Line.objects.filter(pk__in=[line.pk for line in self.lines], evidence__counted=True)
            .values_list("pk")
            .annotate(Count("evidence"))
        )
        return dict(rows)

    @cached_property
    def reviews(self) -> dict[str, Review]:
        found = access.visible_to(self.person, self.participant.reviews.all())
        return {one.party: one for one in found.select_related("by", "for_person")}

    @cached_property
    def ratings(self) -> dict[tuple[str, str], Rating]:
        """Ratings and comments by party and indicator, of the forms this person may read."""
        rows = Rating.objects.filter(review__in=list(self.reviews.values())).select_related(
            "review"
        )
        return {(row.review.party, row.indicator): row for row in rows}

    @cached_property
    def appeals(self) -> list[Appeal]:
        found = access.visible_to(self.person, self.participant.appeals.all())
        return list(found.select_related("handler", "line", "evidence"))

    @property
    def may_appeal(self) -> bool:
        return (
            PERSON in self.parts
            and self.result is not None
            and self.result.may_be_appealed(worktime.now())
        )

    @property
    def window(self) -> str:
        """How long an appeal can still be filed, in words."""
        if not self.may_appeal:
            return ""
        last = worktime.local_date(self.result.appeal_until)
        calendar = self.rules.working_time.as_calendar()
        days = worktime.workdays_between(worktime.today(), last, calendar)
        return ngettext(
            "appeal window, %(days)s working day left",
            "appeal window, %(days)s working days left",
            days,
        ) % {"days": days}

    @property
    def may(self) -> dict[str, bool]:
        """What this person can do here now; the services ask again."""
        at, who, own = self.participant.at, self.parts, self.reviews.get(Review.Party.SELF)
        handed_in = PERSON in who and own is not None and own.submitted
        writing = at in (Stage.SELF_REVIEW, Stage.EVALUATION)
        return {
            "self_review": PERSON in who and writing and not handed_in,
            "read_self_review": handed_in,
            "evaluate": "superior" in who and at == Stage.EVALUATION,
            "review": "final" in who and at == Stage.REVIEW and not self._is_fixed,
            "acknowledge": PERSON in who
            and self.result is not None
            and self.result.acknowledged_at is None,
            "appeal": self.may_appeal,
        }

    @property
    def _is_fixed(self) -> bool:
        return self.result is not None and self.result.finalized_at is not None

    @property
    def status(self) -> tuple[str, str]:
        """The badge beside the title."""
        if any(appeal.pending for appeal in self.appeals):
            return "due", _("under appeal")
        if self.result is not None and self.result.acknowledged_at:
            return "done", _("confirmed")
        tone = "info" if self.participant.at != Stage.CLOSED else "neutral"
        return tone, self.participant.get_stage_display()

    @property
    def steps(self) -> list[dict[str, str]]:
        """The stage strip."""
        named = [
            (Stage.COLLECTING, _("Evidence frozen")),
            (Stage.SELF_REVIEW, _("Self-review")),
            (Stage.EVALUATION, explaining.evaluation(self.rules)),
            (Stage.REVIEW, explaining.review(self.participant.final_by)),
            (Stage.FEEDBACK, self.window or explaining.feedback(self.rules)),
            (Stage.CLOSED, _("Result applied")),
        ]
        here = self.participant.at.place
        states = {-1: "next", 0: "now", 1: "done"}
        return [
            {"label": label, "state": states[(here > stage.place) - (here < stage.place)]}
            for stage, label in named
        ]

    @property
    def why_nothing(self) -> str:
        """Why neither figures nor a result stand here: there are none, or not for this reader."""
        if not self.participant.at.reached(Stage.SELF_REVIEW):
            return _("The figures stand here once they are collected.")
        stage = shown_from(FIGURES, self.parts)
        return _("The figures are collected. You read them from “%(stage)s” on.") % {
            "stage": stage.label
        }

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """The indicator table, by blocks; without a result the computed part only."""
        if self.result is not None:
            return [self._scored_block(block) for block in self.result.breakdown["blocks"]]
        if FIGURES not in self.sections:
            return []
        rows = [self._row(one) for one in scoring.indicators(self.rules, self.kpi_set)]
        return [{"label": self.kpi_set.label(), "points": "", "rows": rows}]

    def _scored_block(self, block: Mapping[str, Any]) -> dict[str, Any]:
        known = {one.key: one for one in scoring.indicators(self.rules, self.kpi_set)}
        label = explaining.block_label(self.rules, self.kpi_set, block["key"])
        share = explaining.plain(Decimal(block["share"]))
        rows = []
        for line in block["lines"]:
            if line["key"] in known:
                rows.append(self._row(known[line["key"]], line))
            else:
                rows.append(self._plain_row(line))
        return {"label": f"{label} × {share}%", "points": block["points"], "rows": rows}

    def _plain_row(self, line: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "label": explaining.line_label(self.rules, self.kpi_set, line["key"]),
            "score": line["value"],
            "weight": explaining.plain(Decimal(line["stated"])),
            "points": line["points"],
        }

    def _row(self, one: Indicator, line: Mapping[str, Any] | None = None) -> dict[str, Any]:
        score = scoring.indicator_score(one, self.figures)
        return {
            "key": one.key,
            "label": one.label(),
            "note": self._rater(one),
            "actual": " · ".join(self._actuals(one)) or formats.NOTHING,
            "target": " · ".join(self._targets(one)) or formats.NOTHING,
            "score": formats.NOTHING if score is None else f"{two_places(score):.2f}",
            "weight": explaining.plain(one.weight.value),
            "points": line["points"] if line else "",
            "evidence": self._evidence_word(one),
            "url": f"?indicator={one.key}",
            "chosen": self.query.get("indicator") == one.key,
            "missing": self._missing(one) if score is None else "",
        }

    def _missing(self, one: Indicator) -> str:
        """Why an indicator has no score here (reading 41)."""
        lines: Iterable[Any] = [self.figures.get((one.key, part.key)) for part in one.how]
        if any(line and line.value is not None and line.target is None for line in lines):
            return _("no target")
        if not one.is_rated:
            return _("nothing to judge")
        if EVALUATION in self.sections:
            return _("not rated yet")
        stage = shown_from(EVALUATION, self.parts)
        return _("shown from “%(stage)s” on") % {"stage": stage.label}

    def _rater(self, one: Indicator) -> str:
        review = self.reviews.get(Review.Party.SUPERIOR)
        if not one.is_rated or review is None or EVALUATION not in self.sections:
            return ""
        return _("rated by %(name)s") % {"name": review.by.name}

    def _actuals(self, one: Indicator) -> list[str]:
        found = []
        for part in one.how:
            line = self.figures.get((one.key, part.key))
            if line is not None and line.value is not None:
                value = explaining.read(line.value)
                found.append(_("rating %(value)s") % {"value": value} if line.rated else
                             f"{value}{unit(part)}")  # fmt: skip
        return found

    def _targets(self, one: Indicator) -> list[str]:
        found = []
        for part in one.how:
            line = self.figures.get((one.key, part.key))
            if line is not None and line.target is not None:
                found.append(f"{explaining.read(line.target)}{unit(part)}")
        return found

    def _evidence_word(self, one: Indicator) -> str:
        counts = [self.counted.get(line.pk, 0) for line in self.lines if line.indicator == one.key]
        if counts and max(counts):
            count = max(counts)
            return ngettext("%(count)s record", "%(count)s records", count) % {"count": count}
        return _("Written comments") if one.is_rated else _("Records")

    @cached_property
    def drawer(self) -> Drawer | None:
        """The docked drawer of `?indicator=key`; it has its own address."""
        wanted = self.query.get("indicator", "")
        known = {one.key: one for one in scoring.indicators(self.rules, self.kpi_set)}
        if wanted not in known or FIGURES not in self.sections:
            return None
        return Drawer(self, known[wanted])

    @property
    def radar(self) -> dict[str, Any] | None:
        rows = [row for block in self.blocks for row in block["rows"] if row.get("key")]
        rows = [row for row in rows if row["score"] != formats.NOTHING]
        if self.result is None or len(rows) < FEWEST_POINTS:
            return None
        series = [
            {
                "name": self.participant.owner.name,
                "values": [float(row["score"]) for row in rows],
                "role": "self",
            }
        ]
        means = self.team_means
        if means:
            mine = [float(means[row["key"]]) if row["key"] in means else None for row in rows]
            series.append({"name": _("Team mean"), "values": mine, "role": "target"})
        head = [_("Indicator"), *[one["name"] for one in series]]
        return {
            "data": {"labels": [row["label"] for row in rows], "series": series, "maximum": 100},
            "table": {
                "head": head,
                "rows": [
                    [row["label"], *[_cell(one["values"][place]) for one in series]]
                    for place, row in enumerate(rows)
                ],
            },
        }

    @cached_property
    def team_means(self) -> dict[str, Decimal]:
        """Each indicator's mean in the team: only of enough people, once all are delivered."""
        if not self.cycle.at.reached(Stage.FEEDBACK):
            return {}
        results = Result.objects.filter(
            participant__cycle=self.cycle,
            participant__team=self.participant.team_id,
            participant__kpi_set=self.participant.kpi_set,
        )
        values: dict[str, list[Decimal]] = {}
        for steps in results.values_list("breakdown", flat=True):
            for block in steps["blocks"]:
                for line in explaining.counting(block):
                    values.setdefault(line["key"], []).append(Decimal(line["value"]))
        return {
            key: two_places(sum(found, Decimal()) / len(found))
            for key, found in values.items()
            if len(found) >= SMALLEST_GROUP
        }

    @property
    def trend(self) -> dict[str, Any] | None:
        """The person's last scores of this kind of cycle."""
        if self.result is None:
            return None
        results = access.visible_to(self.person, Result.objects.all()).filter(
            participant__owner=self.participant.owner_id,
            participant__cycle__kind=self.cycle.kind,
            participant__cycle__start__lte=self.cycle.start,
        )
        rows = list(
            results.order_by("-participant__cycle__start").select_related("participant__cycle")[
                :TREND
            ]
        )[::-1]
        mark = explaining.level_line(self.rules)
        labels = [row.participant.cycle.period.label for row in rows]
        scores = [float(row.score) for row in rows]
        return {
            "data": {
                "labels": labels,
                "series": [{"name": _("Score"), "values": scores, "role": "self"}],
                "target": {
                    "label": f"{mark.label()} {explaining.plain(mark.starts_at.value)}",
                    "value": float(mark.starts_at.value),
                },
                "minimum": min([60.0, *(score // 10 * 10 for score in scores)]),
                "maximum": 100,
            },
            "table": {
                "head": [_("Period"), _("Score")],
                "rows": [
                    [label, _cell(score)] for label, score in zip(labels, scores, strict=True)
                ],
            },
            "drawn": len(rows) >= FEWEST_POINTS,
        }


def _cell(value: float | None) -> str:
    """A score of a chart as its table says it."""
    return formats.NOTHING if value is None else f"{value:.2f}"


def unit(part: Part) -> str:
    """The metric's unit behind a number, with a blank where it is a word."""
    metric = metrics.known().get(part.metric)
    word = str(metric.unit) if metric else ""
    return f" {word}" if word and word != "%" else word
