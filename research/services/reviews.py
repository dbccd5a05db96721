"""The approver's scores of a report (A-3.1.4b, A-5.2.1a, R-res-07)."""

from collections.abc import Collection, Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from expansion import clock
from expansion.approvals.models import Decision, Request
from expansion.approvals.selectors import latest
from expansion.approvals.services import decide
from expansion.audit.services import write
from expansion.errors import Forbidden, Invalid, NotNow
from expansion.people.models import User
from expansion.records import lock
from expansion.rulebook.schema import Rules
from expansion.rulebook.values import offered
from research.models import QualityReview, ResearchReport
from research.selectors import holder_of_review

MOST = 100


@transaction.atomic
def score_report(
    *,
    actor: User,
    record: ResearchReport,
    rules: Rules,
    scores: Mapping[str, int],
    checklist: Collection[str] = (),
    note: str = "",
    read: str = "",
) -> QualityReview:
    """Accuracy, completeness, depth and usefulness, 0 to 100 each, of the round being decided.

    Given by whoever may decide it or has approved it, never by its author. A second time corrects
    the first; both stay in the trail. `read` is the digest of the document that was read.

    Raises:
        NotNow: it was never submitted, its last round ended without an approval, or it is another
            document than the one that was read.
        Forbidden: it is not this person's to score.
        Invalid: a score is missing or out of range.
    """
    report = lock(ResearchReport.objects.live(), record.pk)
    request = latest(report)
    holder = _holder(actor, request)
    if read and read != request.digest:
        raise NotNow(_("This has changed meanwhile. Read it again."))
    _check(scores)
    before = QualityReview.objects.filter(report=report, round=request.round).first()
    review, _new = QualityReview.objects.update_or_create(
        report=report,
        round=request.round,
        defaults={
            **{name: scores[name] for name in QualityReview.RESPECTS},
            "by": actor,
            "for_person": holder,
            "at": clock.now(),
            "checklist": _listed(checklist, rules),
            "note": note.strip(),
            "rules_version": rules.version,
        },
    )
    changes = {name: [getattr(before, name, None), scores[name]] for name in QualityReview.RESPECTS}
    write(
        actor=actor,
        verb="research.report.scored",
        about=report,
        changes=changes,
        for_person=holder,
    )
    return review


@transaction.atomic
def approve_report(
    *,
    actor: User,
    record: ResearchReport,
    rules: Rules,
    scores: Mapping[str, int],
    checklist: Collection[str] = (),
    note: str = "",
    comment: str = "",
    read: str = "",
) -> ResearchReport:
    """Scores and approves in one act (A-3.1.5a).

    Raises:
        As `score_report` and `approvals.services.decide`.
    """
    score_report(
        actor=actor,
        record=record,
        rules=rules,
        scores=scores,
        checklist=checklist,
        note=note,
        read=read,
    )
    decide(
        actor=actor,
        request=latest(record),
        decision=Decision.Kind.APPROVE,
        comment=comment,
    )
    return ResearchReport.objects.get(pk=record.pk)


def _holder(actor: User, request: Request | None) -> User | None:
    """The principal for whom it is scored, None for oneself; refuses everybody else."""
    scored = (Request.Status.PENDING, Request.Status.APPROVED)
    if request is None or request.status not in scored:
        raise NotNow(_("There is nothing to score: the report is not with its approver."))
    allowed, principal = holder_of_review(actor, request)
    if not allowed:
        raise Forbidden(_("Only who decides on the report scores it."))
    return principal


def _check(scores: Mapping[str, int]) -> None:
    sentence = _("Give a whole number from 0 to 100.")
    wrong = {
        name: [sentence]
        for name in QualityReview.RESPECTS
        if not isinstance(scores.get(name), int) or not 0 <= scores[name] <= MOST
    }
    if wrong:
        raise Invalid(fields=wrong)


def _listed(checklist: Collection[str], rules: Rules) -> list[str]:
    """The keys that the rulebook's review list knows, in its order."""
    return [item.key for item in offered(rules.research.report_checklist) if item.key in checklist]
