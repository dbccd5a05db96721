"""Reads over work reports for pages, cards and the consolidated sheet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from expansion import access, clock
from expansion.approvals.wording import role_label
from expansion.office import sections
from expansion.office.models import WorkReport
from expansion.office.selectors import figures
from expansion.prepared import prepared
from expansion.worktime import Period

RECENT = 8
MOST_PERIODS = 12
TONES = {
    WorkReport.Status.DUE: "neutral",
    WorkReport.Status.DRAFT: "info",
    WorkReport.Status.SUBMITTED: "done",
    WorkReport.Status.READ: "done",
}


def state(report: WorkReport) -> tuple[str, str]:
    """Tone and word of the badge; what is missing or came late says so."""
    if report.is_missing(clock.now()):
        return "late", _("not handed in")
    if report.late:
        return "late", _("handed in late")
    return TONES[WorkReport.Status(report.status)], str(report.get_status_display())


def span_words(span: timedelta) -> str:
    """A time span in its two largest units: 2 days 5 hours, 5 hours 19 minutes."""
    minutes = int(abs(span).total_seconds()) // 60
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = [
        (days, ngettext("%(count)s day", "%(count)s days", days)),
        (hours, ngettext("%(count)s hour", "%(count)s hours", hours)),
        (minutes, ngettext("%(count)s minute", "%(count)s minutes", minutes)),
    ]
    first = next((at for at, (count, _word) in enumerate(parts) if count), 2)
    return " ".join(
        word % {"count": count} for count, word in parts[first : first + 2] if count or first == 2
    )


def may_see_content(person: Any, report: WorkReport) -> bool:
    """A report is its writer's alone until it is handed in."""
    return not report.is_open or access.can(person, "edit", report)


def page(person: Any, report: WorkReport, *, figure: str = "", number: str = "") -> dict[str, Any]:
    """Everything the page of one report shows; an open one's figures are drawn as of now.

    `figure` names the one whose records are opened, page by page."""
    before = figures.previous(report)
    seen = may_see_content(person, report)
    if seen and report.is_open:
        figures.fill(report)
    tone, word = state(report)
    table = figures.table(report.figures, before) if seen else []
    return {
        "tone": tone,
        "word": word,
        "seen": seen,
        "figures": table,
        "opened": figures.opened(person, report, table, figure, number),
        "people": figures.by_person(report.figures) if seen and report.unit_id else None,
        "sections": texts(report) if seen else [],
        "plan_label": sections.plan_label(report),
        "results": results(report) if seen else [],
        "remaining": remaining(report),
        "recent": recent(report),
        "before": before,
        "after": neighbour(report),
        "gathered_by": role_label(report.gathered_by) if report.gathered_by else "",
        "comments": list(report.comments.select_related("by")),
        **_acts(person, report),
    }


def _acts(person: Any, report: WorkReport) -> dict[str, bool]:
    return {
        f"may_{action}": access.can(person, action, report)
        for action in ("edit", "submit", "withdraw", "read", "comment")
    }


def texts(report: WorkReport) -> list[dict[str, Any]]:
    """The written sections with their text; those nobody has to write only where written."""
    return [
        {"key": section.key, "label": section.label, "text": report.texts.get(section.key, "")}
        for section in sections.written(report)
        if not section.more or report.texts.get(section.key)
    ]


def results(report: WorkReport) -> list[dict[str, Any]]:
    """Each line of the last plan with what became of it."""
    words = dict(zip(sections.OUTCOMES, (_("done"), _("moved"), _("not done")), strict=True))
    tones = dict(zip(sections.OUTCOMES, ("done", "info", "due"), strict=True))
    return [
        {**line, "word": words.get(line["outcome"], ""), "tone": tones.get(line["outcome"], "")}
        for line in report.results
    ]


def remaining(report: WorkReport) -> dict[str, Any]:
    """How long until the deadline, or how late."""
    end = report.submitted_at or clock.now()
    return {"words": span_words(report.due_at - end), "passed": end > report.due_at}


def recent(report: WorkReport) -> list[dict[str, Any]]:
    """The last periods before this one, oldest first: on time, late or missing."""
    rows = WorkReport.objects.filter(
        owner_id=report.owner_id, kind=report.kind, begins_on__lt=report.begins_on
    ).defer("figures", "texts", "plan", "results")[:RECENT]
    return [
        {"number": row.span.number, "url": row.get_absolute_url(), **_kept(row)}
        for row in reversed(rows)
    ]


def _kept(report: WorkReport) -> dict[str, str]:
    if report.is_open:
        return {"tone": "late", "word": _("not handed in")}
    if report.late:
        return {"tone": "late", "word": _("handed in late")}
    return {"tone": "done", "word": _("in time")}


def neighbour(report: WorkReport) -> WorkReport | None:
    """The same person's report of the next period."""
    return WorkReport.objects.filter(
        owner_id=report.owner_id, kind=report.kind, period=report.span.next().key
    ).first()


def next_of(person: Any) -> WorkReport | None:
    """The open report that the person should look at first: the earliest deadline."""
    return _most_urgent.first(person.pk)


@prepared
def _most_urgent(owner: int) -> QuerySet[WorkReport]:
    return open_of(owner).select_related("owner")[:1]


def open_of(owner: Any) -> QuerySet[WorkReport]:
    """The open reports of a person, given as such or by the id, most urgent first."""
    return WorkReport.objects.open().filter(owner=owner).order_by("due_at", "pk")


def overseen(person: Any) -> QuerySet[WorkReport]:
    """Reports of others that the person sees: the team's, the department's, those addressed to
    them."""
    return access.visible_to(person, WorkReport.objects.all()).exclude(owner_id=person.pk)


def kinds(person: Any) -> list[WorkReport]:
    """One overseen report per kind, for its label; the kind that most people owe comes first."""
    seen = overseen(person)
    counted = seen.order_by().values("kind").annotate(owed=Count("pk")).order_by("-owed", "kind")
    rows = [seen.filter(kind=one["kind"]).first() for one in counted]
    return [row for row in rows if row is not None]


def periods(person: Any, kind: str) -> list[Period]:
    """The last periods of a kind that the person oversees, newest first."""
    keys = overseen(person).filter(kind=kind).order_by("-begins_on")
    return [Period.parse(key) for key in _each_once(keys.values_list("period", flat=True))]


def _each_once(keys: QuerySet) -> list[str]:
    return list(dict.fromkeys(keys.distinct()[:MOST_PERIODS]))


def team(person: Any, kind: str, period: str) -> dict[str, Any]:
    """Who has handed in for a period, who was late and who is missing; the missing first."""
    rows = list(
        overseen(person)
        .of(kind, period)
        .filter(owner__status="active")
        .select_related("owner", "team")
        .order_by("team__order", "owner__username")
    )
    return {"rows": sorted(map(_line, rows), key=lambda line: line["rank"]), **counts(rows)}


def _line(report: WorkReport) -> dict[str, Any]:
    tone, word = state(report)
    missing = report.is_missing(clock.now())
    return {
        "report": report,
        "tone": tone,
        "word": word,
        "rank": 0 if missing else 1 if report.is_open else 2 if report.late else 3,
        "behind": remaining(report)["words"] if report.late or missing else "",
    }


def counts(rows: Iterable[WorkReport]) -> dict[str, Any]:
    """Rates of handing in and of being in time (R-exp-10), in whole per cent."""
    rows = list(rows)
    handed_in = [row for row in rows if not row.is_open]
    in_time = [row for row in handed_in if not row.late]
    moment = clock.now()
    return {
        "owed": len(rows),
        "handed_in": len(handed_in),
        "in_time": len(in_time),
        "late": len(handed_in) - len(in_time),
        "missing": [row for row in rows if row.is_missing(moment)],
        "rate": _rate(len(handed_in), len(rows)),
        "in_time_rate": _rate(len(in_time), len(rows)),
    }


def _rate(part: int, whole: int) -> int | None:
    return round(part * 100 / whole) if whole else None
