"""The API of courses, sessions and attendance."""

from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework import serializers

from expansion.api import Act, Named, Reason, RecordViewSet, Shown, Taken, Visible, routes
from expansion.people.models import User
from expansion.rulebook.api import under_rules
from training import services, tables
from training.models import Course, Enrolment, Session


class CourseShown(Shown):
    class Meta:
        model = Course
        fields = ["id", "version", "title", "category", "topic", "hours", "content"]


class CourseTaken(Taken):
    class Meta:
        model = Course
        fields = ["title", "category", "topic", "hours", "content"]


class CourseView(RecordViewSet):
    listing = tables.COURSES
    serializer_class = CourseShown
    creates = Act(under_rules(services.create_course), CourseTaken)
    changes = Act(
        under_rules(services.update_course),
        CourseTaken,
        versioned=True,
    )

    def records(self):
        return Course.objects.filter(deleted_at=None)


class SessionShown(Shown):
    course = Named()
    owner = Named()
    trainer = Named(allow_null=True)
    taken = serializers.IntegerField(read_only=True)

    class Meta:
        model = Session
        fields = [
            "id",
            "version",
            "course",
            "title",
            "mode",
            "starts_at",
            "ends_at",
            "hours",
            "place",
            "trainer",
            "outside_trainer",
            "capacity",
            "taken",
            "note",
            "status",
            "closed_reason",
            "owner",
        ]


class SessionTaken(Taken):
    trainer = Visible(queryset=User.objects.active(), required=False, allow_null=True)

    class Meta:
        model = Session
        fields = [
            "title",
            "mode",
            "starts_at",
            "ends_at",
            "hours",
            "place",
            "trainer",
            "outside_trainer",
            "capacity",
            "note",
        ]


class SessionMade(SessionTaken):
    course = Visible(queryset=Course.objects.filter(deleted_at=None))
    title = serializers.CharField(max_length=120, required=False, allow_blank=True)
    hours = serializers.DecimalField(5, 1, required=False, allow_null=True)

    class Meta(SessionTaken.Meta):
        fields = ["course", *SessionTaken.Meta.fields]


class EnrolmentShown(Shown):
    session = Named()
    owner = Named()

    class Meta:
        model = Enrolment
        fields = [
            "id",
            "version",
            "session",
            "owner",
            "attendance",
            "hours",
            "withdrawn_at",
            "marked_at",
        ]


class Enrolling(serializers.Serializer):
    """Oneself, or somebody else where one organises the session."""

    person = Visible(queryset=User.objects.active(), required=False)


class Mark(serializers.Serializer):
    enrolment = serializers.IntegerField(min_value=1)
    attendance = serializers.ChoiceField(Enrolment.Attendance.choices)


class Marks(serializers.Serializer):
    marks = Mark(many=True, allow_empty=False)


def mark_attendance(*, marks: Iterable[Mapping[str, Any]], **given: Any) -> Session:
    """Keeps who was there; only attended hours count."""
    by_id = {one["enrolment"]: one["attendance"] for one in marks}
    return services.mark_attendance(marks=by_id, **given)


class SessionView(RecordViewSet):
    listing = tables.SESSIONS
    serializer_class = SessionShown
    creates = Act(under_rules(services.create_session), SessionMade)
    changes = Act(
        under_rules(services.update_session),
        SessionTaken,
        versioned=True,
    )
    verbs = {
        "open": Act(services.open_enrolment),
        "enrol": Act(services.enrol, Enrolling, EnrolmentShown, asks="enrol"),
        "attendance": Act(mark_attendance, Marks, asks="mark"),
        "close": Act(services.close_session),
        "cancel": Act(services.cancel_session, Reason),
    }

    def records(self):
        return tables.with_seats(Session.objects.live().select_related("owner"))


class EnrolmentView(RecordViewSet):
    listing = tables.ENROLMENTS
    serializer_class = EnrolmentShown
    verbs = {"withdraw": Act(services.withdraw, asks="withdraw")}

    def records(self):
        found = Enrolment.objects.filter(session__deleted_at=None)
        return found.select_related("session", "owner")


urlpatterns = routes(
    "training", {"courses": CourseView, "sessions": SessionView, "enrolments": EnrolmentView}
)
