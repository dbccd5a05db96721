"""Training: who enrols, who marks, what counts."""

from datetime import timedelta
from decimal import Decimal

import pytest

from expansion import access, clock, metrics
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, NotNow, Stale
from expansion.notices.models import Notice
from expansion.rulebook.selectors import rules_on
from expansion.worktime import Period
from tests.make import training as make
from training import services
from training.models import Enrolment

pytestmark = pytest.mark.django_db


def later(**span):
    return clock.clock_at(clock.now() + timedelta(**span))


def read(key: str, *people):
    quarter = Period.containing("quarter")
    metric = metrics.get(f"training.{key}")
    return metric.read(people, quarter.begins_at, quarter.ends_at, rules_on())


def test_heads_plan_and_members_do_not(cast):
    session = make.session(cast.leader)
    assert (session.status, session.hours, session.title) == ("planned", 2, "商务谈判入门")
    with pytest.raises(Forbidden):
        make.session(cast.member, of=session.course)


@pytest.mark.parametrize("wrong", [{"mode": "outdoor"}, {"capacity": 0}, {"hours": Decimal(0)}])
def test_what_the_rulebook_does_not_know_is_refused(cast, wrong):
    with pytest.raises(Invalid):
        make.session(cast.manager, **wrong)


def test_a_course_has_a_category_of_the_rulebook(cast):
    with pytest.raises(Invalid):
        make.course(cast.manager, category="cooking")


def test_one_enrols_once_while_enrolment_is_open(cast):
    planned = make.session(cast.manager)
    with pytest.raises(NotNow):
        services.enrol(actor=cast.member, record=planned)
    session = services.open_enrolment(actor=cast.manager, record=planned)
    enrolment = services.enrol(actor=cast.member, record=session)
    assert (enrolment.owner, enrolment.team.key) == (cast.member, "client")
    with pytest.raises(Invalid):
        services.enrol(actor=cast.member, record=session)
    assert Entry.objects.filter(verb="training.session.enrolled", about_id=session.pk).count() == 1


def test_seats_run_out_and_one_given_back_is_free_again(cast):
    session = make.enrolling(cast.manager, capacity=1)
    first = services.enrol(actor=cast.member, record=session)
    with pytest.raises(NotNow):
        services.enrol(actor=cast.colleague, record=session)
    services.withdraw(actor=cast.member, record=first)
    services.enrol(actor=cast.colleague, record=session)
    with pytest.raises(NotNow):
        services.withdraw(actor=cast.member, record=first)


def test_only_who_organises_enrols_somebody_else(cast):
    session = make.enrolling(cast.manager)
    with pytest.raises(Forbidden):
        services.enrol(actor=cast.member, record=session, person=cast.colleague)
    services.enrol(actor=cast.manager, record=session, person=cast.colleague)
    assert Notice.objects.get(kind="training.session.enrolled").person == cast.colleague


def test_people_of_other_departments_see_training_and_do_not_enrol(cast):
    session = make.enrolling(cast.manager)
    assert access.can(cast.legal, "view", session)
    with pytest.raises(Forbidden):
        services.enrol(actor=cast.legal, record=session)


def test_who_took_part_is_seen_by_oneself_trainer_and_heads(cast):
    session = make.enrolling(cast.manager, trainer=cast.outsider)
    enrolment = services.enrol(actor=cast.member, record=session)
    seeing = [cast.member, cast.outsider, cast.leader, cast.manager]
    assert all(access.can(person, "view", enrolment) for person in seeing)
    assert not any(access.can(one, "view", enrolment) for one in (cast.colleague, cast.hr))


def test_the_trainer_marks_and_only_attended_hours_count(cast):
    session = make.enrolling(cast.manager, trainer=cast.outsider)
    there, excused, missing = (
        services.enrol(actor=person, record=session)
        for person in (cast.member, cast.colleague, cast.partner_member)
    )
    marks = {there.pk: "attended", excused.pk: "excused", missing.pk: "absent"}
    with pytest.raises(NotNow):
        services.mark_attendance(actor=cast.outsider, record=session, marks=marks)
    with later(hours=49):
        with pytest.raises(Forbidden):
            services.mark_attendance(actor=cast.member, record=session, marks=marks)
        held = services.mark_attendance(actor=cast.outsider, record=session, marks=marks)
        assert held.status == "held"
        assert Enrolment.objects.get(pk=there.pk).hours == 2
        people = (cast.member, cast.colleague, cast.partner_member)
        hours = read("hours", *people)
        assert [hours[person.pk].value for person in people] == [2, 0, 0]
        rate = read("attendance_rate", *people)
        assert [rate[person.pk].value for person in people] == [100, None, 0]


def test_a_mark_of_another_session_is_refused(cast):
    session, other = make.enrolling(cast.manager), make.enrolling(cast.manager)
    strange = services.enrol(actor=cast.member, record=other)
    with later(hours=49), pytest.raises(Invalid):
        services.mark_attendance(actor=cast.manager, record=session, marks={strange.pk: "attended"})


def test_a_session_closes_when_everybody_is_marked_and_then_stays(cast):
    session = make.enrolling(cast.manager)
    first = services.enrol(actor=cast.member, record=session)
    second = services.enrol(actor=cast.colleague, record=session)
    with later(hours=49):
        mark = {"actor": cast.manager, "record": session}
        services.mark_attendance(**mark, marks={first.pk: "attended"})
        with pytest.raises(NotNow):
            services.close_session(actor=cast.manager, record=session)
        services.mark_attendance(**mark, marks={second.pk: "absent"})
        assert services.close_session(actor=cast.manager, record=session).status == "closed"
        with pytest.raises(NotNow):
            services.mark_attendance(**mark, marks={second.pk: "attended"})


def test_participants_hear_of_another_time_and_of_a_cancellation(cast):
    session = make.enrolling(cast.manager)
    services.enrol(actor=cast.member, record=session)
    services.update_session(
        actor=cast.manager, record=session, rules=rules_on(), place="三楼培训室"
    )
    assert Notice.objects.get(kind="training.session.moved").person == cast.member
    services.cancel_session(actor=cast.manager, record=session, reason="讲师生病。")
    assert Notice.objects.get(kind="training.session.cancelled").text == "讲师生病。"


def test_seats_are_not_fewer_than_people_and_a_stale_change_is_refused(cast):
    session = make.enrolling(cast.manager)
    for person in (cast.member, cast.colleague):
        services.enrol(actor=person, record=session)
    change = {"actor": cast.manager, "record": session, "rules": rules_on()}
    with pytest.raises(Invalid):
        services.update_session(**change, capacity=1)
    with pytest.raises(Stale):
        services.update_session(**change, version=1, place="别处")


def test_participants_and_trainer_are_reminded_once(cast):
    session = make.enrolling(cast.manager, hours_ahead=12, trainer=cast.outsider)
    services.enrol(actor=cast.member, record=session)
    for _twice in range(2):
        services.remind(now=clock.now())
    told = Notice.objects.filter(kind="training.session.soon")
    assert {one.person for one in told} == {cast.member, cast.outsider} and told.count() == 2
