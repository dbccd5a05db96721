"""Clauses that nothing answers for yet, settings that nothing obeys yet and pipelines that nothing
walks yet, by what they wait for.

Whoever brings the noun brings the check, the fact or the code, and takes the line from here; the
board and the pages of the rulebook name the noun until then.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from expansion.rulebook.schema import Rules

EVENTS = pgettext_lazy("occasions", "events")  # elsewhere the word means what happened

_CLAUSES: Mapping[Any, str] = {
    _("complaints"): "C-2.2.3 C-5.4.3 B-4.2.3a B-4.2.3b B-4.2.3c D-3.1.4a D-3.2.4a E1-14",
    _("client feedback"): "A-2.2.4d D-3.1.4c D-3.2.4c",
    EVENTS: """
        B-3.2.1a B-3.2.2a B-3.2.2b B-3.2.2c B-3.2.3a B-3.2.4a B-3.2.4b C-4.3.2 E5-10 E5-22
    """,
    _("promotion plans"): "C-4.1.1 D-3.1.3a E3-2.2.2",
    _("enquiries"): "C-5.1.2 C-5.1.3",
    _("sales targets"): "C-3.1.1 C-3.1.2 E2-7 E3-3.2b E3-3.3a E5-14 C-6.2.2a E8-4.1",
    _("letters of intent"): "B-3.1.4c C-5.2.3",
    _("client grades"): "B-3.1.2b B-4.3.1 B-4.3.3 E9-4.2b",
    _("client plans"): "B-4.2.2 C-8.2.1 E6-6.1",
    _("members"): "D-3.1.4b D-3.3.3d",
    _("market analyses"): "A-3.1.3b B-2.2.1e C-4.4.2 D-3.2.3c E7-2.3 E8-2.3 E9-4.2a E10-3a",
    _("work plans and goals"): """
        A-2.2.1a B-2.2.1a C-2.1.2 D-2.2.1a D-3.2.1a E1-7 E1-11 E3-3.1a E4-9.2 E8-2.1 E10-2a
        E6-7.1
    """,
    _("strategies"): """
        A-2.2.2c C-2.1.3 E3-2.1.3 E6-3.1 E6-4.1 E9-2.1 E9-3.1b E9-3.2b E9-4.1a
    """,
    _("the evaluation of teams"): "A-2.2.1c",
    _("leave, outings and attendance"): "A-2.2.2a A-4.1.2 B-7.1.2a B-7.1.2b B-7.1.3b E11-1.c",
    _("internal problems"): """
        A-2.2.2d B-2.2.1b C-8.1.3 D-2.2.1c D-3.2.1b E1-4 E1-19 E7-2.4 E7-3.3 E7-6.1 E8-4.5
        E10-4a
    """,
    _("meetings"): "A-4.2.1 C-3.2.2 C-8.1.1 C-8.3.1 D-4.1.1a D-4.1.1b",
    _("documents"): "A-4.3.3",
    _("conduct cases"): "E6-1b",
    _("budgets and expenses"): "C-3.4.2 E10-5b",
    _("risks"): "C-9.1.2 C-9.1.3 C-9.2.2 C-9.2.3",
    _("project initiation"): "C-5.3.1 C-5.3.3 E9-2.2b E9-3.1d",
    _("acceptance and settlement"): "C-5.5.1 C-5.5.2",
    _("scheme reviews and talks"): "A-3.3.1b A-3.3.2b E7-3.2",
    _("evaluation reports of projects"): "A-3.3.6b",
    _("the handover of projects"): "D-2.1.5a D-4.1.3a D-4.1.3b E8-2.5",
    _("openings, patrols and operating data"): """
        D-3.1.1a D-3.1.2a D-3.1.2b D-3.1.2c D-3.2.1c D-3.2.2d D-3.3.3c
    """,
    _("tenders"): "E9-3.1g",
    _("training plans, needs and evaluations"): """
        A-6.3.2 A-6.4.1 A-6.4.4 B-5.1.1 B-5.2.2 B-5.3.1a B-5.3.3 C-7.1.1 C-7.1.3 E10-6a
    """,
    _("careers and promotions"): "B-5.4.2 B-5.4.3 C-7.3.2 C-7.3.3 D-5.2.2a E10-6b",
    _("feedback talks and improvement plans"): "C-6.3.1 C-6.4.2a C-6.1.3",
    _("publicity and HR's review"): "B-6.3.3a B-6.3.3b",
    _("bonuses"): "B-6.3.4 B-6.4.1a B-6.4.1b D-2.3.4a D-3.3.4a",
    _("rewards and honours"): """
        A-5.5.2 C-6.4.1 C-6.4.3 D-2.3.4c D-3.3.4c E1-16b E4-15 E7-5.4 E8-4.3
    """,
    _("several parties of an appraisal"): "C-6.1.1 C-6.2.2b C-6.2.2c E2-13 E3-3.5 E4-12 E5-8",
    _("company resources"): "E5-4",
}
CLAUSES: Mapping[str, Any] = {id: noun for noun, ids in _CLAUSES.items() for id in ids.split()}

# Settings by the last word of their path.
_SETTINGS: Mapping[Any, str] = {
    _("complaints"): "complaint_closes complaint_reply complaint_resolve",
    EVENTS: """
        event_arrival event_budget_lines event_follow_up event_kinds joint_marketing
    """,
    _("enquiries"): "enquiry_answer enquiry_channels",
    _("client grades"): "key_client_transfer strategy_per_grade",
    _("client plans"): "care_lead care_occasions communication_fields",
    _("sales"): "sales_entry",
    _("members"): "member_kinds membership membership_parts",
    _("work plans and goals"): "letter",
    _("strategies"): "strategy_elements",
    _("leave, outings and attendance"): """
        clocked escalate_absence escalate_over fine fine_beyond fine_up_to monthly_to_hr
        outing_fields outing_to_client outings_declared spot_checks_by types written_above
    """,
    _("meetings"): "agenda minutes_due",
    _("documents"): """
        archive archives external handover_on_leaving internal lifecycle sub_policies
    """,
    _("sharing between departments"): "at_once links log_required",
    _("conduct cases"): "declaration no_bribes principles",
    _("budgets and expenses"): "budget_required",
    _("project initiation"): "begins_before_approval initiation_fields",
    _("acceptance and settlement"): "settlement_equals_contract",
    _("openings, patrols and operating data"): """
        data_metrics inspection inspection_areas opening_tasks
    """,
    _("training plans, needs and evaluations"): """
        evaluate_each exam_support needs_survey onboarding_forms
    """,
    _("careers and promotions"): "career_talk rotation",
    _("feedback talks and improvement plans"): "feedback_contents indicator_review",
    _("publicity and HR's review"): "hr_review objection_handlers publicity",
    _("bonuses"): "computed_by ratio",
    _("rewards and honours"): """
        commendation honours_from_quarters special_contribution titles
    """,
    _("several parties of an appraisal"): "satisfaction_once",
}
SETTINGS: Mapping[str, Any] = {
    name: noun for noun, names in _SETTINGS.items() for name in names.split()
}


# Open lists that a form offers or shows as guidance, and those whose form is not there yet.
SHOWN = frozenset(
    """
    client_support cycle_contents feasibility_parts functions project_aspects sales_divisions
    site_survey structure survey_audiences
    """.split()
)
_LISTS: Mapping[Any, str] = {
    EVENTS: "event_feedback event_floor_tasks event_plan_fields event_preparation",
    _("promotion plans"): "media promotion_channels",
    _("sales"): "sales_channels",
    _("leave, outings and attendance"): "spot_check_methods",
    _("sharing between departments"): "partner_departments",
    _("conduct cases"): "breach_measures conduct_areas conduct_breaches",
    _("scheme reviews and talks"): "negotiation_fields",
    _("the handover of projects"): "handover_sheet",
    _("training plans, needs and evaluations"): "training_feedback",
    _("careers and promotions"): "career_plan_fields",
    _("several parties of an appraisal"): "evaluation_investment evaluation_operations",
}
LISTS: Mapping[str, Any] = {name: noun for noun, names in _LISTS.items() for name in names.split()}


# What walks a pipeline and is not there yet.
WALKERS: Mapping[str, Any] = {
    "events": EVENTS,
    "operations": _("openings, patrols and operating data"),
}


def setting_waits_for(path: str, rules: "Rules") -> Any:
    """The noun without which this setting moves nothing; empty where it is obeyed."""
    if path.startswith("lists."):
        key = path.split(".")[1]
        return "" if key in SHOWN else LISTS.get(key, _("the form that offers its entries"))
    if path.startswith("pipelines."):
        return WALKERS.get(rules.pipeline(path.split(".")[1]).walked_by, "")
    return SETTINGS.get(path.rpartition(".")[2], "")
