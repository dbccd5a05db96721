"""What research answers for: which cases keep and break the clauses on market research."""

from collections.abc import Iterator
from datetime import time
from functools import partial

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from expansion import clock, compliance
from expansion.approvals.compliance import chain_line, decided_in_time, rounds
from expansion.approvals.models import HOLDER, Decision, Request
from expansion.compliance import (
    BROKEN,
    KEPT,
    Check,
    Fact,
    Instance,
    Listed,
    Query,
    Reach,
    Screen,
    Span,
    numbers_by,
)
from expansion.office.compliance import reports
from expansion.people import rights
from expansion.rulebook.schema import Rules
from expansion.rulebook.values import offered
from research.models import Citation, Finding, QualityReview, Receipt, ResearchPlan, ResearchReport


def plans_approved(rules: Rules, clause: str) -> Query:
    """Plans under which something was collected: kept where approved before that (A-3.1.1b)."""
    collected = Finding.objects.live().filter(plan=OuterRef("pk")).order_by("logged_at")
    approved = rounds(ResearchPlan).filter(status=Request.Status.APPROVED)
    return Query(
        ResearchPlan.objects.live()
        .annotate(
            begun_at=Subquery(collected.values("logged_at")[:1]),
            approved_at=Subquery(approved.values("closed_at")[:1]),
        )
        .filter(begun_at__isnull=False),
        person="owner_id",
        due="begun_at",
        done="approved_at",
        kept=Q(approved_at__lte=F("begun_at")),
    )


def findings_in_time(rules: Rules, clause: str) -> Query:
    """What was found out: kept where it was logged in time, for the manager to read (A-2.2.3c)."""
    return Query(
        Finding.objects.live().filter(due_at__isnull=False),
        person="owner_id",
        due="due_at",
        done="logged_at",
        kept=Q(late=False),
    )


def screened(rules: Rules, clause: str) -> Query:
    """Reports handed in: kept where all information they rest on was found valid (A-3.1.3a)."""
    doubtful = Citation.objects.filter(report=OuterRef("pk"), finding__deleted_at=None)
    doubtful = doubtful.exclude(finding__validity=Finding.Validity.VALID)
    cites = Exists(Citation.objects.filter(report=OuterRef("pk")))
    return Query(
        _handed_in().filter(cites).annotate(is_doubtful=Exists(doubtful)),
        person="owner_id",
        due="handed_in_at",
        kept=Q(is_doubtful=False),
    )


def sections_written(rules: Rules, clause: str) -> Query:
    """Reports handed in: kept where every section of the rulebook is written (A-3.1.4a)."""
    written = Q()
    for item in offered(rules.research.report_sections):
        written &= Q(texts__has_key=item.key) & ~Q(**{f"texts__{item.key}": ""})
    return Query(_handed_in(), person="owner_id", due="handed_in_at", kept=written)


def _handed_in() -> QuerySet[ResearchReport]:
    """The reports that were ever handed in, with the moment of the last time."""
    last = rounds(ResearchReport).order_by("-round")
    handed_in_at = Subquery(last.values("submitted_at")[:1])
    handed_in = ResearchReport.objects.live().annotate(handed_in_at=handed_in_at)
    return handed_in.filter(handed_in_at__isnull=False)


def points_checked(rules: Rules, clause: str) -> Listed:
    """Reports approved: kept where the review found each point of the list met (A-3.1.4b).

    It is the matter of whoever approved.
    """
    points = {item.key for item in offered(rules.research.report_checklist)}

    def find(reach: Reach, span: Span) -> Iterator[Instance]:
        first, end = span.moments
        approved = _reviewed().filter(approved_at__gte=first, approved_at__lt=end)
        for report in approved.filter(reach.of("decider", "team")):
            met = report.checked is not None and points <= set(report.checked)
            state = KEPT if met else BROKEN
            yield Instance(report, report.decider, report.approved_at, report.checked_at, state)

    return Listed(find)


def _reviewed() -> QuerySet[ResearchReport]:
    """The reports approved, with who approved and what the last review found."""
    approving = Decision.objects.filter(
        step__request__kind="research_report",
        step__request__about_id=OuterRef("pk"),
        decision=Decision.Kind.APPROVE,
    ).order_by("-at")
    last = QualityReview.objects.filter(report=OuterRef("pk")).order_by("-round")
    return ResearchReport.objects.passed().annotate(
        decider=Subquery(approving.values(holder=HOLDER)[:1]),
        checked=Subquery(last.values("checklist")[:1]),
        checked_at=Subquery(last.values("at")[:1]),
    )


def distributed(rules: Rules, clause: str) -> Query:
    """Reports approved: kept where sent to readers; they may be sent all that day (A-3.1.5b)."""
    sent = Exists(Receipt.objects.filter(report=OuterRef("pk")))
    today = clock.moment_on(clock.today(), time())
    return Query(
        ResearchReport.objects.passed().annotate(is_sent=sent),
        person="owner_id",
        due="approved_at",
        done="distributed_at",
        kept=Q(is_sent=True),
        open=Q(is_sent=False, approved_at__gte=today),
    )


REPORTS = ("A-2.2.3b", "B-3.1.1a", "C-2.1.1", "C-4.4.1", "E1-13", "E4-6.3")

compliance.add(
    Check(
        "research.plans_approved",
        _("Research plans approved before they run"),
        plans_approved,
        clauses=("A-3.1.1b",),
        due=_("first information"),
        done=_("approved"),
        settings=("approvals.research_plan.chain",),
    ),
    Check(
        "research.findings_in_time",
        _("Information logged in time"),
        findings_in_time,
        clauses=("A-2.2.3c",),
        due=_("due"),
        done=_("logged"),
        settings=("sla.finding_report",),
    ),
    Check(
        "research.screened",
        _("Reports rest on valid information"),
        screened,
        clauses=("A-3.1.3a",),
        due=_("handed in"),
    ),
    Check(
        "research.sections_written",
        _("Reports with all their sections"),
        sections_written,
        clauses=("A-3.1.4a",),
        due=_("handed in"),
        reads=("research.report_sections",),
    ),
    Check(
        "research.points_checked",
        _("Each point checked at the review"),
        points_checked,
        clauses=("A-3.1.4b",),
        due=_("approved"),
        done=_("checked"),
        reads=("research.report_checklist",),
    ),
    Check(
        "research.report_reviews",
        _("Research reports reviewed in time"),
        partial(decided_in_time, "research_report"),
        clauses=("A-3.1.5a",),
        due=_("decision due"),
        done=_("decided"),
        settings=("approvals.research_report.chain", "approvals.research_report.step_limit"),
    ),
    Check(
        "research.distributed",
        _("Approved reports sent to their readers"),
        distributed,
        clauses=("A-3.1.5b", "E6-5.2"),
        due=_("approved"),
        done=_("sent"),
    ),
    Check(
        "research.reports",
        _("Reports handed in in time"),
        reports,
        clauses=REPORTS,
        due=_("due"),
        done=_("handed in"),
        by_clause=True,
    ),
)


def sources(rules: Rules) -> Iterator[str]:
    """Where information may come from, and how much came from each."""
    numbers = numbers_by(Finding.objects.usable(), "source")
    for item in rules.research.sources:
        number = numbers[item.key]
        words = ngettext("%(name)s: %(count)d finding", "%(name)s: %(count)d findings", number)
        yield words % {"name": item.label(), "count": number}


def plan_chain(rules: Rules) -> list[str]:
    """Who approves a research plan."""
    return [chain_line(rules, "research_plan")]


def report_chain(rules: Rules) -> list[str]:
    """Who reviews a research report."""
    return [chain_line(rules, "research_report")]


def judging(rules: Rules) -> Iterator[str]:
    """Who judges whether information holds, and how much waits for it."""
    yield _right("research.finding", "screen")
    waiting = Finding.objects.live().filter(validity=Finding.Validity.UNSCREENED).count()
    yield gettext("To be screened: %(count)d") % {"count": waiting}


def readers(rules: Rules) -> Iterator[str]:
    """Who sends reports to readers, and how many of those sent were read."""
    yield _right("research.researchreport", "distribute")
    sent = Receipt.objects.filter(report__deleted_at=None)
    numbers = sent.aggregate(all=Count("pk"), read=Count("read_at"))
    yield gettext("%(read)d of %(all)d readers have confirmed reading") % numbers


def _right(kind: str, action: str) -> str:
    """Which roles may do it, each as far as it reaches today."""
    line = next(one for one in rights.kind_of(kind).lines if one.action == action)
    held = [f"{cell.role.label} ({cell.label})" for cell in line.cells if cell.scope]
    return gettext("%(act)s: %(roles)s") % {
        "act": line.label,
        "roles": gettext(", ").join(held) or gettext("nobody"),
    }


compliance.add(
    Fact("research.sources", sources, ("A-3.1.2a", "B-3.1.1b")),
    Fact("research.plan_chain", plan_chain, ("A-3.1.1b",)),
    Fact("research.report_chain", report_chain, ("A-3.1.5a", "E6-3.2")),
    Fact("research.judging", judging, ("A-3.1.3a", "E6-3.2")),
    Fact("research.readers", readers, ("A-3.1.5b",)),
    Screen("research:plan-list", _("Research plans"), ("A-3.1.1a", "A-3.1.1b", "E7-2.3")),
    Screen(
        "research:finding-list",
        _("Information library"),
        (
            *("A-2.2.3a", "A-2.2.3c", "A-3.1.2a", "A-3.1.2b", "A-3.1.3a", "B-3.1.1a", "B-3.1.1b"),
            *("C-4.4.1", "C-4.4.2", "D-2.1.1b", "E1-9", "E6-3.2", "E6-5.1", "E7-2.3", "E9-3.1c"),
            "E10-3a",
        ),
    ),
    Screen(
        "research:report-list",
        _("Research reports"),
        (
            *("A-2.2.3b", "A-3.1.3b", "A-3.1.4a", "A-3.1.4b", "A-3.1.5a", "A-3.1.5b", "B-2.2.1e"),
            *("C-2.1.1", "C-4.4.2", "C-4.4.3", "D-3.2.3c", "E1-9", "E1-13", "E3-2.1.4", "E6-3.2"),
            *("E6-5.1", "E6-5.2", "E8-2.3", "E9-4.2a"),
        ),
    ),
    Screen("office:report-list", _("Reports"), REPORTS),
)
