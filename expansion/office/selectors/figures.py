"""The locked figures of a report, drawn from the period's records by what the apps offer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import translation

from expansion import clock, offers
from expansion.office import sections
from expansion.office.models import WorkReport


def coverage(report: WorkReport) -> tuple[datetime, datetime]:
    """The moments whose records count: from where the report before ends to now, or to the own end.

    One ends at the cut of its cadence, else with its period, or earlier where it was handed in:
    what happens after that counts for the next one, and nothing is counted twice or by none.
    """
    start, end = report.counts
    before = previous(report)
    if before is not None:
        start = before.counts[1]
        if not before.is_open and before.covers_until:
            start = before.covers_until
    return start, max(start, min(clock.now(), end))


def previous(report: WorkReport) -> WorkReport | None:
    """The same person's report of the period before, or before weeks in which nobody works."""
    earlier = WorkReport.objects.filter(
        owner_id=report.owner_id, kind=report.kind, begins_on__lt=report.begins_on
    ).first()
    if earlier is None:
        return None
    follows = earlier.period == report.span.previous().key
    return earlier if follows or earlier.counts[1] >= report.counts[0] else None


def fill(report: WorkReport, *, longest: int = 2000) -> None:
    """Draws an open report as of now, in memory; the caller stores it or only shows it.

    Where nothing is written yet the records' own lines stand as a draft, and the lines of the last
    plan wait for what became of them.
    """
    report.covers_from, report.covers_until = coverage(report)
    report.figures = draw(report)
    first = sections.written(report)[0].key
    if not report.texts.get(first):
        report.texts = {**report.texts, first: "\n".join(lines_of(report.figures))[:longest]}
    if not report.results:
        before = previous(report)
        report.results = [
            {"text": text, "outcome": "", "note": ""} for text in (before.plan if before else ())
        ]


def draw(report: WorkReport) -> list[dict[str, Any]]:
    """Every section with something to say, in the reporter's language, as plain data."""
    start, end = coverage(report)
    with translation.override(report.owner.language):
        drawn = [
            (section, section.draw(report.owner, start, end))
            for section in offers.of(offers.ReportSection)
        ]
        return [
            {
                "key": section.key,
                "label": str(section.label),
                "figures": [_plain(figure) for figure in found.get("figures", ())],
                "lines": [str(line) for line in found.get("lines", ())],
            }
            for section, found in drawn
            if found
        ]


def _plain(figure: dict[str, Any]) -> dict[str, str]:
    return {
        "key": figure["key"],
        "label": str(figure["label"]),
        "value": str(figure["value"]),
        "unit": str(figure.get("unit", "")),
        "url": figure.get("url") or "",
    }


def lines_of(drawn: list[dict[str, Any]]) -> list[str]:
    return [line for section in drawn for line in section["lines"]]


def table(drawn: list[dict[str, Any]], before: WorkReport | None) -> list[dict[str, Any]]:
    """All figures in order, each with its value in the previous report."""
    old = {
        (section["key"], figure["key"]): figure["value"]
        for section in (before.figures if before and not before.is_open else [])
        for figure in section["figures"]
    }
    return [
        {**figure, "before": old.get((section["key"], figure["key"]), "")}
        for section in drawn
        for figure in section["figures"]
    ]
