"""Market research: plans, the log of information, reports and who reads them (A-3.1)."""

from research.models.distribution import Receipt, Recipient
from research.models.finding import Finding
from research.models.outline import Section
from research.models.plan import ResearchPlan
from research.models.report import Citation, QualityReview, ResearchReport
from research.models.shares import ReportPersonShare, ReportTeamShare

__all__ = [
    "Citation",
    "Finding",
    "QualityReview",
    "Receipt",
    "Recipient",
    "ReportPersonShare",
    "ReportTeamShare",
    "ResearchPlan",
    "ResearchReport",
    "Section",
]
