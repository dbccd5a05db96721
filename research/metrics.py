"""What research offers to appraisal, reports and dashboards (A-5.2.1, R-res-02, R-res-07).

Each figure is read for all people at once. A finding counts on the day it was logged, so that
every one counts in exactly one period.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import clock, metrics
from expansion.metrics import Evidence, Metric, Reading
from expansion.rulebook.schema import Rules
from research.models import Finding, QualityReview, ResearchReport

ONE, HUNDRED, NOUGHT = Decimal(1), Decimal(100), Decimal(0)
Readings = Mapping[int, Reading]
Gathered = dict[int, list[Evidence]]


def findings(people: Sequence[Any], start: datetime, end: datetime, rules: Rules) -> Readings:
    """Findings logged in the span; those found invalid are shown and not counted (A-3.1.3a)."""
    gathered = _logged(people, start, end, lambda finding: ONE)
    return {person.pk: _count(gathered[person.pk]) for person in people}


def finding_timeliness(
    people: Sequence[Any], start: datetime, end: datetime, rules: Rules
) -> Readings:
    """The percentage of findings logged in time; no findings, no value."""
    gathered = _logged(people, start, end, lambda finding: NOUGHT if finding.late else HUNDRED)
    return {person: _mean(found) for person, found in gathered.items()}


def adopted_findings(
    people: Sequence[Any], start: datetime, end: datetime, rules: Rules
) -> Readings:
    """Findings on which a decision was rested in the span (A-5.2.1c)."""
    gathered: Gathered = defaultdict(list)
    adopted = Finding.objects.adopted().filter(
        owner__in=people, adopted_at__gte=start, adopted_at__lt=end
    )
    for finding in adopted.order_by("adopted_at", "pk"):
        day = clock.local_date(finding.adopted_at)
        gathered[finding.owner_id].append(
            Evidence(finding, finding.title, day, ONE, note=finding.adopted_for)
        )
    return {person.pk: _count(gathered[person.pk]) for person in people}


def report_review_score(
    people: Sequence[Any], start: datetime, end: datetime, rules: Rules
) -> Readings:
    """The mean of the scores that the reports approved in the span were given (A-5.2.1a).

    The last scored round of a report counts; one that nobody scored is shown and not counted.
    """
    gathered: Gathered = defaultdict(list)
    reports = ResearchReport.objects.passed().filter(
        owner__in=people, approved_at__gte=start, approved_at__lt=end
    )
    found = list(reports.order_by("approved_at", "pk"))
    scores = _last_scores(found)
    for report in found:
        gathered[report.owner_id].append(_scored(report, scores.get(report.pk)))
    return {person: _mean(found) for person, found in gathered.items()}


def _last_scores(reports: Sequence[ResearchReport]) -> dict[int, QualityReview]:
    reviews = QualityReview.objects.filter(report__in=reports).order_by("round")
    return {review.report_id: review for review in reviews}


def _scored(report: ResearchReport, review: QualityReview | None) -> Evidence:
    return Evidence(
        report,
        report.title,
        clock.local_date(report.approved_at),
        review.mean if review else NOUGHT,
        counted=review is not None,
        note="" if review else _("not scored yet"),
    )


def _logged(people: Sequence[Any], start: datetime, end: datetime, worth: Any) -> Gathered:
    gathered: Gathered = defaultdict(list)
    logged = Finding.objects.live().filter(
        owner__in=people, logged_at__gte=start, logged_at__lt=end
    )
    for finding in logged.order_by("logged_at", "pk"):
        gathered[finding.owner_id].append(_evidence(finding, worth(finding)))
    return gathered


def _evidence(finding: Finding, value: Decimal) -> Evidence:
    invalid = finding.validity == Finding.Validity.INVALID
    return Evidence(
        finding,
        finding.title,
        clock.local_date(finding.logged_at),
        value,
        counted=not invalid,
        note=finding.invalid_reason,
    )


def _count(found: Sequence[Evidence]) -> Reading:
    return Reading(Decimal(sum(one.counted for one in found)), tuple(found))


def _mean(found: Sequence[Evidence]) -> Reading:
    """The mean of what counts; no value where nothing does."""
    values = [one.value for one in found if one.counted]
    return Reading(sum(values, Decimal()) / len(values) if values else None, tuple(found))


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
