"""The rulebook on daily work: stages, approvals, reports, meetings, limits, lists."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from django.utils.translation import gettext_noop as _
from pydantic import Field

from expansion import worktime
from expansion.rulebook.values import (
    Approver,
    Cadence,
    Chain,
    Choice,
    ClauseId,
    Count,
    Item,
    Items,
    Key,
    Limit,
    Money,
    Parameter,
    Percent,
    PostKey,
    Source,
    Strict,
    Text,
    by_key,
    offered,
    optional_amount,
    optional_chain,
    optional_limit,
    optional_switch,
)


def _figure(title: str) -> Any:
    """A field for a number from which something is asked; zero, nothing is, until it is set."""
    return Field(title=title, default=Parameter[Count](value=0, source=Source.UNSET))


Gate = Literal[
    "contact",
    "visit",
    "plan",
    "scheme",
    "findings",
    "approved_report",
    "approved_contract",
    "evaluation",
]


class Stage(Choice):
    requires: Parameter[tuple[Gate, ...]] = Field(
        title=_("Needed to enter"),
        default=Parameter[tuple[Gate, ...]](value=(), source=Source.PROPOSAL),
    )


# What goes through the stages of a pipeline; events and operations are records of later work
# (`waiting.WALKERS`).
Walker = Literal["opportunities", "projects", "research_plans", "events", "operations"]
# The same of a version that was written before pipelines said so; the others: opportunities.
WALKED: Mapping[str, Walker] = {
    "partnership": "projects",
    "research": "research_plans",
    "event": "events",
    "operations": "operations",
}


class Pipeline(Item):
    """Stages in their order, and what walks them; with `team` it is the way of that team's work."""

    stages: tuple[Stage, ...] = Field(title=_("Stages"))
    clause: ClauseId
    walked_by: Walker = Field(
        default_factory=lambda known: WALKED.get(known.get("key", ""), "opportunities")
    )
    team: Key | None = None

    @property
    def open_stages(self) -> tuple[Stage, ...]:
        """The stages that work passes; a retired one keeps its name only."""
        return offered(self.stages)

    def stage(self, key: str) -> Stage:
        return by_key(self.stages, key)


class Report(Item):
    """A report due by a cadence. `who`: everyone, or keys of roles, posts and teams.

    `consolidated_by` gathers everybody's before they go `to` the reader (E11-2.3.1).
    """

    who: tuple[str, ...]
    to: Chain
    consolidated_by: Parameter[PostKey | None] = Field(
        title=_("Gathered by"),
        default=Parameter[PostKey | None](value=None, source=Source.UNSET),
    )
    cadence: Parameter[Cadence] = Field(title=_("When it is due"))
    remind_before: Parameter[Limit] = Field(title=_("Reminder ahead"))
    sections: Items = Field(default=(), title=_("Sections of the report"))


class Plan(Item):
    """A work plan due by a cadence: a department's year, a team's month, targets broken down."""

    level: Literal["department", "team", "person"] = Field(title=_("Tier of the plan"))
    team: Key | None = None
    cadence: Parameter[Cadence] = Field(title=_("When it is due"))
    remind_before: Parameter[Limit] = optional_limit(_("Reminder ahead"))
    fields: Items = Field(default=(), title=_("Contents of the plan"))
    split: Items = Field(
        (), title=_("Broken down by")
    )  # what its targets are broken down by (C-3.1.2)
    letter: Parameter[bool] = optional_switch(_("A letter of responsibility is signed"))


class Meeting(Item):
    cadence: Parameter[Cadence] = Field(title=_("When it is held"))
    chair: Approver
    notice: Parameter[Limit] = Field(title=_("Called ahead"))
    minutes_due: Parameter[Limit] = optional_limit(_("Minutes within"))
    agenda: Items = Field(default=(), title=_("Agenda"))
    enabled: Parameter[bool] = Field(
        title=_("Held at all"), default=Parameter[bool](value=True, source=Source.PROPOSAL)
    )


class Sla(Strict):
    """How soon the regulation's “promptly” and “regularly” are (readings 23 and 24)."""

    visit_feedback: Parameter[Limit] = optional_limit(_("Feedback after a visit"))
    feedback_routing: Parameter[Limit] = optional_limit(_("Client feedback passed on"))
    complaint_reply: Parameter[Limit] = optional_limit(_("Complaint answered"))
    complaint_resolve: Parameter[Limit] = optional_limit(_("Complaint solved"))
    return_visit: Parameter[Limit] = optional_limit(_("Return visit every"))
    project_check: Parameter[Limit] = optional_limit(_("Project checked every"))
    partner_update: Parameter[Limit] = optional_limit(_("Partner informed every"))
    finding_report: Parameter[Limit] = optional_limit(_("Chance or threat reported"))
    lead_follow_up: Parameter[Limit] = optional_limit(_("Lead followed up"))
    long_cycle_follow_up: Parameter[Limit] = optional_limit(_("Long-cycle lead followed up"))
    contract_notice: Parameter[Limit] = optional_limit(_("Reminder before a contract's due date"))
    enquiry_answer: Parameter[Limit] = optional_limit(_("Enquiry answered"))
    key_client_transfer: Parameter[Limit] = optional_limit(_("Key client transferred"))
    need_analysis: Parameter[Limit] = optional_limit(_("New need analysed"))
    sales_entry: Parameter[Limit] = optional_limit(_("Sales entered"))
    archive: Parameter[Limit] = optional_limit(_("Papers archived"))
    file_refresh: Parameter[Limit] = optional_limit(_("Client file renewed every"))
    event_follow_up: Parameter[Limit] = optional_limit(_("Event followed up"))
    event_arrival: Parameter[Limit] = optional_limit(_("On the spot before an event"))
    handover: Parameter[Limit] = optional_limit(_("Handover done"))


class LeadCondition(Item):
    key: Literal["need_confirmed", "contact_named", "presentation_heard", "contact_continuing"]
    required: Parameter[bool] = Field(title=_("Condition is required"))


class EffectiveLead(Strict):
    """Which conditions make a lead count (E11-2.3.2, readings 27 and 28): all of them."""

    enabled: Parameter[bool] = Field(title=_("Effective leads are told apart"))
    conditions: tuple[LeadCondition, ...] = Field(default=(), title=_("Conditions"))


class Grade(Item):
    starts_at: Parameter[Percent] = Field(title=_("From score"))
    return_visit: Parameter[Limit] = optional_limit(_("Return visit every"))
    major: Parameter[bool] = optional_switch(_("Its clients are major"))


class Factor(Item):
    weight: Parameter[Percent] = Field(title=_("Weight"))


class Grading(Strict):
    """Grades of clients by weighted factors; no grades, no grading (reading 34)."""

    grades: tuple[Grade, ...] = Field(default=(), title=_("Grades"))
    factors: tuple[Factor, ...] = ()
    review: Parameter[Limit] = optional_limit(_("Grades reviewed every"))
    strategy_per_grade: Parameter[bool] = optional_switch(_("Each grade has its strategy"))


class Crm(Strict):
    sources: Items = Field(title=_("Sources"))
    contact_channels: Items = Field(title=_("Ways of contact"))
    lead_fields: Items = Field(title=_("Fields of a lead"))
    history_fields: Items = Field(default=(), title=_("Fields of the history"))
    visit_fields: Items = Field(default=(), title=_("Fields of a visit"))
    client_kinds: Items = Field(default=(), title=_("Kinds of clients"))
    member_kinds: Items = Field(default=(), title=_("Kinds of customers and members"))
    enquiry_channels: Items = Field(default=(), title=_("Ways of enquiry"))
    return_visit_modes: Items = Field(default=(), title=_("Ways of a return visit"))
    communication_fields: Items = Field(default=(), title=_("Contents of the communication plan"))
    screening: tuple[Factor, ...] = ()  # by what target clients are picked (B-3.1.2)
    event_kinds: Items = Field(default=(), title=_("Kinds of events"))
    event_budget_lines: Items = Field(default=(), title=_("Lines of an event's budget"))
    care_occasions: Items = Field(default=(), title=_("Occasions of care"))
    care_lead: Parameter[Limit] = optional_limit(_("Care prepared ahead by"))
    complaint_closes: Parameter[Literal["answered", "client_satisfied"]] = Field(
        title=_("A complaint closes when"),
        default=Parameter[Literal["answered", "client_satisfied"]](
            value="answered", source=Source.PROPOSAL
        ),
    )
    membership: Parameter[bool] = optional_switch(_("Members are kept"))
    membership_parts: Items = Field(default=(), title=_("Parts of membership"))
    joint_marketing: Parameter[bool] = optional_switch(_("Joint marketing"))
    territories: Parameter[bool] = optional_switch(_("Territories"))
    territory_by: Items = Field(default=(), title=_("Territories cut by"))
    new_client_counts_from: Parameter[Literal["first_contract", "first_purchase"]] = Field(
        title=_("A client is new from")
    )
    effective_lead: EffectiveLead
    grading: Grading = Grading()


class Research(Strict):
    sources: Items = Field(title=_("Sources"))
    report_sections: Items = Field(title=_("Sections of the research report"))
    report_checklist: Items = Field(default=(), title=_("Checklist of the report"))
    plan_fields: Items = Field(default=(), title=_("Contents of the plan"))
    topics: Items = Field(default=(), title=_("Topics"))
    strategy_elements: Items = Field(default=(), title=_("Elements of the strategy"))


class Partnerships(Strict):
    partner_types: Items = Field(title=_("Kinds of partners"))
    opportunity_sources: Items = Field(title=_("Sources of chances"))
    scheme_fields: Items = Field(default=(), title=_("Contents of the scheme"))
    scheme_checklist: Items = Field(default=(), title=_("Checklist of the scheme"))
    initiation_fields: Items = Field(default=(), title=_("Contents of the initiation form"))
    start_requires: Parameter[tuple[Gate, ...]] = Field(
        title=_("Needed to start a project"),
        default=Parameter[tuple[Gate, ...]](value=(), source=Source.UNSET),
    )
    begins_before_approval: Parameter[bool] = optional_switch(_("Work begins before approval"))
    settlement_equals_contract: Parameter[bool] = optional_switch(
        _("Settlement equals the contract")
    )
    opening_tasks: Items = Field(default=(), title=_("Tasks before opening"))
    inspection_areas: Items = Field(default=(), title=_("Areas of inspection"))
    inspection: Parameter[Limit] = optional_limit(_("Round of inspection every"))
    data_metrics: Items = Field(default=(), title=_("Figures of operation"))


class SharedTopic(Item):
    team: Key


class Sharing(Strict):
    """What neighbours in one department keep each other informed of (D-4.1.2, reading 39)."""

    topics: tuple[SharedTopic, ...] = ()
    at_once: Parameter[bool] = optional_switch(_("Seen by all at once"))
    log_required: Parameter[bool] = optional_switch(_("Talks between teams are recorded"))


class Conduct(Strict):
    no_bribes: Parameter[bool] = optional_switch(_("Gifts and bribes are refused"))
    declaration: Parameter[Limit] = optional_limit(_("Integrity declared every"))


class Resources(Strict):
    kinds: Items = Field(default=(), title=_("Kinds"))
    budget_required: Parameter[bool] = optional_switch(_("Plans carry a budget"))


class Attendance(Strict):
    enabled: Parameter[bool] = Field(title=_("Attendance is kept"))
    monthly_to_hr: Parameter[bool] = Field(title=_("Sent to HR each month"))
    fine: Parameter[Money | None] = optional_amount(_("Fine each time"))
    fine_up_to: Parameter[Count] = Field(
        title=_("Fined up to this count a month"),
        default=Parameter[Count](value=0, source=Source.UNSET),
    )
    escalate_over: Parameter[Count] = Field(
        title=_("Case above this count"), default=Parameter[Count](value=0, source=Source.UNSET)
    )
    escalate_absence: Parameter[Limit] = optional_limit(_("Case from this absence"))
    fine_beyond: Parameter[bool] = optional_switch(_("Fined beyond that count too"))
    clocked: Parameter[bool] = optional_switch(_("Coming and going are clocked"))
    outings_declared: Parameter[bool] = optional_switch(_("Outings are declared"))
    outing_fields: Items = Field(default=(), title=_("Fields of an outing"))
    outing_to_client: Parameter[bool] = optional_switch(_("Outings stand in the client's file"))
    spot_checks_by: Parameter[Chain] = optional_chain(_("Spot checks by"))


class Leave(Strict):
    kinds: Items = Field(title=_("Kinds"))
    written_above: Parameter[Limit] = optional_limit(_("Written request above"))
    ahead: Parameter[Limit] = optional_limit(_("Written request ahead by"))


class Documents(Strict):
    internal: Items = Field(title=_("Internal documents"))
    external: Items = Field(title=_("External documents"))
    lifecycle: Items = Field(title=_("Life cycle of a document"))
    archives: Items = Field(title=_("Archives"))
    handover_on_leaving: Parameter[bool] = optional_switch(_("Papers handed over on leaving"))
    sub_policies: Items = Field(default=(), title=_("Policies of detail"))
    nda_required: Parameter[bool] = optional_switch(_("Confidentiality agreement required"))
    ip_kinds: Items = Field(
        (), title=_("Kinds of intellectual property")
    )  # kinds of intellectual property that are registered (E8-5.2)
    ip_notice: Parameter[Limit] = optional_limit(_("Reminder before a right expires"))


class Confidentiality(Strict):
    """What is asked and told when data leaves the house (A-4.4.2); zero asks nothing."""

    duty_after_leaving: Parameter[bool] = optional_switch(_("Secrecy goes on after leaving"))
    reason_from: Parameter[Count] = _figure(_("Export asks for a reason from, rows"))
    approval_from: Parameter[Count] = _figure(_("Export is approved from, rows"))
    alert_from: Parameter[Count] = _figure(_("Manager is told of an export from, rows"))
    alert_daily: Parameter[Count] = _figure(_("Manager is told from, rows a day"))
    alert_reveals: Parameter[Count] = _figure(_("Manager is told from, numbers shown a day"))


class Recruitment(Strict):
    """By what candidates are rated (E3-4.1); who decides stands among the approvals."""

    criteria: Items = Field(default=(), title=_("Criteria of choice"))


class Training(Strict):
    categories: Items = Field(title=_("Categories"))
    modes: Items = Field(title=_("Modes"))
    plan_fields: Items = Field(title=_("Contents of the plan"))
    topics: Items = Field(default=(), title=_("Topics"))
    internal_every: Parameter[Limit] = optional_limit(_("Internal training every"))
    evaluate_each: Parameter[bool] = Field(title=_("Each training is evaluated"))
    evaluation_methods: Items = Field(default=(), title=_("Ways of evaluation"))
    onboarding: Parameter[Limit] = optional_limit(_("Onboarding within"))
    onboarding_topics: Items = Field(default=(), title=_("Topics of onboarding"))
    onboarding_forms: Items = Field(default=(), title=_("Forms of onboarding"))
    professional_topics: Items = Field(default=(), title=_("Topics of personal growth"))
    professional_forms: Items = Field(default=(), title=_("Forms of personal growth"))
    needs_survey: Parameter[Limit] = optional_limit(_("Needs asked every"))
    career_talk: Parameter[Limit] = optional_limit(_("Talk about the career every"))
    exam_support: Parameter[bool] = optional_switch(_("Examinations are supported"))
    rotation: Parameter[bool] = optional_switch(_("Rotation between posts"))
    promotion_factors: tuple[Factor, ...] = ()
    promotion_routes: Items = Field(default=(), title=_("Ways of promotion"))


Response = Literal["avoid", "reduce", "transfer", "accept"]


class RiskLevel(Item):
    """A level of a risk by likelihood × impact, and what is done about it."""

    starts_at: Parameter[Count] = Field(title=_("From likelihood times impact"))
    responses: Parameter[tuple[Response, ...]] = Field(title=_("Answered by"))


class Risk(Strict):
    enabled: Parameter[bool] = optional_switch(_("Risks are registered"))
    categories: Items = Field(default=(), title=_("Categories"))
    responses: Items = Field(default=(), title=_("Responses"))
    scale: Parameter[Count] = _figure(_("Likelihood and impact from 1 to"))
    levels: tuple[RiskLevel, ...] = Field(default=(), title=_("Levels of risk"))
    warning: Parameter[bool] = optional_switch(_("Early warning"))
    review: Parameter[Limit] = optional_limit(_("Risks reviewed every"))


class Retention(Strict):
    """How long each kind of personal data stays."""

    position: Parameter[Limit] = Field(title=_("Position of a check-in kept"))
    attendance: Parameter[Limit] = optional_limit(_("Attendance kept"))


# Of fewer than three answers each one can be guessed.
Enough = Annotated[int, Field(ge=3, le=99, strict=True)]
Steps = Annotated[int, Field(ge=2, le=10, strict=True)]


class Surveys(Strict):
    """How people outside are asked, and from how many answers on something is read from them."""

    min_answers: Parameter[Enough] = Field(
        title=_("Answers are read from"),
        default=Parameter[Enough](value=3, source=Source.PROPOSAL),
    )
    link_valid: Parameter[Limit] = Field(
        title=_("A link is valid at most"),
        default=Parameter[Limit](
            value=worktime.Limit(30, worktime.Unit.DAYS), source=Source.PROPOSAL
        ),
    )
    scale: Parameter[Steps] = Field(
        title=_("A scale goes from 1 to"),
        default=Parameter[Steps](value=5, source=Source.PROPOSAL),
    )
    remind_before: Parameter[Limit] = Field(
        title=_("Reminder ahead"),
        default=Parameter[Limit](
            value=worktime.Limit(2, worktime.Unit.WORKING_DAYS), source=Source.PROPOSAL
        ),
    )
    report_within: Parameter[Limit] = optional_limit(_("Reported on after closing within"))
    asked: Parameter[Limit] = optional_limit(_("Satisfaction asked every"))


_NUMBER = re.compile(r"\{number(:0([1-9]|10)d?)?\}")
_FILLED_IN = re.compile(rf"{_NUMBER.pattern}|\{{year\}}")


class NumberPattern(Item):
    """The number of a contract, document or case: `{year}` and `{number}` are filled in, the number
    with leading zeros where it is written as `{number:04d}`."""

    pattern: Parameter[Text] = Field(title=_("Pattern of the number"))

    @property
    def is_usable(self) -> bool:
        """True when it can be filled in and gives each number its own text."""
        text = self.pattern.value
        return _NUMBER.search(text) is not None and not {*"{}"} & {*_FILLED_IN.sub("", text)}

    @property
    def longest(self) -> int:
        """How many characters a number has once many are given."""
        return len(self.format(year=2000, number=999_999))

    def format(self, *, year: int, number: int) -> str:
        return self.pattern.value.format(year=year, number=number)


class OpenList(Item):
    """A list of choices that only some regulations know."""

    items: Items = Field(title=_("Entries"))
    clause: ClauseId | None = None
