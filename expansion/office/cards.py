"""What this room puts on the first page and into the to-do centre."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from expansion import offers
from expansion.office.models import WorkReport
from expansion.office.selectors import figures, reports
from expansion.ui.forms import new_key

FIGURES = 4


def report_card(person: Any) -> dict[str, Any] | None:
    """The person's most urgent open report with its figures, ready to hand in: as of now the own
    ones, those of a unit as they were drafted, for it may be large."""
    report = reports.next_of(person)
    if report is None:
        return None
    if report.unit_id is None:
        figures.fill(report)
    return {
        **_strip(report),
        "figures": figures.table(report.figures, None)[:FIGURES],
        "key": new_key(),
    }


def report_strip(person: Any) -> dict[str, Any] | None:
    """The same in two lines, for a phone."""
    report = reports.next_of(person)
    return _strip(report) if report else None


def _strip(report: WorkReport) -> dict[str, Any]:
    tone, word = reports.state(report)
    return {
        "report": report,
        "tone": tone,
        "word": word,
        "remaining": reports.remaining(report),
        "planned": bool(report.plan),
    }


def report_todos(person: Any) -> Iterator[offers.Todo]:
    for report in reports.open_of(person):
        tone, word = reports.state(report)
        yield offers.Todo(
            kind="office.report",
            title=report.title,
            url=report.get_absolute_url(),
            due=report.due_at,
            counted=True,
            detail=word,
            act=_("Hand in"),
            badge=tone,
        )


offers.add(
    offers.Card("office.report_strip", 5, "office/_report_strip.html", report_strip, place="phone"),
    offers.Card("office.report", 10, "office/_report_card.html", report_card, place="side"),
    offers.TodoSource("office.reports", _("Work reports"), 40, report_todos),
)
