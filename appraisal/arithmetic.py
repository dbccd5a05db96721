"""How a score is computed: pure arithmetic, no records, no clock (A-5.2, readings 1 to 4, 16, 41).

Everything is computed exactly, in fractions, and rounded half-up to two places once, at the end;
the level is read from the rounded score. A missing value (None) leaves its weight to the others
of its block in proportion, and an empty block to the other blocks likewise (reading 41).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from expansion.rounding import Exact, two_places
from expansion.rulebook.schema import Rules
from expansion.rulebook.scoring import CycleType, Formula, KpiSet, Level, Mode, Party

TEAM, COMMON, OVERALL, SHORTER = "team", "common", "overall", "shorter"
HUNDRED = Fraction(100)

# The key of the line that carries the mean of the shorter cycles.
SHORTER_MEAN = {"quarter": "months_mean", "year": "quarters_mean"}


@dataclass(frozen=True)
class Line:
    """One indicator in the sum: `stated` is its weight in its set, `weight` that in the whole."""

    key: str
    block: str
    stated: Decimal
    exact_weight: Fraction
    exact_value: Fraction | None

    @property
    def exact_points(self) -> Fraction:
        return self.exact_weight * (self.exact_value or 0) / 100

    @property
    def weight(self) -> Decimal:
        return two_places(self.exact_weight)

    @property
    def value(self) -> Decimal | None:
        return None if self.exact_value is None else two_places(self.exact_value)

    @property
    def points(self) -> Decimal:
        return two_places(self.exact_points)


@dataclass(frozen=True)
class Block:
    """A group of lines with a share of the whole, such as the team indicators with 60 %."""

    key: str
    exact_share: Fraction
    lines: tuple[Line, ...]

    @property
    def exact_value(self) -> Fraction | None:
        """The block's own mean on the 0–100 scale; None when none of its lines has a value."""
        return weighted_mean((line.exact_weight, line.exact_value) for line in self.lines)

    @property
    def share(self) -> Decimal:
        return two_places(self.exact_share)

    @property
    def value(self) -> Decimal | None:
        return None if self.exact_value is None else two_places(self.exact_value)

    @property
    def points(self) -> Decimal:
        return two_places(self.exact_points)

    @property
    def exact_points(self) -> Fraction:
        return sum((line.exact_points for line in self.lines), Fraction())


@dataclass(frozen=True)
class Result:
    """A score with everything it was made of; the blocks' points add up to `exact`."""

    blocks: tuple[Block, ...]
    level: Level

    @property
    def exact(self) -> Fraction:
        return sum((block.exact_points for block in self.blocks), Fraction())

    @property
    def score(self) -> Decimal:
        return two_places(self.exact)

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(line for block in self.blocks for line in block.lines)

    def block(self, key: str) -> Block | None:
        return next((one for one in self.blocks if one.key == key), None)


def weighted_mean(pairs: Iterable[tuple[Exact, Exact | None]]) -> Fraction | None:
    """The mean by weight over the values that are there; None when nothing with weight is."""
    present = [(Fraction(w), Fraction(v)) for w, v in pairs if v is not None]
    total = sum((weight for weight, _value in present), Fraction())
    if not total:
        return None
    return sum((weight * value for weight, value in present), Fraction()) / total


def completion_score(actual: Exact | None, target: Exact | None, cap: Exact = 1) -> Fraction | None:
    """`min(actual ÷ target, cap) × 100`, never below 0; None without a target (reading 41)."""
    if actual is None or not target:
        return None
    reached = Fraction(actual) / Fraction(target)
    return max(min(reached, Fraction(cap)), Fraction()) * 100


def party_score(given: Mapping[str, Exact | None], parties: Sequence[Party]) -> Fraction | None:
    """One rating from the parties that answered, by their shares (readings 3 and 4)."""
    return weighted_mean((one.weight.value, given.get(one.key)) for one in parties)


def team_mean(teams: Iterable[Iterable[Exact | None]]) -> Fraction | None:
    """The mean over teams of the mean of their members' team-block scores (reading 2)."""
    return _mean(_mean(members) for members in teams)


def score(
    rules: Rules,
    kpi_set: KpiSet,
    *,
    cycle: CycleType,
    values: Mapping[str, Exact | None],
    overall: Exact | None = None,
    shorter: Sequence[Exact | None] = (),
    mode: Mode | None = None,
) -> Result | None:
    """The score of one person in one cycle; None when nothing at all has a value.

    `values` holds a score from 0 to 100, or None, for exactly the indicators of the person's set
    (`indicator_keys`); `overall` is the overall rating where the rulebook gives it a share;
    `shorter` are the closed scores of the shorter cycles. `mode` overrides the rulebook's way of
    combining, for a trial.
    """
    mode = mode or rules.appraisal.combine.mode.value
    blocks = _redistributed(_blocks(rules, kpi_set, mode, values, overall))
    blocks = _with_shorter(blocks, cycle, formula(rules, cycle), _mean(shorter))
    if not _any_value(blocks):
        return None
    exact = sum((block.exact_points for block in blocks), Fraction())
    return Result(blocks, rules.level(two_places(exact)))


def indicator_keys(rules: Rules, kpi_set: KpiSet, mode: Mode | None = None) -> tuple[str, ...]:
    """The indicators that a score with this set needs, in the order of the lines."""
    mode = mode or rules.appraisal.combine.mode.value
    return tuple(one.key for part in _sets(rules, kpi_set, mode) for one in part.indicators)


def largest_score(rules: Rules, kpi_set: KpiSet, mode: Mode) -> Fraction:
    """What full marks make: 100, or more where the rulebook adds the common block on top."""
    values = dict.fromkeys(indicator_keys(rules, kpi_set, mode), 100)
    return sum((b.exact_points for b in _blocks(rules, kpi_set, mode, values, 100)), Fraction())


def formula(rules: Rules, cycle: CycleType) -> Formula | None:
    """How this cycle uses the shorter ones; None where it stands alone (reading 16)."""
    if cycle == "month":
        return None
    both = {"quarter": rules.appraisal.quarter_formula, "year": rules.appraisal.year_formula}
    return both[cycle]


def _mean(values: Iterable[Exact | None]) -> Fraction | None:
    return weighted_mean((1, value) for value in values)


def _sets(rules: Rules, kpi_set: KpiSet, mode: Mode) -> list[KpiSet]:
    """The set itself, and the common one beside it where this mode combines them."""
    common = rules.common_set()
    if kpi_set.kind != "team" or common is None or mode == "groups":
        return [kpi_set]
    return [kpi_set, common]


def _blocks(
    rules: Rules,
    kpi_set: KpiSet,
    mode: Mode,
    values: Mapping[str, Exact | None],
    overall: Exact | None,
) -> tuple[Block, ...]:
    sets = _sets(rules, kpi_set, mode)
    shares = _shares(rules, sets, mode)
    blocks = [
        _block(key, share, part, values)
        for key, share, part in zip((TEAM, COMMON), shares, sets, strict=False)
    ]
    own = Fraction(rules.appraisal.combine.overall_share.value)
    if own:
        rating = None if overall is None else Fraction(overall)
        blocks.append(Block(OVERALL, own, (Line(OVERALL, OVERALL, Decimal(100), own, rating),)))
    return tuple(blocks)


def _shares(rules: Rules, sets: Sequence[KpiSet], mode: Mode) -> list[Fraction]:
    """What each set's block counts of the whole, in percent (reading 1)."""
    if len(sets) == 1:
        return [HUNDRED - Fraction(rules.appraisal.combine.overall_share.value)]
    common = Fraction(sets[1].total)
    if mode == "additive":
        return [HUNDRED, common]
    if mode == "normalise":
        whole = (HUNDRED + common) / 100
        return [HUNDRED / whole, common / whole]
    return [Fraction(rules.appraisal.combine.team_share.value), common]


def _block(key: str, share: Fraction, part: KpiSet, values: Mapping[str, Exact | None]) -> Block:
    total = Fraction(part.total) or HUNDRED
    lines = []
    for one in part.indicators:
        value = values[one.key]
        weight = share * Fraction(one.weight.value) / total
        exact = None if value is None else Fraction(value)
        lines.append(Line(one.key, key, one.weight.value, weight, exact))
    return Block(key, share, tuple(lines))


def _with_shorter(
    blocks: tuple[Block, ...], cycle: CycleType, how: Formula | None, mean: Fraction | None
) -> tuple[Block, ...]:
    """Beside the mean of the shorter cycles the own evaluation keeps only its share."""
    if how is None:
        return blocks
    shorter = Fraction(how.parts_mean.value) if mean is not None else Fraction()
    own = Fraction(how.evaluation.value) if _any_value(blocks) else Fraction()
    both = shorter + own or HUNDRED
    share = shorter / both * 100
    line = Line(SHORTER_MEAN[cycle], SHORTER, how.parts_mean.value, share, mean)
    return (Block(SHORTER, share, (line,)), *(_scaled(block, own / both) for block in blocks))


def _any_value(blocks: Iterable[Block]) -> bool:
    return any(block.exact_value is not None for block in blocks)


def _redistributed(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    whole = sum((block.exact_share for block in blocks), Fraction())
    filled = sum((b.exact_share for b in blocks if b.exact_value is not None), Fraction())
    if not filled:
        return blocks
    return tuple(_scaled(_refilled(block), whole / filled) for block in blocks)


def _refilled(block: Block) -> Block:
    """The weights of lines without a value, given to those of the same block that have one."""
    present = sum((line.exact_weight for line in block.lines if _counts(line)), Fraction())
    if not present:
        return _scaled(block, Fraction())
    factor = block.exact_share / present
    lines = (replace(line, exact_weight=line.exact_weight * _counts(line)) for line in block.lines)
    return replace(
        _scaled(replace(block, lines=tuple(lines)), factor), exact_share=block.exact_share
    )


def _counts(line: Line) -> bool:
    return line.exact_value is not None


def _scaled(block: Block, factor: Fraction) -> Block:
    lines = tuple(replace(line, exact_weight=line.exact_weight * factor) for line in block.lines)
    return replace(block, exact_share=block.exact_share * factor, lines=lines)
