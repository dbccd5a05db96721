"""What this app brings to the to-do centre, the search and the work reports."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.searching import matching
from expansion import access, clock, offers
from expansion.metrics import Evidence, Gathered
from research.models import Finding, ResearchReport
from research.selectors import unread_by, unscored_by


def todos(person: Any) -> Iterator[offers.Todo]:
    """Reports to read, and reports whose scores are missing."""
    for receipt in unread_by(person):
        detail = _("From %(name)s") % {"name": receipt.report.owner.name}
        yield _todo("unread", receipt.report, detail, _("Read"))
    for report in unscored_by(person):
        yield _todo("unscored", report, _("Approved without quality scores"), _("Score it"))


def _todo(kind: str, report: ResearchReport, detail: str, act: str) -> offers.Todo:
    return offers.Todo(
        kind=f"research.{kind}",
        title=report.title,
        url=report.get_absolute_url(),
        detail=detail,
        act=act,
    )


def search_reports(person: Any, text: str, most: int) -> Iterator[offers.Hit]:
    visible = access.visible_to(person, ResearchReport.objects.live())
    for report in matching(visible, text).select_related("owner").order_by("-pk")[:most]:
        yield offers.Hit(
            label=report.title,
            url=report.get_absolute_url(),
            kind=gettext_lazy("Research report"),
            icon="file-analytics",
            detail=" · ".join(filter(None, [report.number, report.owner.name])),
        )


def search_findings(person: Any, text: str, most: int) -> Iterator[offers.Hit]:
    visible = access.visible_to(person, Finding.objects.live())
    for finding in matching(visible, text).select_related("owner").order_by("-pk")[:most]:
        yield offers.Hit(
            label=finding.title,
            url=finding.get_absolute_url(),
            kind=gettext_lazy("Finding"),
            icon="bulb",
            detail=finding.owner.name,
        )


def tieable_findings(person: Any, text: str, most: int) -> Iterator[Finding]:
    visible = access.visible_to(person, Finding.objects.live())
    yield from (matching(visible, text) if text else visible).order_by("-pk")[:most]


def tieable_reports(person: Any, text: str, most: int) -> Iterator[ResearchReport]:
    visible = access.visible_to(person, ResearchReport.objects.live())
    yield from (matching(visible, text) if text else visible).order_by("-pk")[:most]


def research_of(people: Sequence[Any], start: datetime, end: datetime) -> dict[str, Any]:
    """What these people collected and got approved in the period; silent for everybody else."""
    # Whoever holds the same seats is asked once: a unit may be large.
    alike = {frozenset((seat.role, seat.unit) for seat in one.seats): one for one in people}
    if not any(access.can(person, "create", Finding) for person in alike.values()):
        return {"figures": [], "lines": []}
    logged = {"owner__in": people, "logged_at__gte": start, "logged_at__lt": end}
    approved = {"approved_owner__in": people, "approved_at__gte": start, "approved_at__lt": end}
    findings = Finding.objects.usable().filter(**logged).order_by("logged_at", "pk")
    passed = list(ResearchReport.objects.passed().filter(**approved).order_by("approved_at", "pk"))
    return {
        "figures": [
            offers.Figure(
                "findings", _("Information collected"), _found(findings, "owner_id", "logged_at")
            ),
            offers.Figure(
                "reports",
                _("Research reports approved"),
                _found(passed, "approved_owner_id", "approved_at"),
            ),
        ],
        "lines": [_("Approved: %(title)s") % {"title": report.title} for report in passed],
    }


def _found(records: Iterable[Any], whose: str, moment: str) -> Gathered:
    found: dict[int, list[Evidence]] = defaultdict(list)
    for one in records:
        day = clock.local_date(getattr(one, moment))
        found[getattr(one, whose)].append(Evidence(type(one), one.pk, one.title, day, Decimal(1)))
    return found


offers.add(
    offers.Tieable(Finding, gettext_lazy("Information"), tieable_findings),
    offers.Tieable(ResearchReport, gettext_lazy("Research reports"), tieable_reports),
    offers.TodoSource("research", gettext_lazy("Research"), 50, todos),
    offers.SearchSource("research.reports", 40, search_reports),
    offers.SearchSource("research.findings", 50, search_findings),
    offers.ReportSection("research", gettext_lazy("Research"), 50, research_of),
)
