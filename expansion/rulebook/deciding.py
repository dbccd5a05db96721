"""The rulebook on approvals: who decides what, in which order, and what holds for all of them."""

from decimal import Decimal
from typing import Literal

from django.utils.translation import gettext_noop as _
from pydantic import Field

from expansion import worktime
from expansion.rulebook.values import (
    Chain,
    Item,
    Key,
    Limit,
    Money,
    Parameter,
    Source,
    Strict,
    optional_amount,
    optional_chain,
)

Level = Literal["public", "internal", "confidential", "secret"]


class AlsoDecided(Item):
    """Who decides besides the chain where a matter is large, of a grade or of a level.

    Where several conditions stand, all of them must be met.
    """

    amount_from: Parameter[Money | None] = optional_amount(_("From the amount"))
    grades: tuple[Key, ...] = ()
    levels: tuple[Level, ...] = ()
    chain: Parameter[Chain] = Field(title=_("Also decided by"))
    place: Parameter[Literal["before", "after"]] = Field(
        title=_("Before or after the chain"),
        default=Parameter[Literal["before", "after"]](value="after", source=Source.PROPOSAL),
    )

    @property
    def has_condition(self) -> bool:
        return bool(self.grades or self.levels or self.amount_from.value is not None)

    def meets(self, *, amount: Decimal | None, currency: str, grade: str, level: str) -> bool:
        """Whether a matter of this size asks for these deciders too."""
        return (
            (not self.grades or grade in self.grades)
            and (not self.levels or level in self.levels)
            and exceeds(amount, currency, self.amount_from.value, reached=True)
        )


def exceeds(
    amount: Decimal | None, currency: str, limit: Decimal | None, *, reached: bool = False
) -> bool:
    """Whether an amount lies beyond a limit of the regulation, or has `reached` it.

    Limits are in CNY. What is in another currency cannot be compared, and lies beyond each of them:
    rather one decider too many than one too few. Without a limit, `reached` asks for nothing.
    """
    if limit is None:
        return reached
    if amount is None:
        return False
    return currency != "CNY" or (amount >= limit if reached else amount > limit)


class ApprovalRule(Item):
    """Who approves a kind of subject, in order, and how long each step may take."""

    chain: Parameter[Chain] = Field(title=_("Approved by"))
    also: tuple[AlsoDecided, ...] = Field((), title=_("Also decided by"))
    beyond_authority: Parameter[Chain] = optional_chain(_("Beyond the limit also by"))
    step_limit: Parameter[Limit] = Field(title=_("Each step within"))
    remind_before: Parameter[Limit] = Field(
        title=_("Reminder ahead"),
        default=Parameter[Limit](
            value=worktime.Limit(4, worktime.Unit.WORKING_HOURS), source=Source.PROPOSAL
        ),
    )
    decisions: Parameter[Literal["one", "all"]] = Field(
        title=_("Decisions needed where several may decide"),
        default=Parameter[Literal["one", "all"]](value="one", source=Source.PROPOSAL),
    )


Again = Literal["restart", "resume"]
Repeated = Literal["once", "each_step"]
Vacant = Literal["stand_in", "refused"]
Late = Literal["reminded", "escalated", "sent_back"]


class Deciding(Strict):
    """What holds for every chain: repeated rounds, empty posts, late steps (R-exp-05).

    Nobody decides a matter of their own, whatever stands here.
    """

    resubmitted: Parameter[Again] = Field(
        title=_("What was returned and comes again"),
        default=Parameter[Again](value="restart", source=Source.PROPOSAL),
    )
    repeated: Parameter[Repeated] = Field(
        title=_("Who stands in several steps is asked"),
        default=Parameter[Repeated](value="once", source=Source.PROPOSAL),
    )
    vacant: Parameter[Vacant] = Field(
        title=_("A step whose post is empty"),
        default=Parameter[Vacant](value="stand_in", source=Source.PROPOSAL),
    )
    late: Parameter[Late] = Field(
        title=_("A step that is late is"),
        default=Parameter[Late](value="escalated", source=Source.PROPOSAL),
    )
    late_after: Parameter[Limit] = Field(
        title=_("After its time has run out by"),
        default=Parameter[Limit](
            value=worktime.Limit(1, worktime.Unit.WORKING_DAYS), source=Source.PROPOSAL
        ),
    )
    passing_on: Parameter[bool] = Field(
        title=_("Deciders may add a signer or pass a step on"),
        default=Parameter[bool](value=True, source=Source.PROPOSAL),
    )
    in_batches: Parameter[bool] = Field(
        title=_("Several are approved at once"),
        default=Parameter[bool](value=True, source=Source.PROPOSAL),
    )
    batch_up_to: Parameter[Money | None] = optional_amount(_("At once up to the amount"))
