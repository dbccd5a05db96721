"""The department's daily papers: work reports, what leavers hand over, changes of staff, and what
is signed, said and owned."""

from expansion.office.models.confidence import IpRight, Nda, PublicMatter, Statement
from expansion.office.models.handovers import Handover, HandoverItem, HandoverThing
from expansion.office.models.personnel import Candidate, Opening, PersonnelChange
from expansion.office.models.reports import ReportComment, WorkReport

__all__ = [
    "Candidate",
    "Handover",
    "HandoverItem",
    "HandoverThing",
    "IpRight",
    "Nda",
    "Opening",
    "PersonnelChange",
    "PublicMatter",
    "ReportComment",
    "Statement",
    "WorkReport",
]
