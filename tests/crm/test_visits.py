"""Visits: planned, checked in, recorded, told to the manager, commented, missed."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from crm.models import Visit
from crm.services import check_in, clients, feedback, visit_reminders, visits
from expansion import access, clock
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, NotNow
from expansion.notices.models import Notice
from expansion.rulebook.selectors import rules_on
from tests.make import crm as make

HOUR = timedelta(hours=1)


@pytest.fixture
def client(cast):
    return make.client(cast.member)


def arrive(actor, visit, **values) -> Visit:
    return check_in.check_in(actor=actor, rules=rules_on(), record=visit, **values)


def test_a_client_and_one_sentence_are_enough(cast, client):
    visit = make.visit(cast.member, client)
    assert (visit.status, visit.owner, visit.visitor) == ("done", cast.member, cast.member)
    assert not visit.late
    client.refresh_from_db()
    assert client.last_visit_at == clock.now()
    assert Entry.objects.filter(verb="crm.visit.logged", actor=cast.member).count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"said": "  "},
        {"took_place_at": datetime(2026, 11, 18, 5, tzinfo=UTC)},
        {"took_place_at": datetime(2006, 11, 18, 5, tzinfo=UTC)},
        {"next_contact_on": date(2026, 11, 17)},
    ],
)
def test_nothing_said_a_future_visit_or_a_past_next_contact_is_refused(cast, client, wrong):
    with pytest.raises(Invalid):
        make.visit(cast.member, client, **wrong)
    assert not Visit.objects.exists()


def test_saving_tells_the_manager_and_the_leader_once(cast, client):
    make.visit(cast.member, client)
    told = Notice.objects.filter(kind="crm.visit.logged").values_list("person__username", flat=True)
    assert sorted(told) == ["leader", "manager"]


def test_a_record_after_its_deadline_is_counted_late(cast, client):
    assert make.visit(cast.member, client, took_place_at=clock.now() - 25 * HOUR).late
    assert not make.visit(cast.member, client, took_place_at=clock.now() - 23 * HOUR).late


def test_a_next_contact_that_was_due_is_done_by_the_visit(cast):
    client = make.client(cast.member, next_contact_on=date(2026, 11, 18))
    make.visit(cast.member, client)
    client.refresh_from_db()
    assert client.next_contact_on is None
    make.visit(cast.member, client, next_contact_on=date(2026, 11, 25))
    make.call(cast.member, client)
    client.refresh_from_db()
    assert client.next_contact_on == date(2026, 11, 25)


def test_the_first_contact_never_changes(cast, client):
    make.call(cast.member, client, at=clock.now() - 48 * HOUR)
    make.call(cast.member, client, at=clock.now() - 96 * HOUR)
    client.refresh_from_db()
    assert client.first_contact_on == date(2026, 11, 16)


def test_a_planned_visit_is_recorded_once(cast, client):
    planned = make.planned(cast.member, client)
    with clock.clock_at(clock.now() + 3 * HOUR):
        done = make.visit(cast.member, None, record=planned)
        assert (done.pk, done.took_place_at) == (planned.pk, planned.planned_at)
        with pytest.raises(NotNow):
            make.visit(cast.member, None, record=planned)


def test_planning_refuses_the_past_and_a_visitor_who_does_not_work_the_client(cast, client):
    with pytest.raises(Invalid):
        make.planned(cast.member, client, clock.now() - HOUR)
    with pytest.raises(Invalid):
        make.planned(cast.member, client, visitor=cast.colleague)
    with pytest.raises(Forbidden):
        make.planned(cast.colleague, client)


def test_moving_and_calling_off_leave_their_trail(cast, client):
    planned = make.planned(cast.member, client)
    visits.reschedule_visit(actor=cast.leader, record=planned, planned_at=clock.now() + 26 * HOUR)
    visits.cancel_visit(actor=cast.member, record=planned, reason="对方出差")
    with pytest.raises(NotNow):
        visits.cancel_visit(actor=cast.member, record=planned, reason="再取消")
    verbs = set(Entry.objects.values_list("verb", flat=True))
    assert {"crm.visit.rescheduled", "crm.visit.cancelled"} <= verbs


def test_a_position_needs_consent_and_the_way_by_hand_counts_the_same(cast, client):
    first, second = make.planned(cast.member, client), make.planned(cast.member, client)
    with pytest.raises(Invalid):
        arrive(cast.member, first, latitude=32.06, longitude=118.79)
    with pytest.raises(Invalid):
        arrive(cast.member, first)
    by_hand = arrive(cast.member, first, reason="没有信号")
    check_in.give_position_consent(actor=cast.member)
    by_position = arrive(cast.member, second, latitude=32.06, longitude=118.79, accuracy=18.4)
    assert by_hand.due_at == by_position.due_at
    assert by_position.accuracy == 18
    check_in.withdraw_position_consent(actor=cast.member)
    with pytest.raises(Invalid):
        arrive(cast.member, make.planned(cast.member, client), latitude=32.06, longitude=118.79)


def test_checking_in_twice_keeps_the_first_arrival(cast, client):
    visit = arrive(cast.member, make.planned(cast.member, client), reason="没有信号")
    with clock.clock_at(clock.now() + HOUR):
        assert arrive(cast.member, visit, reason="再来").arrived_at == visit.arrived_at


def test_nobody_checks_in_for_somebody_else(cast, client):
    with pytest.raises(Forbidden):
        arrive(cast.leader, make.planned(cast.member, client), reason="代签")


def test_a_position_off_the_globe_is_refused(cast, client):
    check_in.give_position_consent(actor=cast.member)
    with pytest.raises(Invalid):
        arrive(cast.member, make.planned(cast.member, client), latitude=91, longitude=0)


def test_positions_are_forgotten_after_the_rulebooks_time_and_the_distance_stays(cast, client):
    type(client).objects.filter(pk=client.pk).update(latitude=32.06, longitude=118.79)
    check_in.give_position_consent(actor=cast.member)
    visit = make.planned(cast.member, client)
    arrive(cast.member, visit, latitude=32.0604, longitude=118.79)
    later = clock.now() + timedelta(days=182)
    assert check_in.forget_positions(rules=rules_on(), now=later) == 1
    assert check_in.forget_positions(rules=rules_on(), now=later) == 0
    assert Entry.objects.get(verb="crm.position.forgotten").about == visit
    visit.refresh_from_db()
    assert (visit.latitude, visit.distance) == (None, 44)


def test_without_a_record_by_the_end_of_the_next_working_day_it_is_missed(cast, client):
    friday = datetime(2026, 11, 20, 2, tzinfo=UTC)
    visit = make.planned(cast.member, client, friday)
    for now, missed in (
        (datetime(2026, 11, 23, 15, tzinfo=UTC), 0),
        (datetime(2026, 11, 23, 16, tzinfo=UTC), 1),
    ):
        assert len(visits.mark_missed_visits(rules=rules_on(), now=now)) == missed
    assert visits.mark_missed_visits(rules=rules_on(), now=now) == []
    visit.refresh_from_db()
    assert visit.status == Visit.Status.MISSED
    assert Notice.objects.filter(kind="crm.visit.missed").get().person == cast.member


def test_a_missed_visit_may_still_be_recorded_and_is_late(cast, client):
    visit = make.planned(cast.member, client)
    with clock.clock_at(clock.now() + timedelta(days=5)):
        visits.mark_missed_visits(rules=rules_on(), now=clock.now())
        assert make.visit(cast.member, None, record=visit).late


def test_a_comment_reaches_the_visitor_and_reading_counts_once(cast, client):
    visit = make.visit(cast.member, client)
    feedback.comment_visit(actor=cast.leader, record=visit, text="音响的意见已转运营部。")
    feedback.mark_visit_read(actor=cast.leader, record=visit)
    feedback.mark_visit_read(actor=cast.manager, record=visit)
    feedback.mark_visit_read(actor=cast.manager, record=visit)
    assert visit.readings.count() == 2
    assert Notice.objects.get(kind="crm.visit.commented").person == cast.member
    with pytest.raises(Forbidden):
        feedback.comment_visit(actor=cast.colleague, record=visit, text="路过")


def test_a_handed_over_client_takes_its_plans_along_and_keeps_its_history(cast, client):
    done, planned = make.visit(cast.member, client), make.planned(cast.member, client)
    clients.reassign_client(actor=cast.leader, record=client, owner=cast.colleague, reason="休假")
    done.refresh_from_db()
    planned.refresh_from_db()
    assert (done.visitor, planned.visitor) == (cast.member, cast.colleague)
    assert not access.can(cast.member, "view", done)


def test_a_client_goes_only_to_who_works_clients(cast, client):
    with pytest.raises(Invalid):
        clients.reassign_client(actor=cast.leader, record=client, owner=cast.hr, reason="试试")
    with pytest.raises(Forbidden):
        clients.reassign_client(
            actor=cast.leader, record=client, owner=cast.partner_member, reason="外组"
        )


def remind(moment) -> Counter[str]:
    """Who has been told what of records by that moment."""
    with clock.clock_at(moment):
        visit_reminders.remind_of_records(rules=rules_on(), now=clock.now())
    told = Notice.objects.filter(kind__startswith="crm.visit.record.").select_related("person")
    return Counter(f"{one.kind.rpartition('.')[2]} {one.person.username}" for one in told)


def test_who_checked_in_hears_before_and_after_the_record_is_due(cast, client):
    visit = make.checked_in(cast.member, make.planned(cast.member, client))
    assert remind(visit.due_at - HOUR) == {"due member": 1}
    assert remind(visit.due_at) == {"due member": 1}
    assert remind(visit.due_at + HOUR) == {"due member": 1, "overdue member": 1}
    notice = Notice.objects.get(kind="crm.visit.record.overdue")
    assert notice.about == visit and client.name in notice.title


def test_of_a_written_or_long_forgotten_record_nobody_is_told(cast, client):
    visit = make.checked_in(cast.member, make.planned(cast.member, client))
    forgotten = make.checked_in(cast.member, make.planned(cast.member, client))
    make.visit(cast.member, None, record=visit)
    old = forgotten.due_at - timedelta(days=100)
    Visit.objects.filter(pk=forgotten.pk).update(due_at=old)
    assert remind(visit.due_at + HOUR) == {}
    Visit.objects.filter(pk=forgotten.pk).update(due_at=forgotten.due_at)
    assert remind(visit.due_at + HOUR) == {"overdue member": 1}
