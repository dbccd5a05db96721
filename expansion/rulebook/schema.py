"""The typed rulebook: everything a department's regulation decides, as one immutable value.

One schema serves all five kinds of department. `Rules` is what functions take as an argument
(law 4); where a regulation says nothing about a matter, its section keeps a quiet default. Titles
of fields are msgids, shown by the editor page through `parameters()`.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop as _
from pydantic import Field, ValidationError, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from expansion.rulebook import checks, parameters
from expansion.rulebook.clauses import Chapters, Clause, Clauses
from expansion.rulebook.deciding import ApprovalRule, Deciding
from expansion.rulebook.lateness import Ladder, Ladders, ladder_for
from expansion.rulebook.organisation import (
    Authority,
    Delegation,
    Policy,
    Post,
    Right,
    Team,
    WorkingTime,
)
from expansion.rulebook.overlays import Overlay
from expansion.rulebook.scoring import (
    Appraisal,
    Bonus,
    Consequence,
    CycleType,
    KpiSet,
    Level,
    Party,
    Rewards,
)
from expansion.rulebook.sentences import refusal
from expansion.rulebook.values import Items, Origin, Source, Strict, by_key
from expansion.rulebook.work import (
    Attendance,
    Conduct,
    Confidentiality,
    Crm,
    Documents,
    Leave,
    Meeting,
    NumberPattern,
    OpenList,
    Partnerships,
    Pipeline,
    Plan,
    Recruitment,
    Report,
    Research,
    Resources,
    Retention,
    Risk,
    Sharing,
    Sla,
    Surveys,
    Training,
    Walker,
)

AMENDMENT = "amendment"  # the kind under which a new version is approved
# The context in which a draft is read: together its entries need not hold yet.
UNFINISHED = {"unfinished": True}
# That in which a published version is read: it held when it was published, and what is asked of a
# new one since then stops no old one.
PUBLISHED = {"published": True}


class Rules(Strict):
    """One version of a department's rules. Refuses what does not hold together (`checks`)."""

    policy: Policy = Field(title=_("Regulation"))
    working_time: WorkingTime = Field(title=_("Working time"))
    posts: tuple[Post, ...] = Field(title=_("Posts"))
    teams: tuple[Team, ...] = Field(title=_("Teams"))
    delegation: Delegation = Field(title=_("Acting"))
    authority: Authority = Field(title=_("Authority"))
    rights: tuple[Right, ...] = Field((), title=_("Rights"))
    appraisal: Appraisal = Field(title=_("Appraisal"))
    kpi_sets: tuple[KpiSet, ...] = Field(title=_("Indicators and weights"))
    consequences: tuple[Consequence, ...] = Field((), title=_("Consequences"))
    rewards: Rewards = Field(title=_("Rewards"))
    bonus: Bonus = Field(Bonus(), title=_("Bonus"))
    pipelines: tuple[Pipeline, ...] = Field(title=_("Stages"))
    approvals: tuple[ApprovalRule, ...] = Field(title=_("Approval chains"))
    deciding: Deciding = Field(Deciding(), title=_("Deciding"))
    ladders: Ladders = Field((), title=_("Overdue"))
    reports: tuple[Report, ...] = Field((), title=_("Reports"))
    plans: tuple[Plan, ...] = Field((), title=_("Plans"))
    meetings: tuple[Meeting, ...] = Field((), title=_("Meetings"))
    sla: Sla = Field(Sla(), title=_("Time limits"))
    crm: Crm = Field(title=_("Clients"))
    research: Research = Field(title=_("Research"))
    partnerships: Partnerships = Field(title=_("Partnerships"))
    attendance: Attendance = Field(title=_("Attendance"))
    leave: Leave = Field(title=_("Leave"))
    documents: Documents = Field(title=_("Documents"))
    confidentiality: Confidentiality = Field(Confidentiality(), title=_("Confidentiality"))
    recruitment: Recruitment = Field(Recruitment(), title=_("Recruitment"))
    training: Training = Field(title=_("Training"))
    risk: Risk = Field(Risk(), title=_("Risks"))
    sharing: Sharing = Field(Sharing(), title=_("Sharing"))
    conduct: Conduct = Field(Conduct(), title=_("Conduct"))
    resources: Resources = Field(Resources(), title=_("Resources"))
    retention: Retention = Field(title=_("Personal data"))
    surveys: Surveys = Field(Surveys(), title=_("Surveys"))
    numbers: tuple[NumberPattern, ...] = Field(title=_("Numbers"))
    lists: tuple[OpenList, ...] = Field((), title=_("Lists"))
    chapters: Chapters = Field((), title=_("Chapters"))
    clauses: Clauses = Field((), title=_("Clauses"))
    overlays: tuple[Overlay, ...] = Field((), title=_("Sub-regulations"))
    # By the path of a list, or of what several lists stand in (`origins`).
    origins: Mapping[str, Origin] = Field({}, title=_("Where words come from"))

    @model_validator(mode="after")
    def _holds_together(self, info: ValidationInfo) -> "Rules":
        if info.context in (UNFINISHED, PUBLISHED):
            return self
        found = list(checks.problems(self))
        if found:
            raise PydanticCustomError("rules", "rules", {"problems": found})
        return self

    @property
    def version(self) -> str:
        """What a result keeps: the preset and its edition; a stored version says its own number."""
        return f"{self.policy.key}-{self.policy.edition}"

    def post(self, key: str) -> Post:
        return by_key(self.posts, key)

    def team(self, key: str) -> Team:
        return by_key(self.teams, key)

    def kpi_set(self, key: str) -> KpiSet:
        """The set of indicators of a team, of `management`, or `common`."""
        return by_key(self.kpi_sets, key)

    def kpi_set_of(self, *, post: str, team: str | None) -> KpiSet | None:
        """The set that scores the holder of a post in a team; the post's own goes first."""
        key = self.post(post).kpi_set or (self.team(team).kpi_set if team else None)
        return self.kpi_set(key) if key else None

    def common_set(self) -> KpiSet | None:
        """The indicators that stand beside every team set."""
        return next((one for one in self.kpi_sets if one.kind == "common"), None)

    def clause(self, id: str) -> Clause:
        return by_key(self.clauses, id)

    def chapter_label(self, id: str) -> str:
        """The heading of a chapter with its number; the number alone where it has no heading."""
        found = next((one for one in self.chapters if one.id == id), None)
        return f"{id} {found.label()}" if found else id

    def pipeline(self, key: str) -> Pipeline:
        return by_key(self.pipelines, key)

    def walked_by(self, walker: Walker) -> tuple[Pipeline, ...]:
        """The pipelines through which that kind of record goes, in order."""
        return tuple(one for one in self.pipelines if one.walked_by == walker)

    def pipeline_for(self, walker: Walker, team: str) -> Pipeline:
        """The one that a new record begins in unless another is chosen: that of the team whose it
        is, where one names that team, else the first (reading 37)."""
        found = self.walked_by(walker)
        return next((one for one in found if one.team == team), found[0])

    def approval(self, subject: str) -> ApprovalRule:
        """Who approves a kind of subject; amendments of the rulebook follow the policy (A-1.2)."""
        return self.amendment if subject == AMENDMENT else by_key(self.approvals, subject)

    def approval_if_any(self, subject: str) -> ApprovalRule | None:
        """Who approves a kind of subject; None where nobody is asked for it."""
        return next((one for one in self.approvals if one.key == subject), None)

    @property
    def amendment(self) -> ApprovalRule:
        """How a new version of the rulebook is approved; an empty chain asks for nobody."""
        return ApprovalRule(
            key=AMENDMENT,
            zh="制度修订",
            en="Amendment of the rules",
            chain=self.policy.amendment_chain,
            also=(),
            step_limit=self.policy.amendment_limit,
        )

    def chain(self, subject: str) -> tuple[str, ...]:
        """Who approves a subject, in order."""
        return self.approval(subject).chain.value

    def ladder(self, owed: str) -> Ladder:
        """How far up it is told, and when, that something of this kind is overdue."""
        return ladder_for(self.ladders, owed)

    def report(self, key: str) -> Report:
        return by_key(self.reports, key)

    def gathers(self, report: Report) -> str:
        """The role of the post that gathers a report before it goes on; empty where none does."""
        post = report.consolidated_by.value
        return self.post(post).role if post else ""

    def meeting(self, key: str) -> Meeting:
        return by_key(self.meetings, key)

    def number(self, key: str) -> NumberPattern:
        return by_key(self.numbers, key)

    def choices(self, key: str) -> Items:
        """The items of an open list."""
        return by_key(self.lists, key).items

    def parties(self, cycle: CycleType) -> tuple[Party, ...]:
        """Who scores in a cycle of that type."""
        return tuple(one for one in self.appraisal.parties if cycle in one.cycles.value)

    def level(self, score: Decimal) -> Level:
        """The level of a rounded score: the highest that starts at or below it."""
        ranked = sorted(self.appraisal.levels, key=lambda one: one.starts_at.value)
        return [one for one in ranked if one.starts_at.value <= score or one is ranked[0]][-1]

    def parameters(self) -> Iterator[parameters.Listed]:
        """Every parameter with its path, label, value, source and clause, in order."""
        return parameters.listed(self)

    def with_changes(
        self,
        changes: Mapping[str, Any],
        source: Source = Source.ADMIN,
        *,
        confirm: bool = False,
        unfinished: bool = False,
    ) -> "Rules":
        """A copy with other values at these paths, checked as a whole unless it is `unfinished`.

        With `confirm` an equal value makes a proposal the administrator's own.
        Raises `expansion.errors.Invalid` with a sentence per path that does not hold.
        """
        data = parameters.changed(self, changes, source, confirm=confirm)
        try:
            return type(self).model_validate(data, context=UNFINISHED if unfinished else None)
        except ValidationError as error:
            raise refusal(error, data) from error
