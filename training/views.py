"""Pages of training: sessions, attendance, catalogue."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import access, clock
from expansion.rulebook.selectors import rules_on
from expansion.transfer.models import Export
from expansion.transfer.services.exports import export
from expansion.ui import formats
from expansion.ui.drawing import Page
from expansion.ui.forms import ReasonForm, ServiceForm
from expansion.ui.gates import SIGNED_IN
from expansion.ui.pages import ActPage, DetailPage, FormPage, ListPage
from training import forms, services, tables
from training.models import Course, Enrolment, Session

MOST_SESSIONS = 50  # of a course on its page


def segments(active: str) -> list[dict[str, Any]]:
    """The three lists of this app as joined buttons."""
    lists = (
        ("sessions", _("Sessions"), "/training/sessions/"),
        ("courses", _("Courses"), "/training/courses/"),
        ("enrolments", _("Who attended"), "/training/enrolments/"),
    )
    return [{"label": label, "url": url, "active": key == active} for key, label, url in lists]


class TrainingList(ListPage):
    template = "training/list.html"
    segment = ""

    def context(self, page: Page) -> dict[str, Any]:
        return super().context(page) | {"segments": segments(self.segment)}


class SessionList(TrainingList):
    listing = tables.SESSIONS
    segment = "sessions"
    create_route = "training:session-create"
    create_label = lazy("New session")
    empty = {
        "icon": "school",
        "title": lazy("No training yet"),
        "text": lazy("Plan the first session of a course."),
    }

    def records(self):
        return Session.objects.live()


class CourseList(TrainingList):
    listing = tables.COURSES
    segment = "courses"
    create_route = "training:course-create"
    create_label = lazy("New course")
    empty = {
        "icon": "school",
        "title": lazy("No courses yet"),
        "text": lazy("Write the first course of the catalogue."),
    }

    def records(self):
        return Course.objects.filter(deleted_at=None)


class EnrolmentList(TrainingList):
    listing = tables.ENROLMENTS
    segment = "enrolments"
    export_route = "transfer:export-create"
    empty = {
        "icon": "school",
        "title": lazy("Nobody has enrolled yet"),
        "text": lazy("Enrol in one of the sessions ahead."),
    }

    def records(self):
        return Enrolment.objects.live()


class SessionDetail(DetailPage):
    model = Session
    template = "training/session.html"

    def records(self):
        return tables.with_seats(Session.objects.live().select_related("owner", "team"))

    def context(self, record: Session) -> dict[str, Any]:
        person = self.request.user
        visible = access.visible_to(person, record.enrolments.live())
        mine = record.enrolments.live().filter(owner=person).first()
        return {
            "badge": tables.status_badge(record),
            "facts": facts(record),
            "participants": [
                {"enrolment": one, "badge": tables.mark_badge(one)}
                for one in visible.select_related("owner", "team")
            ],
            "mine": mine,
            **self._acts(record, mine),
        }

    def _acts(self, record: Session, mine: Enrolment | None) -> dict[str, bool]:
        person, now = self.request.user, clock.now()
        edit = access.can(person, "edit", record)
        ahead = record.status in Session.AHEAD
        enrolling = record.status == Session.Status.ENROLMENT and record.starts_at > now
        begun = record.starts_at <= now and (ahead or record.status == Session.Status.HELD)
        free = record.taken < record.capacity
        return {
            "may_edit": edit and ahead,
            "may_open": edit and record.status == Session.Status.PLANNED,
            "may_enrol": enrolling and free and not mine and access.can(person, "enrol", record),
            "may_enrol_others": enrolling and free and edit,
            "may_withdraw": mine is not None and ahead and record.starts_at > now,
            "may_mark": begun and access.can(person, "mark", record),
            "may_close": edit and record.status == Session.Status.HELD,
            "may_export": access.can(person, "export", record),
        }


def facts(session: Session) -> list[dict[str, Any]]:
    return [
        {"label": _("Starts"), "value": formats.moment(session.starts_at)},
        {"label": _("Ends"), "value": formats.moment(session.ends_at)},
        {"label": _("Mode"), "value": tables.mode_label(session)},
        {"label": _("Trainer"), "value": session.trainer_name or formats.NOTHING},
        {"label": _("Seats taken"), "value": tables.seats_label(session)},
        {"label": _("Hours"), "value": formats.number(session.hours)},
    ]


class CourseDetail(DetailPage):
    """What is taught, and when it was and will be held."""

    model = Course
    template = "training/course.html"

    def records(self):
        return Course.objects.filter(deleted_at=None)

    def context(self, record: Course) -> dict[str, Any]:
        person = self.request.user
        held = access.visible_to(person, record.sessions.live()).order_by("-starts_at", "-pk")
        return {
            "facts": [
                {
                    "label": _("Category"),
                    "value": tables.category_label(record),
                },
                {"label": _("Subject area"), "value": tables.topic_label(record)},
                {"label": _("Hours"), "value": formats.number(record.hours)},
            ],
            "sessions": [
                {"session": one, "badge": tables.status_badge(one)} for one in held[:MOST_SESSIONS]
            ],
            "may_edit": access.can(person, "edit", record),
            "may_plan": access.can(person, "create", Session),
        }


class CourseForm(FormPage):
    model = Course
    form = forms.CourseForm
    done = lazy("Course saved")

    def records(self):
        return Course.objects.filter(deleted_at=None)


class CourseCreate(CourseForm):
    title = lazy("New course")

    def service(self, **values: Any) -> Course:
        return services.create_course(rules=rules_on(), **values)


class CourseEdit(CourseForm):
    action = "edit"
    title = lazy("Edit course")

    def service(self, **values: Any) -> Course:
        return services.update_course(rules=rules_on(), **values)


class SessionForm(FormPage):
    model = Session
    form = forms.SessionForm
    done = lazy("Session saved")

    def records(self):
        return Session.objects.live()


class SessionCreate(SessionForm):
    title = lazy("New session")

    def service(self, **values: Any) -> Session:
        return services.create_session(rules=rules_on(), **values)


class SessionEdit(SessionForm):
    action = "edit"
    title = lazy("Edit session")

    def service(self, **values: Any) -> Session:
        return services.update_session(rules=rules_on(), **values)


class SessionAct(ActPage):
    model = Session
    form = forms.ConfirmForm

    def records(self):
        return Session.objects.live()


class SessionOpen(SessionAct):
    title = lazy("Open enrolment")
    verb = lazy("Open enrolment")
    done = lazy("Enrolment is open")

    def service(self, **values: Any) -> Session:
        return services.open_enrolment(**values)


class SessionEnrol(SessionAct):
    action = "enrol"
    title = lazy("Enrol")
    verb = lazy("Enrol")
    done = lazy("Enrolled")

    def service(self, **values: Any) -> Enrolment:
        return services.enrol(**values)


class SessionEnrolOther(SessionEnrol):
    action = "edit"
    form = forms.EnrolForm
    title = lazy("Enrol somebody")


class SessionAttendance(SessionAct):
    action = "mark"
    form = forms.AttendanceForm
    title = lazy("Mark attendance")
    verb = lazy("Save")
    done = lazy("Attendance saved")

    def make_form(self, **given: Any) -> ServiceForm:
        enrolments = self.record.enrolments.live().select_related("owner")
        return self.form(person=self.request.user, enrolments=enrolments, **given)

    def service(self, **values: Any) -> Session:
        return services.mark_attendance(**values)


class SessionClose(SessionAct):
    title = lazy("Close session")
    verb = lazy("Close session")
    done = lazy("Session closed")

    def service(self, **values: Any) -> Session:
        return services.close_session(**values)


class SessionCancel(SessionAct):
    form = ReasonForm
    danger = True
    title = lazy("Call session off")
    verb = lazy("Call session off")
    done = lazy("Session called off")

    def service(self, **values: Any) -> Session:
        return services.cancel_session(**values)


class SessionSheet(SessionAct):
    """The attendance sheet as a workbook; the export is logged and leads to the file."""

    action = "export"
    title = lazy("Attendance sheet")
    verb = lazy("Export")

    def service(self, *, actor: Any, record: Session) -> Export:
        records = record.enrolments.live()
        return export(actor=actor, rules=rules_on(), listing=tables.ENROLMENTS, records=records)


class EnrolmentWithdraw(ActPage):
    gate = SIGNED_IN
    model = Enrolment
    action = "withdraw"
    form = forms.ConfirmForm
    danger = True
    title = lazy("Give the seat back")
    verb = lazy("Give back")
    done = lazy("Seat given back")

    def records(self):
        return Enrolment.objects.filter(session__deleted_at=None).select_related("session")

    def service(self, **values: Any) -> Enrolment:
        return services.withdraw(**values)
