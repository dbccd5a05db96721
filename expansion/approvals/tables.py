"""The lists of this room."""

from typing import Any

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from expansion import clock, offers
from expansion.approvals.models import Decision, Request, RequestQuerySet
from expansion.approvals.wording import TONES, role_label
from expansion.ui.listing import Column, Filter, Listing, SavedView
from expansion.ui.templatetags.ui import badge, stamp


def kind_label(kind: str) -> Any:
    """What is approved, in the words of the app that offers it."""
    return next((one.label for one in offers.of(offers.Subject) if one.kind == kind), kind)


def kinds(person: Any) -> list[tuple[str, Any]]:
    return [(one.kind, one.label) for one in offers.of(offers.Subject)]


def with_due(records: QuerySet[Request]) -> QuerySet[Request]:
    due = Max("steps__due_at", filter=Q(steps__status="open"))
    return records.select_related("submitted_by").annotate(due_at=due)


def overdue(records: RequestQuerySet, person: Any) -> RequestQuerySet:
    late = Q(steps__status="open", steps__due_at__lte=clock.now())
    return records.pending().filter(late)


REQUESTS = Listing(
    key="approvals.requests",
    model=Request,
    label=_("Approvals"),
    url=lambda request: f"/approvals/{request.pk}",
    columns=[
        Column(
            "status",
            _("Status"),
            lambda r: r.get_status_display(),
            sort="status",
            cell=lambda r: badge(TONES[r.status], r.get_status_display()),
        ),
        Column("kind", _("Kind"), lambda r: kind_label(r.kind), sort="kind"),
        Column("by", _("Submitted by"), lambda r: r.submitted_by.name, sort="submitted_by__name"),
        Column("round", _("Round"), lambda r: r.round, "number", sort="round"),
        Column("at", _("Submitted"), lambda r: r.submitted_at, "moment", sort="submitted_at"),
        Column("due", _("Due"), lambda r: r.due_at, "deadline"),
        Column("closed", _("Closed"), lambda r: r.closed_at, "moment", sort="closed_at"),
    ],
    filters=[
        Filter(
            "status",
            _("Status"),
            lambda person: Request.Status.choices,
            lambda records, key: records.filter(status=key),
        ),
        Filter("kind", _("Kind"), kinds, lambda records, key: records.filter(kind=key)),
    ],
    views=[
        SavedView(
            "mine",
            _("Submitted by me"),
            lambda records, person: records.filter(submitted_by=person),
        ),
        SavedView(
            "decided",
            _("Decided by me"),
            lambda records, person: records.filter(
                pk__in=Decision.objects.filter(by=person).values("step__request_id")
            ),
        ),
        SavedView("overdue", _("Overdue"), overdue),
    ],
    search=lambda records, text: records.filter(title__icontains=text),
    search_hint=_("Title"),
    order=("-submitted_at", "-pk"),
    prepare=with_due,
    name=_("Title"),
)

ACTS = Listing(
    key="approvals.acts",
    model=Decision,
    label=_("Decided for somebody absent"),
    url=lambda made: f"/approvals/{made.step.request_id}",
    title=lambda made: made.step.request.title,
    columns=[
        Column("at", _("Moment"), lambda d: d.at, "moment", sort="at"),
        Column("decision", _("Decision"), lambda d: d.get_decision_display(), sort="decision"),
        Column("step", _("Step"), lambda d: role_label(d.step.role)),
        Column(
            "for",
            _("For"),
            lambda d: f"{d.by.name} → {d.for_person.name}",
            cell=lambda d: stamp(d.by.name, d.for_person.name),
        ),
        Column("comment", _("Comment"), lambda d: d.comment),
    ],
    order=("-at", "-pk"),
    prepare=lambda records: records.select_related("step__request", "by", "for_person"),
    name=_("Title"),
)
