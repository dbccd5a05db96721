"""Where somebody is logged in: what the list shows, what it costs, and how sessions end."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from expansion import clock
from expansion.audit.models import Entry
from expansion.errors import Forbidden, NotNow
from expansion.jobs.services import enqueue, run
from expansion.notices.models import Notice
from expansion.people.models import LoginSession
from expansion.people.services import accounts, passwords, sessions
from expansion.people.sessions import SEEN_EVERY, sessions_of
from tests.cast import NOW

WORD, OTHER = "seven-owls-asleep", "eleven-quiet-boats"
LIST = "/people/sessions/"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 Edg/131.0"
WECHAT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit Chrome/116 Mobile MicroMessenger/8.0.50"


@pytest.fixture
def member(cast):
    passwords.set_password(actor=cast.administrator, record=cast.member, password=WORD)
    return cast.again(cast.member)


def log_in(agent=EDGE, network="10.0.0.1", login="member", password=WORD):
    browser = Browser(HTTP_USER_AGENT=agent, REMOTE_ADDR=network)
    assert browser.post("/login/", {"login": login, "password": password}).status_code == 302
    return browser


def row_of(browser):
    return LoginSession.objects.get(pk=browser.session.session_key)


def open_in(browser):
    return browser.get(LIST).status_code == 200


def send(browser, url, **fields):
    return browser.post(url, {"request_id": "k1"} | fields)


def test_the_list_names_device_address_and_time_and_which_is_this_one(member):
    here = log_in()
    clock.set_clock(NOW + timedelta(minutes=2))
    log_in(WECHAT, "192.0.2.7")
    page = here.get(LIST).content.decode()
    for words in ("Edge · Windows", "10.0.0.1", "WeChat · Android", "192.0.2.7", "09:41", "09:43"):
        assert words in page
    assert page.count("本次登录") == 1
    assert page.index("Edge · Windows") < page.index("WeChat · Android")


def test_no_page_shows_a_session_key(member):
    here, other = log_in(), log_in(WECHAT)
    page = here.get(LIST).content.decode()
    assert here.session.session_key not in page and other.session.session_key not in page


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (EDGE, "Edge · Windows"),
        (WECHAT, "WeChat · Android"),
        ("Mozilla/5.0 (Macintosh) AppleWebKit Version/18.1 Safari/605.1.15", "Safari · Mac"),
        ("Mozilla/5.0 (iPhone) AppleWebKit CriOS/131.0 Mobile Safari/604.1", "Chrome · iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Firefox/133.0", "Firefox · Linux"),
        ("curl/8.5.0", ""),
        ("<script>alert(1)</script>" * 40, ""),
    ],
)
def test_a_device_is_named_in_two_words(member, agent, words):
    browser = log_in(agent)
    assert row_of(browser).device == words
    assert words or "未知设备" in browser.get(LIST).content.decode()


def test_a_page_costs_no_query_more_and_last_seen_is_written_every_few_minutes(member):
    browser = log_in()
    browser.get("/people/organisation")  # The greeting is drawn and forgotten.

    def written(minutes):
        clock.set_clock(NOW + timedelta(minutes=minutes))
        with CaptureQueriesContext(connection) as queries:
            browser.get("/people/organisation")
        found = [one["sql"] for one in queries if "people_loginsession" in one["sql"]]
        return [sql.split()[0] for sql in found]

    assert written(0) == ["SELECT"]
    assert written(4) == ["SELECT"]
    assert written(5) == ["SELECT", "UPDATE"]
    assert written(6) == ["SELECT"]
    assert row_of(browser).seen_at == NOW + timedelta(minutes=5)


def test_the_address_is_the_one_seen_last(member):
    browser = log_in(network="10.0.0.1")
    clock.set_clock(NOW + SEEN_EVERY)
    browser.get(LIST, REMOTE_ADDR="192.0.2.9")
    assert (row_of(browser).network, row_of(browser).since) == ("192.0.2.9", NOW)


def test_what_is_known_of_a_session_outlives_a_message_and_a_new_key(member):
    browser = log_in()
    session = browser.session
    session["a"] = 1
    session.save()
    before = browser.session.session_key
    fields = {"current": WORD, "password": OTHER}
    assert send(browser, "/people/password", **fields).status_code == 302
    row = row_of(browser)
    assert row.pk != before
    assert (row.device, row.person, row.since) == ("Edge · Windows", member, NOW)


def test_one_ends_another_session_and_it_is_out_at_once(member):
    here, other = log_in(), log_in(WECHAT)
    address = f"{LIST}{row_of(other).mark}/end"
    assert "WeChat · Android" in here.get(address).content.decode()
    assert send(here, address).status_code == 302
    assert open_in(here) and not open_in(other)
    assert send(here, address).status_code == 302, "the second click gets the first one's answer"
    entry = Entry.objects.get(verb="people.login.ended")
    assert (entry.actor, entry.changes) == (member, {"device": ["WeChat · Android", None]})


def test_the_session_in_use_is_ended_by_logging_out(member):
    here = log_in()
    assert send(here, f"{LIST}{row_of(here).mark}/end").status_code == 409
    assert open_in(here)
    with pytest.raises(NotNow):
        key = here.session.session_key
        sessions.end_session(actor=member, session=row_of(here), here=key)


def test_a_session_of_somebody_else_is_not_found(member, cast, sign_in):
    here = log_in()
    address = f"{LIST}{row_of(here).mark}/end"
    for part in ("colleague", "administrator"):
        browser = sign_in(getattr(cast, part))
        assert browser.get(address).status_code == send(browser, address).status_code == 404
    assert open_in(here)


def test_all_others_end_together(member):
    here, one, two = log_in(), log_in(WECHAT), log_in()
    assert send(here, f"{LIST}end").status_code == 302
    assert open_in(here) and not open_in(one) and not open_in(two)
    assert Entry.objects.get(verb="people.login.others_ended").changes == {"count": [None, 2]}


def test_with_no_others_nothing_is_written(member):
    here = log_in()
    assert "没有其他登录" in here.get(LIST).content.decode()
    send(here, f"{LIST}end")
    assert not Entry.objects.filter(verb="people.login.others_ended").exists()


def test_an_administrator_ends_all_sessions_of_a_person_who_is_told(member, cast, sign_in):
    one, two = log_in(), log_in(WECHAT)
    browser = sign_in(cast.administrator)
    url = f"/people/{member.pk}/sessions"
    assert send(browser, url).status_code == 422, "why is asked"
    assert send(browser, url, reason="电脑遗失").status_code == 302
    assert not open_in(one) and not open_in(two)
    assert Entry.objects.get(verb="people.login.all_ended").about == member
    assert Notice.objects.get(kind="people.sessions").person == member
    assert open_in(log_in())


@pytest.mark.parametrize("part", ["member", "leader", "manager", "hr", "leadership"])
def test_nobody_else_ends_a_persons_sessions(cast, part):
    with pytest.raises(Forbidden):
        sessions.end_all_sessions(actor=getattr(cast, part), record=cast.colleague)


def test_an_administrator_does_not_end_the_own_sessions_this_way(cast):
    with pytest.raises(Forbidden):
        sessions.end_all_sessions(actor=cast.administrator, record=cast.administrator)


def test_sessions_that_a_new_password_or_a_lock_has_ended_are_not_listed(member, cast):
    log_in()
    assert sessions_of(member).count() == 1
    passwords.set_password(actor=cast.administrator, record=member, password=OTHER)
    assert sessions_of(cast.again(member)).count() == 0
    log_in(password=OTHER)
    accounts.change_status(actor=cast.administrator, record=member, status="locked")
    assert sessions_of(cast.again(member)).count() == 0


def test_logging_out_takes_the_session_off_the_list(member):
    here, other = log_in(), log_in(WECHAT)
    other.post("/logout/")
    assert [one.device for one in sessions_of(member)] == ["Edge · Windows"]
    assert open_in(here)


def test_expired_sessions_are_deleted_at_night(member):
    here = log_in()
    LoginSession.objects.create(session_key="old", expire_date=NOW - timedelta(days=4000))
    run(enqueue("people.forget_ended_sessions"))
    assert [one.pk for one in LoginSession.objects.all()] == [here.session.session_key]
