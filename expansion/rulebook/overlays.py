"""One of several regulations that a preset unites, chosen instead of the union (reading 49)."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_noop as _
from pydantic import BaseModel, Field
from pydantic.fields import FieldInfo

from expansion.rulebook.lists import lists
from expansion.rulebook.parameters import put
from expansion.rulebook.scoring import CycleType
from expansion.rulebook.values import ClauseId, Item, Key, Parameter, Source

if TYPE_CHECKING:
    from expansion.rulebook.schema import Rules

HUNDRED = Decimal(100)
CENT = Decimal("0.01")
# The lists of the union from which an overlay keeps what it names.
KEPT = ("reports", "plans", "meetings", "consequences")
# What stands in the notes, as those of the shipped regulations: Chinese alone.
SILENT = "本制度未写明"
BORROWED = "本制度未写明，借用 {regulation}"
NO_NUMBER = "人数未写明"
NO_WEIGHTS = "权重未写明"


class OwnPost(Item):
    """A post by this regulation's title; all else is as the union has it under `like`, or under
    the same key."""

    clause: ClauseId
    like: Key | None = Field(default=None, title=_("All else as"))
    note: str = Field(default="", title=_("Note"))


class OwnTeam(Item):
    """A team by this regulation's name, and the post that leads it where it names one."""

    clause: ClauseId
    head: Key | None = Field(default=None, title=_("Led by"))
    note: str = Field(default="", title=_("Note"))


class Overlay(Item):
    """What a sub-regulation keeps of the union, and what it says otherwise.

    Its posts and teams are those it names, by its own titles. Of reports, plans, meetings and
    consequences those named stay. Of the indicators of every set those named stay, with even
    weights and by the clause `measured_by`, where any of the set is named. `values` are parameters
    by their path.

    What its neighbours alone state is no word of this regulation: what may be open or off is; all
    else is a proposal whose note says from which it is borrowed.
    """

    regulation: ClauseId = Field(description="What its clause ids begin with.")
    posts: tuple[OwnPost, ...] = Field(title=_("Posts"))
    teams: tuple[OwnTeam, ...] = Field((), title=_("Teams"))
    cycles: tuple[CycleType, ...] = ()
    indicators: tuple[Key, ...] = ()
    measured_by: ClauseId | None = Field(default=None, title=_("Indicators named by"))
    reports: tuple[Key, ...] = ()
    plans: tuple[Key, ...] = ()
    meetings: tuple[Key, ...] = ()
    consequences: tuple[Key, ...] = ()
    values: Mapping[str, Any] = {}

    def is_neighbours(self, clause: str | None) -> bool:
        """Whether a clause stands in another of the regulations that the union unites."""
        if clause is None or clause[0] != self.regulation[0]:
            return False
        return not clause.startswith(f"{self.regulation}-")


def narrowed(rules: "Rules", overlay: Overlay) -> dict[str, Any]:
    """The union's data as the overlay has it."""
    data = rules.model_dump()
    for path, value in _borrowed(rules, overlay):
        put(data, path, value)
    for name in KEPT:
        data[name] = [one for one in data[name] if one["key"] in getattr(overlay, name)]
    united = data["posts"]
    data["posts"] = [_post(united, one) for one in overlay.posts]
    data["teams"] = [_team(data["teams"], one) for one in overlay.teams]
    _follow_the_organisation(data, overlay, united)
    data["kpi_sets"] = [_thinned(one, overlay) for one in data["kpi_sets"]]
    data["clauses"] = [
        one for one in data["clauses"] if one["id"].startswith(f"{overlay.regulation}-")
    ]
    data["chapters"] = [one for one in data["chapters"] if one["id"] == overlay.regulation]
    data["policy"] |= {"overlay": overlay.key, "zh": overlay.zh, "en": overlay.en}
    if overlay.cycles:
        data["appraisal"] = _with_cycles(data["appraisal"], overlay.cycles)
    data["origins"] |= dict(_borrowed_words(rules, overlay))
    data["overlays"] = []
    for path, value in overlay.values.items():
        put(data, path, value)
    for one in data["consequences"]:
        one["clause"] = one["periods"]["clause"] or one["clause"]
    return data


def _borrowed(rules: "Rules", overlay: Overlay) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the overlay's neighbours say, as it stands in the overlay."""
    for path, field, parameter in _parameters(rules):
        if overlay.is_neighbours(parameter.clause):
            yield path, _unsaid(path, field, parameter, overlay)


def _borrowed_words(rules: "Rules", overlay: Overlay) -> Iterator[tuple[str, dict[str, Any]]]:
    """The lists that the overlay's neighbours state, as what we propose."""
    for one in lists(rules):
        section, key = (*one.path.split("."), "")[:2]
        left_out = section in KEPT and key not in getattr(overlay, section)
        if overlay.is_neighbours(one.clause) and one.source and not left_out:
            yield one.path, {"source": _not_stated(one.source), "clause": one.clause}


def _unsaid(
    path: str, field: FieldInfo, parameter: Parameter[Any], overlay: Overlay
) -> dict[str, Any]:
    value = parameter.model_dump()
    if _indicator(path) in overlay.indicators:
        return {**value, "source": Source.PROPOSAL, "clause": overlay.measured_by}
    if parameter.source is Source.STATED:
        if path.endswith(".enabled"):
            return {"value": False, "source": Source.UNSET, "note": SILENT}
        if not field.is_required():
            return {**field.default.model_dump(), "note": SILENT}
    neighbour = (parameter.clause or "").partition("-")[0]
    borrowed = BORROWED.format(regulation=neighbour)
    note = f"{borrowed}：{parameter.note}" if parameter.note else borrowed
    return {**value, "source": _not_stated(parameter.source), "note": note}


def _not_stated(source: Source) -> Source:
    return Source.PROPOSAL if source is Source.STATED else source


def _indicator(path: str) -> str:
    """The key of the indicator that a path leads into; empty where it leads into none."""
    return path.partition(".indicators.")[2].partition(".")[0]


def _parameters(node: BaseModel, path: str = "") -> Iterator[tuple[str, FieldInfo, Parameter[Any]]]:
    """Every parameter with its path and its field, which knows what stands where none is given."""
    for name, field in type(node).model_fields.items():
        child, place = getattr(node, name), f"{path}.{name}" if path else name
        if isinstance(child, Parameter):
            yield place, field, child
        elif isinstance(child, BaseModel):
            yield from _parameters(child, place)
        elif isinstance(child, tuple):
            for one in child:
                if isinstance(one, BaseModel) and hasattr(one, "key"):
                    yield from _parameters(one, f"{place}.{one.key}")


def _post(union: list[dict[str, Any]], own: OwnPost) -> dict[str, Any]:
    before = _entry(union, own.like or own.key)
    limit = {
        **before["limit"],
        "source": Source.PROPOSAL,
        "clause": own.clause,
        "note": own.note or NO_NUMBER,
    }
    return {**before, "key": own.key, "zh": own.zh, "en": own.en, "limit": limit}


def _team(union: list[dict[str, Any]], own: OwnTeam) -> dict[str, Any]:
    source = Source.STATED if own.head else Source.UNSET
    head = {"value": own.head, "source": source, "clause": own.clause, "note": own.note}
    before = next((one for one in union if one["key"] == own.key), {})
    return {**before, "key": own.key, "zh": own.zh, "en": own.en, "head": head}


def _entry(entries: list[dict[str, Any]], key: str) -> dict[str, Any]:
    return next(one for one in entries if one["key"] == key)


def _follow_the_organisation(
    data: dict[str, Any], overlay: Overlay, united: Iterable[Mapping[str, Any]]
) -> None:
    """Reports are owed by every post that is like the one named and by no post that is not there; a
    team that is not there shares nothing."""
    alike: dict[str, list[str]] = {post["key"]: [] for post in united}
    for post in overlay.posts:
        alike.setdefault(post.like or post.key, []).append(post.key)
    for report in data["reports"]:
        who = [key for named in report["who"] for key in alike.get(named, [named])]
        report["who"] = who or report["who"]
    teams = {one.key for one in overlay.teams}
    topics = [one for one in data["sharing"]["topics"] if one["team"] in teams]
    data["sharing"] = {**data["sharing"], "topics": topics}


def _thinned(kpi_set: Mapping[str, Any], overlay: Overlay) -> Mapping[str, Any]:
    named = [one for one in kpi_set["indicators"] if one["key"] in overlay.indicators]
    if not named:
        return kpi_set
    weights = even(len(named))
    return {
        **kpi_set,
        "indicators": [
            {
                **one,
                "weight": {
                    **one["weight"],
                    "value": weight,
                    "source": Source.PROPOSAL,
                    "note": NO_WEIGHTS,
                },
            }
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
