"""Links with which a person sets the own password: invitations, and the way back in."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client as Browser

from expansion import clock
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Gone, Invalid, NotNow
from expansion.notices.models import Mail, Notice
from expansion.people.models import AccountLink, Membership, Post, Status, Unit, User
from expansion.people.services import accounts, links, passwords, tokens
from tests.cast import NOW

pytestmark = pytest.mark.django_db
WORD, OTHER = "seven-owls-asleep", "eleven-quiet-boats"
MEMBER = {"name": "新人", "username": "xin", "email": "xin@example.com"}


@pytest.fixture
def member(cast):
    passwords.set_password(actor=cast.administrator, record=cast.member, password=WORD)
    Notice.objects.all().delete()
    return cast.again(cast.member)


@pytest.fixture
def invited(cast):
    """The link of a new person, and its secret."""
    return links.invite_person(actor=cast.administrator, **MEMBER)


def secret_for(cast, person):
    return links.create_link(actor=cast.administrator, record=person)[1]


def send(browser, url, **fields):
    return browser.post(url, {"request_id": "k1"} | fields)


def use(secret, password=OTHER, network="10.0.0.1", **fields):
    sent = {"request_id": "k1", "password": password} | fields
    return Browser(REMOTE_ADDR=network).post(f"/welcome/{secret}", sent)


def logs_in(login, password):
    browser = Browser(REMOTE_ADDR="10.0.0.99")
    browser.post("/login/", {"login": login, "password": password})
    return "_auth_user_id" in browser.session


def link_on(page):
    return re.search(r'id="secret" value="http://testserver/welcome/([^"]+)"', page.text).group(1)


# --- invitations --------------------------------------------------------------------------------


def test_a_person_without_a_password_is_invited_and_the_link_stands_in_the_one_answer(
    cast, sign_in
):
    browser = sign_in(cast.administrator)
    page = send(browser, "/people/new", **MEMBER)
    secret = link_on(page)
    assert (page.status_code, page.headers["Cache-Control"]) == (201, "no-store")
    person = User.objects.get(username="xin")
    assert (person.status, person.has_usable_password()) == (Status.INVITED, False)
    again = send(browser, "/people/new", **MEMBER)
    assert again.status_code == 200 and secret not in again.text
    assert User.objects.filter(name="新人").count() == AccountLink.objects.count() == 1


def test_only_a_hash_of_128_random_bits_is_stored(cast, invited):
    link, secret = invited
    assert len(secret) == 22 and link.digest == tokens.digest_of(secret)
    other = secret_for(cast, link.person)
    assert other != secret
    stored = str(list(AccountLink.objects.values())) + str(list(Entry.objects.values()))
    assert secret not in stored and other not in stored


def test_the_invited_sets_a_password_and_the_account_is_open(invited):
    link, secret = invited
    page = Browser().get(f"/welcome/{secret}")
    assert page.status_code == 200 and "xin" in page.text and "no-store" in str(page.headers)
    assert not logs_in("xin", OTHER)
    assert use(secret).headers["Location"] == "/login/"
    assert User.objects.get(username="xin").status == Status.ACTIVE
    assert logs_in("xin", OTHER)
    entry = Entry.objects.get(verb="people.link.used")
    assert (entry.actor, entry.about) == (link.person, link.person)
    assert entry.changes == {"status": ["invited", "active"]}
    assert not Notice.objects.filter(person=link.person).exists(), "nothing has changed for them"


def test_whoever_is_invited_does_not_log_in_before(cast, invited):
    assert not logs_in("xin", "")


def test_a_first_password_told_in_person_still_opens_the_account(cast, sign_in):
    sent = send(sign_in(cast.administrator), "/people/new", **MEMBER, password=WORD)
    person = User.objects.get(username="xin")
    assert sent.headers["Location"] == person.get_absolute_url()
    assert person.is_active and logs_in("xin", WORD) and not AccountLink.objects.exists()


def test_a_seat_given_before_is_held_from_the_first_request(cast, invited):
    link, secret = invited
    unit, post = Unit.objects.get(key="client"), Post.objects.get(key="member")
    Membership.objects.create(user=link.person, unit=unit, post=post, since=clock.today())
    use(secret)
    browser = Browser()
    browser.post("/login/", {"login": "xin", "password": OTHER})
    assert browser.get("/crm/clients/").status_code == 200


# --- what a link does not do --------------------------------------------------------------------


def test_it_works_once(invited):
    _link, secret = invited
    assert use(secret).status_code == 302
    assert use(secret, WORD, request_id="k2").status_code == 404
    assert Browser().get(f"/welcome/{secret}").status_code == 404
    assert logs_in("xin", OTHER) and not logs_in("xin", WORD)
    with pytest.raises(Gone):
        links.use_link(secret=secret, password=WORD)


def test_the_same_form_sent_twice_gets_the_first_ones_answer(invited):
    _link, secret = invited
    assert use(secret).status_code == use(secret).status_code == 302
    assert Entry.objects.filter(verb="people.link.used").count() == 1


def test_it_ends_after_seven_days(invited):
    _link, secret = invited
    clock.set_clock(NOW + timedelta(days=7) - timedelta(seconds=1))
    assert Browser().get(f"/welcome/{secret}").status_code == 200
    clock.set_clock(NOW + timedelta(days=7))
    assert Browser().get(f"/welcome/{secret}").status_code == use(secret).status_code == 404


def test_a_newer_link_replaces_it(cast, invited):
    link, secret = invited
    newer = secret_for(cast, link.person)
    assert use(secret).status_code == 404
    assert use(newer).status_code == 302


@pytest.mark.parametrize("status", [Status.LOCKED, Status.LEFT])
def test_it_opens_no_account_that_was_closed_meanwhile(member, cast, status):
    secret = secret_for(cast, member)
    accounts.change_status(actor=cast.administrator, record=member, status=status)
    assert use(secret).status_code == 404
    accounts.change_status(
        actor=cast.administrator, record=cast.again(member), status=Status.ACTIVE
    )
    assert use(secret, request_id="k2").status_code == 404, "nor one that was opened again"
    with pytest.raises(NotNow):
        accounts.change_status(actor=cast.administrator, record=member, status=Status.LOCKED)
        links.create_link(actor=cast.administrator, record=member)


@pytest.mark.parametrize("status", [Status.LOCKED, Status.LEFT])
def test_no_link_opens_for_whoever_may_not_log_in(member, cast, status):
    secret = secret_for(cast, member)
    User.objects.filter(pk=member.pk).update(status=status)
    assert use(secret).status_code == 404


def test_a_password_set_otherwise_ends_it(member, cast):
    secret = secret_for(cast, member)
    passwords.change_own_password(actor=member, current=WORD, password="three-slow-trains")
    assert use(secret).status_code == 404


@pytest.mark.parametrize("weak", ["", "short", "a" * 9, "1234567890", "xin@example.com", "x" * 129])
def test_a_weak_password_is_refused_and_the_link_stays(invited, weak):
    _link, secret = invited
    page = use(secret, weak)
    assert page.status_code == 422 and "field-error" in page.text
    assert use(secret, request_id="k2").status_code == 302


def test_unknown_links_are_slowed_down_per_network(invited):
    _link, secret = invited
    for number in range(30):
        assert use(f"nobody-made-this-{number}", network="192.0.2.7").status_code == 404
    assert use(secret, network="192.0.2.7").status_code == 429
    assert use(secret, network="10.0.0.1").status_code == 302


def test_the_page_shows_nothing_of_the_house(invited):
    _link, secret = invited
    page = Browser().get(f"/welcome/{secret}").text
    assert "/crm/" not in page and "xin@example.com" not in page


# --- the way back in ----------------------------------------------------------------------------


def test_somebody_who_forgot_the_password_gets_a_link_and_old_sessions_end(member, cast, sign_in):
    elsewhere = Browser()
    elsewhere.post("/login/", {"login": "member", "password": WORD})
    _token, key = tokens.create_token(
        actor=member, name="脚本", expires_on=clock.today() + timedelta(days=9)
    )
    page = send(sign_in(cast.administrator), f"/people/{member.pk}/link")
    assert page.status_code == 201
    assert elsewhere.get("/people/tokens/").status_code == 200, "a link alone ends nothing"
    assert use(link_on(page)).status_code == 302
    assert elsewhere.get("/people/tokens/").status_code == 302
    bearer = {"Authorization": f"Bearer {key}"}
    assert Browser().get("/api/v1/crm/clients/", headers=bearer).status_code == 401
    assert logs_in("member", OTHER)


def test_its_person_is_told_when_it_is_made_and_when_it_is_used(member, cast):
    User.objects.filter(pk=member.pk).update(email="qing@example.com")
    secret = secret_for(cast, member)
    made = Notice.objects.get(person=member)
    assert (made.actor, Mail.objects.get(notice=made).to) == (
        cast.administrator,
        "qing@example.com",
    )
    use(secret)
    assert Notice.objects.filter(person=member, kind="people.password").count() == 2
    assert secret not in str(list(Notice.objects.values()))


@pytest.mark.parametrize("part", ["member", "leader", "manager", "hr", "leadership"])
def test_nobody_but_an_administrator_makes_one(cast, part):
    with pytest.raises(Forbidden):
        links.create_link(actor=getattr(cast, part), record=cast.colleague)
    with pytest.raises(Forbidden):
        links.invite_person(actor=getattr(cast, part), **MEMBER)


def test_an_administrator_makes_none_for_the_own_account(cast):
    with pytest.raises(Forbidden):
        links.create_link(actor=cast.administrator, record=cast.administrator)


def test_a_taken_name_makes_neither_person_nor_link(cast, sign_in):
    page = send(sign_in(cast.administrator), "/people/new", **MEMBER | {"username": "member"})
    assert page.status_code == 422 and not AccountLink.objects.exists()
    with pytest.raises(Invalid):
        links.invite_person(actor=cast.administrator, **MEMBER | {"username": "member"})


# --- by mail ------------------------------------------------------------------------------------


class Refusing:
    """A mail server that is away."""

    def __init__(self, **settings):
        pass

    def send_messages(self, messages):
        raise OSError("away")


def test_it_is_mailed_where_mail_leaves_and_there_is_an_address(cast, sign_in, settings):
    settings.MAIL_LEAVES = True
    page = send(sign_in(cast.administrator), "/people/new", **MEMBER)
    (letter,) = mail.outbox
    assert letter.to == ["xin@example.com"] and link_on(page) in letter.body
    assert "xin@example.com" in page.text
    send(sign_in(cast.administrator), f"/people/{cast.member.pk}/link")
    assert len(mail.outbox) == 1, "the member has no address"


def test_without_a_mail_server_nothing_is_sent(cast, sign_in):
    send(sign_in(cast.administrator), "/people/new", **MEMBER)
    assert mail.outbox == []


def test_a_mail_server_that_is_away_is_told_beside_the_link(cast, sign_in, settings):
    settings.MAIL_LEAVES, settings.EMAIL_BACKEND = True, f"{__name__}.Refusing"
    page = send(sign_in(cast.administrator), "/people/new", **MEMBER)
    assert page.status_code == 201 and link_on(page) and "发送失败" in page.text
