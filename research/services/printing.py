"""The report on paper (R-res-06)."""

from django.db import transaction

from expansion import access, clock
from expansion.audit.services import write
from expansion.people.models import User
from expansion.transfer.pdf import pdf
from research.models import ResearchReport
from research.selectors import citation_counts


@transaction.atomic
def export_report(*, actor: User, record: ResearchReport) -> bytes:
    """The report as PDF; who printed it stands in the trail and at the foot of each page
    (R-exp-18).

    Raises:
        Gone: the report is not visible to this person.
        Forbidden: it is kept, and not this person's to take away.
        Missing: this machine cannot make PDF.
    """
    report = access.find(actor, ResearchReport.objects.live(), record.pk)
    access.require_take(actor, report)
    entry = write(actor=actor, verb="research.report.exported", about=report)
    cited, valid = citation_counts(report)
    return pdf(
        "research/report_pdf.html",
        {
            "record": report,
            "export": entry,
            "reader": actor,
            "printed_at": clock.now(),
            "cited": cited,
            "valid": valid,
        },
    )
