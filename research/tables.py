"""The lists of this app."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from crm.searching import matching
from expansion.rulebook.selectors import rules_on
from expansion.ui.levels import LEVEL_COLUMN, LEVEL_FILTER, kept_badge
from expansion.ui.listing import Column, Filter, Listing, SavedView
from expansion.ui.templatetags.ui import badge
from expansion.worktime import Period
from research.models import Finding, ResearchPlan, ResearchReport
from research.selectors import unread_by
from research.wording import TONES, VALIDITY_TONES, choices, label_in, periods, topics


def sources(person: Any = None) -> list[tuple[str, Any]]:
    return choices(rules_on().research.sources)


def topic_choices(person: Any = None) -> list[tuple[str, Any]]:
    return topics(rules_on())


def period_choices(person: Any = None) -> list[tuple[str, str]]:
    return [(period.key, period.label) for period in periods(rules_on())]


def period_label(report: ResearchReport) -> str:
    return Period.parse(report.period).label


def to_read(records: QuerySet, person: Any) -> QuerySet:
    return records.filter(pk__in=unread_by(person).order_by().values("report_id"))


REPORTS = Listing(
    key="research.reports",
    model=ResearchReport,
    label=_("Research reports"),
    url=lambda report: f"/research/reports/{report.pk}",
    columns=[
        Column(
            "status",
            _("Status"),
            lambda r: r.get_status_display(),
            sort="status",
            cell=lambda r: badge(TONES[r.status], r.get_status_display()),
        ),
        Column("period", _("Period"), period_label, sort="period"),
        Column("number", _("Number"), lambda r: r.number, sort="number"),
        Column("owner", _("Author"), lambda r: r.owner.name, sort="owner__name"),
        Column("changed", _("Last change"), lambda r: r.updated_at, "moment", sort="updated_at"),
        Column("approved", _("Approved"), lambda r: r.approved_at, "moment", sort="approved_at"),
        Column(
            "distributed",
            _("Distributed"),
            lambda r: r.distributed_at,
            "moment",
            sort="distributed_at",
            shown=False,
        ),
        LEVEL_COLUMN,
    ],
    badges=kept_badge,
    filters=[
        LEVEL_FILTER,
        Filter(
            "status",
            _("Status"),
            lambda person: ResearchReport.Status.choices,
            lambda records, key: records.filter(status=key),
        ),
        Filter(
            "period",
            _("Period"),
            period_choices,
            lambda records, key: records.filter(period=key),
        ),
    ],
    views=[
        SavedView("mine", _("Mine"), lambda records, person: records.filter(owner=person)),
        SavedView("to_read", _("To read"), to_read),
        SavedView(
            "in_approval",
            _("In approval"),
            lambda records, person: records.filter(status=ResearchReport.Status.IN_APPROVAL),
        ),
        SavedView(
            "returned",
            _("Returned"),
            lambda records, person: records.filter(status=ResearchReport.Status.RETURNED),
        ),
    ],
    search=matching,
    search_hint=_("Title, pinyin, initials"),
    prepare=lambda records: records.select_related("owner"),
    name=_("Title"),
)

PLANS = Listing(
    key="research.plans",
    model=ResearchPlan,
    label=_("Research plans"),
    url=lambda plan: f"/research/plans/{plan.pk}",
    columns=[
        Column(
            "status",
            _("Status"),
            lambda p: p.get_status_display(),
            sort="status",
            cell=lambda p: badge(TONES[p.status], p.get_status_display()),
        ),
        Column("due", _("Information due by"), lambda p: p.due_on, "date", sort="due_on"),
        Column("owner", _("Author"), lambda p: p.owner.name, sort="owner__name"),
        Column("changed", _("Last change"), lambda p: p.updated_at, "moment", sort="updated_at"),
    ],
    filters=[
        Filter(
            "status",
            _("Status"),
            lambda person: ResearchPlan.Status.choices,
            lambda records, key: records.filter(status=key),
        )
    ],
    views=[
        SavedView("mine", _("Mine"), lambda records, person: records.filter(owner=person)),
        SavedView("running", _("Being carried out"), lambda records, person: records.collecting()),
    ],
    search=lambda records, text: records.filter(title__icontains=text),
    search_hint=_("Title"),
    prepare=lambda records: records.select_related("owner"),
    name=_("Title"),
)

FINDINGS = Listing(
    key="research.findings",
    model=Finding,
    label=_("Information library"),
    url=lambda finding: f"/research/findings/{finding.pk}",
    columns=[
        Column(
            "validity",
            _("Validity"),
            lambda f: f.get_validity_display(),
            sort="validity",
            cell=lambda f: badge(VALIDITY_TONES[f.validity], f.get_validity_display()),
        ),
        Column("source", _("Source"), lambda f: label_in(sources(), f.source), sort="source"),
        Column(
            "topic", _("Topic"), lambda f: label_in(topic_choices(), f.category), sort="category"
        ),
        Column(
            "collected",
            _("Collected on"),
            lambda f: f.collected_on,
            "date",
            sort="collected_on",
        ),
        Column("owner", _("Collected by"), lambda f: f.owner.name, sort="owner__name"),
        Column(
            "in_time",
            _("In time"),
            lambda f: _("late") if f.late else _("in time"),
            sort="late",
            cell=lambda f: badge("late", _("late")) if f.late else "",
        ),
        Column("adopted", _("Adopted"), lambda f: f.adopted_at, "date", sort="adopted_at"),
        Column("period", _("Period"), lambda f: f.period, shown=False),
        Column("origin", _("Publication or person"), lambda f: f.origin, shown=False),
    ],
    filters=[
        Filter("source", _("Source"), sources, lambda records, key: records.filter(source=key)),
        Filter(
            "topic",
            _("Topic"),
            topic_choices,
            lambda records, key: records.filter(category=key),
        ),
        Filter(
            "validity",
            _("Validity"),
            lambda person: Finding.Validity.choices,
            lambda records, key: records.filter(validity=key),
        ),
    ],
    views=[
        SavedView("mine", _("Mine"), lambda records, person: records.filter(owner=person)),
        SavedView(
            "unscreened",
            _("To be screened"),
            lambda records, person: records.filter(validity=Finding.Validity.UNSCREENED),
        ),
        SavedView("adopted", _("Adopted"), lambda records, person: records.adopted()),
        SavedView(
            "published",
            _("Published"),
            lambda records, person: records.exclude(published_at=None),
        ),
    ],
    search=matching,
    search_hint=_("Title, pinyin, initials"),
    prepare=lambda records: records.select_related("owner"),
    name=_("Title"),
)
