"""Writes over research reports: drafting, citing, submitting, and what approval does (A-3.1.4)."""

from collections.abc import Collection, Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from crm.searching import indexed
from expansion import access, clock, offers
from expansion.approvals.models import Request
from expansion.approvals.selectors import was_returned
from expansion.approvals.services import submit
from expansion.audit.services import write
from expansion.errors import Invalid
from expansion.numbering.services import next_number
from expansion.people.models import Unit, User
from expansion.records import differences, lock, snapshot
from expansion.rulebook.schema import Rules
from expansion.rulebook.values import offered
from expansion.worktime import Period
from research.models import Citation, Finding, ResearchPlan, ResearchReport
from research.selectors import citable, working_unit
from research.services.distribution import send_report
from research.services.drafts import refuse_empty, require_open, require_title, take_texts

LONGEST = 20_000  # characters of a section
FIELDS = ("title", "period", "plan")

Status = ResearchReport.Status


@transaction.atomic
def create_report(
    *,
    actor: User,
    rules: Rules,
    title: str,
    period: str,
    plan: ResearchPlan | None = None,
    owner: User | None = None,
    team: Unit | None = None,
) -> ResearchReport:
    """A new draft with the sections of the rulebook in force (A-3.1.4a).

    Raises:
        Forbidden: research is not part of this person's work.
        Invalid: no title, or no period.
    """
    owner = owner or actor
    report = ResearchReport(
        title=title.strip(),
        period=period,
        plan=_seen(actor, plan),
        owner=owner,
        team=team or working_unit(owner),
    )
    access.require(actor, "create", report)
    report.follow(offered(rules.research.report_sections), rules.version)
    _check(report)
    report.save()
    changes = {"title": [None, report.title], "period": [None, report.period]}
    write(actor=actor, verb="research.report.created", about=report, changes=changes)
    return report


def _seen(actor: User, plan: ResearchPlan | None) -> ResearchPlan | None:
    return access.find(actor, ResearchPlan.objects.live(), plan.pk) if plan else None


def _next_plan(
    actor: User, report: ResearchReport, plan: ResearchPlan | None
) -> ResearchPlan | None:
    """The plan that is chosen; where none is, one that the writer does not see stays."""
    hidden = report.plan is not None and not access.can(actor, "view", report.plan)
    return report.plan if plan is None and hidden else _seen(actor, plan)


def _check(report: ResearchReport) -> None:
    require_title(report.title)
    try:
        Period.parse(report.period)
    except ValueError:
        raise Invalid(fields={"period": [_("Choose a period.")]}) from None
    report.search = indexed(report.title)


@transaction.atomic
def save_report(
    *,
    actor: User,
    record: ResearchReport,
    version: int | None = None,
    title: str,
    period: str,
    plan: ResearchPlan | None = None,
    texts: Mapping[str, str] | None = None,
) -> ResearchReport:
    """Changes a draft or a returned report.

    The trail names the sections that changed; their words stand in the copy that each submission
    freezes.

    Raises:
        NotNow: the text is locked; the sentence says why.
        Stale: somebody has changed it since `version`.
        Invalid: no title, no period, or a section is too long.
    """
    report = _opened(actor, record, version)
    before = snapshot(report, FIELDS) | report.texts
    report.title, report.period, report.plan = (
        title.strip(),
        period,
        _next_plan(actor, report, plan),
    )
    take_texts(report, texts or {}, LONGEST)
    _check(report)
    _store(report)
    changes = differences(before, snapshot(report, FIELDS) | report.texts)
    told = {name: pair if name in FIELDS else _lengths(pair) for name, pair in changes.items()}
    write(actor=actor, verb="research.report.changed", about=report, changes=told)
    return report


def _lengths(pair: Collection[str | None]) -> list[int]:
    """A section's text before and after, told by its length."""
    return [len(text or "") for text in pair]


@transaction.atomic
def autosave_report(
    *, actor: User, record: ResearchReport, version: int | None = None, texts: Mapping[str, str]
) -> ResearchReport:
    """Keeps what is being typed; it leaves no trail, the next save or submission does.

    Raises:
        NotNow, Stale, Invalid: as `save_report`.
    """
    report = _opened(actor, record, version)
    take_texts(report, texts, LONGEST)
    _store(report)
    return report


def _opened(actor: User, record: ResearchReport, version: int | None = None) -> ResearchReport:
    """The report, held for a change of its text."""
    access.require(actor, "write", record)
    report = lock(ResearchReport.objects.live(), record.pk, version=version)
    require_open(report)
    return report


def _store(report: ResearchReport) -> None:
    report.version += 1
    report.save()


@transaction.atomic
def cite_findings(
    *,
    actor: User,
    record: ResearchReport,
    shown: Collection[int],
    chosen: Collection[int],
) -> ResearchReport:
    """Of the findings that were `shown`, exactly the `chosen` ones are cited afterwards.

    What was not shown stays as it is; what the person does not see, or what is invalid, is not
    cited (A-3.1.3a).

    Raises:
        NotNow: the text is locked.
    """
    report = _opened(actor, record)
    allowed = set(citable(actor, report).filter(pk__in=chosen).values_list("pk", flat=True))
    gone = report.citations.filter(finding__in=set(shown) - allowed)
    removed = list(gone.values_list("finding_id", flat=True))
    gone.delete()
    had = set(report.citations.values_list("finding_id", flat=True))
    added = sorted(allowed & set(shown) - had)
    Citation.objects.bulk_create(Citation(report=report, finding_id=pk) for pk in added)
    if added or removed:
        _store(report)
        changes = {"findings": [removed, added]}
        write(actor=actor, verb="research.report.cited", about=report, changes=changes)
    return report


@transaction.atomic
def submit_report(
    *, actor: User, record: ResearchReport, rules: Rules, comment: str = ""
) -> ResearchReport:
    """Hands the report to its chain (A-3.1.5a); the first time it gets its number.

    Raises:
        NotNow: it is being approved or has been decided.
        Invalid: a section is empty, the sentence lists them (R-res-06); or a finding that it
            rests on has been found invalid meanwhile.
    """
    report = _opened(actor, record)
    refuse_empty(report.missing)
    _refuse_invalid(report)
    changes = {"status": [report.status, Status.IN_APPROVAL]}
    if not report.number:
        report.number = next_number(key="research_report", rules=rules)
        changes["number"] = ["", report.number]
    report.status = Status.IN_APPROVAL
    _store(report)
    submit(actor=actor, record=report, rules=rules, comment=comment)
    write(actor=actor, verb="research.report.submitted", about=report, changes=changes)
    return report


def _refuse_invalid(report: ResearchReport) -> None:
    invalid = report.findings.filter(validity=Finding.Validity.INVALID)
    titles = list(invalid.values_list("title", flat=True)[:3])
    if titles:
        raise Invalid(
            _("The report rests on what does not hold: %(titles)s. Take it out, then submit.")
            % {"titles": _(", ").join(titles)}
        )


def report_approved(record: ResearchReport, actor: User, request: Request) -> None:
    """After the last approval: the text is locked, and the report goes to its list (A-3.1.5b)."""
    report = lock(ResearchReport.objects.all(), record.pk)
    report.approved_at, report.approved_owner_id = clock.now(), report.owner_id
    report.digest = request.digest
    _moved(report, Status.APPROVED, actor)
    offers.announce("report.approved", actor=actor, record=report)
    send_report(actor=actor, report=report)


def report_returned(record: ResearchReport, actor: User, request: Request) -> None:
    _moved(lock(ResearchReport.objects.all(), record.pk), Status.RETURNED, actor)


def report_rejected(record: ResearchReport, actor: User, request: Request) -> None:
    _moved(lock(ResearchReport.objects.all(), record.pk), Status.REJECTED, actor)


def report_withdrawn(record: ResearchReport, actor: User, request: Request) -> None:
    """Back to what it was before: a draft, or returned where an earlier round returned it."""
    before = Status.RETURNED if was_returned(request) else Status.DRAFT
    _moved(lock(ResearchReport.objects.all(), record.pk), before, actor)


def _moved(report: ResearchReport, status: Status, actor: User) -> None:
    changes = {"status": [report.status, status]}
    report.status = status
    _store(report)
    write(actor=actor, verb=f"research.report.{status}", about=report, changes=changes)
