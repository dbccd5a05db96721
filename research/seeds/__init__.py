"""The research room of the demo department: plans, the log of information, reports."""

from typing import Any

from expansion.people.seeds import set_levels
from expansion.records import Level
from research.models import ResearchReport
from research.seeds.log import Log
from research.seeds.reports import Plans, Reports

LEVELS = {
    Level.CONFIDENTIAL: "含竞品报价来源，只在部门内使用。",
    Level.PUBLIC: "结论已在行业沙龙上介绍。",
    Level.SECRET: "涉及未公布的新店选址。",
}


def sow(demo: Any) -> None:
    """Plans first, then what was found under them and beside them, then what was made of it."""
    plans = Plans(demo)
    plans.sow()
    Log(demo, plans).sow()
    Reports(demo, plans).sow()
    passed = ResearchReport.objects.passed().order_by("approved_at", "pk")
    set_levels(demo, passed[: len(LEVELS)], LEVELS)
