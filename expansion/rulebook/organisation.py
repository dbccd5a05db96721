"""The rulebook on the department itself: who is in it, who leads, who stands in for whom."""

from datetime import time
from typing import Annotated, Literal

from django.utils.translation import gettext_noop as _
from pydantic import Field, StringConstraints

from expansion import worktime
from expansion.language import in_language
from expansion.rulebook.values import (
    WEEKDAYS,
    ApprovalKey,
    Approver,
    Chain,
    ClauseId,
    Count,
    Item,
    Items,
    Key,
    Limit,
    Money,
    Parameter,
    PartnerKey,
    PostKey,
    Source,
    Strict,
    Text,
    Weekday,
    optional_amount,
    optional_chain,
    optional_limit,
)


class Policy(Strict):
    key: Key
    overlay: Key | None = Field(default=None, description="The sub-regulation that was chosen.")
    letter: Literal["A", "B", "C", "D", "E"] = Field(description="The regulation in clause ids.")
    edition: Count
    zh: Text
    en: Text
    scope: Text
    principles: Items = Field(title=_("Principles"))
    amendment_chain: Parameter[Chain] = Field(title=_("Who approves a new version"))
    amendment_limit: Parameter[Limit] = optional_limit(_("Each step within"))
    interpretation_by: Parameter[Approver] = Field(
        title=_("Clauses interpreted by"),
        default=Parameter[Approver](value="manager", source=Source.PROPOSAL),
    )

    def label(self) -> str:
        """The regulation's name in the reader's language."""
        return in_language(self.zh, self.en)


class WorkingTime(Strict):
    """The hours in which working hours run, and whose calendar decides on working days."""

    opens: Parameter[time] = Field(title=_("Working day begins"))
    closes: Parameter[time] = Field(title=_("Working day ends"))
    calendar: Parameter[Literal["statutory", "own"]] = Field(title=_("Calendar"))
    own_week: Parameter[tuple[Weekday, ...]] = Field(
        title=_("Own working days"),
        description="Used when the calendar is the department's own.",
        default=Parameter[tuple[Weekday, ...]](value=WEEKDAYS[:5], source=Source.UNSET),
    )

    def as_calendar(self) -> worktime.Calendar:
        return worktime.Calendar(self.opens.value, self.closes.value, self._own_days())

    def _own_days(self) -> frozenset[int] | None:
        if self.calendar.value == "statutory":
            return None
        return frozenset(WEEKDAYS.index(day) for day in self.own_week.value)


class Post(Item):
    role: Literal["manager", "deputy", "leader", "member", "consolidator"]
    limit: Parameter[Count] = Field(title=_("Number of holders"), description="0 = no limit.")
    kpi_set: Key | None = Field(default=None, description="Scored by this set, not the team's.")
    acts_for: Key | None = None
    leads_team: Key | None = None


class Team(Item):
    """A team, or a unit that holds teams; `head` is the post that leads it, if one is set."""

    head: Parameter[PostKey | None] = Field(title=_("Led by"))
    parent: Key | None = None
    kpi_set: Key | None = Field(default=None, description="The set that scores its people.")


class Delegation(Strict):
    """Who acts for an absent manager (A-2.2.2a, reading 29); never on matters of their own.

    `passed_on` lists the kinds of approval that pass where the powers are those listed.
    """

    auto_on_leave: Parameter[bool] = Field(title=_("Acts by itself from an approved absence"))
    delegate: Parameter[PostKey | None] = Field(title=_("Acts for the manager"))
    absent_when: Parameter[tuple[Literal["leave", "full_day_outing", "switch"], ...]] = Field(
        title=_("Counts as absent")
    )
    powers: Parameter[Literal["all", "listed"]] = Field(title=_("Powers while acting"))
    passed_on: Parameter[tuple[ApprovalKey, ...]] = Field(
        title=_("Listed powers: approvals passed on"),
        default=Parameter[tuple[ApprovalKey, ...]](value=(), source=Source.UNSET),
    )

    @property
    def kinds(self) -> tuple[str, ...] | None:
        """The kinds of approval that pass on to whoever acts; None for all duties."""
        return self.passed_on.value if self.powers.value == "listed" else None


class Right(Strict):
    """A right that this kind of department grants otherwise than the house does (R-exp-03).

    It is granted when the regulation is loaded; from then on the matrix is the administrator's.
    """

    kind: Annotated[str, StringConstraints(pattern=r"^[a-z_]+\.[a-z_]+$", max_length=60)]
    action: Key
    role: Literal[
        "manager",
        "deputy",
        "leader",
        "member",
        "consolidator",
        "hr",
        "finance",
        "legal",
        "leadership",
        "liaison",
    ]
    scope: Literal["none", "own", "team", "department"]
    clause: ClauseId | None = None

    @property
    def key(self) -> str:
        return f"{self.kind}.{self.action}.{self.role}"


class Authority(Strict):
    """Which matters go to whom by their size (A-2.2.1d, reading 35)."""

    major_client_owner: Parameter[Approver] = Field(title=_("Major clients belong to"))
    major_cooperation_owner: Parameter[Approver] = Field(title=_("Major cooperation belongs to"))
    major_amount: Parameter[Money | None] = Field(title=_("Major from this amount"))
    major_term: Parameter[Limit] = optional_limit(_("Major from this term of a contract"))
    major_kinds: Parameter[tuple[PartnerKey, ...]] = Field(
        title=_("Projects with these partners are major"),
        default=Parameter[tuple[PartnerKey, ...]](value=(), source=Source.UNSET),
    )
    beyond_limit_chain: Parameter[Chain] = optional_chain(_("Beyond that amount decided by"))
    member_limit: Parameter[Money | None] = optional_amount(_("A member decides up to"))
    leader_limit: Parameter[Money | None] = optional_amount(_("A team leader decides up to"))
    manager_limit: Parameter[Money | None] = optional_amount(_("The manager decides up to"))
    decide_within: Parameter[Limit] = optional_limit(_("Major matter decided within"))
