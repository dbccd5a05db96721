"""The training room of the demo department: a catalogue, sessions held and ahead, attendance."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from expansion.rulebook.selectors import rules_on
from training.models import Course, Session
from training.services import (
    cancel_session,
    close_session,
    create_course,
    create_session,
    enrol,
    mark_attendance,
    open_enrolment,
    withdraw,
)

COURSES = (
    ("企业客户谈判实务", "skill", "negotiation", "报价让步的次序、临场应对和成交后的确认单。"),
    ("量贩式 KTV 行业概况", "business", "ktv_industry", "业态演变、收入结构和本地竞争格局。"),
    ("拜访前后的十件事", "business", "expansion", "备料、开场、记录、反馈，按制度逐条演练。"),
    ("客户关系与续约", "business", "client_relations", "回访节奏、投诉处理和续约时机。"),
    ("短视频获客入门", "skill", "marketing", "门店选题、拍摄清单和投放预算。"),
    ("用表格看清数据", "skill", "data_analysis", "透视表、同比环比和常见误读。"),
    ("倾听与表达", "skill", "communication", "复述、提问和书面反馈的写法。"),
    ("时间管理工作坊", "team_building", "time_management", "周计划、优先级和会议减负。"),
)
# Days from today on which each session is held, its mode, and what it comes to.
SESSIONS = (
    (-190, "internal", "closed"),
    (-150, "external", "closed"),
    (-118, "internal", "closed"),
    (-86, "online", "closed"),
    (-60, "internal", "cancelled"),
    (-40, "internal", "closed"),
    (-18, "online", "closed"),
    (-4, "internal", "held"),
    (3, "internal", "enrolment"),
    (12, "external", "enrolment"),
    (26, "online", "planned"),
)
PLACES = {"internal": "总部三楼培训室", "external": "市青年文化中心 204", "online": "线上会议室"}
TRAINERS = ("manager", "deputy", "leader.client", "leader.partnership")
CANCELLED = "讲师临时出差，改到下月再开。"


def sow(demo: Any) -> None:
    """The catalogue, then each session in its time: planned, opened, enrolled, held, closed."""
    diary, first = demo.diary(), demo.moment(demo.workday(demo.begins), 10)
    courses: list[Course] = []
    diary.enter(first, partial(_catalogue, demo, courses))
    scale = (demo.today - demo.begins).days / 236
    for number, (days, mode, state) in enumerate(SESSIONS):
        ahead = days if days > -10 else round(days * scale)
        day = demo.workday(demo.today + timedelta(days=ahead))
        starts_at = demo.moment(day, 14, 0)
        planned = max(first + timedelta(minutes=30), starts_at - timedelta(days=16))
        act = partial(_plan, demo, diary, courses, number, mode, state, starts_at)
        diary.enter(min(planned, demo.now - timedelta(hours=2)), act)
    diary.play()


def _catalogue(demo: Any, courses: list[Course]) -> None:
    for title, category, topic, content in COURSES:
        course = create_course(
            actor=demo.people["manager"],
            rules=rules_on(),
            title=title,
            category=category,
            topic=topic,
            hours=Decimal(demo.one((2, 3, 3, 4))),
            content=content,
        )
        courses.append(demo.keep("courses", course))


def _plan(
    demo: Any,
    diary: Any,
    courses: list[Course],
    number: int,
    mode: str,
    state: str,
    starts_at: Any,
) -> None:
    organiser = demo.people[TRAINERS[number % len(TRAINERS)]]
    session = create_session(
        actor=organiser,
        rules=rules_on(),
        course=courses[number % len(courses)],
        mode=mode,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=3),
        place=PLACES[mode],
        trainer=None if mode == "external" else organiser,
        outside_trainer="南京行知培训 吕老师" if mode == "external" else "",
        capacity=16,
    )
    demo.keep("sessions", session)
    if state == "planned":
        return
    open_enrolment(actor=organiser, record=session)
    _enrol(demo, session, organiser)
    if state == "cancelled":
        diary.enter(
            starts_at - timedelta(days=2),
            partial(cancel_session, actor=organiser, record=session, reason=CANCELLED),
        )
    elif state in ("held", "closed"):
        diary.enter(starts_at + timedelta(hours=3), partial(_hold, demo, session, organiser, state))


def _enrol(demo: Any, session: Session, organiser: Any) -> None:
    names = [name for name in demo.people if demo.people[name].holds("member", "leader")]
    for name in demo.chance.sample(names, min(len(names), demo.chance.randrange(6, 12))):
        person = demo.people[name]
        if person != organiser:
            made = enrol(actor=person, record=session)
            if demo.often(6):
                withdraw(actor=person, record=made)


def _hold(demo: Any, session: Session, organiser: Any, state: str) -> None:
    words = ("attended",) * 8 + ("excused", "absent")
    marks = {one.pk: demo.one(words) for one in session.enrolments.live().order_by("pk")}
    mark_attendance(actor=organiser, record=session, marks=marks)
    if state == "closed":
        close_session(actor=organiser, record=session)
