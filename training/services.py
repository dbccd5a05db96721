"""Writes over courses, sessions and attendance (R-trn-03, R-trn-04)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Invalid, NotNow
from expansion.notices.services import tell
from expansion.people.models import User
from expansion.people.selectors import home_unit
from expansion.records import differences, lock, snapshot
from expansion.rulebook.schema import Rules
from expansion.rulebook.values import offered
from expansion.ui import formats
from training.models import Course, Enrolment, Session

COURSE_FIELDS = ("title", "category", "topic", "hours", "content")
SESSION_FIELDS = (
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
)
LONGEST = Decimal("999.9")
AHEAD = timedelta(hours=24)
Status = Session.Status
Attendance = Enrolment.Attendance


@transaction.atomic
def create_course(*, actor: User, rules: Rules, **values: Any) -> Course:
    """A course of the catalogue (A-6.2).

    Raises:
        Invalid: the rulebook has no such category or topic, or the hours do not hold.
    """
    access.require(actor, "create", Course)
    course = Course(**values)
    _check_course(course, rules)
    course.save()
    changes = {"title": [None, course.title]}
    write(actor=actor, verb="training.course.created", about=course, changes=changes)
    return course


@transaction.atomic
def update_course(
    *, actor: User, record: Course, rules: Rules, version: int | None = None, **values: Any
) -> Course:
    """Changes a course; its sessions keep the hours they were planned with.

    Raises:
        Stale: somebody has changed it since `version`.
    """
    access.require(actor, "edit", record)
    course = lock(Course.objects.filter(deleted_at=None), record.pk, version=version)
    before = snapshot(course, COURSE_FIELDS)
    for name in COURSE_FIELDS:
        setattr(course, name, values.get(name, getattr(course, name)))
    _check_course(course, rules, before)
    course.version += 1
    course.save()
    changes = differences(before, snapshot(course, COURSE_FIELDS))
    write(actor=actor, verb="training.course.changed", about=course, changes=changes)
    return course


@transaction.atomic
def create_session(
    *,
    actor: User,
    rules: Rules,
    course: Course,
    title: str = "",
    hours: Decimal | None = None,
    **values: Any,
) -> Session:
    """Plans a session; title and hours are the course's where none are given.

    Raises:
        Invalid: the mode is not the rulebook's (A-6.3), or times, seats or trainer do not hold.
    """
    access.require(actor, "create", Session)
    session = Session(
        course=course,
        owner=actor,
        team=home_unit(actor),
        title=title.strip() or course.title,
        hours=course.hours if hours is None else hours,
        **values,
    )
    _check_session(session, rules)
    session.save()
    changes = {"title": [None, session.title], "starts_at": [None, session.starts_at]}
    write(actor=actor, verb="training.session.created", about=session, changes=changes)
    return session


@transaction.atomic
def update_session(
    *, actor: User, record: Session, rules: Rules, version: int | None = None, **values: Any
) -> Session:
    """Changes a session that has not been held; who is enrolled hears of another time or place.

    Raises:
        Stale: somebody has changed it since `version`.
        NotNow: it has been held or cancelled.
        Invalid: something does not hold, or there are fewer seats than people.
    """
    access.require(actor, "edit", record)
    session = lock(Session.objects.live(), record.pk, version=version)
    if session.status not in Session.AHEAD:
        raise NotNow(_status_sentence(session))
    before = snapshot(session, SESSION_FIELDS)
    for name in SESSION_FIELDS:
        setattr(session, name, values.get(name, getattr(session, name)))
    _check_session(session, rules, kept_mode=before["mode"])
    taken = session.enrolments.live().count()
    if session.capacity < taken:
        text = _("%(taken)d people are enrolled already.") % {"taken": taken}
        raise Invalid(fields={"capacity": [text]})
    changes = differences(before, snapshot(session, SESSION_FIELDS))
    if {"starts_at", "place"} & set(changes):
        _tell_moved(actor, session)
    return _changed(actor, session, "changed", changes)


@transaction.atomic
def open_enrolment(*, actor: User, record: Session) -> Session:
    """From planned to enrolment: from now on people enrol themselves."""
    access.require(actor, "edit", record)
    session = lock(Session.objects.live(), record.pk)
    if session.status != Status.PLANNED:
        raise NotNow(_status_sentence(session))
    return _to(actor, session, Status.ENROLMENT)


@transaction.atomic
def enrol(*, actor: User, record: Session, person: User | None = None) -> Enrolment:
    """Enrols oneself, or somebody else where one organises the session.

    Raises:
        Forbidden: training is not for this role, or somebody else is not this person's to enrol.
        NotNow: enrolment is not open, the session has begun, or all seats are taken.
        Invalid: the person is enrolled already.
    """
    access.require(actor, "enrol", record)
    person = person or actor
    if person != actor:
        access.require(actor, "edit", record)
    session = lock(Session.objects.live(), record.pk)
    if session.status != Status.ENROLMENT or session.starts_at <= clock.now():
        raise NotNow(_("Enrolment is not open for this session."))
    standing = session.enrolments.live()
    if standing.filter(owner=person).exists():
        raise Invalid(_("%(name)s is enrolled already.") % {"name": person.name})
    if standing.count() >= session.capacity:
        raise NotNow(_("All %(seats)d seats are taken.") % {"seats": session.capacity})
    enrolment = Enrolment.objects.create(
        session=session, owner=person, team=home_unit(person), enrolled_by=actor
    )
    changes = {"participant": [None, person.name]}
    write(actor=actor, verb="training.session.enrolled", about=session, changes=changes)
    if person != actor:
        _tell(session, [person], "enrolled", lambda: _("You are enrolled: %(what)s"), actor=actor)
    return enrolment


@transaction.atomic
def withdraw(*, actor: User, record: Enrolment) -> Enrolment:
    """Gives the seat back before the session begins.

    Raises:
        NotNow: it has begun, been held or cancelled, or the seat was given back already.
    """
    access.require(actor, "withdraw", record)
    session = lock(Session.objects.live(), record.session_id)
    enrolment = lock(Enrolment.objects.select_related("owner"), record.pk)
    if enrolment.withdrawn_at:
        raise NotNow(_("This seat was given back already."))
    if session.status not in Session.AHEAD or session.starts_at <= clock.now():
        raise NotNow(_("The session has begun. Ask the trainer to excuse you."))
    enrolment.withdrawn_at = clock.now()
    enrolment.version += 1
    enrolment.save()
    changes = {"participant": [enrolment.owner.name, None]}
    write(actor=actor, verb="training.session.withdrawn", about=session, changes=changes)
    return enrolment


@transaction.atomic
def mark_attendance(*, actor: User, record: Session, marks: Mapping[int, str]) -> Session:
    """Keeps who was there: {enrolment id: attended, excused or absent}; only attended hours count.

    The first marks make the session held.

    Raises:
        NotNow: it has not begun, is closed or was cancelled.
        Invalid: a mark is none of the three, or belongs to another session.
    """
    access.require(actor, "mark", record)
    session = lock(Session.objects.live(), record.pk)
    if session.status not in (*Session.AHEAD, Status.HELD):
        raise NotNow(_status_sentence(session))
    if session.starts_at > clock.now():
        raise NotNow(_("Attendance is marked once the session has begun."))
    standing = {one.pk: one for one in session.enrolments.live().select_related("owner")}
    if set(marks) - set(standing) or set(marks.values()) - set(Attendance.values):
        raise Invalid(_("Mark the people of this session as attended, excused or absent."))
    changes = _marked(actor, session, {standing[pk]: word for pk, word in marks.items()})
    if session.status != Status.HELD:
        changes["status"] = [session.status, Status.HELD.value]
        session.status = Status.HELD
    return _changed(actor, session, "marked", changes)


@transaction.atomic
def close_session(*, actor: User, record: Session) -> Session:
    """From held to closed: attendance and hours are fixed from now on.

    Raises:
        NotNow: it has not been held, or somebody's attendance is not marked yet.
    """
    access.require(actor, "edit", record)
    session = lock(Session.objects.live(), record.pk)
    if session.status != Status.HELD:
        raise NotNow(_status_sentence(session))
    if session.enrolments.live().filter(attendance="").exists():
        raise NotNow(_("Somebody's attendance is not marked yet."))
    return _to(actor, session, Status.CLOSED)


@transaction.atomic
def cancel_session(*, actor: User, record: Session, reason: str) -> Session:
    """Calls a session off that was not held; who is enrolled is told the reason."""
    access.require(actor, "edit", record)
    session = lock(Session.objects.live(), record.pk)
    if session.status not in Session.AHEAD:
        raise NotNow(_status_sentence(session))
    session.closed_reason = reason
    _tell(
        session, _participants(session), "cancelled", lambda: _("Called off: %(what)s"),
        actor=actor, text=reason,
    )  # fmt: skip
    return _to(actor, session, Status.CANCELLED, reason)


def remind(*, now: datetime) -> dict[str, int]:
    """Tells participants and trainers of the sessions of the next day, each once."""
    soon = Session.objects.live().ahead(now).filter(starts_at__lte=now + AHEAD)
    sessions = list(soon.select_related("trainer"))
    for session in sessions:
        people = {*_participants(session), *([session.trainer] if session.trainer else [])}
        key = f"training.session.soon.{session.pk}.{session.starts_at:%Y%m%d%H%M}"
        _tell(session, people, "soon", lambda: _("Soon: %(what)s"), key=key)
    return {"sessions": len(sessions)}


def _marked(actor: User, session: Session, marks: Mapping[Enrolment, str]) -> dict[str, Any]:
    """Writes the marks that differ, set-based; returns them as changes by name."""
    changed = [(one, word) for one, word in marks.items() if one.attendance != word]
    changes = {one.owner.name: [one.attendance, word] for one, word in changed}
    for one, word in changed:
        one.attendance, one.marked_by, one.marked_at = word, actor, clock.now()
        one.hours = session.hours if word == Attendance.ATTENDED else Decimal(0)
        one.version += 1
    Enrolment.objects.bulk_update(
        [one for one, _word in changed],
        ["attendance", "hours", "marked_by", "marked_at", "version"],
    )
    return changes


def _check_course(course: Course, rules: Rules, before: Mapping[str, Any] | None = None) -> None:
    """A retired entry stays with the course that has it and is given to no other."""
    wrong: dict[str, list[str]] = {}
    course.title = course.title.strip()
    if not course.title:
        wrong["title"] = [_("Give the course a title.")]
    lists = {"category": rules.training.categories, "topic": rules.training.topics}
    for name, items in lists.items():
        key = getattr(course, name)
        known = {item.key for item in offered(items, (before or {}).get(name, ""))}
        if (key or name == "category") and key not in known:
            wrong[name] = [_("Choose one of the list.")]
    if not 0 < course.hours <= LONGEST:
        wrong["hours"] = [_("Hours lie between 0.1 and 999.9.")]
    if wrong:
        raise Invalid(fields=wrong)


def _check_session(session: Session, rules: Rules, kept_mode: str = "") -> None:
    wrong: dict[str, list[str]] = {}
    modes = {item.key for item in offered(rules.training.modes)}
    if session.mode != kept_mode and session.mode not in modes:
        wrong["mode"] = [_("Choose one of the list.")]
    if session.ends_at <= session.starts_at:
        wrong["ends_at"] = [_("The end lies before the start.")]
    if not 0 < session.hours <= LONGEST:
        wrong["hours"] = [_("Hours lie between 0.1 and 999.9.")]
    if session.capacity < 1:
        wrong["capacity"] = [_("There is at least one seat.")]
    if session.trainer and not session.trainer.is_active:
        wrong["trainer"] = [_("%(name)s has left.") % {"name": session.trainer.name}]
    if wrong:
        raise Invalid(fields=wrong)


def _participants(session: Session) -> list[User]:
    return [one.owner for one in session.enrolments.live().select_related("owner")]


def _tell_moved(actor: User, session: Session) -> None:
    _tell(
        session, _participants(session), "moved", lambda: _("Time or place changed: %(what)s"),
        actor=actor,
    )  # fmt: skip


def _tell(session: Session, people: Any, word: str, pattern: Any, **more: Any) -> None:
    def title() -> str:
        what = f"{session.title} · {formats.moment(session.starts_at)} · {session.place}"
        return pattern() % {"what": what.rstrip(" ·")}

    tell(
        people=people,
        kind=f"training.session.{word}",
        title=lazy(title, str)(),
        url=session.get_absolute_url(),
        about=session,
        **more,
    )


def _status_sentence(session: Session) -> str:
    return _("This session is %(status)s.") % {"status": session.get_status_display()}


def _to(actor: User, session: Session, status: Status, reason: str = "") -> Session:
    changes: dict[str, list[Any]] = {"status": [session.status, status.value]}
    changes |= {"reason": [None, reason]} if reason else {}
    session.status = status
    return _changed(actor, session, status.value, changes)


def _changed(actor: User, session: Session, word: str, changes: dict[str, Any]) -> Session:
    session.version += 1
    session.save()
    write(actor=actor, verb=f"training.session.{word}", about=session, changes=changes)
    return session
