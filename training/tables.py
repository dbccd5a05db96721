"""The lists of this app."""

from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from crm.tables import label_in
from expansion import clock
from expansion.rulebook.selectors import rules_on
from expansion.ui import formats
from expansion.ui.listing import Column, Filter, Listing, SavedView
from expansion.ui.templatetags.ui import badge
from training.models import Course, Enrolment, Session

TONES = {
    Session.Status.PLANNED: "neutral",
    Session.Status.ENROLMENT: "info",
    Session.Status.HELD: "due",
    Session.Status.CLOSED: "done",
    Session.Status.CANCELLED: "neutral",
}
MARK_TONES = {"attended": "done", "excused": "neutral", "absent": "late", "": "neutral"}


def status_badge(session: Session) -> SafeString:
    return badge(TONES[Session.Status(session.status)], session.get_status_display())


def mark_badge(enrolment: Enrolment) -> SafeString:
    word = enrolment.get_attendance_display() if enrolment.attendance else _("not marked")
    return badge(MARK_TONES[enrolment.attendance], word)


def mode_label(session: Session) -> str:
    return label_in(rules_on().training.modes, session.mode)


def modes(person: Any) -> list[tuple[str, str]]:
    return [(item.key, item.label()) for item in rules_on().training.modes]


def with_seats(sessions: QuerySet) -> QuerySet:
    """Sessions with how many seats are taken, in the one query."""
    standing = Enrolment.objects.filter(session=OuterRef("pk"), withdrawn_at=None).order_by()
    counted = standing.values("session").annotate(many=Count("pk")).values("many")
    return sessions.select_related("trainer", "course").annotate(
        taken=Coalesce(Subquery(counted), 0)
    )


def seats_label(session: Session) -> str:
    return f"{session.taken} / {session.capacity}"


def enrolled(records: QuerySet, person: Any) -> QuerySet:
    mine = Enrolment.objects.live().filter(owner=person).order_by().values("session_id")
    return records.filter(pk__in=mine)


def containing(records: QuerySet, text: str) -> QuerySet:
    """By title, place or trainer: there are dozens of sessions, not thousands."""
    return records.filter(
        Q(title__icontains=text)
        | Q(place__icontains=text)
        | Q(trainer__search__icontains=text)
        | Q(outside_trainer__icontains=text)
    )


SESSIONS = Listing(
    key="training.sessions",
    model=Session,
    label=_("Training"),
    url=lambda session: f"/training/sessions/{session.pk}",
    columns=[
        Column(
            "starts_at", _("Starts"), lambda session: session.starts_at, "moment", sort="starts_at"
        ),
        Column("mode", _("Mode"), mode_label, sort="mode"),
        Column("trainer", _("Trainer"), lambda session: session.trainer_name),
        Column("place", _("Place or link"), lambda session: session.place, sort="place"),
        Column("seats", _("Seats taken"), seats_label),
        Column("hours", _("Hours"), lambda session: session.hours, "number", sort="hours"),
        Column(
            "status",
            _("Status"),
            lambda session: session.get_status_display(),
            sort="status",
            cell=status_badge,
        ),
    ],
    filters=[
        Filter("mode", _("Mode"), modes, lambda records, key: records.filter(mode=key)),
        Filter(
            "status",
            _("Status"),
            lambda person: Session.Status.choices,
            lambda records, key: records.filter(status=key),
        ),
    ],
    views=[
        SavedView("ahead", _("Ahead"), lambda records, person: records.ahead(clock.now())),
        SavedView("mine", _("I take part"), enrolled),
        SavedView("given", _("I give"), lambda records, person: records.filter(trainer=person)),
    ],
    search=containing,
    search_hint=_("Title, place, trainer"),
    order=("-starts_at", "-pk"),
    prepare=with_seats,
)

ENROLMENTS = Listing(
    key="training.enrolments",
    model=Enrolment,
    label=_("Who attended"),
    url=lambda enrolment: f"/training/sessions/{enrolment.session_id}",
    title=lambda enrolment: enrolment.owner.name,
    columns=[
        Column(
            "session",
            _("Session"),
            lambda enrolment: enrolment.session.title,
            sort="session__title",
        ),
        Column(
            "starts_at",
            _("Starts"),
            lambda enrolment: enrolment.session.starts_at,
            "moment",
            sort="session__starts_at",
        ),
        Column("team", _("Team"), lambda enrolment: str(enrolment.team), sort="team__order"),
        Column(
            "attendance",
            _("Who attended"),
            lambda enrolment: enrolment.get_attendance_display(),
            sort="attendance",
            cell=mark_badge,
        ),
        Column("hours", _("Hours"), lambda enrolment: enrolment.hours, "number", sort="hours"),
    ],
    filters=[
        Filter(
            "attendance",
            _("Who attended"),
            lambda person: Enrolment.Attendance.choices,
            lambda records, key: records.filter(attendance=key),
        ),
    ],
    views=[SavedView("mine", _("Mine"), lambda records, person: records.filter(owner=person))],
    search=lambda records, text: records.filter(
        Q(owner__search__icontains=text) | Q(session__title__icontains=text)
    ),
    search_hint=_("Person, pinyin, session"),
    order=("-session__starts_at", "pk"),
    name=_("Participant"),
    prepare=lambda records: records.select_related("owner", "session", "team"),
)


def category_label(course: Course) -> str:
    return label_in(rules_on().training.categories, course.category)


def topic_label(course: Course) -> str:
    return label_in(rules_on().training.topics, course.topic) or formats.NOTHING


COURSES = Listing(
    key="training.courses",
    model=Course,
    label=_("Courses"),
    url=lambda course: f"/training/courses/{course.pk}",
    columns=[
        Column(
            "category",
            _("Category"),
            category_label,
            sort="category",
        ),
        Column(
            "topic",
            _("Subject area"),
            topic_label,
            sort="topic",
        ),
        Column("hours", _("Hours"), lambda course: course.hours, "number", sort="hours"),
    ],
    filters=[
        Filter(
            "category",
            _("Category"),
            lambda person: [(item.key, item.label()) for item in rules_on().training.categories],
            lambda records, key: records.filter(category=key),
        ),
    ],
    search=lambda records, text: records.filter(title__icontains=text),
    search_hint=_("Title"),
    order=("title", "pk"),
)
