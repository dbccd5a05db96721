"""The lists of openings, candidates and changes of staff."""

from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from expansion import clock
from expansion.office.models import Candidate, Opening, PersonnelChange
from expansion.office.selectors.personnel import average, due, units, with_hires
from expansion.people.models import Membership
from expansion.people.selectors import Tree
from expansion.ui import formats
from expansion.ui.listing import Column, Filter, Listing, SavedView
from expansion.ui.templatetags.ui import badge, due_badge

OPENING_TONES = {
    Opening.Status.DRAFT: "neutral",
    Opening.Status.OPEN: "info",
    Opening.Status.FILLED: "done",
    Opening.Status.WITHDRAWN: "neutral",
}
DECISION_TONES = {
    Candidate.Decision.PENDING: "due",
    Candidate.Decision.INVITED: "info",
    Candidate.Decision.CHOSEN: "done",
    Candidate.Decision.DECLINED: "neutral",
}
CHANGE_TONES = {
    PersonnelChange.Status.PROPOSED: "info",
    PersonnelChange.Status.RETURNED: "due",
    PersonnelChange.Status.APPROVED: "done",
    PersonnelChange.Status.EFFECTIVE: "done",
    PersonnelChange.Status.REJECTED: "late",
    PersonnelChange.Status.WITHDRAWN: "neutral",
}


def opening_badge(opening: Opening) -> SafeString:
    return badge(OPENING_TONES[Opening.Status(opening.status)], opening.get_status_display())


def candidate_badge(candidate: Candidate) -> SafeString:
    tone = DECISION_TONES[Candidate.Decision(candidate.decision)]
    return badge(tone, candidate.get_decision_display())


def change_badge(change: PersonnelChange) -> SafeString:
    if change.status == PersonnelChange.Status.APPROVED and change.held_up:
        return badge("late", _("held up"))
    tone = CHANGE_TONES[PersonnelChange.Status(change.status)]
    return badge(tone, change.get_status_display())


def in_unit(records: QuerySet, key: str) -> QuerySet:
    """Those of the unit and of all units below it."""
    unit = units().get(key=key)
    return records.filter(team__in=Tree().below(unit.pk))


def unit_choices(person: Any) -> list[tuple[str, str]]:
    return [(unit.key, str(unit)) for unit in units()]


def places(opening: Opening) -> str:
    """How many of the places are hired for, those under way included: 1 / 2."""
    return f"{opening.hires} / {opening.places}"


def wanted(opening: Opening) -> SafeString | str:
    plain = formats.day(opening.wanted_on)
    return (due_badge(opening.wanted_on) or plain) if opening.status == "open" else plain


def of_opening_status(records: QuerySet, key: str) -> QuerySet:
    return records.filter(status=key)


OPENINGS = Listing(
    key="office.openings",
    model=Opening,
    label=lazy("Openings"),
    name=pgettext_lazy("of the department", "Post"),
    title=str,
    url=lambda one: one.get_absolute_url(),
    columns=[
        Column(
            "status",
            lazy("Status"),
            lambda one: one.get_status_display(),
            sort="status",
            cell=opening_badge,
            phone="beside",
        ),
        Column("team", lazy("Unit"), lambda one: str(one.team), sort="team__order", shown=False),
        Column("places", lazy("Hired / places"), places, phone="line"),
        Column("applicants", lazy("Candidates"), lambda one: one.applicants, "number"),
        Column(
            "wanted_on",
            lazy("Wanted by"),
            lambda one: one.wanted_on,
            "date",
            sort="wanted_on",
            cell=wanted,
            phone="line",
        ),
        Column("owner", lazy("Opened by"), lambda one: one.owner.name),
        Column("skills", lazy("Skills asked for"), lambda one: one.skills, shown=False, width=40),
        Column("traits", lazy("Traits asked for"), lambda one: one.traits, shown=False, width=40),
        Column("reason", lazy("Reason"), lambda one: one.reason, shown=False, width=40),
    ],
    filters=[
        Filter("status", lazy("Status"), lambda person: Opening.Status.choices, of_opening_status),
        Filter("unit", lazy("Unit"), unit_choices, in_unit),
    ],
    views=[
        SavedView(
            "open", lazy("Recruiting"), lambda records, person: records.filter(status="open")
        ),
        SavedView("mine", lazy("Mine"), lambda records, person: records.filter(owner=person)),
    ],
    search=lambda records, text: records.filter(
        Q(post__title__icontains=text) | Q(skills__icontains=text) | Q(reason__icontains=text)
    ),
    search_hint=lazy("Post, skills, reason"),
    order=("wanted_on", "-pk"),
    prepare=lambda records: with_hires(records).select_related("team", "post", "owner"),
)


def opening_choices(person: Any) -> list[tuple[str, str]]:
    found = Opening.objects.exclude(candidates=None).select_related("team", "post")
    return [(str(one.pk), str(one)) for one in found]


CANDIDATES = Listing(
    key="office.candidates",
    model=Candidate,
    label=lazy("Candidates"),
    name=lazy("Full name"),
    title=str,
    url=lambda one: one.get_absolute_url(),
    columns=[
        Column(
            "decision",
            lazy("Decision"),
            lambda one: one.get_decision_display(),
            sort="decision",
            cell=candidate_badge,
            phone="beside",
        ),
        Column("opening", lazy("Opening"), lambda one: str(one.opening), phone="line"),
        Column("rating", lazy("Mean rating"), average, phone="line"),
        Column("phone", lazy("Phone"), lambda one: one.phone, "phone"),
        Column("source", lazy("Where from"), lambda one: one.source, sort="source"),
        Column(
            "created_at",
            lazy("Noted on"),
            lambda one: clock.local_date(one.created_at),
            "date",
            sort="created_at",
            phone="line",
        ),
        Column(
            "reason",
            lazy("Reason of the decision"),
            lambda one: one.decision_reason,
            shown=False,
            width=40,
        ),
    ],
    filters=[
        Filter(
            "decision",
            lazy("Decision"),
            lambda person: Candidate.Decision.choices,
            lambda records, key: records.filter(decision=key),
        ),
        Filter(
            "opening",
            lazy("Opening"),
            opening_choices,
            lambda records, key: records.filter(opening=key),
            many=True,
        ),
    ],
    views=[
        SavedView(
            "pending",
            lazy("Not decided yet"),
            lambda records, person: records.filter(decision="pending", forgotten_at=None),
        ),
        SavedView(
            "chosen",
            lazy("Chosen"),
            lambda records, person: records.filter(decision="chosen"),
        ),
    ],
    search=lambda records, text: records.filter(
        Q(name__icontains=text) | Q(source__icontains=text)
    ),
    search_hint=lazy("Name, where from"),
    order=("-created_at", "-pk"),
    prepare=lambda records: records.select_related("opening__team", "opening__post"),
)


def given_up(change: PersonnelChange) -> str:
    return _(", ").join(f"{seat.unit} · {seat.post}" for seat in change.seats.all())


def leads_to(change: PersonnelChange) -> str:
    return f"{change.to_unit} · {change.to_post}" if change.to_unit else ""


def with_places(records: QuerySet) -> QuerySet:
    seats = Membership.objects.select_related("unit", "post")
    found = records.select_related("person", "owner", "team", "to_unit", "to_post", "candidate")
    return found.prefetch_related(Prefetch("seats", seats))


CHANGES = Listing(
    key="office.changes",
    model=PersonnelChange,
    label=lazy("Changes of staff"),
    name=lazy("Person"),
    title=lambda one: one.whom,
    url=lambda one: one.get_absolute_url(),
    columns=[
        Column(
            "status",
            lazy("Status"),
            lambda one: one.get_status_display(),
            sort="status",
            cell=change_badge,
            phone="beside",
        ),
        Column(
            "kind",
            lazy("Kind"),
            lambda one: one.get_kind_display(),
            sort="kind",
            phone="line",
        ),
        Column("from", lazy("Posts given up"), given_up),
        Column("to", lazy("Post taken up"), leads_to, phone="line"),
        Column(
            "effective_on",
            lazy("Effective on"),
            lambda one: one.effective_on,
            "date",
            sort="effective_on",
            phone="line",
        ),
        Column("owner", lazy("Proposed by"), lambda one: one.owner.name),
        Column("reason", lazy("Reason"), lambda one: one.reason, shown=False, width=40),
        Column("source", lazy("Follows from"), lambda one: one.source_case, shown=False),
        Column("held_up", lazy("What holds it up"), lambda one: one.held_up, shown=False, width=40),
        Column(
            "effective_at",
            lazy("Took effect at"),
            lambda one: one.effective_at,
            "moment",
            sort="effective_at",
            shown=False,
        ),
    ],
    filters=[
        Filter(
            "kind",
            lazy("Kind"),
            lambda person: PersonnelChange.Kind.choices,
            lambda records, key: records.filter(kind=key),
        ),
        Filter(
            "status",
            lazy("Status"),
            lambda person: PersonnelChange.Status.choices,
            lambda records, key: records.filter(status=key),
        ),
        Filter("unit", lazy("Unit"), unit_choices, in_unit),
    ],
    views=[
        SavedView(
            "waiting",
            lazy("Waiting for their day"),
            lambda records, person: records.filter(status="approved"),
        ),
        SavedView(
            "due",
            lazy("Held up"),
            lambda records, person: records.filter(pk__in=due().values("pk")),
        ),
    ],
    search=lambda records, text: records.filter(
        Q(person__search__icontains=text) | Q(name__icontains=text) | Q(reason__icontains=text)
    ),
    search_hint=lazy("Person, reason"),
    order=("-effective_on", "-pk"),
    prepare=with_places,
)
