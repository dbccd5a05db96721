"""What of this app is approved, and the frozen copies that are decided over."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expansion import offers
from expansion.ui import formats
from research.models import ResearchPlan, ResearchReport
from research.models.outline import Outlined
from research.selectors import citation_counts
from research.services import plans, reports


def report_document(report: ResearchReport) -> dict[str, Any]:
    """The report as its approver reads it, with its distribution list."""
    return {
        "title": report.title,
        "facts": [[label, value] for label, value in _report_facts(report) if value],
        "sections": _sections(report),
    }


def _report_facts(report: ResearchReport) -> Iterator[tuple[str, str]]:
    cited, valid = citation_counts(report)
    readers = report.recipients.select_related("unit", "person")
    yield _("Number"), report.number
    yield _("Period"), report.span.label
    yield _("Plan"), report.plan.title if report.plan else ""
    yield _("Author"), report.owner.name
    yield (
        _("Information cited"),
        _("%(cited)d, %(valid)d of them valid")
        % {
            "cited": cited,
            "valid": valid,
        },
    )
    yield _("Distributed to"), _(", ").join(str(line) for line in readers)


def plan_document(plan: ResearchPlan) -> dict[str, Any]:
    due = formats.day_as("full", plan.due_on) if plan.due_on else ""
    facts = [[_("Author"), plan.owner.name], [_("Information due by"), due]]
    return {
        "title": plan.title,
        "facts": [fact for fact in facts if fact[1]],
        "sections": _sections(plan),
    }


def _sections(record: Outlined) -> list[dict[str, str]]:
    return [
        {"key": section.key, "label": section.label, "text": section.text}
        for section in record.sections
    ]


offers.add(
    offers.Subject(
        kind="research_report",
        model=ResearchReport,
        label=gettext_lazy("Research report"),
        url=lambda report: f"/research/reports/{report.pk}",
        document=report_document,
        approved=reports.report_approved,
        returned=reports.report_returned,
        rejected=reports.report_rejected,
        withdrawn=reports.report_withdrawn,
        template="research/_approval_document.html",
    ),
    offers.Subject(
        kind="research_plan",
        model=ResearchPlan,
        label=gettext_lazy("Research plan"),
        url=lambda plan: f"/research/plans/{plan.pk}",
        document=plan_document,
        approved=plans.plan_approved,
        returned=plans.plan_returned,
        rejected=plans.plan_rejected,
        withdrawn=plans.plan_withdrawn,
    ),
)
