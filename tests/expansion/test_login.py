"""Logging in: by name or number, with growing delays that no stranger can turn against anybody."""

from datetime import timedelta

import pytest
from django.test import Client as Browser

from expansion import clock
from expansion.people.models import FailedLogin, Status
from expansion.people.services.accounts import change_status
from expansion.people.services.passwords import set_password
from tests.cast import NOW

WORD, WRONG = "seven-owls-asleep", "not-the-password"


@pytest.fixture
def member(cast):
    set_password(actor=cast.administrator, record=cast.member, password=WORD)
    return cast.again(cast.member)


def enter(password, login="member", network="10.0.0.1", browser=None):
    browser = browser or Browser()
    return browser.post("/login/", {"login": login, "password": password}, REMOTE_ADDR=network)


def fail(times, **given):
    for _attempt in range(times):
        page = enter(WRONG, **given)
    return page.content.decode()


def later(seconds):
    clock.set_clock(NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("login", ["member", "MEMBER", "许晴", "qing@example.com", "13800138000"])
def test_a_person_logs_in_by_user_name_e_mail_phone_or_name(member, login):
    member.email, member.phone = "qing@example.com", "+8613800138000"
    member.save()
    assert enter(WORD, login).status_code == 302


def test_a_name_that_two_people_bear_leads_to_nobody(member, cast):
    cast.colleague.name = member.name
    cast.colleague.save()
    assert enter(WORD, member.name).status_code == 200


def test_three_wrong_passwords_are_free_of_a_lock_and_each_further_one_costs_twice_the_time(member):
    assert "秒后再试" not in fail(2)
    assert "30 秒" in fail(1)
    later(31)
    assert "60 秒" in fail(1)
    later(31 + 61)
    assert "120 秒" in fail(1)


def test_while_the_delay_runs_even_the_right_password_waits_and_afterwards_it_opens(member):
    fail(3)
    assert enter(WORD).status_code == 200
    later(31)
    assert enter(WORD).status_code == 302


def test_an_attempt_during_the_delay_does_not_prolong_it(member):
    fail(3)
    later(15)
    fail(5)
    later(31)
    assert enter(WORD).status_code == 302


def test_the_delay_never_grows_beyond_a_quarter_of_an_hour(member):
    seconds = 0
    for _attempt in range(20):
        fail(1)
        seconds += 15 * 60 + 1
        later(seconds)
    assert enter(WORD).status_code == 302


def test_a_stranger_on_another_network_does_not_delay_the_owner(member):
    fail(5, network="192.0.2.7")
    assert enter(WORD, network="10.0.0.1").status_code == 302


def test_one_network_cannot_try_many_accounts(member):
    for number in range(30):
        enter(WRONG, login=f"nobody{number}", network="192.0.2.7")
    assert "30 秒" in enter(WORD, network="192.0.2.7").content.decode()


def test_success_forgets_the_failures(member):
    fail(2)
    enter(WORD)
    assert not FailedLogin.objects.filter(key__startswith="member|").exists()
    assert "秒后再试" not in fail(2)


def test_failures_are_forgotten_after_half_a_day(member):
    fail(3)
    later(12 * 3600 + 1)
    assert "秒后再试" not in fail(2)


def test_the_answer_does_not_tell_whether_the_name_exists(member):
    known, unknown = fail(1), fail(1, login="nobody")
    assert ("姓名或密码不对" in known) and ("姓名或密码不对" in unknown)


@pytest.mark.parametrize("status", [Status.LOCKED, Status.LEFT])
def test_locked_and_deactivated_people_do_not_log_in(member, cast, status):
    change_status(actor=cast.administrator, record=member, status=status)
    assert enter(WORD).status_code == 200


@pytest.mark.parametrize("status", [Status.LOCKED, Status.LEFT])
def test_a_session_ends_with_the_status(member, cast, status):
    browser = Browser()
    enter(WORD, browser=browser)
    assert browser.get("/people/tokens/").status_code == 200
    change_status(actor=cast.administrator, record=member, status=status)
    assert browser.get("/people/tokens/").status_code == 302


def test_a_session_ends_with_a_new_password(member, cast):
    browser = Browser()
    enter(WORD, browser=browser)
    set_password(actor=cast.administrator, record=member, password="eleven-quiet-boats")
    assert browser.get("/people/tokens/").status_code == 302


def test_sign_up_does_not_exist(db):
    assert Browser().get("/signup/").status_code == 404


def test_each_attempt_is_logged_and_what_was_typed_is_not(member, caplog):
    caplog.set_level("INFO", logger="expansion.login")
    enter(WORD, network="10.0.0.7")
    enter(WRONG, network="10.0.0.7")
    enter(WRONG, login="my-password-by-mistake", network="10.0.0.7")
    lines = [one.getMessage() for one in caplog.records if one.name == "expansion.login"]
    assert [line.split(" from ")[0] for line in lines] == [
        "Login: member",
        "Login refused: member",
        "Login refused: an unknown name",
    ]
    assert WRONG not in caplog.text and "by-mistake" not in caplog.text
