"""Reads over plans, findings, reports and their readers."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from expansion import access, clock
from expansion.access import Seat
from expansion.approvals.models import Decision, Request
from expansion.approvals.selectors import latest, own_step
from expansion.people.models import Membership, Role, Unit, User
from expansion.people.selectors import Tree, home_unit, unit_by_key
from research.models import Finding, QualityReview, Receipt, ResearchPlan, ResearchReport

# The key of the research team in every rulebook that has one (A-2.1a).
TEAM = "research"
INSIDE = (Role.MANAGER, Role.DEPUTY, Role.LEADER, Role.MEMBER, Role.CONSOLIDATOR)
OFFERED = 60  # findings offered at a time for citing


def research_team() -> Unit | None:
    """The team that does research; None where the rulebook has no such team."""
    return unit_by_key(TEAM)


def sits_in_research(seat: Seat) -> bool:
    """Whether research belongs to this seat; to every seat where there is no research team."""
    team = research_team()
    return team is None or team.pk in seat.units


def working_unit(person: User) -> Unit:
    """In which unit a person's research is worked: the team's, also when its head writes it."""
    home = home_unit(person)
    team = research_team()
    reaches = team is not None and any(team.pk in seat.units for seat in person.seats)
    return team if team is not None and reaches and home.kind != Unit.Kind.TEAM else home


def findings_of_plan(person: Any, plan: ResearchPlan) -> QuerySet[Finding]:
    """What this person sees of what was collected under a plan, newest first."""
    visible = access.visible_to(person, Finding.objects.live())
    return visible.filter(plan=plan).select_related("owner").order_by("-pk")


def cited(person: Any, report: ResearchReport) -> QuerySet[Finding]:
    """The findings that a report rests on, those that this person sees."""
    visible = access.visible_to(person, Finding.objects.live())
    return visible.filter(citations__report=report).order_by("citations__pk")


def citable(person: Any, report: ResearchReport) -> QuerySet[Finding]:
    """What this person may cite in the report, marked where it is cited already."""
    visible = access.visible_to(person, Finding.objects.usable())
    taken = report.citations.filter(finding=OuterRef("pk"))
    return visible.annotate(is_cited=Exists(taken)).order_by("-is_cited", "-pk")


def citation_counts(report: ResearchReport) -> tuple[int, int]:
    """How many findings are cited, and how many of them hold."""
    findings = report.findings.filter(deleted_at=None)
    valid = findings.filter(validity=Finding.Validity.VALID)
    return findings.count(), valid.count()


def readers(report: ResearchReport) -> dict[int, int | None]:
    """{person: unit through which the report comes}, for the report's whole list.

    The author and people who have left are no readers; who is named in person has no unit.
    """
    lines = list(report.recipients.all())
    named = {line.person_id: None for line in lines if line.person_id}
    reached = _through_units([line.unit_id for line in lines if line.unit_id])
    active = set(User.objects.active().values_list("pk", flat=True))
    everyone = {**reached, **named}
    return {
        person: unit
        for person, unit in everyone.items()
        if person in active and person != report.owner_id
    }


def _through_units(units: Iterable[int]) -> dict[int, int | None]:
    tree = Tree()
    held = Membership.objects.on(clock.today())
    return {
        person: unit
        for unit in units
        for person in held.filter(unit__in=tree.below(unit)).values_list("user_id", flat=True)
    }


def receipt_of(person: Any, report: ResearchReport) -> Receipt | None:
    return report.receipts.filter(person=person.pk).first()


def unread_by(person: Any) -> QuerySet[Receipt]:
    """What was sent to this person and waits to be read, oldest first."""
    unread = Receipt.objects.unread().filter(person=person.pk)
    return unread.select_related("report__owner").order_by("sent_at", "pk")


def holder_of_review(person: User, request: Request | None) -> tuple[bool, User | None]:
    """Whether this person scores this round, and the principal where it is done for one.

    Who may decide the open step scores before approving; who has approved may do it afterwards.
    """
    if request is None:
        return False, None
    step, seat = own_step(person, request)
    if step is not None:
        return seat is not None, _principal(seat)
    theirs = Q(by=person.pk) | Q(for_person=person.pk)
    made = Decision.objects.filter(theirs, step__request=request, decision=Decision.Kind.APPROVE)
    last = made.select_related("for_person").last()
    return last is not None, last.for_person if last and last.by_id == person.pk else None


def _principal(seat: Seat | None) -> User | None:
    return User.objects.get(pk=seat.acting_for) if seat and seat.acting_for else None


def may_score(person: User, report: ResearchReport) -> bool:
    return holder_of_review(person, latest(report))[0]


def last_review(report: ResearchReport) -> QualityReview | None:
    """The scores of the last round that was scored."""
    return report.reviews.select_related("by", "for_person").last()


def unscored_by(person: Any) -> QuerySet[ResearchReport]:
    """Approved by this person and not scored yet: their author's metric waits for it."""
    decided = Decision.objects.filter(
        by=person.pk, decision=Decision.Kind.APPROVE, step__request__kind="research_report"
    )
    return (
        ResearchReport.objects.passed()
        .filter(pk__in=decided.values("step__request__about_id"), reviews=None)
        .select_related("owner")
        .order_by("approved_at")
    )


def report_page(person: Any, report: ResearchReport) -> dict[str, Any]:
    """What a report's page shows; readers of other departments get the text and their receipt."""
    inside = access.can(person, "inside", report)
    count, valid = citation_counts(report)
    return {
        "inside": inside,
        "sections": list(report.sections),
        "missing": report.missing,
        "cited": cited(person, report)[:OFFERED],
        "cited_count": count,
        "cited_valid": valid,
        "receipt": receipt_of(person, report),
        "review": last_review(report) if inside or may_score(person, report) else None,
        "may_edit": access.can(person, "edit", report),
        "may_delete": access.can(person, "delete", report),
        "may_distribute": _may_distribute(person, report),
        "may_score": access.can(person, "score", report),
        **(_audience(report) if inside else {}),
    }


def _may_distribute(person: Any, report: ResearchReport) -> bool:
    """The list is open while the text is, and again after the approval."""
    open_now = report.is_editable or report.status in ResearchReport.PASSED
    return open_now and access.can(person, "distribute", report)


def _audience(report: ResearchReport) -> dict[str, Any]:
    receipts = list(report.receipts.select_related("person", "unit"))
    return {
        "recipients": list(report.recipients.select_related("unit", "person")),
        "receipts": receipts,
        "read_count": sum(receipt.read_at is not None for receipt in receipts),
    }


def finding_page(person: Any, finding: Finding) -> dict[str, Any]:
    """What a finding's page offers to this person, and which visible reports rest on it."""
    reports = access.visible_to(person, ResearchReport.objects.live())
    return {
        "reports": list(reports.filter(citations__finding=finding)),
        "may_see_plan": finding.plan is not None and access.can(person, "view", finding.plan),
        **{
            f"may_{act}": access.can(person, act, finding)
            for act in ("edit", "screen", "publish", "adopt", "delete")
        },
    }


def plan_page(person: Any, plan: ResearchPlan) -> dict[str, Any]:
    """What a plan's page shows besides its text."""
    collected = findings_of_plan(person, plan)
    return {
        "sections": list(plan.sections),
        "missing": plan.missing,
        "findings": collected[:OFFERED],
        "finding_count": collected.count(),
        "may_edit": access.can(person, "edit", plan),
        "may_delete": access.can(person, "delete", plan),
        "may_finish": plan.status in ResearchPlan.COLLECTING and access.can(person, "write", plan),
        "may_log": plan.status in ResearchPlan.COLLECTING and access.can(person, "create", Finding),
    }
