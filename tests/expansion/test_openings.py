"""Openings: drafted, opened, filled, withdrawn, and how many places a post still has (R-exp-24)."""

from datetime import timedelta

import pytest

from expansion import access, clock, offers
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, NotNow, Stale
from expansion.notices.models import Notice
from expansion.office.models import Opening
from expansion.office.selectors.personnel import vacancies
from expansion.office.services import openings
from expansion.office.services.effects import make_due_effective
from expansion.people.models import Post, Unit
from tests.make import personnel as make

pytestmark = pytest.mark.django_db


def test_a_draft_says_what_is_looked_for_and_leaves_an_entry(cast):
    opening = make.a_draft(cast, duties="独立完成首访到签约。")
    assert (opening.status, opening.owner, opening.team.key) == ("draft", cast.manager, "client")
    entry = Entry.objects.get(verb="office.opening.created")
    assert entry.actor == cast.manager and entry.changes["places"] == [None, 1]


@pytest.mark.parametrize("part", ["member", "leader", "deputy", "leadership", "administrator"])
def test_recruiting_is_the_managers_and_hrs(cast, part):
    opening, person = make.an_opening(cast), getattr(cast, part)
    with pytest.raises(Forbidden):
        openings.create_opening(
            actor=person, **make.place(), skills="x", reason="x", wanted_on=make.days(9)
        )
    assert not access.can(person, "view", opening)
    for act in (openings.open_opening, openings.fill_opening):
        with pytest.raises(Forbidden):
            act(actor=person, record=opening)


def test_hr_works_what_the_manager_has_opened(cast):
    opening = make.an_opening(cast)
    changed = openings.update_opening(actor=cast.hr, record=opening, version=2, places=3)
    assert changed.places == 3
    with pytest.raises(Stale):
        openings.update_opening(actor=cast.hr, record=opening, version=2, places=4)


def test_hr_is_told_when_recruiting_begins(cast):
    opening = make.an_opening(cast)
    assert opening.opened_at is not None
    assert Notice.objects.get(kind="office.opening.open").person == cast.hr
    assert Entry.objects.filter(verb="office.opening.open").count() == 1
    with pytest.raises(Forbidden):
        openings.open_opening(actor=cast.manager, record=opening)


def test_a_post_without_a_limit_takes_any_number(cast):
    assert vacancies(Post.objects.get(key="member"), make.days(30)) is None
    assert make.an_opening(cast, places=40).places == 40


def test_more_than_is_vacant_is_refused_with_both_numbers(cast):
    post = make.limited("leader", 3)  # one of them is held
    with pytest.raises(Invalid) as refused:
        make.a_draft(cast, **make.place(post="leader"), places=3)
    assert "2 places are vacant" in refused.value.fields["places"][0]
    opening = make.an_opening(cast, **make.place(post="leader"), places=2)
    assert vacancies(post, make.days(30)) == 0
    assert vacancies(post, make.days(30), opening=opening) == 2


def test_the_limit_is_asked_again_when_recruiting_begins(cast):
    make.limited("leader", 2)
    opening = make.a_draft(cast, **make.place(post="leader"))
    make.limited("leader", 1)
    with pytest.raises(Invalid):
        openings.open_opening(actor=cast.manager, record=opening)


def test_who_goes_leaves_a_place_by_that_day(cast):
    post = make.limited("leader", 1)
    assert vacancies(post, make.days(30)) == 0
    change = make.a_change(cast, "dismissal", person=cast.leader, effective_on=make.days(1))
    assert vacancies(post, make.days(0)) == 0
    assert vacancies(post, make.days(1)) == 1
    make.approved(change)
    with clock.clock_at(clock.now() + timedelta(days=1)):
        make_due_effective()  # The seat ends later, when HR closes the handover.
    assert vacancies(post, make.days(0)) == 0
    assert vacancies(post, make.days(1)) == 1


def test_a_day_that_has_passed_is_not_chosen_but_may_come(cast):
    with pytest.raises(Invalid) as refused:
        make.a_draft(cast, wanted_on=make.days(-1))
    assert set(refused.value.fields) == {"wanted_on"}
    opening = make.a_draft(cast, wanted_on=make.days(1))
    with clock.clock_at(clock.now() + timedelta(days=3)):
        kept = {"wanted_on": opening.wanted_on, "skills": "会谈价格。"}
        opening = openings.update_opening(actor=cast.manager, record=opening, **kept)
        with pytest.raises(Invalid):
            openings.update_opening(actor=cast.manager, record=opening, wanted_on=make.days(-1))
        assert openings.open_opening(actor=cast.manager, record=opening).status == "open"


def test_only_posts_and_units_of_the_department(cast):
    outside = {"post": Post.objects.get(key="administrator")}
    with pytest.raises(Invalid) as refused:
        make.a_draft(cast, **outside, team=Unit.objects.get(key="company"))
    assert set(refused.value.fields) == {"post", "team"}
    with pytest.raises(Invalid):
        make.a_draft(cast, places=0)


def test_the_last_hire_fills_it(cast):
    opening = make.an_opening(cast)
    change = make.a_hire(cast, candidate=make.a_chosen(cast, opening=opening))
    with pytest.raises(NotNow) as refused:
        openings.fill_opening(actor=cast.manager, record=opening)
    assert "顾佳" in refused.value.message
    make.approved(change)
    opening.refresh_from_db()
    assert opening.status == "filled" and opening.closed_at is not None
    assert Entry.objects.filter(verb="office.opening.filled").count() == 1


def test_one_of_two_places_leaves_it_open(cast):
    opening = make.an_opening(cast, places=2)
    make.approved(make.a_hire(cast, candidate=make.a_chosen(cast, opening=opening)))
    opening.refresh_from_db()
    assert opening.status == "open"
    openings.fill_opening(actor=cast.hr, record=opening)
    opening.refresh_from_db()
    assert opening.status == "filled"


def test_withdrawn_with_a_reason_and_for_good(cast):
    opening = openings.withdraw_opening(
        actor=cast.manager, record=make.an_opening(cast), reason="编制冻结。"
    )
    assert (opening.status, opening.closing_reason) == ("withdrawn", "编制冻结。")
    assert Entry.objects.get(verb="office.opening.withdrawn").changes["reason"][1] == "编制冻结。"
    with pytest.raises(Forbidden):
        openings.update_opening(actor=cast.manager, record=opening, places=2)
    with pytest.raises(Forbidden):
        openings.withdraw_opening(actor=cast.manager, record=opening, reason="again")


def test_whoever_leaves_hands_openings_over(cast):
    opening = make.an_opening(cast)
    found = next(one for one in offers.of(offers.Holding) if one.key == "office.openings")
    assert list(found.find(cast.manager)) == [opening]
    openings.withdraw_opening(actor=cast.manager, record=opening, reason="编制冻结。")
    assert not found.find(cast.manager).exists()


def test_the_way_by_the_pages(cast, sign_in):
    manager = sign_in(cast.manager)
    given = {
        "request_id": "o1", "team": make.place()["team"].pk, "post": make.place()["post"].pk,
        "places": 2, "wanted_on": make.days(30).isoformat(), "skills": "会谈价格。",
        "reason": "江北新店。", "duties": "", "traits": "",
    }  # fmt: skip
    assert manager.get("/office/personnel/openings/new").status_code == 200
    assert manager.post("/office/personnel/openings/new", given | {"skills": ""}).status_code == 422
    made = manager.post("/office/personnel/openings/new", given)
    opening = Opening.objects.get()
    assert made.headers["Location"] == opening.get_absolute_url()
    url = opening.get_absolute_url()
    assert manager.post(f"{url}/open", {"request_id": "o2"}).status_code == 302
    text = sign_in(cast.hr).get(url).content.decode()
    assert "会谈价格。" in text and "0 / 2" in text
    stale = given | {"request_id": "o3", "version": 1, "places": 3}
    assert sign_in(cast.hr).post(f"{url}/edit", stale).status_code == 409
    assert sign_in(cast.leadership).get(url).status_code == 404
    listed = manager.get("/office/personnel/openings/?status=open").content.decode()
    assert url in listed
    assert manager.post(f"{url}/withdraw", {"request_id": "o4"}).status_code == 422
