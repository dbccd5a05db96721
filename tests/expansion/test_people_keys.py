"""Passwords, sessions and tokens: what ends what, who is told, and what guessing costs."""

from datetime import timedelta

import pytest
from django.test import Client as Browser

from expansion import clock
from expansion.audit.models import Entry
from expansion.errors import Invalid
from expansion.notices.models import Mail, Notice
from expansion.people.models import Status, Token
from expansion.people.services import accounts, passwords, tokens
from tests.cast import NOW

pytestmark = pytest.mark.django_db
WORD, OTHER = "seven-owls-asleep", "eleven-quiet-boats"
CLIENTS = "/api/v1/crm/clients/"


@pytest.fixture
def member(cast):
    cast.member.email = "qing@example.com"
    cast.member.save()
    passwords.set_password(actor=cast.administrator, record=cast.member, password=WORD)
    Notice.objects.all().delete()
    return cast.again(cast.member)


def a_token(person, **given):
    day = clock.today() + timedelta(days=30)
    usual = {"expires_on": day, "scope": Token.Scope.WRITE}
    return tokens.create_token(actor=person, name="脚本", **usual | given)


def asked(secret, method="get", sent=None, address=CLIENTS):
    bearer = {"headers": {"Authorization": f"Bearer {secret}"}}
    if method == "post":
        return Browser().post(address, sent or {}, content_type="application/json", **bearer)
    return Browser().get(address, **bearer)


def signed_in(password=WORD, network="10.0.0.1"):
    browser = Browser(REMOTE_ADDR=network)
    browser.post("/login/", {"login": "member", "password": password})
    return browser


# --- a new password -----------------------------------------------------------------------------


def test_whoever_gets_a_new_password_is_told_by_mail_too(member, cast):
    passwords.set_password(actor=cast.administrator, record=member, password=OTHER)
    notice = Notice.objects.get(person=member)
    assert (notice.kind, notice.actor) == ("people.password", cast.administrator)
    assert "管理员" in notice.title and OTHER not in notice.title + notice.text
    assert Mail.objects.get(notice=notice).to == "qing@example.com"


def test_the_own_new_password_is_told_in_other_words(member):
    passwords.change_own_password(actor=member, current=WORD, password=OTHER)
    assert "管理员" not in Notice.objects.get(person=member).title
    assert Mail.objects.get().notice.person == member


def test_without_an_address_the_notice_stands_alone(cast):
    passwords.set_password(actor=cast.administrator, record=cast.colleague, password=OTHER)
    assert Notice.objects.filter(person=cast.colleague).exists() and not Mail.objects.exists()


@pytest.mark.parametrize("by", ["administrator", "member"])
def test_a_new_password_ends_every_token(member, cast, by):
    token, secret = a_token(member)
    assert asked(secret).status_code == 200
    if by == "member":
        passwords.change_own_password(actor=member, current=WORD, password=OTHER)
    else:
        passwords.set_password(actor=cast.administrator, record=member, password=OTHER)
    assert asked(secret).status_code == 401
    assert Token.objects.get(pk=token.pk).revoked_at == clock.now()
    ended = Entry.objects.filter(verb="people.token.revoked", about_id=token.pk)
    assert [one.actor.username for one in ended] == [by]


def test_the_own_new_password_ends_other_sessions_and_not_this_one(member):
    here, elsewhere = signed_in(), signed_in()
    fields = {"current": WORD, "password": OTHER, "request_id": "once"}
    assert here.post("/people/password", fields).status_code == 302
    assert here.get("/people/tokens/").status_code == 200
    assert elsewhere.get("/people/tokens/").status_code == 302


def test_the_same_password_set_again_ends_sessions_too(member, cast):
    browser = signed_in()
    passwords.set_password(actor=cast.administrator, record=member, password=WORD)
    assert browser.get("/people/tokens/").status_code == 302


@pytest.mark.parametrize("status", [Status.LOCKED, Status.LEFT])
def test_whoever_is_taken_back_logs_in_anew_and_makes_new_tokens(member, cast, status):
    browser, (_token, secret) = signed_in(), a_token(member)
    accounts.change_status(actor=cast.administrator, record=member, status=status)
    assert asked(secret).status_code == 401
    accounts.change_status(
        actor=cast.administrator, record=cast.again(member), status=Status.ACTIVE
    )
    assert browser.get("/people/tokens/").status_code == 302
    assert asked(secret).status_code == 401
    assert signed_in().get("/people/tokens/").status_code == 200


# --- guessing the present password --------------------------------------------------------------


def change(browser, current, key):
    fields = {"current": current, "password": OTHER, "request_id": key}
    return browser.post("/people/password", fields)


def test_guessing_the_present_password_costs_growing_time(member):
    browser = signed_in()
    for number in range(3):
        assert change(browser, "wrong", f"a{number}").status_code == 422
    waits = change(browser, WORD, "b")
    assert waits.status_code == 422 and "30 秒" in waits.content.decode()
    clock.set_clock(NOW + timedelta(seconds=31))
    assert change(browser, WORD, "c").status_code == 302
    assert not member.check_password(OTHER)
    member.refresh_from_db()
    assert member.check_password(OTHER)


def test_login_and_password_form_share_one_counter(member):
    browser = signed_in()
    for number in range(3):
        change(browser, "wrong", f"a{number}")
    assert "_auth_user_id" not in signed_in().session
    assert "_auth_user_id" in signed_in(network="192.0.2.7").session


# --- tokens -------------------------------------------------------------------------------------


def test_a_token_that_reads_writes_nothing(member):
    _token, secret = a_token(member, scope=Token.Scope.READ)
    assert asked(secret).status_code == 200
    refused = asked(secret, "post", {"name": "南京海纳"})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert refused.json()["detail"]
    _token, secret = a_token(member, scope=Token.Scope.WRITE)
    assert asked(secret, "post", {"name": "南京海纳酒店"}).status_code == 201


@pytest.mark.parametrize("status", [Status.LOCKED, Status.LEFT])
def test_a_token_of_somebody_who_may_not_log_in_opens_nothing(member, status):
    _token, secret = a_token(member)
    type(member).objects.filter(pk=member.pk).update(status=status)
    assert asked(secret).status_code == 401


def test_a_token_holds_on_its_last_day_and_no_longer_and_for_a_year_at_most(member):
    _token, secret = a_token(member, expires_on=clock.today() + timedelta(days=1))
    with clock.clock_at(NOW + timedelta(days=1)):
        assert asked(secret).status_code == 200
    with clock.clock_at(NOW + timedelta(days=2)):
        assert asked(secret).status_code == 401
    with pytest.raises(Invalid):
        a_token(member, expires_on=clock.today() + timedelta(days=367))


def test_the_list_shows_what_a_token_may_and_when_it_was_last_used(member, sign_in):
    _token, secret = a_token(member, scope=Token.Scope.READ)
    browser = sign_in(member)
    assert "从未使用" in browser.get("/people/tokens/").content.decode()
    asked(secret)
    page = browser.get("/people/tokens/").content.decode()
    assert "上次使用" in page and "仅可读取" in page


def test_a_token_reads_unless_more_is_asked_for(cast):
    day = clock.today() + timedelta(days=30)
    token, _secret = tokens.create_token(actor=cast.member, name="脚本", expires_on=day)
    assert token.scope == Token.Scope.READ
