"""From the lines of a person to a score with its arithmetic; `arithmetic` does the sums.

Nothing here reads the database or the clock: the same lines give the same score (law 5).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol

from appraisal import arithmetic
from expansion.rounding import two_places
from expansion.rulebook.schema import Rules
from expansion.rulebook.scoring import CycleType, Indicator, KpiSet, Part
from expansion.rulebook.values import Parameter

HUNDRED = Decimal(100)
TEAM_MEAN = "appraisal.team_mean"  # a mean of scores that do not exist before the evaluation
SIX_PLACES = Decimal("0.000001")


class Figure(Protocol):
    """What a line says of one part of an indicator."""

    indicator: str
    part: str
    value: Decimal | None
    target: Decimal | None


Figures = Mapping[tuple[str, str], Figure]


def indicators(rules: Rules, kpi_set: KpiSet) -> list[Indicator]:
    """The indicators that make a score with this set, the common ones last; behind them the overall
    rating where the rulebook gives it a share (D-2.3.3b, reading 5)."""
    common = rules.common_set()
    known = {one.key: one for one in common.indicators} if common else {}
    known |= {one.key: one for one in kpi_set.indicators}
    found = [known[key] for key in arithmetic.indicator_keys(rules, kpi_set)]
    return [*found, overall_rating(rules)] if rules.appraisal.combine.overall_share.value else found


def parts_with_targets(rules: Rules) -> Iterator[tuple[KpiSet, Indicator, Part]]:
    """Every part of an indicator that is set against a target: neither rated nor a team's mean."""
    for kpi_set in rules.kpi_sets:
        for one in kpi_set.indicators:
            for part in one.how:
                if part.kind != "rated" and part.metric != TEAM_MEAN:
                    yield kpi_set, one, part


def overall_rating(rules: Rules) -> Indicator:
    """The overall rating as an indicator that the parties rate; its weight is its share."""
    share = rules.appraisal.combine.overall_share
    whole = Parameter[Decimal](value=HUNDRED, source=share.source, clause=share.clause)
    part = Part(key="rating", kind="rated", share=whole)
    return Indicator(
        key=arithmetic.OVERALL, zh="总评", en="Overall rating", weight=share, how=(part,)
    )


def by_part(lines: Iterable[Figure]) -> Figures:
    return {(line.indicator, line.part): line for line in lines}


def part_score(indicator: Indicator, part: Part, figures: Figures) -> Fraction | None:
    """The part's score from 0 to 100; None where it has no value or no target (reading 41)."""
    line = figures.get((indicator.key, part.key))
    if line is None or line.value is None:
        return None
    target = HUNDRED if part.kind == "rated" else line.target
    return arithmetic.completion_score(line.value, target, indicator.cap.value)


def indicator_score(indicator: Indicator, figures: Figures) -> Fraction | None:
    """The mean of the parts by their shares; a part without a score leaves its share to them."""
    return arithmetic.weighted_mean(
        (part.share.value, part_score(indicator, part, figures)) for part in indicator.how
    )


def score(
    rules: Rules,
    kpi_set: KpiSet,
    cycle: CycleType,
    figures: Figures,
    shorter: Sequence[Decimal] = (),
) -> arithmetic.Result | None:
    """The score of one person, by the arithmetic of the trial; None when nothing has a value."""
    values = {one.key: indicator_score(one, figures) for one in indicators(rules, kpi_set)}
    overall = values.pop(arithmetic.OVERALL, None)
    return arithmetic.score(
        rules, kpi_set, cycle=cycle, values=values, overall=overall, shorter=shorter
    )


def breakdown(
    rules: Rules, kpi_set: KpiSet, result: arithmetic.Result, figures: Figures
) -> dict[str, Any]:
    """Every step as plain data with exact weights, so that a page or a sheet can do it again."""
    known = {one.key: one for one in indicators(rules, kpi_set)}
    return {
        "exact": _exact(result.exact),
        "mode": rules.appraisal.combine.mode.value,
        "blocks": [_block(block, known, figures) for block in result.blocks],
    }


def _block(
    block: arithmetic.Block, known: Mapping[str, Indicator], figures: Figures
) -> dict[str, Any]:
    return {
        "key": block.key,
        "share": _exact(block.exact_share),
        "value": _rounded(block.exact_value),
        "exact": None if block.exact_value is None else _exact(block.exact_value),
        "points": str(block.points),
        "lines": [_line(line, known.get(line.key), figures) for line in block.lines],
    }


def _line(line: arithmetic.Line, indicator: Indicator | None, figures: Figures) -> dict[str, Any]:
    return {
        "key": line.key,
        "stated": str(line.stated),
        "weight": _exact(line.exact_weight),
        "value": _rounded(line.exact_value),
        "points": str(line.points),
        "parts": _parts(line, indicator, figures),
    }


def _parts(
    line: arithmetic.Line, indicator: Indicator | None, figures: Figures
) -> list[dict[str, Any]]:
    """The parts with the weight that each has in the whole; without an indicator, the line itself
    (the mean of the shorter cycles)."""
    if indicator is None:
        value = _exact(line.exact_value) if line.exact_value is not None else None
        return [_part(line.key, value, "100", "1", line.exact_weight, line.exact_value)]
    scores = {part.key: part_score(indicator, part, figures) for part in indicator.how}
    present = sum(
        (Fraction(p.share.value) for p in indicator.how if scores[p.key] is not None), Fraction()
    )
    parts = []
    for part in indicator.how:
        share = Fraction(part.share.value) if scores[part.key] is not None else Fraction()
        weight = line.exact_weight * share / present if present else Fraction()
        figure = figures.get((indicator.key, part.key))
        target = HUNDRED if part.kind == "rated" else (figure.target if figure else None)
        value = figure.value if figure else None
        cap = str(indicator.cap.value)
        parts.append(_part(part.key, _text(value), _text(target), cap, weight, scores[part.key]))
    return parts


def _part(
    key: str,
    value: str | None,
    target: str | None,
    cap: str,
    weight: Fraction,
    score: Fraction | None,
) -> dict[str, Any]:
    return {
        "key": key,
        "value": value,
        "target": target,
        "cap": cap,
        "weight": _exact(weight),
        "score": _rounded(score),
    }


def _exact(value: Fraction) -> str:
    """Ten places: far beyond what two rounded ones can show."""
    return str(Decimal(round(value * 10**10)).scaleb(-10).normalize().__format__("f"))


def _rounded(value: Fraction | None) -> str | None:
    return None if value is None else str(two_places(value))


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"
