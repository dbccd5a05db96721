"""The training of a small department: a session planned, enrolled in and held in each period."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from expansion import clock
from expansion.people.models import Role
from training import preset_words as words
from training.models import Enrolment, Session
from training.services import (
    close_session,
    create_course,
    create_session,
    enrol,
    mark_attendance,
    open_enrolment,
)

LEARNING = (Role.LEADER, Role.MEMBER, Role.CONSOLIDATOR)


def sow(demo: Any) -> None:
    """Both closed periods and the running one, each in its second month."""
    diary = demo.diary()
    for number, period in enumerate((*demo.closed_quarters, demo.quarter)):
        day = demo.workday(period.start + timedelta(days=31), 2)
        diary.tell(demo.moment(day, 10), _story(demo, number))
    diary.play()


def _story(demo: Any, number: int) -> Iterator[int]:
    session = demo.keep("sessions", _plan(demo, number))
    open_enrolment(actor=demo.fresh(session.owner), record=session)
    yield 1
    learners = [one for one in demo.staff if one.holds(*LEARNING)]
    for person in learners:
        enrol(actor=person, record=session)
    yield 5
    people = session.enrolments.live().order_by("pk")
    marks = {one.pk: Enrolment.Attendance.ATTENDED for one in people}
    if len(marks) > 2:  # one of them was called to a client
        marks[max(marks)] = Enrolment.Attendance.EXCUSED
    mark_attendance(actor=demo.fresh(session.owner), record=session, marks=marks)
    yield 1
    session.refresh_from_db()
    close_session(actor=demo.fresh(session.owner), record=session)


def _plan(demo: Any, number: int) -> Session:
    """A course of the rules' own categories and topics, held five working days from now."""
    training, head = demo.rules.training, demo.head()
    topics = training.topics or training.categories
    topic = topics[number % len(topics)]
    course = create_course(
        actor=head,
        rules=demo.rules,
        title=words.COURSE.format(label=topic.zh),
        category=training.categories[number % len(training.categories)].key,
        topic=topic.key if training.topics else "",
        hours=Decimal(2),
        content=words.CONTENT,
    )
    starts_at = demo.moment(demo.workday(clock.today(), 5), 9, 30)
    return create_session(
        actor=head,
        rules=demo.rules,
        course=course,
        mode=training.modes[0].key,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        place=words.PLACE,
        trainer=head,
        capacity=20,
    )
