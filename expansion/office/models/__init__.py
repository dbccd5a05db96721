"""The department's daily papers: work reports so far."""

from expansion.office.models.reports import ReportComment, WorkReport

__all__ = ["ReportComment", "WorkReport"]
