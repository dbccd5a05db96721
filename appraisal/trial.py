"""The trial calculator (试算): reads what somebody wants to try and runs the cycles' arithmetic.

The page and `manage.py trial_score` share it. `docs/trial-score.md` describes the format. What
cannot be read is refused with one sentence (`expansion.errors.Invalid`).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, NoReturn, cast, get_args

from django.utils.translation import gettext as _

from appraisal import arithmetic
from expansion.errors import Invalid, Refusal
from expansion.rounding import two_places
from expansion.rulebook import loading
from expansion.rulebook.schema import Rules
from expansion.rulebook.scoring import CycleType, Indicator, KpiSet, Mode

KEYS = ("preset", "team", "cycle", "indicators", "combine", "overall", "months", "quarters")
REQUIRED = ("preset", "team", "cycle", "indicators")

# The regulation's own name of a set beside ours.
OTHER_NAMES = {"manager/deputy": "management"}

# Which key holds the closed scores of the shorter cycles, and how many there can be.
SHORTER = {"quarter": ("months", 3), "year": ("quarters", 4)}

# More decimal places than this say nothing about a score.
MOST_PLACES = 40


@dataclass(frozen=True)
class Trial:
    """A readable request: everything `arithmetic.score` needs."""

    rules: Rules
    kpi_set: KpiSet
    cycle: CycleType
    mode: Mode
    values: Mapping[str, Fraction | None]
    overall: Fraction | None
    shorter: Sequence[Fraction | None]


def from_json(text: str) -> object:
    """The data in a JSON text; refuses malformed text, doubled keys, NaN and infinity."""
    try:
        return json.loads(
            text,
            parse_float=_decimal,
            parse_int=_decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_without_doubles,
        )
    except json.JSONDecodeError as error:
        _refuse(
            _("This is not JSON: line %(line)s, column %(column)s.")
            % {"line": error.lineno, "column": error.colno}
        )
    except RecursionError:
        _refuse(_("This is not JSON that a trial could mean: it is nested too deeply."))


def run(data: object, *, rules: Rules | None = None, version: str | None = None) -> dict[str, Any]:
    """The score of a trial as plain data; `rules` replaces the preset named in it."""
    trial = read(data, rules)
    result = arithmetic.score(
        trial.rules,
        trial.kpi_set,
        cycle=trial.cycle,
        values=trial.values,
        overall=trial.overall,
        shorter=trial.shorter,
        mode=trial.mode,
    )
    if result is None:
        _refuse(_("No indicator has a value, so there is no score."))
    return {
        "score": str(result.score),
        "level": result.level.key,
        "lines": [_line(one) for one in result.lines],
        "rulebook": version or trial.rules.version,
    }


def read(data: object, rules: Rules | None = None) -> Trial:
    """Check a trial against the rules it names; refuses the first thing that does not fit."""
    entries = _mapping(data, _("a trial"))
    _only(entries, KEYS)
    for key in REQUIRED:
        if key not in entries:
            _refuse(_("“%(key)s” is missing.") % {"key": key})
    rules = rules or _preset(entries["preset"])
    cycle = _cycle(rules, entries["cycle"])
    kpi_set = _kpi_set(rules, entries["team"])
    mode = _mode(rules, entries.get("combine"))
    return Trial(
        rules,
        kpi_set,
        cycle,
        mode,
        values=_values(rules, kpi_set, cycle, mode, entries["indicators"]),
        overall=_overall(rules, cycle, entries.get("overall")),
        shorter=_shorter(rules, kpi_set, cycle, mode, entries),
    )


def _line(one: arithmetic.Line) -> dict[str, str | None]:
    return {
        "key": one.key,
        "weight": str(one.weight),
        "value": None if one.value is None else str(one.value),
        "points": str(one.points),
    }


def _preset(given: object) -> Rules:
    try:
        return loading.preset(_text(given, "preset"))
    except Refusal as refusal:
        raise Invalid(refusal.message) from refusal


def _cycle(rules: Rules, given: object) -> CycleType:
    cycle = _text(given, "cycle")
    if cycle not in get_args(CycleType):
        _refuse_choice("cycle", cycle, rules.appraisal.cycles)
    if cycle not in rules.appraisal.cycles:
        _refuse(
            _("This regulation knows no cycle “%(cycle)s”. Its cycles: %(known)s.")
            % {"cycle": cycle, "known": ", ".join(rules.appraisal.cycles)}
        )
    return cycle


def _kpi_set(rules: Rules, given: object) -> KpiSet:
    key = _text(given, "team")
    known = {one.key: one for one in rules.kpi_sets if one.kind != "common"}
    found = known.get(OTHER_NAMES.get(key, key))
    if found is None:
        _refuse_choice("team", key, known)
    return found


def _mode(rules: Rules, given: object) -> Mode:
    """The way of combining; where there is a common set, the three of reading 1."""
    if given is None:
        return rules.appraisal.combine.mode.value
    with_common = ("common_shares_fixed", "normalise", "additive")
    known = with_common if rules.common_set() else (rules.appraisal.combine.mode.value,)
    mode = _text(given, "combine")
    if mode not in known:
        _refuse_choice("combine", mode, known)
    return cast(Mode, mode)


def _values(
    rules: Rules, kpi_set: KpiSet, cycle: CycleType, mode: Mode, given: object
) -> dict[str, Fraction | None]:
    entries = _mapping(given, "indicators")
    keys = arithmetic.indicator_keys(rules, kpi_set, mode)
    _only(entries, keys)
    for key in keys:
        if key not in entries:
            _refuse(_("The indicator “%(key)s” is missing.") % {"key": key})
    known = {one.key: one for part in rules.kpi_sets for one in part.indicators}
    known |= {one.key: one for one in kpi_set.indicators}
    return {key: _value(rules, known[key], cycle, entries[key]) for key in keys}


def _value(rules: Rules, indicator: Indicator, cycle: CycleType, given: object) -> Fraction | None:
    """A number, None for “no target”, or the parties' ratings of a rated indicator."""
    if not isinstance(given, Mapping):
        return None if given is None else number(given, indicator.key)
    if not indicator.is_rated:
        _refuse(
            _("“%(key)s” is computed from records, nobody rates it: give one number or null.")
            % {"key": indicator.key}
        )
    return _ratings(rules, cycle, given, indicator.key)


def _ratings(
    rules: Rules, cycle: CycleType, given: Mapping[str, object], name: str
) -> Fraction | None:
    """One rating from the parties' ones. A party without a share may stay out (reading 3)."""
    parties = rules.parties(cycle)
    _only(given, [one.key for one in parties], name)
    ratings = {
        key: None if value is None else number(value, f"{name}.{key}")
        for key, value in given.items()
    }
    for party in parties:
        if party.weight.value and ratings.get(party.key) is None:
            _refuse(
                _("“%(name)s” lacks the rating of the party “%(party)s”.")
                % {"name": name, "party": party.key}
            )
    return arithmetic.party_score(ratings, parties)


def _overall(rules: Rules, cycle: CycleType, given: object) -> Fraction | None:
    entries = {} if given is None else _mapping(given, "overall")
    if rules.appraisal.combine.overall_share.value:
        return _ratings(rules, cycle, entries, "overall")
    if entries:
        _refuse(
            _("This regulation knows no overall rating; leave “%(key)s” out.") % {"key": "overall"}
        )
    return None


def _shorter(
    rules: Rules, kpi_set: KpiSet, cycle: CycleType, mode: Mode, entries: Mapping[str, object]
) -> list[Fraction | None]:
    """The closed scores of the shorter cycles; needed exactly where a formula uses them."""
    wanted = SHORTER[cycle] if arithmetic.formula(rules, cycle) else (None, 0)
    for key, _most in SHORTER.values():
        if key != wanted[0] and entries.get(key) not in (None, []):
            _refuse(
                _("A score of the cycle “%(cycle)s” does not use “%(key)s”; leave it out.")
                % {"cycle": cycle, "key": key}
            )
    if wanted[0] is None:
        return []
    return _scores(entries.get(wanted[0]), wanted[0], wanted[1], rules, kpi_set, mode)


def _scores(
    given: object, key: str, most: int, rules: Rules, kpi_set: KpiSet, mode: Mode
) -> list[Fraction | None]:
    if not isinstance(given, list) or not 1 <= len(given) <= most:
        _refuse(_("“%(key)s” is a list of one to %(most)s scores.") % {"key": key, "most": most})
    largest = arithmetic.largest_score(rules, kpi_set, mode)
    scores = [None if one is None else number(one, key, largest) for one in given]
    if all(one is None for one in scores):
        _refuse(_("“%(key)s” needs at least one score.") % {"key": key})
    return scores


def number(given: object, name: str, largest: Fraction = arithmetic.HUNDRED) -> Fraction:
    """A number between 0 and the largest; refuses text, true and false, NaN, and beyond."""
    if isinstance(given, bool) or not isinstance(given, int | float | Decimal):
        _refuse(_("“%(name)s” has to be a number.") % {"name": name})
    value = _decimal(str(given))
    most = two_places(largest).normalize()
    if not value.is_finite() or not 0 <= value <= most:
        _refuse(_("“%(name)s” lies outside 0 to %(most)s.") % {"name": name, "most": f"{most:f}"})
    if cast(int, value.as_tuple().exponent) < -MOST_PLACES:
        _refuse(
            _("“%(name)s” has more than %(places)s decimal places.")
            % {"name": name, "places": MOST_PLACES}
        )
    return Fraction(value)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        _refuse(_("“%(text)s” is not a number that can be read.") % {"text": text[:40]})


def _text(given: object, name: str) -> str:
    if not isinstance(given, str):
        _refuse(_("“%(name)s” has to be text.") % {"name": name})
    return given


def _mapping(given: object, name: str) -> Mapping[str, object]:
    if not isinstance(given, Mapping):
        _refuse(_("“%(name)s” has to be an object with named entries.") % {"name": name})
    return given


def _only(given: Mapping[str, object], known: Sequence[str], name: str = "") -> None:
    for key in given:
        if key not in known:
            _refuse_choice(name, key, known)


def _refuse_choice(name: str, key: str, known: Mapping[str, Any] | Sequence[str]) -> NoReturn:
    sentence = _("“%(key)s” is not known in “%(name)s”. Known: %(known)s.")
    if not name:
        sentence = _("“%(key)s” is not known. Known: %(known)s.")
    _refuse(sentence % {"key": key[:40], "name": name, "known": ", ".join(known)})


def _refuse_constant(constant: str) -> NoReturn:
    _refuse(_("“%(text)s” is not a number that can be read.") % {"text": constant})


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    entries: dict[str, object] = {}
    for key, value in pairs:
        if key in entries:
            _refuse(_("“%(key)s” stands there twice.") % {"key": key[:40]})
        entries[key] = value
    return entries


def _refuse(sentence: str) -> NoReturn:
    raise Invalid(sentence)
