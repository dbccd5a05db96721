"""The second factor: app, passkeys, recovery codes; what is asked, written down and told."""

import json
import re
import time
from datetime import timedelta
from unittest.mock import patch

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.management import CommandError, call_command
from django.test import Client as Browser

from expansion import clock
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, NotNow, TooEarly
from expansion.notices.models import Mail, Notice
from expansion.people.factors import codes_left, factors_of
from expansion.people.models import User
from expansion.people.services import accounts, factors, passwords, sessions, tokens
from tests.cast import NOW
from tests.make.passkeys import Device, question_of

pytestmark = pytest.mark.django_db
WORD = "seven-owls-asleep"
PAGE, APP, PASSKEY = (f"/people/second-factor/{end}" for end in ("", "app", "passkey"))
SECOND = "/login/second/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def member(cast):
    cast.member.email = "qing@example.com"
    cast.member.save()
    passwords.set_password(actor=cast.administrator, record=cast.member, password=WORD)
    Notice.objects.all().delete()
    return cast.again(cast.member)


@pytest.fixture
def later():
    """Moves the clock that apps go by; codes change every half minute."""
    begun = time.time()
    with patch("time.time") as now:
        now.return_value = begun

        def move(seconds):
            now.return_value = begun + seconds

        yield move


def code(secret=SECRET, steps=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def with_app(person):
    """The person's app, and the recovery codes that came with it."""
    return factors.add_app(actor=person, secret=SECRET, code=code())


def enter(password=WORD, browser=None, network="10.0.0.1"):
    browser = browser or Browser(REMOTE_ADDR=network)
    browser.answer = browser.post("/login/", {"login": "member", "password": password}, secure=True)
    return browser


def second(browser, **sent):
    return browser.post(SECOND, sent, secure=True)


def inside(browser):
    return "_auth_user_id" in browser.session


def send(browser, url, **fields):
    return browser.post(url, {"request_id": "k1"} | fields, secure=True)


def verbs():
    found = Entry.objects.filter(verb__startswith="people.factor").order_by("pk")
    return [one.verb.rpartition(".")[2] for one in found]


# --- an app -------------------------------------------------------------------------------------


def sealed_in(page):
    """What the form brings back, and the secret that the page shows."""
    secret = re.search(r'id="secret" value="([^"]+)"', page.text)
    sealed = re.search(r'name="sealed" value="([^"]+)"', page.text)[1]
    return sealed, secret and secret[1].replace(" ", "")


def test_an_app_is_set_up_by_a_picture_and_one_code(member):
    browser = enter()
    page = browser.get(APP, secure=True)
    sealed, secret = sealed_in(page)
    assert "data:image/svg+xml;base64," in page.text and "style=" not in page.text
    slip = send(browser, APP, sealed=sealed, code="000000")
    assert slip.status_code == 422
    assert sealed_in(slip) == (sealed, secret), "a slip of the finger begins nothing anew"
    made = send(browser, APP, sealed=sealed, code=code(secret))
    assert made.status_code == 201 and len(re.findall(r"<code>\d{5} \d{5}</code>", made.text)) == 10
    kept = factors_of(member).get()
    assert kept.type == "totp" and secret not in json.dumps(kept.data)
    again = send(browser, APP, sealed=sealed, code=code(secret))
    assert again.status_code == 200 and not re.search(r"<code>\d", again.text)
    assert verbs() == ["added"]
    told = Notice.objects.get(person=member, kind="people.factor")
    assert Mail.objects.get(notice=told).to == "qing@example.com"


def test_looking_at_the_page_stores_nothing(member):
    browser = enter()
    browser.get(PAGE, secure=True)
    before = dict(browser.session)
    for address in (APP, PASSKEY):
        browser.get(address, secure=True)
    assert dict(browser.session) == before and not Authenticator.objects.exists()


def test_a_page_holds_for_an_hour_and_for_its_person(member, cast, later):
    browser = enter()
    sealed, secret = sealed_in(browser.get(APP, secure=True))
    theirs = Browser()
    theirs.force_login(cast.colleague)
    other = sealed_in(theirs.get(APP, secure=True))[0]
    for wrong in (other, "", "nonsense", sealed[:-4] + "AAA="):
        page = send(browser, APP, sealed=wrong, code=code(secret))
        assert page.status_code == 422 and sealed_in(page)[1] != secret
    later(3601)
    page = send(browser, APP, sealed=sealed, code=code(secret), current=WORD)
    assert page.status_code == 422 and not factors_of(member).exists()


def test_there_is_one_app_at_a_time(member):
    with_app(member)
    with pytest.raises(NotNow):
        with_app(member)
    with pytest.raises(Invalid):
        factors.add_app(actor=User.objects.get(username="leader"), secret=SECRET, code="1")


def test_the_login_asks_for_a_code_and_lets_nobody_in_before(member):
    with_app(member)
    browser = enter()
    assert browser.answer.headers["Location"] == SECOND
    assert not inside(browser)
    assert browser.get("/", secure=True).status_code == 302
    assert browser.get("/api/v1/crm/clients/", secure=True).status_code == 401
    page = browser.get(SECOND, secure=True)
    assert "one-time-code" in page.text and "/crm/" not in page.text
    assert "data-passkey=" not in page.text, "there is none to ask for"


def test_a_code_opens_once(member, later):
    with_app(member)
    browser = enter()
    assert second(browser, code=code()).status_code == 200, "used at the set-up"
    later(30)
    assert second(browser, code=code()).status_code == 302 and inside(browser)
    assert second(enter(), code=code()).status_code == 200
    later(60)
    assert second(enter(), code=f" {code()[:3]} {code()[3:]} ").status_code == 302
    assert factors_of(member).get().last_used_at


@pytest.mark.parametrize(("steps", "opens"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_clock_may_be_half_a_minute_off(member, later, steps, opens):
    with_app(member)
    later(300)
    browser = enter()
    second(browser, code=code(steps=steps))
    assert inside(browser) is opens


@pytest.mark.parametrize("typed", ["", "abc", "１２３４５６", "0" * 21, "'; --", "\x00"])
def test_what_is_no_code_is_refused(member, typed):
    with_app(member)
    browser = enter()
    page = second(browser, code=typed)
    assert page.status_code == 200 and "field-error" in page.text and not inside(browser)


def test_wrong_codes_cost_growing_time_wherever_they_come_from(member, later):
    with_app(member)
    later(60)
    for number in range(3):
        browser = enter(network=f"192.0.2.{number}")
        page = second(browser, code="000000")
    assert "不符" in page.text
    waits = second(enter(network="192.0.2.9"), code=code())
    assert "30 秒" in waits.text
    with pytest.raises(TooEarly):
        factors.prove_code(user=member, code=code())
    clock.set_clock(NOW + timedelta(seconds=31))
    browser = enter()
    assert second(browser, code=code()).status_code == 302 and inside(browser)
    clock.set_clock(NOW + timedelta(seconds=32))
    assert factors.prove_code(user=member, code=code(steps=1)), "success forgets the wrong ones"


def test_the_password_alone_tells_nothing_to_whoever_guesses_it(member):
    with_app(member)
    assert enter("wrong-password").answer.status_code == 200


def test_a_wrong_code_does_not_forget_what_the_network_did(member):
    """The last step of the login names no account in its form."""
    from expansion.people.models import FailedLogin
    from expansion.people.throttle import failed

    failed("nobody", "10.0.0.1")
    _app, codes = with_app(member)
    second(enter(), code=codes[0])
    assert FailedLogin.objects.filter(key="|10.0.0.1").exists()


def test_the_pending_login_can_be_left(member):
    with_app(member)
    browser = enter()
    browser.post("/logout/", secure=True)
    assert browser.get(SECOND, secure=True).headers["Location"] == "/login/"


def test_a_password_changed_meanwhile_is_no_way_around(member, cast):
    """Setting a new password ends sessions, and the second factor stays."""
    with_app(member)
    passwords.set_password(actor=cast.administrator, record=member, password="eleven-quiet-boats")
    browser = enter("eleven-quiet-boats")
    assert browser.answer.headers["Location"] == SECOND and not inside(browser)


@pytest.mark.parametrize("change", ["password", "lock", "end"])
def test_what_ends_sessions_ends_a_login_that_waits_for_its_code(member, cast, change):
    _app, codes = with_app(member)
    browser, person = enter(), cast.again(member)
    if change == "password":
        passwords.set_password(actor=cast.administrator, record=person, password="x-quiet-boats")
    elif change == "lock":
        accounts.change_status(actor=cast.administrator, record=person, status="locked")
    else:
        sessions.end_all_sessions(actor=cast.administrator, record=person)
    answer = second(browser, code=codes[0])
    assert answer.headers["Location"] == "/login/" and not inside(browser)
    assert browser.get(SECOND, secure=True).headers["Location"] == "/login/"


def test_tokens_of_programs_are_asked_for_nothing(member):
    _token, key = tokens.create_token(
        actor=member, name="脚本", expires_on=clock.today() + timedelta(days=9)
    )
    with_app(member)
    bearer = {"Authorization": f"Bearer {key}"}
    assert Browser().get("/api/v1/crm/clients/", headers=bearer).status_code == 200


def test_who_has_no_second_factor_logs_in_as_before(member):
    browser = enter()
    assert browser.answer.headers["Location"] == "/" and inside(browser)


# --- passkeys -----------------------------------------------------------------------------------


def with_passkey(browser, device=None, **fields):
    device = device or Device()
    page = browser.get(PASSKEY, secure=True)
    made = {"sealed": sealed_in(page)[0], "credential": device.made(question_of(page))}
    browser.answer = send(browser, PASSKEY, **{"name": "笔记本"} | made | fields)
    return device


def test_a_passkey_is_added_and_opens_the_login(member):
    browser = enter()
    device = with_passkey(browser)
    assert browser.answer.status_code == 201 and "<code>" in browser.answer.text
    assert str(factors_of(member).get()) == "笔记本" and verbs() == ["added"]
    assert "笔记本" in browser.get(PAGE, secure=True).text
    other = enter()
    assert not inside(other)
    page = other.get(SECOND, secure=True)
    assert "data-passkey=" in page.text and "js/passkey.js" in page.text
    assert second(other, credential=device.proved(question_of(page))).status_code == 302
    assert inside(other)


def test_an_answer_to_another_question_opens_nothing(member):
    device = with_passkey(enter())
    browser = enter()
    first = question_of(browser.get(SECOND, secure=True))
    browser.get(SECOND, secure=True)
    page = second(browser, credential=device.proved(first))
    assert page.status_code == 200 and "field-error" in page.text and not inside(browser)


@pytest.mark.parametrize(
    "device", [Device(), Device("elsewhere.example"), Device(scheme="http")],
    ids=["another key", "another site", "not encrypted"],
)  # fmt: skip
def test_another_device_opens_nothing(member, device):
    with_passkey(enter())
    browser = enter()
    question = question_of(browser.get(SECOND, secure=True))
    second(browser, credential=device.proved(question))
    assert not inside(browser)


NONSENSE = ["", "{}", "[]", "null", "7", '"x"', "{", '{"id":"a","rawId":"a","response":{}}']


@pytest.mark.parametrize("credential", NONSENSE)
def test_nonsense_opens_and_adds_nothing(member, credential):
    browser = enter()
    sealed, _secret = sealed_in(browser.get(PASSKEY, secure=True))
    sent = {"name": "x", "sealed": sealed, "credential": credential}
    assert send(browser, PASSKEY, **sent).status_code == 422
    assert not factors_of(member).exists()
    with_app(member)
    browser = enter()
    browser.get(SECOND, secure=True)
    assert second(browser, credential=credential).status_code == 200 and not inside(browser)


def test_passkeys_are_ten_at_most(member):
    browser = enter()
    for number in range(factors.MOST_PASSKEYS):
        with_passkey(browser, request_id=str(number))
        assert browser.answer.status_code == 201
    with_passkey(browser)
    assert browser.answer.status_code == 409


def test_one_passkey_is_added_once(member):
    browser = enter()
    page = browser.get(PASSKEY, secure=True)
    made = {"sealed": sealed_in(page)[0], "credential": Device().made(question_of(page))}
    for key, status in (("k1", 201), ("k2", 409)):
        assert send(browser, PASSKEY, name="x", request_id=key, **made).status_code == status
    assert factors_of(member).count() == 1


def test_the_answer_to_another_pages_question_adds_nothing(member):
    browser = enter()
    first = browser.get(PASSKEY, secure=True)
    then = browser.get(PASSKEY, secure=True)
    sent = {"sealed": sealed_in(then)[0], "credential": Device().made(question_of(first))}
    assert send(browser, PASSKEY, name="x", **sent).status_code == 422
    assert not factors_of(member).exists()


# --- recovery codes -----------------------------------------------------------------------------


def test_each_recovery_code_opens_once_and_its_use_is_written_and_told(member):
    _app, codes = with_app(member)
    assert len(set(codes)) == 10 and all(len(one) == 10 for one in codes)
    browser = enter()
    typed = f"{codes[3][:5]} {codes[3][5:]}"
    assert second(browser, code=typed).status_code == 302 and inside(browser)
    assert codes_left(member) == 9
    assert second(enter(), code=codes[3]).status_code == 200
    assert verbs() == ["added", "code_used"]
    assert Notice.objects.filter(person=member, kind="people.factor").count() == 2


def test_new_codes_are_shown_once_and_end_the_old_ones(member):
    _app, codes = with_app(member)
    browser = Browser()
    browser.force_login(member)
    url = f"{PAGE}codes"
    assert send(browser, url, current="wrong").status_code == 422
    page = send(browser, url, current=WORD)
    fresh = [one.replace(" ", "") for one in re.findall(r"<code>([\d ]+)</code>", page.text)]
    assert page.status_code == 201 and len(fresh) == 10 and not set(fresh) & set(codes)
    assert "<code>" not in send(browser, url, current=WORD).text
    assert not inside(browser_after := enter()) and second(browser_after, code=codes[0])
    assert not inside(browser_after)
    assert second(browser_after, code=fresh[0]).status_code == 302
    assert "codes_renewed" in verbs()


def test_there_are_no_codes_without_a_factor(member):
    with pytest.raises(NotNow):
        factors.renew_codes(actor=member)


def test_neither_secret_nor_codes_stand_in_the_database(member):
    _app, codes = with_app(member)
    stored = str(list(Authenticator.objects.values())) + str(list(Entry.objects.values()))
    stored += str(list(Notice.objects.values()))
    assert SECRET not in stored and not any(one in stored for one in codes)


def test_an_older_key_still_reads_and_a_lost_one_opens_nothing(member, settings, later):
    _app, codes = with_app(member)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another key of the installation"
    later(60)
    with pytest.raises(Invalid):
        factors.prove_code(user=member, code=code())
    with pytest.raises(Invalid):
        factors.prove_code(user=member, code=codes[0])
    settings.SECRET_KEY_FALLBACKS = [old]
    assert factors.prove_code(user=member, code=code())


# --- taking away --------------------------------------------------------------------------------


def test_removing_asks_for_the_password_and_the_codes_go_with_the_last(member):
    app, _codes = with_app(member)
    browser = Browser()
    browser.force_login(member)
    url = f"{PAGE}{app.pk}/remove"
    assert send(browser, url).status_code == send(browser, url, current="wrong").status_code == 422
    assert send(browser, url, current=WORD).status_code == 302
    assert not Authenticator.objects.filter(user=member).exists()
    assert verbs() == ["added", "removed"]
    assert Entry.objects.filter(verb="people.factor.removed").get().changes["factor"][0] == "TOTP"
    assert inside(enter())


def test_codes_stay_while_another_factor_is_there(member):
    app, _codes = with_app(member)
    browser = Browser()
    browser.force_login(member)
    with_passkey(browser, current=WORD)
    assert browser.answer.status_code == 201 and "<code>" not in browser.answer.text
    factors.remove_factor(actor=member, factor=app)
    assert codes_left(member) == 10


def test_setting_up_asks_for_the_password_unless_it_was_typed_just_now(member, later):
    browser = enter()
    assert 'name="current"' not in browser.get(APP, secure=True).text
    later(301)
    assert 'name="current"' in browser.get(APP, secure=True).text
    sealed, secret = sealed_in(browser.get(APP, secure=True))
    assert send(browser, APP, sealed=sealed, code=code(secret)).status_code == 422
    assert not factors_of(member).exists()


def test_nobody_elses_factor_is_found(member, cast, sign_in):
    app, _codes = with_app(member)
    for part in ("colleague", "administrator"):
        browser = sign_in(getattr(cast, part))
        assert browser.get(f"{PAGE}{app.pk}/remove").status_code == 404
    codes = Authenticator.objects.get(user=member, type="recovery_codes")
    assert sign_in(member).get(f"{PAGE}{codes.pk}/remove").status_code == 404


def test_an_administrator_takes_it_away_with_a_reason(member, cast, sign_in):
    browser, url = sign_in(cast.administrator), f"/people/{member.pk}/second-factor"
    assert send(browser, url, reason="手机遗失").status_code == 409
    with_app(member)
    Notice.objects.all().delete()
    assert url in browser.get(f"/people/{member.pk}").text
    assert browser.post(url, {"request_id": "k2"}).status_code == 422
    assert browser.post(url, {"request_id": "k3", "reason": "手机遗失"}).status_code == 302
    assert not Authenticator.objects.filter(user=member).exists()
    assert Entry.objects.get(verb="people.factor.taken_away").actor == cast.administrator
    assert "管理员" in Notice.objects.get(person=member).title
    assert url not in browser.get(f"/people/{member.pk}").text


@pytest.mark.parametrize("part", ["member", "leader", "manager", "hr", "leadership"])
def test_nobody_else_takes_it_away(cast, part):
    with pytest.raises(Forbidden):
        factors.take_away_factors(actor=getattr(cast, part), record=cast.colleague)


def test_an_administrator_does_not_take_the_own_away_without_the_password(cast):
    with_app(cast.administrator)
    with pytest.raises(Forbidden):
        factors.take_away_factors(actor=cast.administrator, record=cast.administrator)


def test_whoever_has_the_server_takes_it_away_by_a_command(cast, capsys):
    with_app(cast.administrator)
    call_command("remove_second_factor", "ADMINISTRATOR", "手机遗失，只有一名管理员")
    assert not factors_of(cast.administrator).exists()
    entry = Entry.objects.get(verb="people.factor.taken_away")
    assert (entry.actor, entry.about) == (None, cast.administrator)
    assert entry.changes["reason"][1].startswith("手机遗失")
    for name in ("administrator", "nobody"):
        with pytest.raises(CommandError):
            call_command("remove_second_factor", name, "x")


def test_the_page_says_what_one_has(member, sign_in):
    browser = sign_in(member)
    assert "尚未设置" in browser.get(PAGE).text
    assert PAGE in browser.get("/me/").text
    with_app(member)
    page = browser.get(PAGE).text
    assert "尚未设置" not in page and "从未使用" in page and "10 个" in page
