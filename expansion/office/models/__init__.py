"""The department's daily papers: work reports, and what leavers hand over."""

from expansion.office.models.handovers import Handover, HandoverItem, HandoverThing
from expansion.office.models.reports import ReportComment, WorkReport

__all__ = ["Handover", "HandoverItem", "HandoverThing", "ReportComment", "WorkReport"]
