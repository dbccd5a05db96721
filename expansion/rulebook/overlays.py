"""One of several regulations that a preset unites, chosen instead of the union (reading 49)."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_DOWN, Decimal
from typing import Any

from pydantic import Field

from expansion.rulebook.scoring import CycleType
from expansion.rulebook.values import ClauseId, Item, Key, Source

HUNDRED = Decimal(100)
CENT = Decimal("0.01")
# The lists of the union from which an overlay keeps what it names.
KEPT = ("posts", "teams", "reports", "plans", "meetings", "consequences")


class Overlay(Item):
    """What a sub-regulation keeps of the union, and what it says otherwise.

    `posts` and `teams` that it does not name stay as they are in the union; of reports, plans,
    meetings and consequences only those named stay. Of the indicators of every set those named
    stay, with even weights, where any of the set is named. `values` are parameters by their path.
    """

    regulation: ClauseId = Field(description="What its clause ids begin with.")
    posts: tuple[Key, ...] = ()
    teams: tuple[Key, ...] = ()
    cycles: tuple[CycleType, ...] = ()
    indicators: tuple[Key, ...] = ()
    reports: tuple[Key, ...] = ()
    plans: tuple[Key, ...] = ()
    meetings: tuple[Key, ...] = ()
    consequences: tuple[Key, ...] = ()
    values: Mapping[str, Any] = {}


def narrowed(data: Mapping[str, Any], overlay: Overlay) -> dict[str, Any]:
    """The union's data with only what the overlay keeps; its `values` are not set yet."""
    chosen = dict(data)
    for name in KEPT:
        keys = getattr(overlay, name)
        if keys or name not in ("posts", "teams"):
            chosen[name] = [one for one in data[name] if one["key"] in keys]
    chosen["overlays"] = []
    chosen["kpi_sets"] = [_thinned(one, overlay.indicators) for one in data["kpi_sets"]]
    chosen["clauses"] = [
        one for one in data["clauses"] if one["id"].startswith(f"{overlay.regulation}-")
    ]
    chosen["chapters"] = [one for one in data["chapters"] if one["id"] == overlay.regulation]
    chosen["policy"] = {
        **data["policy"], "overlay": overlay.key, "zh": overlay.zh, "en": overlay.en
    }  # fmt: skip
    if overlay.cycles:
        chosen["appraisal"] = _with_cycles(data["appraisal"], overlay.cycles)
    return chosen


def _thinned(kpi_set: Mapping[str, Any], keys: Iterable[str]) -> Mapping[str, Any]:
    named = [one for one in kpi_set["indicators"] if one["key"] in keys]
    if not named:
        return kpi_set
    weights = even(len(named))
    return {
        **kpi_set,
        "indicators": [
            {**one, "weight": {**one["weight"], "value": weight, "source": Source.PROPOSAL}}
            for one, weight in zip(named, weights, strict=True)
        ],
    }


def even(count: int) -> list[Decimal]:
    """A hundred in even weights of two places; the first takes what is left over (reading 18)."""
    share = (HUNDRED / count).quantize(CENT, ROUND_DOWN)
    return [HUNDRED - share * (count - 1), *[share] * (count - 1)]


def _with_cycles(appraisal: Mapping[str, Any], cycles: tuple[CycleType, ...]) -> dict[str, Any]:
    parties = [
        {**one, "cycles": {**one["cycles"], "value": _kept(one["cycles"]["value"], cycles)}}
        for one in appraisal["parties"]
    ]
    return {**appraisal, "cycles": cycles, "parties": parties}


def _kept(wanted: Iterable[CycleType], cycles: tuple[CycleType, ...]) -> list[CycleType]:
    return [cycle for cycle in wanted if cycle in cycles]
