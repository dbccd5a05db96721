"""The rulebook on appraisal: who scores what, how it is combined, and what follows (A-5)."""

from decimal import Decimal
from typing import Literal

from django.utils.translation import gettext_noop as _
from pydantic import Field

from expansion.rulebook.values import (
    Approver,
    Chain,
    ClauseId,
    Count,
    Item,
    Items,
    Key,
    Limit,
    Money,
    Number,
    Parameter,
    Percent,
    Ratio,
    Source,
    Strict,
    optional_amount,
    optional_chain,
    optional_limit,
    optional_switch,
)

CycleType = Literal["month", "quarter", "year"]
PartyKey = Literal["self", "superior", "peer", "client"]
Mode = Literal["common_shares_fixed", "normalise", "additive", "groups"]


class Party(Item):
    """Who gives a score. Shares are renormalised over the parties with enough answers."""

    key: PartyKey
    weight: Parameter[Percent] = Field(title=_("Share of the rating"))
    cycles: Parameter[tuple[CycleType, ...]] = Field(title=_("Takes part in the cycles"))
    min_answers: Parameter[Count] = Field(title=_("Answers needed"))


class Level(Item):
    starts_at: Parameter[Percent] = Field(title=_("From score"))


class Combination(Strict):
    """How blocks become one score (reading 1). `groups`: one set of weights is the whole."""

    mode: Parameter[Mode] = Field(title=_("Way of combining"))
    team_share: Parameter[Percent] = Field(title=_("Share of the team indicators"))
    overall_share: Parameter[Percent] = Field(
        title=_("Share of the overall rating"),
        default=Parameter[Percent](value=Decimal(0), source=Source.UNSET),
    )


class Formula(Strict):
    """How a longer cycle uses the shorter ones (reading 16)."""

    parts_mean: Parameter[Percent] = Field(title=_("Mean of the shorter cycles"))
    evaluation: Parameter[Percent] = Field(title=_("Own evaluation"))


class Appraisal(Strict):
    cycles: tuple[CycleType, ...]
    parties: tuple[Party, ...] = Field(title=_("Who scores"))
    final_by: Parameter[Approver] = Field(title=_("Final score set by"))
    superior_of_manager: Parameter[Approver] = Field(title=_("The manager is appraised by"))
    opens: Parameter[Literal["first_workday_after", "last_workday_of"]] = Field(
        title=_("A cycle opens")
    )
    self_due: Parameter[Limit] = Field(title=_("Self-evaluation within"))
    evaluation_due: Parameter[Limit] = Field(title=_("Superior's evaluation within"))
    feedback_due: Parameter[Limit] = optional_limit(_("Feedback within"))
    feedback_contents: Items = Field(default=(), title=_("Contents of the feedback"))
    publicity: Parameter[Limit] = optional_limit(_("Publicity lasts"))
    objection_handlers: Parameter[Chain] = optional_chain(_("Objections answered by"))
    appeal_window: Parameter[Limit] = optional_limit(_("Appeal within"))
    appeal_decision: Parameter[Limit] = optional_limit(_("Appeal decided within"))
    appeal_handler: Parameter[Approver] = Field(title=_("Appeals handled by"))
    second_instance: Parameter[Chain] = optional_chain(_("Second instance"))
    hr_review: Parameter[bool] = optional_switch(_("HR reviews the result"))
    largest_adjustment: Parameter[Percent] = Field(title=_("Largest adjustment of a score"))
    indicator_review: Parameter[Limit] = optional_limit(_("Indicators reviewed every"))
    satisfaction_once: Parameter[bool] = optional_switch(_("Satisfaction is counted once"))
    combine: Combination
    quarter_formula: Formula | None = None
    year_formula: Formula | None = None
    levels: tuple[Level, ...] = Field(title=_("Levels"))


class Part(Strict):
    """One part of an indicator; parts without a score leave their share to the others.

    A computed or survey part names the metric it reads; its score is actual ÷ target up to the
    indicator's cap. `grows`: the target is meant per quarter, and a year asks for four of it.
    """

    key: Key
    kind: Literal["computed", "rated", "survey"]
    metric: str = ""
    share: Parameter[Percent] = Field(title=_("Share of the indicator"))
    target: Parameter[Number | None] | None = Field(
        title=_("Target"), default=None, description="A rated part has none: it is its own score."
    )
    grows: bool = False

    def target_for(self, cycle: CycleType) -> Decimal | None:
        """The target of one cycle; None where none is set (reading 41)."""
        target = self.target.value if self.target else None
        if target is None or not self.grows:
            return target
        return target * {"month": 1, "quarter": 3, "year": 12}[cycle] / 3


class Indicator(Item):
    weight: Parameter[Percent] = Field(title=_("Weight"))
    cap: Parameter[Number] = Field(
        title=_("Counts up to this multiple of the target"),
        default=Parameter[Number](value=Decimal(1), source=Source.PROPOSAL),
    )
    how: tuple[Part, ...]

    @property
    def is_rated(self) -> bool:
        """True when a person's rating is a part of it."""
        return any(part.kind == "rated" for part in self.how)


class KpiSet(Item):
    """Indicators of a group of people; `team` sets stand beside the set `common`.

    `whose` says whose records count: the person's own, or of a head everybody's in the units below.
    """

    kind: Literal["team", "common", "whole"]
    whose: Literal["person", "unit"] = Field("person", title=_("Whose records count"))
    indicators: tuple[Indicator, ...]

    @property
    def total(self) -> Decimal:
        return sum((one.weight.value for one in self.indicators), Decimal())


class Consequence(Item):
    """What a result leads to. The system proposes; people decide (readings 6 to 10)."""

    level: Key
    periods: Parameter[Count] = Field(title=_("Periods in a row of one cycle type"))
    measures: Items = Field(title=_("Measures"))
    proposed_by: Parameter[Approver] = Field(title=_("Measure proposed by"))
    decided_by: Parameter[Chain] = Field(title=_("Measure decided by"))
    after_improvement_plan: bool = False
    teams: tuple[Key, ...] = Field(default=(), description="Empty: everyone.")
    clause: ClauseId


class Rewards(Strict):
    types: Items = Field(title=_("Kinds of reward"))
    links: Items = Field(default=(), title=_("What results are used for"))
    titles: Items = Field(default=(), title=_("Honorary titles"))
    commendation: Parameter[Limit] = optional_limit(_("Commended every"))
    honours_from_quarters: Parameter[bool] = optional_switch(_("Year's honours from its quarters"))
    special_contribution: Parameter[bool] = optional_switch(_("Special contributions rewarded"))


class Band(Item):
    """A span of scores, up to the next band, and which part of the base it earns (D-2.3.4a)."""

    starts_at: Parameter[Percent] = Field(title=_("From score"))
    ratio: Parameter[Ratio] = Field(title=_("Ratio of the bonus"))


class Bonus(Strict):
    """Bonus as the regulation computes it; no base, no bonus (reading 19)."""

    base: Parameter[Money | None] = optional_amount(_("Bonus base"))
    cap: Parameter[Money | None] = optional_amount(_("Bonus limit"))
    computed_by: Parameter[Approver | None] = Field(
        title=_("Bonus computed by"),
        default=Parameter[Approver | None](value=None, source=Source.UNSET),
    )
    bands: tuple[Band, ...] = Field(
        default=(), title=_("Bonus by score"), description="Empty: base × score ÷ 100."
    )
