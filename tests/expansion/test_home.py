"""First page, to-do centre, search and own page."""

import pytest

from expansion import offers
from expansion.audit.services import write

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


def test_to_dos_come_from_every_room_and_are_counted_anew_after_a_write(cast, sign_in, monkeypatch):
    waiting = [offers.Todo("test", "Feed the MARKER", "/jobs/")]
    source = offers.TodoSource("test", "Test", 1, lambda person: list(waiting))
    monkeypatch.setitem(offers._registry.kept, offers.TodoSource, {"test": source})
    browser = sign_in(cast.member)

    def counted() -> int:
        shell = browser.get("/todo/").context["shell"]
        return next(item["count"] for item in shell.nav[0]["items"] if item["url"] == "/todo/")

    assert counted() == 1
    assert "Feed the MARKER" in browser.get("/todo/").content.decode()
    waiting.clear()
    assert counted() == 1  # Believed for half a minute …
    write(actor=cast.member, verb="test.eaten", about=None)
    assert counted() == 0  # … or until something is written.


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


@pytest.mark.parametrize("text", ["", "  ", "%", "_", "'", "<b>", "王" * 500, "\x00", "🙂"])
def test_odd_searches_are_answered(text, cast, sign_in):
    assert sign_in(cast.manager).get("/search/", {"q": text}).status_code == 200
