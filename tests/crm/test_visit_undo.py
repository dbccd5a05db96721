"""Taking back a visit that was saved a moment ago."""

from datetime import date, timedelta

import pytest

from crm.models import Visit
from crm.services import feedback, visits
from crm.services.check_in import check_in
from crm.services.visit_undo import LOGGED, WINDOW, undo_visit
from expansion import clock
from expansion.audit.models import Entry
from expansion.audit.services import write
from expansion.errors import Forbidden, NotNow
from expansion.files.models import Attachment
from expansion.notices.models import Notice
from expansion.office.models import WorkReport
from expansion.office.services.reports import open_reports, submit_report
from expansion.people.models import User
from expansion.people.services.mandates import create_mandate
from expansion.rulebook.selectors import rules_on
from expansion.worktime import Period
from tests.make import crm as make

NEXT = date(2026, 11, 25)


@pytest.fixture
def client(cast):
    return make.client(cast.member, next_contact_on=date(2026, 11, 18))


def undo(actor, visit) -> Visit:
    return undo_visit(actor=actor, rules=rules_on(), record=visit)


def dates(client) -> tuple:
    client.refresh_from_db()
    return (
        client.first_contact_on,
        client.last_contact_at,
        client.last_visit_at,
        client.next_contact_on,
    )


def test_a_visit_taken_back_leaves_the_client_as_it_was(cast, client):
    before = dates(client)
    visit = make.visit(cast.member, client, next_contact_on=NEXT)
    assert dates(client) != before
    undo(cast.member, visit)
    assert dates(client) == before
    assert not Visit.objects.live().exists()
    visit.refresh_from_db()
    assert visit.deleted_by == cast.member
    assert Entry.objects.filter(verb="crm.visit.undone", actor=cast.member).count() == 1


def test_moments_are_given_back_to_the_microsecond(cast, client):
    clock.set_clock(clock.now().replace(microsecond=123456))
    make.visit(cast.member, client)
    before = dates(client)
    clock.set_clock(clock.now().replace(microsecond=654321))
    undo(cast.member, make.visit(cast.member, client))
    assert dates(client) == before


def test_an_earlier_contact_stays_the_last_one(cast, client):
    make.call(cast.member, client, at=clock.now() - timedelta(hours=3))
    before = dates(client)
    undo(cast.member, make.visit(cast.member, client))
    assert dates(client) == before


def test_a_planned_visit_is_planned_again_without_its_record(cast, client):
    planned = make.planned(cast.member, client)
    with clock.clock_at(clock.now() + timedelta(hours=3)):
        visit = make.visit(cast.member, None, record=planned, next_contact_on=NEXT, needs="舞台")
        undo(cast.member, visit)
    planned.refresh_from_db()
    assert (planned.status, planned.said, planned.needs) == ("planned", "", "")
    assert (planned.recorded_at, planned.took_place_at, planned.due_at) == (None, None, None)
    with clock.clock_at(clock.now() + timedelta(hours=4)):
        assert make.visit(cast.member, None, record=planned).status == "done"


def test_who_was_to_be_met_is_planned_again(cast, client):
    chief, buyer = make.contact(cast.member, client), make.contact(cast.member, client)
    planned = make.planned(cast.member, client, contacts=[chief])
    with clock.clock_at(clock.now() + timedelta(hours=3)):
        visit = make.visit(cast.member, None, record=planned, contacts=[buyer])
        assert list(visit.contacts.all()) == [buyer]
        undo(cast.member, visit)
    assert list(planned.contacts.all()) == [chief]


def test_a_record_is_due_again_when_it_was_whatever_the_rules_say_now(cast, client):
    planned = make.planned(cast.member, client)
    clock.set_clock(clock.now() + timedelta(hours=2))
    check_in(actor=cast.member, rules=rules_on(), record=planned, reason="地下室无信号")
    due_at = Visit.objects.get().due_at
    stricter = rules_on().with_changes({"sla.visit_feedback": "1 hour"})
    visit = visits.log_visit(actor=cast.member, rules=stricter, record=planned, said="谈了。")
    assert visit.due_at < due_at
    undo(cast.member, visit)
    assert Visit.objects.get().due_at == due_at


def test_a_due_moment_that_stays_is_no_change_and_stands_when_taken_back(cast, client):
    planned = make.planned(cast.member, client)
    clock.set_clock(clock.now() + timedelta(hours=2))
    check_in(actor=cast.member, rules=rules_on(), record=planned, reason="地下室无信号")
    due_at = Visit.objects.get().due_at
    visit = make.visit(cast.member, None, record=planned)
    assert "due_at" not in Entry.objects.get(verb=LOGGED).changes
    undo(cast.member, visit)
    assert due_at and Visit.objects.get().due_at == due_at


def test_a_visit_whose_entry_says_nothing_of_its_due_moment_is_planned_again(
    cast, client, monkeypatch
):
    def written_as_before(*, changes, **given):
        kept = {name: pair for name, pair in changes.items() if name != "due_at"}
        return write(changes=kept, **given)

    monkeypatch.setattr(visits, "write", written_as_before)
    planned = make.planned(cast.member, client)
    clock.set_clock(clock.now() + timedelta(hours=3))
    visit = make.visit(cast.member, None, record=planned)
    assert visit.due_at
    undo(cast.member, visit)
    planned.refresh_from_db()
    assert (planned.status, planned.due_at) == ("planned", None)


def test_superiors_who_have_not_looked_are_told_nothing_any_more(cast, client):
    visit = make.visit(cast.member, client)
    opened = Notice.objects.get(kind="crm.visit.logged", person=cast.leader)
    Notice.objects.filter(pk=opened.pk).update(read_at=clock.now())
    undo(cast.member, visit)
    assert Notice.objects.get(kind="crm.visit.logged") == opened


def test_a_record_written_anew_is_told_anew(cast, client):
    planned = make.planned(cast.member, client)
    for hours in (3, 4):
        clock.set_clock(clock.now() + timedelta(hours=hours))
        visit = make.visit(cast.member, None, record=planned)
        told = Notice.objects.filter(kind="crm.visit.logged", person=cast.leader, read_at=None)
        assert told.update(read_at=clock.now()) == 1
        undo(cast.member, visit)


def test_a_lead_that_the_visit_made_effective_is_judged_anew(cast):
    client = make.client(cast.member)
    keys = ("need_confirmed", "contact_named", "presentation_heard")
    lead = make.marked(cast.member, make.lead(cast.member, client), *keys)
    visit = make.visit(cast.member, client, next_contact_on=NEXT)
    lead.refresh_from_db()
    assert lead.effective_on
    undo(cast.member, visit)
    lead.refresh_from_db()
    assert lead.effective_on is None


def test_nobody_takes_back_what_somebody_else_saved(cast, client):
    visit = make.visit(cast.member, client)
    with pytest.raises(Forbidden):
        undo(cast.leader, visit)


def after_the_window(cast, client, visit):
    clock.set_clock(clock.now() + WINDOW + timedelta(seconds=1))


def read_by_the_leader(cast, client, visit):
    feedback.mark_visit_read(actor=cast.leader, record=visit)


def answered_by_the_manager(cast, client, visit):
    feedback.comment_visit(actor=cast.manager, record=visit, text="收到。")


def corrected(cast, client, visit):
    visits.update_visit(actor=cast.member, record=visit, said="更正。")


def called_since(cast, client, visit):
    clock.set_clock(clock.now() + timedelta(minutes=1))
    make.call(cast.member, client, at=clock.now() - timedelta(hours=9))


def report_of(person, period) -> WorkReport:
    open_reports(rules=rules_on(), period=period)
    return WorkReport.objects.get(owner=person, period=period.key, kind="weekly_summary")


def reported_since(cast, client, visit):
    clock.set_clock(clock.now() + timedelta(minutes=1))
    this_week = report_of(cast.member, Period.containing("week"))
    submit_report(actor=cast.member, record=this_week)


@pytest.mark.parametrize(
    "meanwhile",
    [
        after_the_window,
        read_by_the_leader,
        answered_by_the_manager,
        corrected,
        called_since,
        reported_since,
    ],
)
def test_what_others_have_seen_or_built_on_stays(cast, client, meanwhile):
    visit = make.visit(cast.member, client)
    meanwhile(cast, client, visit)
    with pytest.raises(NotNow):
        undo(cast.member, visit)
    visit.refresh_from_db()
    assert visit.deleted_at is None


def test_a_report_of_an_earlier_week_stands_in_nobodys_way(cast, client):
    visit = make.visit(cast.member, client)
    clock.set_clock(clock.now() + timedelta(minutes=1))
    last_week = report_of(cast.member, Period.containing("week").previous())
    written = {"texts": {"done": "整理台账。"}, "plan": [], "results": []}
    submit_report(actor=cast.member, record=last_week, **written)
    assert undo(cast.member, visit).deleted_at


def test_the_toast_offers_the_undo_as_a_plain_form(cast, client, sign_in):
    member = sign_in(cast.member)
    given = {"request_id": "v1", "client": client.pk, "said": "谈了。"}
    page = member.post("/crm/visits/new", given, follow=True)
    visit = Visit.objects.get()
    assert f'action="/crm/visits/{visit.pk}/undo"' in page.text
    assert 'data-sent="v1"' in page.text
    answer = member.post(f"/crm/visits/{visit.pk}/undo", follow=True)
    assert answer.redirect_chain[0][0] == client.get_absolute_url()
    assert "拜访已撤销" in answer.text
    assert member.post(f"/crm/visits/{visit.pk}/undo").status_code == 404


def test_a_refused_undo_says_why_on_the_visits_page(cast, client, sign_in):
    visit = make.visit(cast.member, client)
    read_by_the_leader(cast, client, visit)
    answer = sign_in(cast.member).post(f"/crm/visits/{visit.pk}/undo", follow=True)
    assert answer.redirect_chain[0][0] == visit.get_absolute_url()
    assert "flash-error" in answer.text


def kept_photo(person, key) -> Attachment:
    return Attachment.objects.create(
        kind="photo", name=f"{key}.jpg", size=1, media_type="image/jpeg", digest="0", key=key,
        draft=key, added_by=person, at=clock.now(),
    )  # fmt: skip


def test_the_photos_of_a_record_taken_back_go_with_it(cast, client):
    planned = make.planned(cast.member, client)
    with clock.clock_at(clock.now() + timedelta(hours=3)):
        kept_photo(cast.member, "k")
        undo(cast.member, make.visit(cast.member, None, record=planned, photos="k"))
    assert not Attachment.objects.live().exists()


def test_the_photos_of_the_check_in_stay_with_the_visit(cast, client):
    planned = make.planned(cast.member, client)
    clock.set_clock(clock.now() + timedelta(hours=2))
    there = kept_photo(cast.member, "there")
    check_in(
        actor=cast.member, rules=rules_on(), record=planned, reason="地下室无信号", photos="there"
    )
    clock.set_clock(clock.now() + timedelta(hours=1))
    kept_photo(cast.member, "said")
    undo(cast.member, make.visit(cast.member, None, record=planned, photos="said"))
    assert list(Attachment.objects.live()) == [there]


def test_a_delegate_takes_nothing_back_that_the_visitor_has_reported(cast, client):
    planned = make.planned(cast.member, client)
    clock.set_clock(clock.now() + timedelta(hours=3))
    create_mandate(
        actor=cast.administrator,
        principal=cast.member,
        delegate=cast.colleague,
        starts_at=clock.now(),
        ends_at=clock.now() + timedelta(days=1),
        reason="leave",
    )
    delegate = User.objects.get(pk=cast.colleague.pk)
    visit = make.visit(delegate, None, record=planned)
    reported_since(cast, client, visit)
    with pytest.raises(NotNow):
        undo(delegate, visit)
