"""The lists of this app."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from appraisal.desk.explaining import verdict
from appraisal.models import Appeal, Cycle, Participant, Stage
from expansion.approvals.wording import role_label
from expansion.ui import formats
from expansion.ui.deadlines import provisional
from expansion.ui.listing import Column, Filter, Listing, SavedView
from expansion.ui.templatetags.ui import badge, due_badge

STAGE_TONES = {
    Stage.PLANNED: "neutral",
    Stage.COLLECTING: "info",
    Stage.SELF_REVIEW: "due",
    Stage.EVALUATION: "due",
    Stage.REVIEW: "info",
    Stage.FEEDBACK: "info",
    Stage.CLOSED: "done",
}
APPEAL_TONES = {
    Appeal.Status.FILED: "due",
    Appeal.Status.ACCEPTED: "info",
    Appeal.Status.INVESTIGATED: "due",
    Appeal.Status.DECIDED: "done",
}


def stage_badge(record: Cycle | Participant) -> SafeString:
    return badge(STAGE_TONES[record.at], record.get_stage_display())


def delivered_score(one: Participant) -> Any:
    """The score once it is delivered: this list never shows more than its person may read."""
    return one.result.score if one.at.reached(Stage.FEEDBACK) else None


def delivered_level(one: Participant) -> str:
    if not one.at.reached(Stage.FEEDBACK):
        return ""
    return verdict(one.cycle.rules, one.result.level).label


def stages(person: Any) -> list[tuple[str, Any]]:
    return list(Stage.choices)


MINE = Listing(
    key="appraisal.mine",
    model=Participant,
    label=_("My scores"),
    name=_("Period"),
    url=lambda one: f"/appraisal/scores/{one.pk}",
    title=lambda one: one.cycle,
    columns=[
        Column("stage", _("Stage"), lambda one: one.get_stage_display(), cell=stage_badge),
        Column("score", _("Total score"), delivered_score, "number"),
        Column("level", _("Level"), delivered_level),
        Column("superior", _("Evaluated by"), lambda one: one.superior),
        Column(
            "due",
            _("Self-review due"),
            lambda one: one.cycle.self_due_at,
            "deadline",
            shown=False,
        ),
    ],
    order=("-cycle__start", "cycle__kind"),
    prepare=lambda records: records.complete(),
)


def evaluation_due(one: Participant) -> SafeString:
    due = one.cycle.evaluation_due_at
    waits = one.at == Stage.EVALUATION
    near = due_badge(due) if due and waits else ""
    return format_html("{} {}{}", formats.day(due), near, provisional(due))


EVALUATIONS = Listing(
    key="appraisal.evaluations",
    model=Participant,
    label=_("Evaluations"),
    name=_("Person"),
    url=lambda one: (
        f"/appraisal/scores/{one.pk}/evaluation"
        if one.at == Stage.EVALUATION
        else f"/appraisal/scores/{one.pk}"
    ),
    title=lambda one: one.owner.name,
    columns=[
        Column("cycle", _("Period"), lambda one: one.cycle, sort="cycle__start"),
        Column("team", _("Team"), lambda one: one.team),
        Column("stage", _("Stage"), lambda one: one.get_stage_display(), cell=stage_badge),
        Column(
            "due",
            _("Evaluation due"),
            lambda one: one.cycle.evaluation_due_at,
            "deadline",
            cell=evaluation_due,
        ),
        Column("score", _("Total score"), delivered_score, "number"),
    ],
    views=[
        SavedView(
            "open",
            _("To be evaluated"),
            lambda records, person: records.filter(stage=Stage.EVALUATION),
        ),
        SavedView(
            "waiting",
            _("Self-review open"),
            lambda records, person: records.filter(stage=Stage.SELF_REVIEW),
        ),
    ],
    order=("-cycle__start", "pk"),
    prepare=lambda records: records.complete(),
)

CYCLES = Listing(
    key="appraisal.cycles",
    model=Cycle,
    label=_("Appraisal cycles"),
    name=_("Period"),
    url=lambda cycle: f"/appraisal/cycles/{cycle.pk}",
    columns=[
        Column("stage", _("Stage"), lambda one: one.get_stage_display(), cell=stage_badge),
        Column("start", _("First day"), lambda one: one.start, "date", sort="start"),
        Column("end", _("Last day"), lambda one: one.end, "date", sort="end"),
        Column("rulebook", _("Rulebook"), lambda one: one.rulebook),
        Column("frozen", _("Evidence frozen"), lambda one: one.frozen_at, "date"),
        Column("closed", _("Closed on"), lambda one: one.closed_at, "date"),
    ],
    filters=[
        Filter("stage", _("Stage"), stages, lambda records, key: records.filter(stage=key)),
    ],
    order=("-start", "kind"),
    prepare=lambda records: records.select_related("rulebook"),
)


def appeal_badge(appeal: Appeal) -> SafeString:
    return badge(APPEAL_TONES[appeal.status], appeal.get_status_display())


def lies_with(appeal: Appeal) -> str:
    return role_label(appeal.lies_with) if appeal.pending else ""


def decision_due(appeal: Appeal) -> SafeString:
    due = appeal.decide_until
    near = due_badge(due) if appeal.pending else ""
    return format_html("{} {}{}", formats.day(due), near, provisional(due))


APPEALS = Listing(
    key="appraisal.appeals",
    model=Appeal,
    label=_("Appeals"),
    name=_("Number"),
    url=lambda appeal: f"/appraisal/appeals/{appeal.pk}",
    columns=[
        Column("person", _("Person"), lambda one: one.owner.name, sort="owner__name"),
        Column("cycle", _("Period"), lambda one: one.participant.cycle),
        Column("ground", _("What is wrong"), lambda one: one.get_ground_display()),
        Column("contested", _("Contested"), lambda one: one.contested),
        Column("status", _("Status"), lambda one: one.get_status_display(), cell=appeal_badge),
        Column("with", _("Lies with"), lies_with),
        Column("filed", _("Filed"), lambda one: one.filed_at, "date", sort="filed_at"),
        Column(
            "due",
            _("Decision due"),
            lambda one: one.decide_until,
            "deadline",
            cell=decision_due,
        ),
    ],
    views=[
        SavedView("pending", _("Pending"), lambda records, person: records.pending()),
        SavedView("own", _("My appeals"), lambda records, person: records.filter(owner=person)),
    ],
    order=("-filed_at", "-pk"),
    prepare=lambda records: records.select_related("owner", "participant__cycle"),
)
