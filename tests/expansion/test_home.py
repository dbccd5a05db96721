"""First page, to-do centre, search and own page."""

from datetime import time

import pytest
from django.utils import translation

from crm.models import Contract
from crm.services.contracts import delete_contract, sign_contract, submit_contract
from expansion import clock, offers
from expansion.approvals.models import Request
from expansion.approvals.services import decide
from expansion.audit.services import write
from expansion.home.cards import waiting
from expansion.home.todo import groups
from expansion.people.models import Membership
from expansion.people.nav import find_people
from expansion.people.services.accounts import change_status, update_person
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.services import drafts
from partnerships.services.projects import cancel_project
from tests.make import contracts, partnerships

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/", "/todo/", "/search/", "/me/"])
def test_every_person_opens_the_common_pages_and_the_anonymous_goes_to_the_login(
    address, cast, sign_in
):
    for person in cast.everyone().values():
        if person.is_authenticated and person.is_active:
            assert sign_in(person).get(address).status_code == 200
    assert sign_in(cast.anonymous).get(address).status_code == 302


def test_the_first_page_says_where_in_the_year_today_lies(cast, sign_in):
    cast.member.language = "en"
    cast.member.save()
    page = sign_in(cast.member).get("/").content.decode()
    assert "Week 47" in page and "31 working days left in the fourth quarter" in page


def test_the_menu_is_counted_apart_from_the_page_and_believed_for_a_while(
    cast, sign_in, monkeypatch
):
    todos = [offers.Todo("test", "Feed the MARKER", "/jobs/")]
    source = offers.TodoSource("test", "Test", 1, lambda person: list(todos))
    monkeypatch.setitem(offers._registry.kept, offers.TodoSource, {"test": source})
    browser = sign_in(cast.member)
    asks, counted = 'hx-get="/menu/"', '<span class="waits" id="waits-todo">'

    page = browser.get("/todo/").text
    assert "Feed the MARKER" in page and asks in page
    assert f"{counted}</span>" in page  # Nothing is counted yet.
    menu = browser.get("/menu/").text
    assert 'id="waits-todo" hx-swap-oob="true"><span class="count">1</span>' in menu
    todos.clear()
    page = browser.get("/crm/clients/").text
    assert f'{counted}<span class="count">1</span>' in page and asks not in page
    write(actor=cast.colleague, verb="test.eaten", about=None)
    assert asks not in browser.get("/crm/clients/").text  # A stranger's act changes little here;
    write(actor=cast.member, verb="test.eaten", about=None)
    assert asks in browser.get("/crm/clients/").text  # the own one is counted at once.
    assert 'id="waits-todo" hx-swap-oob="true"></span>' in browser.get("/menu/").text
    assert f"{counted}</span>" in browser.get("/crm/clients/").text


def test_the_end_of_the_first_page_comes_by_itself(cast, sign_in):
    browser = sign_in(cast.member)
    page = browser.get("/").text
    for address in ("/today/side/", "/today/waiting/"):
        assert f'hx-get="{address}"' in page
        part = browser.get(address, headers={"HX-Request": "true"}).text
        assert "<html" not in part and "<html" in browser.get(address).text


def test_what_has_a_card_of_its_own_is_not_asked_again_for_the_card_of_what_waits(
    cast, monkeypatch
):
    asked = []

    def source(key: str) -> offers.TodoSource:
        todos = [offers.Todo("test", key, "/jobs/")]
        return offers.TodoSource(key, key, 1, lambda person: asked.append(key) or todos)

    sources = {key: source(key) for key in ("crm.contacts", "office.reports", "test")}
    monkeypatch.setitem(offers._registry.kept, offers.TodoSource, sources)
    card = waiting(cast.manager)
    assert card and [one.title for one in card["todos"]] == ["test"] == asked
    assert len(groups(cast.manager)) == 3


def test_the_palette_gets_a_fragment_and_the_page_a_page(cast, sign_in, monkeypatch):
    hit = offers.Hit("MARKER firm", "/crm/clients/1", "Client")
    source = offers.SearchSource("test", 1, lambda person, text, most: [hit])
    monkeypatch.setitem(offers._registry.kept, offers.SearchSource, {"test": source})
    browser = sign_in(cast.member)
    part = browser.get("/search/?q=x", headers={"HX-Request": "true"}).content.decode()
    assert "MARKER firm" in part and "<html" not in part
    page = browser.get("/search/?q=x").content.decode()
    assert "MARKER firm" in page and "<html" in page


def test_the_search_finds_pages_only_where_the_person_may_go(cast, sign_in):
    for person in (cast.administrator, cast.member):
        person.language = "en"
        person.save()
    found = sign_in(cast.administrator).get("/search/?q=background").content.decode()
    assert '<p class="row-title"><a href="/jobs/">' in found
    assert '<p class="row-title"><a href="/jobs/">' not in (
        sign_in(cast.member).get("/search/?q=background").content.decode()
    )


@pytest.mark.parametrize("text", ["冯璐", "fenglu", "fl", "Feng LU", "member"])
def test_colleagues_are_found_by_name_pinyin_initials_and_user_name(cast, sign_in, text):
    update_person(actor=cast.administrator, record=cast.member, name="冯璐")
    link = f'href="/people/{cast.member.pk}"'
    for person in (cast.hr, cast.manager, cast.colleague, cast.administrator):
        browser = sign_in(person)
        part = browser.get("/search/", {"q": text}, headers={"HX-Request": "true"})
        assert link in part.content.decode()
        assert link in browser.get("/search/", {"q": text}).content.decode()
    Membership.objects.filter(user=cast.outsider).delete()  # Who holds no post sees nobody.
    assert not list(find_people(cast.again(cast.outsider), text, 6))


def test_finding_people_costs_the_same_for_few_and_many(cast, django_assert_num_queries):
    person = cast.again(cast.manager)
    assert person.seats
    for most in (1, 20):
        with django_assert_num_queries(2):
            assert len(list(find_people(person, "e", most))) >= min(most, 3)


def test_who_has_left_is_found_last_and_said_to_have(cast):
    update_person(actor=cast.administrator, record=cast.colleague, name="安一")
    update_person(actor=cast.administrator, record=cast.member, name="安二")
    change_status(actor=cast.administrator, record=cast.colleague, status="left", reason="离职")
    found = list(find_people(cast.again(cast.manager), "安", 6))
    assert [one.label for one in found] == ["安二", "安一"]
    assert found[1].detail.endswith("left") and "left" not in found[0].detail
    with translation.override("zh-hans"):
        assert str(found[0].kind) != "姓名"  # what a column of names is called


@pytest.mark.parametrize("text", ["", "  ", "%", "_", "'", "<b>", "王" * 500, "\x00", "🙂"])
def test_odd_searches_are_answered(text, cast, sign_in):
    assert sign_in(cast.manager).get("/search/", {"q": text}).status_code == 200


def waits(person, kind: str) -> list[str]:
    """The addresses behind what waits of one kind."""
    return [todo.url for group in groups(person) for todo in group["todos"] if todo.kind == kind]


def test_what_came_back_waits_until_it_is_handed_in_again_or_falls_away(cast):
    request = contracts.submitted(cast)
    assert not waits(cast.member, "returned")
    decide(actor=cast.manager, request=request, decision="return", comment="写清付款。")
    assert waits(cast.member, "returned") == [request.about.get_absolute_url()]
    assert not waits(cast.manager, "returned")
    contract = Contract.objects.get(pk=request.about_id)
    submit_contract(actor=cast.member, record=contract, rules=rules_on())
    assert not waits(cast.member, "returned")


def test_what_came_back_and_is_deleted_waits_no_more(cast):
    request = contracts.submitted(cast)
    decide(actor=cast.manager, request=request, decision="return", comment="写清付款。")
    delete_contract(actor=cast.manager, record=request.about, reason="不签了。")
    assert Request.objects.get(pk=request.pk).status == "returned"
    assert not waits(cast.member, "returned")


def test_a_returned_scheme_waits_while_its_project_is_open(cast):
    project = partnerships.submitted(cast.partner_member)
    request = Request.objects.get()
    decide(actor=cast.manager, request=request, decision="return", comment="写清分成。")
    assert waits(cast.partner_member, "returned") == [project.get_absolute_url()]
    cancel_project(actor=cast.partner_member, record=project, reason="对方停业。")
    assert not waits(cast.partner_member, "returned")


def test_an_approved_contract_waits_for_its_signatures_and_a_due_duty_for_its_tick(cast):
    contract = contracts.approved(cast)
    assert waits(cast.member, "contract") == [contract.get_absolute_url()]
    assert not waits(cast.colleague, "contract")
    sign_contract(
        actor=cast.member,
        record=contract,
        signed_on=clock.today(),
        signed_by_us="陈立群",
        signed_by_them="许总",
    )
    assert not waits(cast.member, "contract")
    duty = contract.obligations.order_by("due_on").first()
    assert not waits(cast.member, "obligation")
    clock.set_clock(clock.moment_on(duty.due_on, time(12)))
    assert waits(cast.member, "obligation") == [duty.get_absolute_url()]


def test_a_draft_waits_for_who_has_begun_it_and_then_for_who_publishes(cast):
    draft = drafts.change_draft(actor=cast.manager, changes={"sla.return_visit": "45 days"})
    for person in (cast.manager, cast.administrator):
        assert waits(person, "draft") == [draft.get_absolute_url()]
    assert not waits(cast.leader, "draft")
    drafts.discard_draft(actor=cast.manager, draft=draft)
    assert not waits(cast.manager, "draft") + waits(cast.administrator, "draft")


def test_the_first_page_of_who_has_nothing_to_do_says_so(cast, sign_in):
    browser, words = sign_in(cast.administrator), "今天没有要办的事"
    page = browser.get("/").text
    assert words not in page and 'hx-get="/today/waiting/?alone=1"' in page
    assert words in browser.get("/today/waiting/?alone=1").text
    assert words not in browser.get("/today/waiting/").text
