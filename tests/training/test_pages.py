"""The pages of training."""

import uuid
from datetime import timedelta

import pytest

from expansion import clock
from expansion.transfer.models import Export
from tests.make import training as make
from training import services
from training.models import Course, Enrolment, Session

pytestmark = pytest.mark.django_db


def key() -> dict[str, str]:
    return {"request_id": uuid.uuid4().hex}


def body(response) -> str:
    return response.content.decode()


def test_a_session_is_planned_opened_attended_and_closed_in_the_browser(cast, sign_in):
    browser = sign_in(cast.manager)
    course = {"title": "商务谈判入门", "category": "business", "hours": "2"}
    assert browser.post("/training/courses/new", key() | course).status_code == 302
    sent = key() | {
        "course": Course.objects.get().pk,
        "mode": "internal",
        "starts_at": "2026-11-20T14:00",
        "ends_at": "2026-11-20T16:00",
        "capacity": "12",
        "place": "三楼培训室",
    }
    assert browser.get("/training/sessions/new").status_code == 200
    answer = browser.post("/training/sessions/new", sent)
    session = Session.objects.get()
    url = f"/training/sessions/{session.pk}"
    assert answer.headers["Location"] == url and session.hours == 2
    assert browser.post(f"{url}/open", key()).status_code == 302
    member = sign_in(cast.member)
    assert f"{url}/enrol" in body(member.get(url))
    assert member.post(f"{url}/enrol", key()).status_code == 302
    enrolment = Enrolment.objects.get()
    with clock.clock_at(clock.now() + timedelta(days=3)):
        assert cast.member.name in body(browser.get(f"{url}/attendance"))
        marks = key() | {f"mark_{enrolment.pk}": "attended"}
        assert browser.post(f"{url}/attendance", marks).status_code == 302
        assert browser.post(f"{url}/close", key()).status_code == 302
    assert Session.objects.get().status == "closed"


def test_the_attendance_sheet_is_a_logged_export(cast, sign_in):
    session = make.enrolling(cast.manager)
    services.enrol(actor=cast.member, record=session)
    answer = sign_in(cast.manager).post(f"/training/sessions/{session.pk}/sheet", key())
    export = Export.objects.get()
    assert answer.headers["Location"] == export.get_absolute_url() and export.count == 1
    refused = sign_in(cast.member).post(f"/training/sessions/{session.pk}/sheet", key())
    assert refused.status_code == 403


def test_a_second_click_enrols_once(cast, sign_in):
    session, sent = make.enrolling(cast.manager), key()
    browser = sign_in(cast.member)
    for _twice in range(2):
        assert browser.post(f"/training/sessions/{session.pk}/enrol", sent).status_code == 302
    assert Enrolment.objects.count() == 1


def test_somebody_elses_seat_is_not_there(cast, sign_in):
    session = make.enrolling(cast.manager)
    enrolment = services.enrol(actor=cast.member, record=session)
    url = f"/training/enrolments/{enrolment.pk}/withdraw"
    assert sign_in(cast.colleague).post(url, key()).status_code == 404
    assert sign_in(cast.member).get(url).status_code == 200


def test_participants_are_not_named_to_everybody(cast, sign_in):
    session = make.enrolling(cast.manager)
    services.enrol(actor=cast.member, record=session)
    url = f"/training/sessions/{session.pk}"
    assert cast.member.name not in body(sign_in(cast.colleague).get(url))
    assert cast.member.name in body(sign_in(cast.manager).get(url))


@pytest.mark.parametrize(
    "wrong",
    [
        {"mode": "马戏"},
        {"ends_at": "2026-11-20T13:00"},
        {"starts_at": "2026-02-31T14:00"},
        {"capacity": "-3"},
        {"hours": "很多"},
        {"course": "999999"},
        {"title": "长" * 121},
    ],
)
def test_bad_input_keeps_what_was_typed(cast, sign_in, wrong):
    sent = key() | {
        "course": make.course(cast.manager).pk,
        "mode": "internal",
        "starts_at": "2026-11-20T14:00",
        "ends_at": "2026-11-20T16:00",
        "capacity": "12",
        "note": "请带笔记本",
    }
    answer = sign_in(cast.manager).post("/training/sessions/new", sent | wrong)
    assert answer.status_code == 422 and "请带笔记本" in body(answer)


@pytest.mark.parametrize("path", ["sessions/", "courses/", "enrolments/"])
def test_lists_open_for_everybody_of_the_house(cast, sign_in, path):
    for person in (cast.member, cast.manager, cast.hr):
        assert sign_in(person).get(f"/training/{path}?q=谈判&view=mine").status_code == 200


def test_upcoming_sessions_and_missing_marks_wait_in_the_todo_centre(cast, sign_in):
    session = make.enrolling(cast.manager)
    services.enrol(actor=cast.member, record=session)
    assert session.title in body(sign_in(cast.member).get("/todo/"))
    with clock.clock_at(clock.now() + timedelta(days=3)):
        assert f"/training/sessions/{session.pk}/attendance" in body(
            sign_in(cast.manager).get("/todo/")
        )


def test_a_course_is_read_by_everybody_and_changed_by_who_organises(cast, sign_in):
    course = make.course(cast.manager, content="谈判前要准备什么。")
    session = make.enrolling(cast.manager, of=course)
    url = f"/training/courses/{course.pk}"
    listed = body(sign_in(cast.member).get("/training/courses/"))
    assert f'href="{url}"' in listed and f"{url}/edit" not in listed
    page = body(sign_in(cast.member).get(url))
    assert "谈判前要准备什么。" in page and session.get_absolute_url() in page
    assert f"{url}/edit" not in page and "/training/sessions/new" not in page
    organiser = body(sign_in(cast.manager).get(url))
    assert f"{url}/edit" in organiser and f"/training/sessions/new?course={course.pk}" in organiser
