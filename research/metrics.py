"""What research offers to appraisal, reports and dashboards (A-5.2.1, R-res-02, R-res-07).

Each figure is read for all people at once. A finding counts on the day it was logged, so that
every one counts in exactly one period.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import clock, metrics
from expansion.metrics import Evidence, Gathered, Metric, Readings, means, sums
from expansion.rulebook.schema import Rules
from research.models import Finding, QualityReview, ResearchReport

ONE, HUNDRED, NOUGHT = Decimal(1), Decimal(100), Decimal(0)


def findings(people: Sequence[Any], start: datetime, end: datetime, rules: Rules) -> Readings:
    """Findings logged in the span; those found invalid are shown and not counted (A-3.1.3a)."""
    gathered = _logged(people, start, end, lambda late: ONE)
    return sums(people, gathered)


def finding_timeliness(
    people: Sequence[Any], start: datetime, end: datetime, rules: Rules
) -> Readings:
    """The percentage of findings logged in time; no findings, no value."""
    gathered = _logged(people, start, end, lambda late: NOUGHT if late else HUNDRED)
    return means(gathered)


def adopted_findings(
    people: Sequence[Any], start: datetime, end: datetime, rules: Rules
) -> Readings:
    """Findings on which a decision was rested in the span (A-5.2.1c)."""
    gathered: Gathered = defaultdict(list)
    adopted = Finding.objects.adopted().filter(
        owner__in=people, adopted_at__gte=start, adopted_at__lt=end
    )
    rows = adopted.order_by("adopted_at", "pk").values_list(
        "owner_id", "pk", "title", "adopted_at", "adopted_for"
    )
    for owner, finding, title, at, what_for in rows:
        day = clock.local_date(at)
        gathered[owner].append(Evidence(Finding, finding, title, day, ONE, note=what_for))
    return sums(people, gathered)


def report_review_score(
    people: Sequence[Any], start: datetime, end: datetime, rules: Rules
) -> Readings:
    """The mean of the scores that the reports approved in the span were given (A-5.2.1a).

    They count for their author of that day. The last scored round of a report counts; one that
    nobody scored is shown and not counted.
    """
    gathered: Gathered = defaultdict(list)
    reports = ResearchReport.objects.passed().filter(
        approved_owner__in=people, approved_at__gte=start, approved_at__lt=end
    )
    rows = reports.order_by("approved_at", "pk").values_list(
        "approved_owner_id", "pk", "title", "approved_at"
    )
    scores = _last_scores([pk for _owner, pk, _title, _at in rows])
    unscored = _("not scored yet")
    for owner, report, title, at in rows:
        day, review = clock.local_date(at), scores.get(report)
        gathered[owner].append(
            Evidence(ResearchReport, report, title, day, review.mean)
            if review
            else Evidence(ResearchReport, report, title, day, NOUGHT, False, unscored)
        )
    return means(gathered)


def _last_scores(reports: Sequence[int]) -> dict[int, QualityReview]:
    reviews = QualityReview.objects.filter(report__in=reports).order_by("round")
    return {review.report_id: review for review in reviews}


def _logged(
    people: Sequence[Any], start: datetime, end: datetime, worth: Callable[[bool], Decimal]
) -> Gathered:
    """What each person logged; `worth` says what a finding is by whether it came late."""
    gathered: Gathered = defaultdict(list)
    for owner, finding, title, day, late, holds, reason in _findings(people, start, end):
        gathered[owner].append(Evidence(Finding, finding, title, day, worth(late), holds, reason))
    return gathered


@metrics.shared
def _findings(
    people: Sequence[Any], start: datetime, end: datetime
) -> list[tuple[int, int, str, date, bool, bool, str]]:
    """Owner, finding, title, the day, whether late, whether it holds, and why it does not."""
    logged = Finding.objects.live().filter(
        owner__in=people, logged_at__gte=start, logged_at__lt=end
    )
    rows = logged.order_by("logged_at", "pk").values_list(
        "owner_id", "pk", "title", "logged_at", "late", "validity", "invalid_reason"
    )
    invalid = Finding.Validity.INVALID
    return [
        (owner, pk, title, clock.local_date(at), late, validity != invalid, reason)
        for owner, pk, title, at, late, validity, reason in rows
    ]


metrics.add(
    Metric(
        "research.report_review_score",
        lazy("Review scores of reports"),
        lazy("points"),
        report_review_score,
        clause="A-5.2.1a",
    ),
    Metric(
        "research.findings",
        lazy("Information collected"),
        lazy("items"),
        findings,
        clause="A-5.2.1b",
    ),
    Metric(
        "research.finding_timeliness",
        lazy("Information logged in time"),
        "%",
        finding_timeliness,
        clause="A-5.2.1b",
    ),
    Metric(
        "research.adopted_findings",
        lazy("Information that decisions rest on"),
        lazy("items"),
        adopted_findings,
        clause="A-5.2.1c",
    ),
)
