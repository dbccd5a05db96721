"""Each shipped regulation entry by entry against a table written by hand from its reading: what is
decided by whom, when reports, plans and meetings are due, how people are appraised.

A table names everything there is: an entry more or less than it is a difference.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from expansion.rulebook import loading
from expansion.rulebook.parameters import UNCONFIRMED
from expansion.rulebook.schema import Rules
from expansion.rulebook.values import Cadence, Parameter, Source

KEYS = ("ktv", "club", "business", "leasing", "market")

# Subject, who decides in order, where that comes from, clause. What only a neighbour writes is
# borrowed from it by its clause.
CHAINS = {
    "ktv": """
        research_plan       manager                     stated    A-3.1.1b
        research_report     manager                     stated    A-3.1.5a
        contract            manager,legal,leadership    proposal  A-3.2.6a
        cooperation_scheme  manager                     proposal  A-3.3.3b
        leave               superior,manager            proposal  A-4.1.2
        training_plan       manager                     stated    A-6.4.1
        personnel_change    manager,hr                  proposal  E5-18
        dismissal           manager,hr,leadership       proposal  E5-18
        external_statement  manager,leadership          proposal  E8-5.3
        export              manager                     proposal  A-4.4.2
    """,
    "club": """
        contract            manager,legal,leadership    proposal  B-3.1.5a
        event_plan          manager,leadership          proposal  B-3.2.1a
        appraisal_result    manager,hr                  stated    B-6.3.3b
        leave               manager                     proposal  B-7.1.2a
        research_plan       manager                     proposal  A-3.1.1b
        research_report     manager                     proposal  A-3.1.5a
        cooperation_scheme  manager                     proposal  B-3.1.4b
        training_plan       manager                     proposal  B-5.1.1
        personnel_change    manager,hr                  proposal  B-5.4.2
        dismissal           manager,hr,leadership       proposal  E5-18
        external_statement  manager,leadership          proposal  E8-5.3
        export              manager                     proposal  B-7.3.2
    """,
    "business": """
        strategy_or_marketing_scheme  manager,leadership        stated    C-2.1.3
        project_initiation            manager,leadership        stated    C-5.3.1
        contract                      manager,legal,leadership  proposal  C-5.5.2
        expense_claim                 manager,finance           proposal  C-3.4.2
        appeal                        hr,leadership             proposal  C-6.3.3
        research_plan                 manager                   proposal  C-4.4.1
        research_report               manager                   proposal  C-2.1.1
        cooperation_scheme            manager                   proposal  C-3.3.2
        leave                         superior,manager          proposal  A-4.1.2
        training_plan                 manager                   proposal  C-7.1.3
        personnel_change              manager,hr                proposal  C-2.4.1
        dismissal                     manager,hr,leadership     proposal  C-6.4.2b
        external_statement            manager,leadership        proposal  E8-5.3
        export                        manager                   proposal  A-4.4.2
    """,
    "leasing": """
        contract            legal,leadership                                   stated    D-2.1.4b
        handover            post:investment_manager,post:operations_manager    stated    D-4.1.3a
        promotion_plan      post:operations_manager                            proposal  D-3.1.3a
        leave               superior                                           proposal  -
        research_plan       manager                                            proposal  A-3.1.1b
        research_report     manager                                            proposal  A-3.1.5a
        cooperation_scheme  manager                                            proposal  D-3.2.3d
        training_plan       manager                                            proposal  A-6.4.1
        personnel_change    manager,hr                                         proposal  E5-18
        dismissal           manager,hr,leadership                              proposal  D-2.3.4b
        external_statement  manager,leadership                                 proposal  E8-5.3
        export              manager                                            proposal  A-4.4.2
    """,
    "market": """
        market_strategy             manager,leadership        stated    E6-4.1
        plan_change                 manager                   proposal  E4-9.2
        project_initiation          manager                   stated    E9-3.1d
        engagement_and_bottom_line  manager,leadership        proposal  E9-3.1e
        tender                      manager,leadership        proposal  E9-3.1g
        internal_problem            manager                   stated    E1-4
        research_plan               manager                   proposal  E6-3.2
        research_report             manager                   proposal  E6-3.2
        contract                    manager,legal,leadership  proposal  E9-3.1h
        cooperation_scheme          manager                   proposal  E9-2.3a
        leave                       superior,manager          proposal  E11-1.a
        training_plan               manager                   proposal  E10-6a
        personnel_change            manager,hr                proposal  E5-18
        dismissal                   manager,hr,leadership     proposal  E5-18
        external_statement          manager,leadership        stated    E8-5.3
        export                      manager                   proposal  E4-9.3
    """,
}
BEYOND = {("market", "project_initiation"): (("leadership",), Source.STATED)}
AMENDED_BY = {"market": (("manager",), Source.STATED, "E1-22b")}
# How long a step may take. No regulation says so: each is a proposal.
STEPS = {
    "1 working day": {"leave", "export", "plan_change"},
    "2 working days": {"handover", "internal_problem"},
    "5 working days": {"market_strategy", "appeal"},
}
USUAL_STEP = "3 working days"

# Report, who owes it, when, where that comes from, clause.
REPORTS = {
    "ktv": """
        weekly_summary      everyone     week friday 15:00    proposal  A-4.2.2
        market_research     research     quarter              proposal  A-2.2.3b
        upward_briefing     manager      month                proposal  A-2.2.1b
        attendance_return   manager      month next day 5     proposal  A-4.1.3
        project_evaluation  partnership  event 10 working days  proposal  A-3.3.6b
    """,
    "club": """
        talks_progress      specialist  event 24 hours        proposal  B-3.1.4c
        event_summary       specialist  event 5 working days  proposal  B-3.2.4b
        market_information  specialist  month                 proposal  B-3.1.1a
    """,
    "business": """
        market_analysis     business   quarter                proposal  C-2.1.1
        expense_analysis    sales      quarter                proposal  C-3.4.3
        market_research     promotion  quarter                proposal  C-4.4.1
        channel_statistics  sales      quarter                proposal  C-3.3.3
        project_evaluation  business   event 10 working days  proposal  C-5.5.3
        event_summary       promotion  event 5 working days   proposal  C-4.3.2
    """,
    "leasing": """
        investment_progress  investment_manager  month    proposal  D-2.2.1d
        operating_analysis   operations          month    proposal  D-3.1.2c
        satisfaction_survey  service_specialist  quarter  proposal  D-3.2.4d
    """,
    "market": """
        progress           expansion_specialist  week friday 15:00    stated    E1-12
        client_sheet  expansion_manager,market_specialist,service_specialist,group_leader \
            week friday 15:00  stated  E11-2.3.1
        market_research    market_specialist                    month                stated    E1-13
        promotion_week  promotion  week  stated  E3-3.4
        promotion_month  promotion  month  stated  E3-3.4
        promotion_quarter  promotion  quarter  stated  E3-3.4
        promotion_year  promotion  year  stated  E3-3.4
        sales_rollup  sales  week  stated  E3-3.3b
        market_dynamics  expansion_specialist  month  proposal  E4-6.3
        upward_briefing  manager  month  proposal  E6-3.4
        head_matter        manager                              event 1 working day  proposal  E5-10
        staff_matter       everyone                             event 1 working day  proposal  E5-22
    """,
}

# Plan, its level or team, when it is due for the period to come, source, clause.
PLANS = {
    "ktv": "training  department  year  proposal  A-6.4.1",
    "club": "training_plan  department  year  proposal  B-5.1.1",
    "business": """
        business_year     business    year     proposal  C-2.1.2
        business_quarter  business    quarter  proposal  C-2.1.2
        sales_year        sales       year     proposal  C-3.1.1
        sales_quarter     sales       quarter  proposal  C-3.1.1
        promotion_year    promotion   year     proposal  C-4.1.1
        training          department  year     proposal  C-7.1.3
    """,
    "leasing": """
        investment_plan  investment  quarter  proposal  D-2.2.1a
        operations_plan  operations  quarter  proposal  D-3.2.1a
    """,
    "market": """
        annual           department  year next day 31           proposal  E3-3.1a
        monthly          department  month                      proposal  E1-11
        month_goals      person      month next workday 1       proposal  E8-4.1
        quarter_goals    person      quarter next workday 1     proposal  E8-4.1
        strategy         department  year next day 31           proposal  E9-3.2b
        strategy_review  department  half_year                  proposal  E3-2.1.3
        research         department  quarter                    proposal  E7-2.3
        training         department  year                       proposal  E10-6a
    """,
}

# Meeting, how long ahead it is called, when it is held, source, clause.
MEETINGS = {
    "ktv": """
        department_meeting  24_hours  week monday 09:30  proposal  A-4.2.1
        ad_hoc              2_hours   ad_hoc             stated    A-4.2.4
    """,
    "club": "team_meeting  24_hours  week monday 09:30  proposal  -",
    "business": """
        sales_meeting     24_hours        week monday 09:30          proposal  C-3.2.2
        business_meeting  24_hours        week monday 14:00          proposal  C-8.1.1
        project_meeting   24_hours        two_weeks wednesday 14:00  proposal  C-8.1.1
        partner_meeting   5_working_days  quarter day 15 14:00       proposal  C-8.3.1
    """,
    "leasing": """
        joint_meeting         24_hours  week monday 09:30      proposal  D-4.1.1a
        coordination_meeting  24_hours  month workday 1 14:00  proposal  D-4.1.1b
    """,
    "market": "cross_department  24_hours  month  proposal  E7-6.1",
}
NOT_HELD = {("club", "team_meeting")}  # off until somebody switches it on

# Set, indicator, weight, source, clause.
WEIGHTS = {
    "ktv": """
        research     report_quality          40  stated    A-5.2.1a
        research     info_volume_timeliness  30  stated    A-5.2.1b
        research     decision_support        30  stated    A-5.2.1c
        client       new_clients             50  stated    A-5.2.2a
        client       satisfaction            30  stated    A-5.2.2b
        client       relation_loyalty        20  stated    A-5.2.2c
        partnership  projects                50  stated    A-5.2.3a
        partnership  relation                30  stated    A-5.2.3b
        partnership  execution               20  stated    A-5.2.3c
        common       attitude                20  stated    A-5.2.4a
        common       ability                 20  stated    A-5.2.4b
        management   team_mean               60  proposal  A-5.2.1a
        management   attitude                20  proposal  A-5.2.4a
        management   ability                 20  proposal  A-5.2.4b
    """,
    "club": """
        outreach    results    25  proposal  B-6.1.1
        outreach    relations  25  proposal  B-6.1.2
        outreach    teamwork   25  proposal  B-6.1.3
        outreach    growth     25  proposal  B-6.1.4
        management  team_mean  50  proposal  B-6.1.1
        management  teamwork   25  proposal  B-6.1.3
        management  growth     25  proposal  B-6.1.4
    """,
    "business": """
        business    results    33.34  proposal  C-6.1.2
        business    attitude   33.33  proposal  C-6.1.2
        business    teamwork   33.33  proposal  C-6.1.2
        sales       results    33.34  proposal  C-6.1.2
        sales       attitude   33.33  proposal  C-6.1.2
        sales       teamwork   33.33  proposal  C-6.1.2
        promotion   results    33.34  proposal  C-6.1.2
        promotion   attitude   33.33  proposal  C-6.1.2
        promotion   teamwork   33.33  proposal  C-6.1.2
        management  team_mean  33.34  proposal  C-6.1.2
        management  attitude   33.33  proposal  C-6.1.2
        management  teamwork   33.33  proposal  C-6.1.2
    """,
    "leasing": """
        investment  task_completion        25   proposal  D-2.3.1a
        investment  new_clients            25   proposal  D-2.3.1b
        investment  signed_amount          25   proposal  D-2.3.1c
        investment  satisfaction           25   proposal  D-2.3.1d
        operations  operation_completion   25   proposal  D-3.3.1a
        operations  customer_satisfaction  25   proposal  D-3.3.1b
        operations  campaign_effect        25   proposal  D-3.3.1c
        operations  complaint_timeliness   25   proposal  D-3.3.1d
        management  team_mean              100  proposal  D-2.3.1a
    """,
    "market": """
        department  new_clients         25  proposal  E7-5.1
        department  revenue             25  proposal  E7-5.1
        department  satisfaction        25  proposal  E7-5.1
        department  market_share        25  proposal  E10-2b
        individual  results             25  proposal  E4-13.1
        individual  attitude            25  proposal  E4-13.2
        individual  ability             25  proposal  E4-13.3
        individual  teamwork            25  proposal  E8-4.2
        individual  market_development  0   proposal  E8-4.2
        individual  client_cooperation  0   proposal  E8-4.2
    """,
}

# Cycles; each party with its share and cycles; the bounds of the levels, all of them proposals;
# how longer cycles are made of shorter ones; then the figures of the way of an appraisal.
APPRAISAL: dict[str, dict[str, Any]] = {
    "ktv": {
        "cycles": "quarter year",
        "parties": {"self": ("0", "quarter year"), "superior": ("100", "quarter year")},
        "levels": {"excellent": 90, "good": 80, "qualified": 60, "unqualified": 0},
        "formulas": {"year": (50, 50)},
        "combine": ("common_shares_fixed", 60, 0),
        "final_by": ("manager", "stated", "A-5.4.3"),
        "self_due": ("5 working days", "proposal", "A-5.4.1"),
        "evaluation_due": ("10 working days", "proposal", "A-5.4.2"),
        "feedback_due": ("5 working days", "proposal", "A-5.4.4"),
        "publicity": ("0 days", "stated", None),
        "appeal_window": ("5 working days", "placeholder", "A-5.4.4"),
        "appeal_decision": ("10 working days", "proposal", "A-5.4.4"),
        "appeal_handler": ("manager", "stated", "A-5.4.4"),
    },
    "club": {
        "cycles": "quarter year",
        "parties": {"self": ("0", "quarter year"), "superior": ("100", "quarter year")},
        "levels": {"excellent": 90, "good": 80, "qualified": 60, "unqualified": 0},
        "formulas": {"year": (50, 50)},
        "combine": ("groups", 100, 0),
        "final_by": ("manager", "stated", "B-6.3.2"),
        "self_due": ("5 working days", "proposal", "B-6.3.1"),
        "evaluation_due": ("10 working days", "proposal", "B-6.3.2"),
        "publicity": ("5 working days", "proposal", "B-6.3.3a"),
        "objection_handlers": (("manager", "hr"), "proposal", "B-6.3.3a"),
        "hr_review": (True, "stated", "B-6.3.3b"),
        "appeal_window": ("0 days", "proposal", "B-6.3.3a"),
    },
    "business": {
        "cycles": "month quarter year",
        "parties": {
            "superior": ("25", "month quarter year"),
            "peer": ("25", "quarter year"),
            "self": ("25", "month quarter year"),
            "client": ("25", "quarter year"),
        },
        "answers": {"peer": 3, "client": 3},
        "levels": {"excellent": 90, "good": 80, "qualified": 60, "unqualified": 0},
        "formulas": {"quarter": (50, 50), "year": (50, 50)},
        "combine": ("groups", 100, 0),
        "feedback_due": ("5 working days", "proposal", "C-6.3.1"),
        "publicity": ("0 days", "stated", None),
        "appeal_window": ("5 working days", "placeholder", "C-6.3.3"),
        "appeal_decision": ("10 working days", "proposal", "C-6.3.3"),
        "appeal_handler": ("leadership", "proposal", "C-6.3.3"),
        "indicator_review": ("6 months", "proposal", "C-6.1.3"),
    },
    "leasing": {
        "cycles": "quarter",
        "parties": {
            "self": ("50", "quarter"),
            "superior": ("50", "quarter"),
            "client": ("0", "quarter"),
        },
        "levels": {"excellent": 90, "qualified": 60, "unqualified": 0},
        "formulas": {},
        "combine": ("common_shares_fixed", 60, 40),
        "self_due": ("5 working days", "proposal", "D-2.3.3a"),
        "evaluation_due": ("10 working days", "proposal", "D-2.3.3b"),
        "satisfaction_once": (True, "proposal", "D-2.3.3c"),
        "appeal_window": ("0 days", "unset", None),
    },
    "market": {
        "cycles": "month quarter year",
        "parties": {
            "self": ("0", "month quarter year"),
            "superior": ("100", "month quarter year"),
        },
        "levels": {"excellent": 90, "good": 80, "qualified": 60, "unqualified": 0},
        "formulas": {"quarter": (50, 50), "year": (50, 50)},
        "combine": ("groups", 100, 0),
        "final_by": ("manager", "stated", "E5-23"),
        "publicity": ("0 days", "unset", None),
        "appeal_window": ("0 days", "unset", None),
    },
}

# Consequence, whose, below which level, for how many periods in a row, measures, source, clause.
CONSEQUENCES = {
    "ktv": """
        one_unqualified  -  unqualified  1  warning,demotion,pay_cut  stated  A-5.5.3a
        two_unqualified  -  unqualified  2  dismissal                 stated  A-5.5.3b
    """,
    "club": "",
    "business": """
        one_unqualified         -  unqualified  1  coaching,improvement_plan  stated    C-6.4.2a
        repeatedly_unqualified  -  unqualified  3  demotion,transfer          proposal  C-6.4.2b
    """,
    "leasing": """
        investment_two_below    investment  unqualified  2  warning    stated  D-2.3.4b
        investment_three_below  investment  unqualified  3  dismissal  stated  D-2.3.4b
        operations_two_below    operations  unqualified  2  warning    stated  D-3.3.4b
        operations_three_below  operations  unqualified  3  dismissal  stated  D-3.3.4b
    """,
    "market": """
        poor_result  -  unqualified  1  penalty                  proposal  E1-16b
        improvement  -  unqualified  1  urging,improvement_plan  proposal  E8-4.3
    """,
}

# Limits that the reading gives a figure, and those that B leaves blank.
LIMITS = {
    "ktv": """
        visit_feedback    24 hours  proposal  A-3.2.4c
        feedback_routing  2 days    proposal  A-2.2.4d
        project_check     30 days   proposal  A-3.3.5b
        return_visit      30 days   proposal  A-3.2.6c
        complaint_reply   48 hours  proposal  A-3.2.6c
    """,
    "club": """
        complaint_reply  24 hours  placeholder  B-4.2.3b
        file_refresh     90 days   proposal     B-4.1.4
        event_follow_up  3 days    proposal     B-3.2.4a
    """,
    "business": """
        enquiry_answer       4 working hours  proposal  C-5.1.2
        key_client_transfer  1 working hour   proposal  C-5.1.3
        complaint_reply      24 hours         proposal  C-2.2.3
        feedback_routing     2 days           proposal  C-8.2.3
        project_check        7 days           proposal  C-5.4.2
    """,
    "leasing": """
        complaint_reply    24 hours        proposal  D-3.1.4a
        complaint_resolve  72 hours        proposal  D-3.3.1d
        handover           5 working days  proposal  D-4.1.3a
        return_visit       30 days         proposal  D-2.1.5b
    """,
    "market": """
        need_analysis         4 working hours  proposal  E7-3.1
        sales_entry           1 working day    proposal  E3-3.3a
        complaint_reply       24 hours         proposal  E1-14
        archive               5 working days   proposal  E7-3.4
        lead_follow_up        7 days           proposal  E11-2.3.3
        long_cycle_follow_up  60 days          proposal  E11-2.3.3
    """,
}

# Each of the eleven alone: posts and teams by their titles, cycles, and what else it knows.
UNION_CYCLES = "month quarter year"
OVERLAYS: dict[int, dict[str, Any]] = {
    1: {
        "posts": "部门主管 拓展专员 市场专员 客户服务专员",
        "plans": "monthly month E1-11",
        "reports": "progress week E1-12, market_research month E1-13",
        "consequences": "poor_result E1-16b",
        "stated": "internal_problem",
    },
    2: {
        "posts": "部门主管 员工",
        "teams": "市场拓展部门 销售部门",
        "plans": "annual year next day 31 E2-11b",
    },
    3: {
        "posts": "部门主管 员工",
        "teams": "销售部门 市场推广部门",
        "plans": "annual year next day 31 E3-3.1a, monthly month E3-3.1a, "
        "strategy_review half_year E3-2.1.3",
        "reports": "promotion_week week E3-3.4, promotion_month month E3-3.4, "
        "promotion_quarter quarter E3-3.4, promotion_year year E3-3.4, sales_rollup week E3-3.3b",
    },
    4: {
        "posts": "部门主管 市场拓展员",
        "weights": {"individual": "results 33.34, attitude 33.33, ability 33.33"},
        "plans": "monthly month E4-6.1",
        "reports": "progress week E4-8, market_dynamics month E4-6.3",
        "consequences": "poor_result E4-15",
    },
    5: {
        "posts": "部门主管 员工",
        "teams": "销售团队 客户关系团队 市场开拓团队",
        "reports": "upward_briefing month E5-5, head_matter event 1 working day E5-10, "
        "staff_matter event 1 working day E5-22",
        "consequences": "poor_result E5-23",
    },
    6: {
        "posts": "部门负责人 员工",
        "plans": "strategy year next day 31 E6-3.1",
        "reports": "market_research event 5 working days E6-5.2, upward_briefing month E6-3.4",
        "stated": "market_strategy",
    },
    7: {
        "posts": "拓展经理 拓展专员",
        "weights": {"department": "new_clients 33.34, revenue 33.33, satisfaction 33.33"},
        "plans": "annual year next day 31 E7-2.2, research quarter E7-2.3",
        "reports": "market_dynamics month E7-2.3",
        "meetings": "cross_department month E7-6.1",
    },
    8: {
        "posts": "部门经理 组长 组员",
        "teams": "第一小组 第二小组",
        "cycles": "month quarter",
        "weights": {
            "individual": "results 25, teamwork 25, market_development 25, client_cooperation 25"
        },
        "plans": "annual year next day 31 E8-2.1, month_goals month next workday 1 E8-4.1, "
        "quarter_goals quarter next workday 1 E8-4.1",
        "consequences": "improvement E8-4.3",
        "stated": "external_statement",
    },
    9: {
        "posts": "市场拓展部部长 市场拓展专员",
        "plans": "annual year next day 31 E9-4.1b, strategy year next day 31 E9-3.2b",
        "stated": "market_strategy project_initiation",
    },
    10: {
        "posts": "部门主管 市场拓展经理 市场拓展专员",
        "weights": {"department": "new_clients 33.34, revenue 33.33, market_share 33.33"},
        "plans": "annual year next day 31 E10-2a, research quarter E10-3a, training year E10-6a",
        "reports": "market_dynamics month E10-3a",
    },
    11: {
        "posts": "部门负责人 高级经理 经理 市场专员 指定汇总人员",
        "teams": "拓展组 市场组",
        "reports": "client_sheet week friday 15:00 E11-2.3.1",
    },
}
# What only one of the eleven asks for is off in the others.
SWITCHES = {
    "attendance.enabled": 11,
    "attendance.clocked": 11,
    "attendance.outings_declared": 11,
    "attendance.spot_checks_by": 11,
    "crm.territories": 11,
    "crm.effective_lead.enabled": 11,
    "documents.nda_required": 8,
    "risk.enabled": 9,
}


@pytest.fixture(params=KEYS)
def key(request) -> str:
    return request.param


@pytest.fixture
def rules(key: str) -> Rules:
    return loading.preset(key)


@pytest.fixture(params=OVERLAYS)
def number(request) -> int:
    return request.param


@pytest.fixture
def alone(number: int) -> Rules:
    return loading.preset("market", f"e{number}")


def rows(table: str) -> set[str]:
    """The lines of a table, with single spaces."""
    return {" ".join(line.split()) for line in table.splitlines() if line.strip()}


def origin(one: Parameter[Any]) -> str:
    return f"{one.source} {one.clause or '-'}"


def when(cadence: Cadence) -> str:
    """A cadence as the tables write it: without what holds for all."""
    words: list[Any] = [cadence.every]
    words += ["next"] if cadence.of == "next_period" else []
    words += [cadence.weekday] if cadence.weekday else []
    words += ["day", cadence.day] if cadence.day else []
    words += ["workday", cadence.workday] if cadence.workday else []
    words += [f"{cadence.at:%H:%M}"] if cadence.at.hour != 18 else []
    words += [cadence.within] if cadence.within else []
    return " ".join(map(str, words))


def told(entries: Any, *words: Callable[[Any], object]) -> Iterator[str]:
    for one in entries:
        yield " ".join(str(word(one)) for word in words)


def test_every_subject_is_decided_by_the_chain_of_its_clause(key, rules):
    found = told(
        rules.approvals,
        lambda one: one.key,
        lambda one: ",".join(one.chain.value),
        lambda one: origin(one.chain),
    )
    assert set(found) == rows(CHAINS[key])
    for one in rules.approvals:
        beyond = (one.beyond_authority.value, one.beyond_authority.source)
        assert beyond == BEYOND.get((key, one.key), ((), Source.UNSET))
        assert not one.also


@pytest.mark.parametrize("key", ["ktv", "business"])
def test_a_post_that_no_clause_names_waits_for_confirmation_with_its_reason(key):
    """Reading 65: a team may have a leader, and none is set."""
    rules = loading.preset(key)
    limit = rules.post("leader").limit
    assert limit.source in UNCONFIRMED and "制度未设此岗位" in limit.note
    assert all(one.head.value != "leader" for one in rules.teams)


def test_an_amendment_is_approved_where_the_regulation_says_by_whom(key, rules):
    chain = rules.amendment.chain
    expected = AMENDED_BY.get(key, ((), Source.PROPOSAL, None))
    assert (chain.value, chain.source, chain.clause) == expected


def test_every_step_has_a_limit_that_is_a_proposal(key, rules):
    for one in rules.approvals:
        usual = next((limit for limit, keys in STEPS.items() if one.key in keys), USUAL_STEP)
        assert (str(one.step_limit.value), one.step_limit.source) == (usual, Source.PROPOSAL)


def test_every_report_is_owed_by_whom_and_when_its_clause_says(key, rules):
    found = told(
        rules.reports,
        lambda one: one.key,
        lambda one: ",".join(one.who),
        lambda one: when(one.cadence.value),
        lambda one: origin(one.cadence),
    )
    assert set(found) == rows(REPORTS[key])


def test_every_plan_is_due_when_its_clause_says(key, rules):
    found = told(
        rules.plans,
        lambda one: one.key,
        lambda one: one.team or one.level,
        lambda one: when(one.cadence.value),
        lambda one: origin(one.cadence),
    )
    assert set(found) == rows(PLANS[key])


def test_every_meeting_is_called_and_held_when_its_clause_says(key, rules):
    found = told(
        rules.meetings,
        lambda one: one.key,
        lambda one: str(one.notice.value).replace(" ", "_"),
        lambda one: when(one.cadence.value),
        lambda one: origin(one.cadence),
    )
    assert set(found) == rows(MEETINGS[key])
    held = {one.key: one.enabled.value for one in rules.meetings}
    assert held == {one: (key, one) not in NOT_HELD for one in held}


def test_every_indicator_weighs_what_its_clause_says(key, rules):
    found = {
        f"{each.key} {one.key} {one.weight.value.normalize():f} {origin(one.weight)}"
        for each in rules.kpi_sets
        for one in each.indicators
    }
    assert found == rows(WEIGHTS[key])


def test_people_are_appraised_in_the_cycles_and_by_the_bounds_of_the_reading(key, rules):
    ways, expected = rules.appraisal, dict(APPRAISAL[key])
    assert " ".join(ways.cycles) == expected.pop("cycles")
    parties = {
        one.key: (f"{one.weight.value:f}", " ".join(one.cycles.value)) for one in ways.parties
    }
    assert parties == expected.pop("parties")
    for party, answers in expected.pop("answers", {}).items():
        assert next(one for one in ways.parties if one.key == party).min_answers.value == answers
    assert {one.key: one.starts_at.value for one in ways.levels} == expected.pop("levels")
    assert {one.starts_at.source for one in ways.levels} == {Source.PROPOSAL}
    made = {"quarter": ways.quarter_formula, "year": ways.year_formula}
    formulas = {
        name: (one.parts_mean.value, one.evaluation.value) for name, one in made.items() if one
    }
    assert formulas == expected.pop("formulas")
    how = ways.combine
    combined = (how.mode.value, how.team_share.value, how.overall_share.value)
    assert combined == expected.pop("combine")
    for name, (value, source, clause) in expected.items():
        one = getattr(ways, name)
        held = one.value if isinstance(one.value, (bool, tuple)) else str(one.value)
        assert (held, str(one.source), one.clause) == (value, source, clause), name


def test_every_consequence_follows_its_rule(key, rules):
    found = told(
        rules.consequences,
        lambda one: one.key,
        lambda one: ",".join(one.teams) or "-",
        lambda one: one.level,
        lambda one: one.periods.value,
        lambda one: ",".join(measure.key for measure in one.measures),
        lambda one: origin(one.periods),
    )
    assert set(found) == rows(CONSEQUENCES[key])
    assert {one.clause == one.periods.clause for one in rules.consequences} <= {True}


def test_every_limit_of_the_reading_is_kept(key, rules):
    for row in rows(LIMITS[key]):
        name, *limit, source, clause = row.split()
        one = getattr(rules.sla, name)
        assert (str(one.value), str(one.source), one.clause) == (" ".join(limit), source, clause)


def test_what_is_said_otherwise_than_it_is_written_says_so_in_a_note(rules):
    """A value that the regulation leaves blank, or that is borrowed from another one."""
    letter = rules.policy.letter
    for one in rules.parameters():
        borrowed = one.clause and not one.clause.startswith(letter)
        if borrowed or one.source is Source.PLACEHOLDER:
            assert one.parameter.note, one.path


def test_one_of_the_eleven_shows_its_own_posts_and_teams_by_its_own_titles(number, alone):
    expected = OVERLAYS[number]
    assert [one.zh for one in alone.posts] == expected["posts"].split()
    assert [one.zh for one in alone.teams] == expected.get("teams", "").split()
    assert [one.role for one in alone.posts].count("manager") == 1
    for one in (*(one.limit for one in alone.posts), *(one.head for one in alone.teams)):
        assert one.clause.startswith(f"E{number}-")
    assert [team.head.value for team in alone.teams if team.head.value] == (
        ["group_leader", "group_leader"] if number == 8 else []
    )


def test_one_of_the_eleven_shows_its_own_cycles_and_weights(number, alone):
    expected = OVERLAYS[number]
    assert " ".join(alone.appraisal.cycles) == expected.get("cycles", UNION_CYCLES)
    for one in alone.kpi_sets:
        weights = (f"{each.key} {each.weight.value.normalize():f}" for each in one.indicators)
        own = expected.get("weights", {}).get(one.key)
        if own is None:
            assert [each.key for each in one.indicators] == [
                each.key for each in loading.preset("market").kpi_set(one.key).indicators
            ]
        else:
            assert ", ".join(weights) == own
            assert {each.weight.clause.split("-")[0] for each in one.indicators} == {f"E{number}"}


@pytest.mark.parametrize("kind", ["reports", "plans", "meetings"])
def test_one_of_the_eleven_shows_its_own_cadences(number, alone, kind):
    found = [
        f"{one.key} {when(one.cadence.value)} {one.cadence.clause}" for one in getattr(alone, kind)
    ]
    assert sorted(found) == sorted(filter(None, OVERLAYS[number].get(kind, "").split(", ")))
    posts = {one.key for one in alone.posts}
    for one in alone.reports:
        assert one.consolidated_by.value in (None, *posts)


def test_one_of_the_eleven_states_its_own_chains_and_borrows_the_others(number, alone):
    expected = OVERLAYS[number]
    stated = {one.key for one in alone.approvals if one.chain.source is Source.STATED}
    assert stated == set(expected.get("stated", "").split())
    consequences = [f"{one.key} {one.clause}" for one in alone.consequences]
    assert consequences == list(filter(None, [expected.get("consequences", "")]))
    chain = alone.amendment.chain
    assert (chain.value, chain.source) == (
        (("manager",), Source.STATED) if number == 1 else ((), Source.PROPOSAL)
    )


def test_nothing_that_only_a_neighbour_writes_is_called_stated(number, alone):
    for one in alone.parameters():
        if one.clause and one.clause[0] == "E" and not one.clause.startswith(f"E{number}-"):
            assert one.source is not Source.STATED, one.path
            regulation = one.clause.partition("-")[0]
            assert one.parameter.note.startswith(f"本制度未写明，借用 {regulation}"), one.path


@pytest.mark.parametrize(("path", "asked_by"), SWITCHES.items())
def test_what_one_of_the_eleven_asks_for_is_off_in_the_others(number, alone, path, asked_by):
    one = next(each for each in alone.parameters() if each.path == path)
    assert bool(one.value) == (number == asked_by)
    assert (one.source is Source.STATED) == (number == asked_by)
