"""The rulebook on daily work: stages, approvals, reports, meetings, limits, lists."""

from typing import Any, Literal

from django.utils.translation import gettext_noop as _
from pydantic import Field

from expansion import worktime
from expansion.rulebook.values import (
    Approver,
    Cadence,
    Chain,
    ClauseId,
    Count,
    Item,
    Items,
    Limit,
    Money,
    Parameter,
    Percent,
    Source,
    Strict,
    Text,
    by_key,
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


class Stage(Item):
    requires: Parameter[tuple[Gate, ...]] = Field(
        title=_("Needed to enter"),
        default=Parameter[tuple[Gate, ...]](value=(), source=Source.PROPOSAL),
    )


class Pipeline(Item):
    stages: tuple[Stage, ...]
    clause: ClauseId

    def stage(self, key: str) -> Stage:
        return by_key(self.stages, key)


class ApprovalRule(Item):
    """Who approves a kind of subject, in order, and how long each step may take."""

    chain: Parameter[Chain] = Field(title=_("Approved by"))
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


class Report(Item):
    """A report due by a cadence. `who`: everyone, or keys of roles, posts and teams."""

    who: tuple[str, ...]
    to: Chain
    cadence: Parameter[Cadence] = Field(title=_("When it is due"))
    remind_before: Parameter[Limit] = Field(title=_("Reminder ahead"))
    sections: Items = ()


class Plan(Item):
    """A work plan due by a cadence: a department's year, a team's month, targets broken down."""

    level: Literal["department", "team", "person"]
    cadence: Parameter[Cadence] = Field(title=_("When it is due"))
    fields: Items = ()


class Meeting(Item):
    cadence: Parameter[Cadence] = Field(title=_("When it is held"))
    chair: Approver
    notice: Parameter[Limit] = Field(title=_("Called ahead"))
    minutes_due: Parameter[Limit] = optional_limit(_("Minutes within"))
    agenda: Items = ()
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
    handover: Parameter[Limit] = optional_limit(_("Handover done"))


class LeadCondition(Item):
    key: Literal["need_confirmed", "contact_named", "presentation_heard", "contact_continuing"]
    required: Parameter[bool] = Field(title=_("Condition is required"))


class EffectiveLead(Strict):
    """Which conditions make a lead count (E11-2.3.2, readings 27 and 28): all of them."""

    enabled: Parameter[bool] = Field(title=_("Effective leads are told apart"))
    conditions: tuple[LeadCondition, ...] = ()


class Grade(Item):
    starts_at: Parameter[Percent] = Field(title=_("From score"))
    return_visit: Parameter[Limit] = optional_limit(_("Return visit every"))


class Factor(Item):
    weight: Parameter[Percent] = Field(title=_("Weight"))


class Grading(Strict):
    """Grades of clients by weighted factors; no grades, no grading (reading 34)."""

    grades: tuple[Grade, ...] = ()
    factors: tuple[Factor, ...] = ()
    review: Parameter[Limit] = optional_limit(_("Grades reviewed every"))


class Crm(Strict):
    sources: Items
    contact_channels: Items
    lead_fields: Items
    visit_fields: Items = ()
    event_kinds: Items = ()
    event_budget_lines: Items = ()
    care_occasions: Items = ()
    territories: Parameter[bool] = optional_switch(_("Territories"))
    new_client_counts_from: Parameter[Literal["first_contract", "first_purchase"]] = Field(
        title=_("A client is new from")
    )
    effective_lead: EffectiveLead
    grading: Grading = Grading()


class Research(Strict):
    sources: Items
    report_sections: Items
    report_checklist: Items = ()
    plan_fields: Items = ()
    topics: Items = ()


class Partnerships(Strict):
    partner_types: Items
    opportunity_sources: Items
    scheme_fields: Items = ()
    scheme_checklist: Items = ()
    inspection_areas: Items = ()
    data_metrics: Items = ()


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
    outings_declared: Parameter[bool] = optional_switch(_("Outings are declared"))


class Leave(Strict):
    kinds: Items
    written_above: Parameter[Limit] = optional_limit(_("Written request above"))
    ahead: Parameter[Limit] = optional_limit(_("Written request ahead by"))


class Documents(Strict):
    internal: Items
    external: Items
    lifecycle: Items
    archives: Items
    handover_on_leaving: Parameter[bool] = optional_switch(_("Papers handed over on leaving"))
    nda_required: Parameter[bool] = optional_switch(_("Confidentiality agreement required"))
    ip_kinds: Items = ()  # kinds of intellectual property that are registered (E8-5.2)
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

    criteria: Items = ()


class Training(Strict):
    categories: Items
    modes: Items
    plan_fields: Items
    topics: Items = ()
    internal_every: Parameter[Limit] = optional_limit(_("Internal training every"))
    evaluate_each: Parameter[bool] = Field(title=_("Each training is evaluated"))
    onboarding: Parameter[Limit] = optional_limit(_("Onboarding within"))
    needs_survey: Parameter[Limit] = optional_limit(_("Needs asked every"))


class Risk(Strict):
    enabled: Parameter[bool] = optional_switch(_("Risks are registered"))
    categories: Items = ()
    responses: Items = ()
    review: Parameter[Limit] = optional_limit(_("Risks reviewed every"))


class Retention(Strict):
    """How long each kind of personal data stays."""

    position: Parameter[Limit] = Field(title=_("Position of a check-in kept"))
    attendance: Parameter[Limit] = optional_limit(_("Attendance kept"))


class NumberPattern(Item):
    """The number of a contract, document or case: `{year}` and `{number}` are filled in."""

    pattern: Parameter[Text] = Field(title=_("Pattern of the number"))

    @property
    def is_usable(self) -> bool:
        """True when it can be filled in and gives each number its own text."""
        try:
            return self.format(year=2000, number=1) != self.format(year=2000, number=2)
        except (LookupError, ValueError, AttributeError):
            return False

    def format(self, *, year: int, number: int) -> str:
        return self.pattern.value.format(year=year, number=number)


class OpenList(Item):
    """A list of choices that only some regulations know."""

    items: Items
    clause: ClauseId | None = None
