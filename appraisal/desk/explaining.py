"""A breakdown put into words and numbers: how the points add up to the score (law 5)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from appraisal import arithmetic, scoring
from appraisal.models import Result
from appraisal.selectors import knows_appeals
from expansion.approvals.wording import role_label
from expansion.rounding import two_places
from expansion.rulebook.schema import Rules
from expansion.rulebook.scoring import KpiSet, Level
from expansion.ui import formats

TONES = {0: "done", 1: "done", 2: "due"}


class Piece(NamedTuple):
    """A run of text in the arithmetic; `kind` is empty, `strong` or `accent`."""

    text: str
    kind: str = ""


def evaluation(rules: Rules) -> str:
    """The step of whoever the regulation lets score beside the person: 上级评价, 负责人评价."""
    party = next((one for one in rules.appraisal.parties if one.key == "superior"), None)
    return _("Evaluation by %(party)s") % {"party": party.label() if party else _("superior")}


def review(final_by: str) -> str:
    """The step of whoever fixes the score: 部门主管核定."""
    return _("Review by %(role)s") % {"role": role_label(final_by)}


def feedback(rules: Rules) -> str:
    return _("Confirmation and appeal") if knows_appeals(rules) else _("Confirmation")


def arithmetic_lines(
    breakdown: Mapping[str, Any], score: Decimal, adjustment: Decimal = Decimal(0)
) -> list[list[Piece]]:
    """The two lines of the sum: with weights and values, then with points."""
    blocks = [block for block in breakdown["blocks"] if Decimal(block["share"])]
    return [_with_values(blocks), _with_points(blocks, score, adjustment)]


def _with_values(blocks: Sequence[Mapping[str, Any]]) -> list[Piece]:
    pieces: list[Piece] = []
    for block in blocks:
        pieces += [Piece(" + ")] if pieces else []
        if block["key"] == arithmetic.TEAM and len(blocks) > 1:
            share = Decimal(block["share"])
            pieces.append(Piece(f"{plain(share / 100)} × ("))
            pieces += _terms(block, share)
            pieces.append(Piece(")"))
        else:
            pieces += _terms(block, Decimal(100))
    return pieces


def _terms(block: Mapping[str, Any], share: Decimal) -> list[Piece]:
    pieces: list[Piece] = []
    for line in counting(block):
        pieces += [Piece(" + ")] if pieces else []
        weight = Decimal(line["weight"]) / share * 100
        pieces += [Piece(f"{plain(weight)}% × "), Piece(line["value"], "strong")]
    return pieces


def _with_points(
    blocks: Sequence[Mapping[str, Any]], score: Decimal, adjustment: Decimal
) -> list[Piece]:
    terms = [
        point
        for block in blocks
        for point in ([block["points"]] if _is_group(block, blocks) else _points(block))
    ]
    pieces = [Piece("= ")]
    for place, point in enumerate(terms):
        pieces += [Piece(" + ")] if place else []
        pieces.append(Piece(point, "strong"))
    if adjustment:
        sign = "+" if adjustment > 0 else formats.MINUS
        pieces.append(Piece(f" {sign} {abs(adjustment):.2f}"))
    return [*pieces, Piece(" = "), Piece(f"{score:.2f}", "accent")]


def _is_group(block: Mapping[str, Any], blocks: Sequence[Any]) -> bool:
    return block["key"] == arithmetic.TEAM and len(blocks) > 1


def _points(block: Mapping[str, Any]) -> list[str]:
    return [line["points"] for line in counting(block)]


def counting(block: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The lines that have a value and so a weight."""
    return [line for line in block["lines"] if line["value"] is not None]


def plain(value: Decimal) -> str:
    """At most two places, no zeros at the end: 60, 37.5, 0.6."""
    return f"{two_places(value).normalize():f}"


def read(value: Decimal) -> str:
    """Like `plain`, with thousands apart: 12,300."""
    return formats.number(two_places(value).normalize())


def remarks(rules: Rules, kpi_set: KpiSet, cycle: str, breakdown: Mapping[str, Any]) -> list[str]:
    """What the numbers do not say by themselves."""
    said = [
        _("%(block)s: %(share)s%%.")
        % {"block": block_label(rules, kpi_set, block["key"]), "share": plain(share)}
        for block in breakdown["blocks"]
        if (share := Decimal(block["share"]))
    ]
    silent = [one.label() for one in rules.parties(cycle) if not one.weight.value]
    if silent:
        said.append(
            _("%(party)s is recorded and does not count.") % {"party": _(", ").join(silent)}
        )
    labels = indicator_labels(rules, kpi_set)
    missing = [
        labels[line["key"]]
        for block in breakdown["blocks"]
        for line in block["lines"]
        if line["value"] is None and line["key"] in labels
    ]
    if missing:
        said.append(
            _("No value: %(names)s. Their weight went to the others.")
            % {"names": _(", ").join(missing)}
        )
    return said


def indicator_labels(rules: Rules, kpi_set: KpiSet) -> dict[str, str]:
    return {one.key: one.label() for one in scoring.indicators(rules, kpi_set)}


def block_label(rules: Rules, kpi_set: KpiSet, key: str) -> str:
    """The heading of a block; a set that is the whole carries its own name."""
    if key == arithmetic.TEAM and kpi_set.kind == "whole":
        return kpi_set.label()
    return {
        arithmetic.TEAM: _("Team indicators"),
        arithmetic.COMMON: _("Common indicators"),
        arithmetic.OVERALL: _("Overall rating"),
        arithmetic.SHORTER: _("Shorter cycles"),
    }[key]


def line_label(rules: Rules, kpi_set: KpiSet, key: str) -> str:
    named = {
        "months_mean": _("Mean of the months"),
        "quarters_mean": _("Mean of the quarters"),
        arithmetic.OVERALL: _("Overall rating"),
    }
    return named.get(key) or indicator_labels(rules, kpi_set)[key]


class Verdict(NamedTuple):
    """A level in words: its badge and the span of scores that it covers."""

    label: str
    tone: str
    span: str


def verdict(rules: Rules, key: str) -> Verdict:
    ranked = sorted(rules.appraisal.levels, key=lambda one: one.starts_at.value, reverse=True)
    place = next(place for place, one in enumerate(ranked) if one.key == key)
    above = plain(ranked[place - 1].starts_at.value) if place else "100"
    tone = "late" if place == len(ranked) - 1 else TONES.get(place, "neutral")
    return Verdict(ranked[place].label(), tone, f"{plain(ranked[place].starts_at.value)} – {above}")


def level_line(rules: Rules) -> Level:
    """The second level from the top: the mark that a trend is read against."""
    ranked = sorted(rules.appraisal.levels, key=lambda one: one.starts_at.value, reverse=True)
    return ranked[min(1, len(ranked) - 1)]


def sum_of(result: Result, rules: Rules, kpi_set: KpiSet, cycle: str) -> dict[str, Any]:
    """What `appraisal/_sum.html` shows of a stored result."""
    return {
        "score": f"{result.score:.2f}",
        "level": verdict(rules, result.level),
        "lines": arithmetic_lines(result.breakdown, result.score, result.adjustment),
        "remarks": remarks(rules, kpi_set, cycle, result.breakdown),
    }
