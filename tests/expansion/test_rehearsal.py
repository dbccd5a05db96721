"""Rehearsing as somebody else: what is seen, what is not, and that nothing changes."""

from datetime import timedelta

import pytest

from appraisal.models import Participant
from crm.models import Client
from expansion import access, clock, offers, rehearsal
from expansion.audit.models import Entry
from expansion.errors import Forbidden
from expansion.notices.models import Notice
from expansion.office.models import WorkReport
from expansion.people.models import Token
from expansion.people.services.rehearsals import begin_rehearsal
from expansion.people.services.tokens import create_token
from tests.make import crm as make

REASON = "客户列表里看不到金陵票务，一起核对。"


def begun(browser, person):
    return browser.post(f"/people/{person.pk}/rehearse", {"request_id": "r1", "reason": REASON})


@pytest.fixture
def looking(cast, sign_in):
    """The administrator's browser, looking as the member."""
    browser = sign_in(cast.administrator)
    assert begun(browser, cast.member).status_code == 302
    return browser


def test_the_administrator_sees_what_the_member_sees(cast, sign_in):
    record, foreign = make.client(cast.member), make.client(cast.outsider)
    browser = sign_in(cast.administrator)
    assert browser.get(record.get_absolute_url()).status_code == 404
    begun(browser, cast.member)
    page = browser.get(record.get_absolute_url())
    assert page.status_code == 200
    assert cast.administrator.name in page.content.decode()  # the banner says who looks
    assert browser.get(foreign.get_absolute_url()).status_code == 404


def test_nothing_changes(cast, looking):
    record = make.client(cast.member)
    before = Entry.objects.exclude(verb="people.rehearsal.looked").count()
    for url in ("/crm/clients/new", f"{record.get_absolute_url()}/edit", "/crm/visits/new"):
        answer = looking.post(url, {"request_id": "k", "name": "改了", "version": "1"})
        assert answer.status_code == 403
    assert looking.get("/").status_code == 200
    assert Client.objects.count() == 1
    assert Entry.objects.exclude(verb="people.rehearsal.looked").count() == before


def test_a_page_that_writes_while_it_is_read_writes_nothing(cast, looking, monkeypatch):
    from expansion.home import views

    def get(self, request):
        make.client(cast.member, "南京金陵票务有限公司")
        return self.draw({"hits": [], "text": ""})

    monkeypatch.setattr(views.Search, "get", get)
    assert looking.get("/search/").status_code == 200
    assert not Client.objects.exists()


@pytest.mark.parametrize(
    "url",
    [
        "/appraisal/",
        "/notices/",
        "/people/tokens/",
        "/people/password",
        "/me/",
        "/api/v1/crm/clients/",
    ],
)
def test_what_is_private_is_not_shown(cast, looking, url):
    assert looking.get(url).status_code == 404


def test_the_gate_itself_keeps_back_what_is_private(cast):
    """Not only by address: no list, card, search or file shows it either."""
    create_token(actor=cast.member, name="脚本", expires_on=clock.today() + timedelta(days=9))
    draft = WorkReport(owner=cast.member, status=WorkReport.Status.DRAFT)
    assert access.visible_to(cast.member, Token.objects.all()).exists()
    with rehearsal.within():
        assert not access.visible_to(cast.member, Token.objects.all()).exists()
        assert access.condition(cast.member, Participant) == access.NOTHING
        seen = str(access.visible_to(cast.member, WorkReport.objects.all()).query)
        assert draft.status in seen
    assert "appraisal" in access.private_rooms() and "crm" not in access.private_rooms()


def test_cards_and_entries_of_private_rooms_stay_away():
    kinds = (offers.Card, offers.TodoSource, offers.NavItem, offers.Insight, offers.LateSource)
    private = {"appraisal.running", "appraisal.cycle", "appraisal", "scores"}
    shown = {one.key for kind in kinds for one in offers.of(kind)}
    assert private <= shown
    with rehearsal.within():
        rehearsed = {one.key for kind in kinds for one in offers.of(kind)}
    assert not private & rehearsed
    assert {key for key in shown if key.startswith("crm.")} <= rehearsed


def test_the_person_is_told_and_the_trail_keeps_every_address(cast, looking):
    notice = Notice.objects.get(person=cast.member)
    assert cast.administrator.name in notice.title and notice.text == REASON
    looking.get("/crm/clients/?q=金陵")
    begin = Entry.objects.get(verb="people.rehearsal.begun")
    assert (begin.actor, begin.about) == (cast.administrator, cast.member)
    looked = Entry.objects.filter(verb="people.rehearsal.looked").latest("pk")
    assert looked.actor == cast.administrator and "/crm/clients/" in looked.changes["path"][1]
    assert looked.source == "rehearsal"


def test_it_ends_by_hand(cast, looking):
    assert looking.get("/crm/clients/").status_code == 200
    assert looking.post("/people/rehearsal/end").status_code == 302
    assert looking.get("/crm/clients/").status_code == 403
    assert Entry.objects.filter(verb="people.rehearsal.ended").count() == 1
    assert looking.post("/people/rehearsal/end").status_code == 302


def test_the_administrator_may_log_out_in_the_middle_of_it(cast, looking):
    assert looking.post("/logout/").status_code == 302
    assert looking.get("/crm/clients/").status_code == 302  # to the login


def test_it_ends_by_itself_after_half_an_hour(cast, looking):
    with clock.clock_at(clock.now() + timedelta(minutes=29)):
        assert looking.get("/crm/clients/").status_code == 200
    with clock.clock_at(clock.now() + timedelta(minutes=31)):
        assert looking.get("/crm/clients/").status_code == 403


def test_it_ends_with_the_administrators_post(cast, looking):
    cast.administrator.memberships.update(until=clock.today() - timedelta(days=1))
    from expansion.people import revision

    revision.renew()
    assert looking.get("/crm/clients/").status_code == 403


def test_only_administrators_and_never_as_oneself(cast, sign_in):
    for person in (cast.manager, cast.member, cast.hr):
        with pytest.raises(Forbidden):
            begin_rehearsal(actor=person, record=cast.colleague, reason=REASON)
        assert begun(sign_in(person), cast.colleague).status_code == 403
    with pytest.raises(Forbidden):
        begin_rehearsal(actor=cast.administrator, record=cast.administrator, reason=REASON)
    assert begun(sign_in(cast.administrator), cast.deactivated).status_code == 422
