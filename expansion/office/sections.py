"""The written sections of a report: the rulebook's own, and those every report may carry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from expansion.office.models.reports import WorkReport, worded

PLAN = "next"  # the section that is a list: it stands beside the next report's results
LABELS = {
    "done": _("Done in this period"),
    "problems": _("Problems"),
    PLAN: _("Plan for the next period"),
    "requests": _("Resources asked for"),
    "suggestions": _("Suggestions"),
}
USUAL = ("done", "problems", PLAN)
OUTCOMES = ("done", "moved", "missed")  # what became of a line of the last plan
MORE = ("requests", "suggestions")  # R-exp-10: in every report, never demanded


@dataclass(frozen=True)
class Section:
    """One written section; the first one of a report must not be empty when it is handed in."""

    key: str
    label: Any
    more: bool = False


def written(report: WorkReport) -> list[Section]:
    """The sections to write as text, in order; the plan is not among them."""
    asked = report.outline.get("sections") or [{"key": key} for key in USUAL]
    named = [Section(item["key"], worded(item) or LABELS[item["key"]]) for item in asked]
    keys = {section.key for section in named}
    more = [Section(key, LABELS[key], more=True) for key in MORE if key not in keys]
    return [section for section in named if section.key != PLAN] + more


def plan_label(report: WorkReport) -> Any:
    for item in report.outline.get("sections", ()):
        if item["key"] == PLAN:
            return worded(item)
    return LABELS[PLAN]
