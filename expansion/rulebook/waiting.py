"""Clauses that nothing answers for yet, settings that nothing obeys yet and pipelines that nothing
walks yet, by what they wait for.

Whoever brings the noun brings the check, the fact or the code, and takes the line from here; the
board and the pages of the rulebook name the noun until then.
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from expansion.rulebook.schema import Rules

EVENTS = pgettext_lazy("occasions", "events")  # elsewhere the word means what happened

_CLAUSES: Mapping[Any, str] = {
    _("complaints"): """
        B-4.2.3a B-4.2.3b B-4.2.3c C-2.2.3 C-5.4.3 D-3.1.4a D-3.2.2c D-3.2.4a E1-10 E1-14
    """,
    _("client feedback"): "A-2.2.4d D-3.1.4c D-3.2.4c",
    EVENTS: """
        B-2.2.2d B-3.2.1a B-3.2.1b B-3.2.1c B-3.2.1d B-3.2.2a B-3.2.2b B-3.2.2c B-3.2.2d B-3.2.3a
        B-3.2.3b B-3.2.3c B-3.2.3d B-3.2.4a B-3.2.4b B-3.2.4c C-4.1.2 C-4.3.1 C-4.3.2 C-4.3.3
        D-3.1.3c D-3.2.2b D-3.2.3a D-3.2.3d E3-2.2.3 E5-10 E5-22 E8-2.6
    """,
    _("promotion plans"): """
        C-4.1.1 C-4.2.1 C-4.2.2 C-4.2.3 D-3.1.3a D-3.1.3b D-3.2.3b E2-5 E3-2.2 E3-2.2.1 E3-2.2.2
        E9-3.1a
    """,
    _("enquiries"): "C-5.1.2 C-5.1.3",
    _("sales targets"): "C-3.1.1 C-3.1.2 C-6.2.2a E2-7 E3-3.2b E3-3.3a E5-14 E8-4.1",
    _("sales"): "C-3.3.1 E3-2.1.1 E3-2.1.2",
    _("letters of intent"): "B-3.1.4c C-5.2.3",
    _("target clients"): "B-3.1.2a B-3.1.2b",
    _("client grades"): "B-4.3.1 B-4.3.3 E9-4.2b",
    _("client plans"): "A-2.2.4a A-3.2.2a A-3.2.2b B-4.2.2 C-8.2.1 E4-6.1 E6-6.1",
    _("members"): "D-3.1.4b D-3.2.4b D-3.3.3d",
    _("market analyses"): "A-3.1.3b B-2.2.1e C-4.4.2 D-3.2.3c E7-2.3 E8-2.3 E9-4.2a E10-3a",
    _("work plans and goals"): """
        A-2.2.1a B-2.2.1a C-2.1.2 D-2.2.1a D-3.2.1a E1-7 E1-11 E2-11b E3-3.1a E3-3.1b E4-9.2 E6-7.1
        E8-2.1 E10-2a
    """,
    _("tasks"): "B-2.2.2a B-2.2.2e D-2.2.2d E4-6.4 E5-20 E9-3.1j E9-3.2a E11-2.3.4",
    _("strategies"): """
        A-2.2.2c C-2.1.3 E2-11a E2-16 E3-2.1.3 E6-3.1 E6-4.1 E6-4.2 E7-2.2 E8-2.2 E9-2.1 E9-3.1b
        E9-3.2b E9-4.1a E9-4.1b E10-3b E10-3c
    """,
    _("the evaluation of teams"): "A-2.2.1c",
    _("leave, outings and attendance"): """
        A-2.2.2a A-4.1.1 A-4.1.2 B-7.1.1 B-7.1.2a B-7.1.2b B-7.1.3a B-7.1.3b E11-1.a E11-1.b E11-1.c
        E11-1.e
    """,
    _("internal problems"): """
        A-2.2.2d B-2.2.1b C-8.1.3 D-2.2.1c D-3.2.1b E1-4 E1-19 E7-2.4 E7-3.3 E7-6.1 E8-4.5 E10-4a
    """,
    _("meetings"): "A-4.2.1 A-4.2.3 A-4.2.4 C-3.2.2 C-8.1.1 C-8.3.1 D-4.1.1a D-4.1.1b",
    _("documents"): "A-4.3.1 A-4.3.2 A-4.3.3 E2-10 E9-3.2d",
    _("sharing between departments"): "C-8.1.2 D-4.1.2a D-4.1.2b D-4.2.4 E2-9 E2-14 E10-4b",
    _("conduct cases"): "B-7.2.2 B-7.2.3 E1-5 E1-20 E1-21 E2-12 E4-9.1 E4-11 E6-1b",
    _("budgets and expenses"): "C-3.4.1 C-3.4.2 C-4.1.3 E10-5a E10-5b",
    _("risks"): "C-9.1.1 C-9.1.2 C-9.1.3 C-9.2.1 C-9.2.2 C-9.2.3",
    _("project initiation"): "C-5.3.1 C-5.3.2 C-5.3.3 E9-2.2b E9-3.1d",
    _("acceptance and settlement"): "C-5.5.1 C-5.5.2",
    _("scheme reviews and talks"): "A-3.2.5c A-3.3.1b A-3.3.2b A-3.3.4a B-3.1.4b C-5.2.2 E7-3.2",
    _("evaluation reports of projects"): "A-3.3.6b",
    _("the handover of projects"): "D-2.1.5a D-4.1.3a D-4.1.3b E8-2.5",
    _("openings, patrols and operating data"): """
        D-3.1.1a D-3.1.1b D-3.1.2a D-3.1.2b D-3.1.2c D-3.2.1c D-3.2.2a D-3.2.2d D-3.3.3c
    """,
    _("tenders"): "E9-3.1f E9-3.1g E11-2.2.1.1",
    _("training plans, needs and evaluations"): """
        A-6.3.2 A-6.4.1 A-6.4.2 A-6.4.4 B-5.1.1 B-5.1.2 B-5.2.2 B-5.3.1a B-5.3.1b B-5.3.2 B-5.3.3
        C-7.1.1 C-7.1.2 C-7.1.3 C-7.2.1 D-5.1.3b E10-6a
    """,
    _("careers and promotions"): """
        B-5.4.1 B-5.4.2 B-5.4.3 B-6.4.2 C-7.3.1 C-7.3.2 C-7.3.3 D-5.2.1a D-5.2.1b D-5.2.2a D-5.2.2b
        E10-6b
    """,
    _("feedback talks and improvement plans"): "C-6.1.3 C-6.3.1 C-6.3.2 C-6.4.2a",
    _("publicity and HR's review"): "B-6.3.3a B-6.3.3b",
    _("bonuses"): "B-6.3.4 B-6.4.1a B-6.4.1b D-2.3.4a D-3.3.4a",
    _("rewards and honours"): """
        A-5.5.2 B-6.4.3 B-6.4.4 C-6.4.1 C-6.4.3 D-2.3.4c D-3.3.4c E1-16b E1-17 E4-15 E7-5.4 E8-4.3
        E8-4.4
    """,
    _("several parties of an appraisal"): "C-6.1.1 C-6.2.2b C-6.2.2c E2-13 E3-3.5 E4-12 E5-8",
    _("company resources"): "E5-4 E5-9 E10-5c",
}
CLAUSES: Mapping[str, Any] = {id: noun for noun, ids in _CLAUSES.items() for id in ids.split()}

# Settings by their path, `*` for whatever stands there: a whole section, or any entry's key.
_SETTINGS: Mapping[Any, str] = {
    _("complaints"): """
        crm.complaint_closes ladders.complaints.* sla.complaint_reply sla.complaint_resolve
    """,
    EVENTS: """
        crm.event_budget_lines crm.event_kinds crm.joint_marketing sla.event_arrival
        sla.event_follow_up
    """,
    _("enquiries"): "crm.enquiry_channels sla.enquiry_answer",
    _("target clients"): "crm.screening.*",
    _("client grades"): """
        crm.grading.factors.* crm.grading.grades.*.starts_at crm.grading.review
        crm.grading.strategy_per_grade sla.key_client_transfer
    """,
    _("client plans"): "crm.care_lead crm.care_occasions crm.communication_fields",
    _("sales"): "sla.sales_entry",
    _("members"): "crm.member_kinds crm.membership crm.membership_parts",
    _("work plans and goals"): "ladders.plans.* plans.*",
    _("tasks"): "ladders.tasks.*",
    _("strategies"): "research.strategy_elements",
    _("leave, outings and attendance"): "attendance.* leave.* retention.attendance",
    _("meetings"): "ladders.meetings.* meetings.*",
    _("documents"): """
        documents.archives documents.external documents.handover_on_leaving documents.internal
        documents.lifecycle documents.sub_policies sla.archive
    """,
    _("sharing between departments"): "sharing.*",
    _("conduct cases"): "conduct.* policy.principles",
    _("budgets and expenses"): "resources.budget_required",
    _("company resources"): "resources.kinds",
    _("risks"): "risk.*",
    _("project initiation"): "partnerships.begins_before_approval partnerships.initiation_fields",
    _("acceptance and settlement"): "partnerships.settlement_equals_contract",
    _("the handover of projects"): "sla.handover",
    _("openings, patrols and operating data"): """
        partnerships.data_metrics partnerships.inspection partnerships.inspection_areas
        partnerships.opening_tasks
    """,
    _("training plans, needs and evaluations"): """
        training.evaluate_each training.evaluation_methods training.exam_support
        training.needs_survey training.onboarding_forms training.plan_fields
        training.professional_forms training.professional_topics
    """,
    _("careers and promotions"): """
        training.career_talk training.promotion_factors.* training.promotion_routes
        training.rotation
    """,
    _("feedback talks and improvement plans"): """
        appraisal.feedback_contents appraisal.indicator_review
    """,
    _("publicity and HR's review"): """
        appraisal.hr_review appraisal.objection_handlers appraisal.publicity
    """,
    _("bonuses"): "bonus.*",
    _("rewards and honours"): "rewards.*",
    _("several parties of an appraisal"): """
        appraisal.parties.*.min_answers appraisal.satisfaction_once
    """,
}
SETTINGS: Mapping[str, Any] = {
    pattern: noun for noun, patterns in _SETTINGS.items() for pattern in patterns.split()
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
    return _noun_of(path)


@lru_cache(maxsize=4096)
def _noun_of(path: str) -> Any:
    found = (noun for pattern, noun in SETTINGS.items() if fnmatchcase(path, pattern))
    return next(found, "")
