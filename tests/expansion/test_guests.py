"""Public one-time links: made, opened, used once, and closed to everybody who guesses (ASVS)."""

import re
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import translation

from expansion import clock
from expansion.audit.models import Entry
from expansion.errors import Gone, NotNow
from expansion.guests import services
from expansion.guests.models import Pass
from expansion.people import throttle
from expansion.people.selectors import house_name
from expansion.surveys.models import Questionnaire, Response
from expansion.surveys.services import closing, inviting
from tests.make import surveys as make
from tests.together import halted, together

pytestmark = pytest.mark.django_db
PURPOSE = inviting.PURPOSE


@pytest.fixture
def record(cast) -> Questionnaire:
    return make.opened(cast)


@pytest.fixture
def invitation(record):
    return record.invitations.first()


@pytest.fixture
def secret(cast, invitation) -> str:
    return make.link(cast, invitation)


def fields(record: Questionnaire, **given: str) -> dict[str, str]:
    """What the public form sends: full marks, where nothing else is given."""
    scale, yes_no, words = record.questions.all()
    sent = {f"q{scale.pk}": "5", f"q{yes_no.pk}": "1", f"q{words.pk}": ""}
    places = {"scale": scale.pk, "yes_no": yes_no.pk, "words": words.pk}
    return sent | {f"q{places[name]}": value for name, value in given.items()}


def address(secret: str) -> str:
    return f"/guests/{secret}"


def body(answer) -> str:
    return answer.content.decode()


def entries(verb: str) -> int:
    return Entry.objects.filter(verb=verb).count()


# Services


def test_only_the_hash_of_128_random_bits_is_stored(cast, invitation):
    one, secret = services.make_pass(
        actor=cast.member, purpose=PURPOSE, about=invitation,
        expires_at=clock.now() + timedelta(days=1),
    )  # fmt: skip
    assert len(secret) == 22  # 16 bytes in base64
    stored = str(Pass.objects.values().get(pk=one.pk)) + str(list(Entry.objects.values()))
    assert secret not in stored and services.digest_of(secret) == one.digest
    assert entries("guests.pass.created") == 1


def test_a_newer_link_ends_the_one_before(cast, invitation, secret):
    newer = make.link(cast, invitation)
    assert services.open_pass(secret).state == Pass.State.REVOKED
    assert services.open_pass(newer).state == Pass.State.OPEN
    assert entries("guests.pass.revoked") == 1


@pytest.mark.parametrize(
    ("earlier", "state"),
    [(timedelta(seconds=1), Pass.State.OPEN), (timedelta(0), Pass.State.EXPIRED)],
)
def test_a_link_works_until_its_last_moment(secret, earlier, state):
    one = services.open_pass(secret)
    with clock.clock_at(one.expires_at - earlier):
        assert one.state == state


def test_used_twice_it_keeps_one_answer(cast, record, secret):
    scale = record.questions.first().pk
    services.submit_pass(secret=secret, values={scale: 4})
    with pytest.raises(NotNow):
        services.submit_pass(secret=secret, values={scale: 1})
    assert Response.objects.get().score == 80
    assert (entries("guests.pass.used"), entries("surveys.questionnaire.answered")) == (1, 1)


def test_what_does_not_hold_leaves_the_link_open(record, secret):
    with pytest.raises(Exception, match="Please answer this"):
        services.submit_pass(secret=secret, values={})
    assert services.open_pass(secret).state == Pass.State.OPEN
    assert not Response.objects.exists() and entries("guests.pass.used") == 0


def test_a_link_that_was_used_gets_no_successor(cast, record, invitation, secret):
    services.submit_pass(secret=secret, values={record.questions.first().pk: 4})
    with pytest.raises(NotNow):
        services.make_pass(
            actor=cast.member, purpose=PURPOSE, about=invitation, expires_at=clock.now()
        )


def test_a_revoked_link_and_one_that_nobody_made_take_nothing(cast, invitation, secret):
    services.revoke_passes(actor=cast.member, purpose=PURPOSE, records=[invitation])
    with pytest.raises(NotNow):
        services.submit_pass(secret=secret, values={})
    with pytest.raises(Gone):
        services.submit_pass(secret="x" * 22, values={})
    assert services.revoke_passes(actor=cast.member, purpose=PURPOSE, records=[invitation]) == 0


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_kept(cast, monkeypatch):
    record = make.opened(cast)
    secret = make.link(cast, record.invitations.first())
    scale = record.questions.first().pk
    halted(monkeypatch, "expansion.guests.services.page_of", 0.3)

    def act():
        return services.submit_pass(secret=secret, values={scale: 5})

    outcomes = together([act, act])
    assert sorted(type(one).__name__ for one in outcomes) == ["NotNow", "Pass"]
    assert Response.objects.count() == 1


# The page


def test_the_page_opens_without_a_login_and_says_what_for_and_who_keeps_it(cast, record, secret):
    answer = Browser().get(address(secret))
    text = body(answer)
    assert answer.status_code == 200
    with translation.override("zh-hans"):
        keeper = house_name()
    for words in (record.title, record.purpose, record.intro, keeper, "2026-11-30"):
        assert words and words in text
    for question in record.questions.all():
        assert question.text in text


def test_it_names_nobody_of_the_house_and_nobody_who_is_asked(cast, record, invitation, secret):
    text = body(Browser().get(address(secret)))
    for name in (cast.member.name, invitation.about_label, "/login", 'href="/"', "sidebar"):
        assert name not in text


def test_it_runs_no_script_and_stays_nowhere(secret):
    answer = Browser().get(address(secret))
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'none'" in policy and "default-src 'none'" in policy
    assert "<script" not in body(answer)
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_the_address_goes_to_no_other_site(record, secret):
    """A form's own origin has to be told, or no browser could send it; nothing else is."""
    browser = Browser()
    assert browser.get(address(secret)).headers["Referrer-Policy"] == "same-origin"
    sent = browser.post(address(secret), fields(record))
    assert sent.headers["Referrer-Policy"] == "no-referrer"
    assert browser.get(address(secret)).headers["Referrer-Policy"] == "no-referrer"


def test_it_sets_no_cookie_but_that_of_its_form(record, secret):
    browser = Browser()
    browser.get(address(secret))
    browser.post(address(secret), fields(record))
    browser.get(f"{address(secret)}?lang=en")
    assert set(browser.cookies) == {"csrftoken"}


def test_the_form_is_sent_with_its_token_only(record, secret):
    browser = Browser(enforce_csrf_checks=True)
    page = body(browser.get(address(secret)))
    assert browser.post(address(secret), fields(record)).status_code == 403
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', page)[1]
    sent = fields(record) | {"csrfmiddlewaretoken": token}
    foreign = browser.post(address(secret), sent, HTTP_ORIGIN="https://elsewhere.example")
    assert foreign.status_code == 403 and not Response.objects.exists()
    assert browser.post(address(secret), sent, HTTP_ORIGIN="http://testserver").status_code == 303


@pytest.mark.parametrize(
    ("language", "word"), [("en", "What for"), ("zh-hans", 'lang="zh-hans"'), ("xx", "<html")]
)
def test_a_plain_link_changes_the_language(secret, language, word):
    answer = Browser().get(f"{address(secret)}?lang={language}", headers={"Accept-Language": "en"})
    assert word in body(answer)
    wanted = language if language != "xx" else "en"
    assert answer.headers["Content-Language"] == wanted


def test_it_speaks_the_browsers_language_by_itself(secret):
    answer = Browser().get(address(secret), headers={"Accept-Language": "zh-Hant"})
    assert answer.headers["Content-Language"] == "zh-hant"


def test_an_answer_is_kept_once_and_a_second_click_is_thanked(record, secret):
    browser = Browser()
    first = browser.post(address(secret), fields(record, scale="4"))
    assert (first.status_code, first.headers["Location"]) == (303, address(secret))
    again = browser.post(address(secret), fields(record, scale="1"))
    assert again.status_code == 303
    page = browser.get(address(secret), headers={"Accept-Language": "en"})
    assert page.status_code == 200 and "Thank you" in body(page) and "<form" not in body(page)
    assert Response.objects.get().answers.get(question__kind="scale").number == 4


def test_what_was_typed_is_kept_when_something_is_missing(record, secret):
    words = "请把停车说明写清楚。"
    answer = Browser().post(address(secret), fields(record, scale="", words=words))
    assert answer.status_code == 422 and words in body(answer)
    assert not Response.objects.exists()


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"words": "好" * 2000}, 303),
        ({"words": "好" * 2001}, 422),
        ({"scale": "6"}, 422),
        ({"scale": "0"}, 422),
        ({"scale": "1e9"}, 422),
        ({"yes_no": "2"}, 422),
        ({"yes_no": ""}, 303),
        ({"words": "<script>alert(1)</script>"}, 303),
        ({"words": "\x00"}, 422),
    ],
)
def test_only_what_was_offered_is_taken(record, secret, given, status):
    assert Browser().post(address(secret), fields(record, **given)).status_code == status


def test_a_huge_body_is_refused(record, secret):
    sent = fields(record) | {"extra": "x" * (6 * 1024 * 1024)}
    answer = Browser(raise_request_exception=False).post(address(secret), sent)
    assert 400 <= answer.status_code < 500 and not Response.objects.exists()


def test_an_expired_a_revoked_and_a_closed_one_say_so(cast, record, invitation, secret):
    english = {"Accept-Language": "en"}
    with clock.clock_at(services.open_pass(secret).expires_at):
        expired = Browser().get(address(secret), headers=english)
    newer = make.link(cast, invitation)
    revoked = Browser().get(address(secret), headers=english)
    Questionnaire.objects.filter(pk=record.pk).update(valid_until=clock.today() - timedelta(1))
    closed = Browser().get(address(newer), headers=english)
    for answer, words in ((expired, "valid until"), (revoked, "taken back"), (closed, "over")):
        assert answer.status_code == 410 and words in body(answer)
        assert record.title not in body(answer) and "<form" not in body(answer)


def test_closing_ends_the_links_that_are_still_out(cast, record, secret):
    closing.close_questionnaire(actor=cast.member, record=record)
    assert services.open_pass(secret).state == Pass.State.REVOKED


def test_one_that_nobody_made_says_nothing_and_costs_the_same(record, secret, settings):
    """The same page to the letter as any missing one, by the same one look-up."""
    answer = Browser().get(address("A" * 22))
    assert answer.status_code == 404
    assert record.title not in body(answer) and "survey" not in body(answer).lower()


def test_the_look_up_is_by_hash_alone(secret, django_assert_num_queries):
    for one in (secret, "B" * 22, "短", "x" * 500):
        with django_assert_num_queries(1):
            Pass.objects.filter(digest=services.digest_of(one)).first()


def test_a_network_that_guesses_has_to_wait(secret):
    browser = Browser()
    for number in range(throttle.FREE_PER_NETWORK):
        assert browser.get(address(f"{number:022d}")).status_code == 404
    assert browser.get(address(secret)).status_code == 429
    elsewhere = Browser(REMOTE_ADDR="203.0.113.9")
    assert elsewhere.get(address(secret)).status_code == 200
    with clock.clock_at(clock.now() + timedelta(seconds=31)):
        assert browser.get(address(secret)).status_code == 200


def test_a_link_sent_again_and_again_has_to_wait(record, secret):
    browser = Browser()
    for _number in range(services.FREE_TRIES):
        assert browser.post(address(secret), fields(record, scale="")).status_code == 422
    assert browser.post(address(secret), fields(record)).status_code == 429
    with clock.clock_at(clock.now() + timedelta(seconds=31)):
        assert browser.post(address(secret), fields(record)).status_code == 303


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_of_the_house_answers_for_a_client(cast, sign_in, record, secret, method):
    for person in (cast.member, cast.manager, cast.administrator):
        sent = [fields(record)] if method == "post" else []
        answer = getattr(sign_in(person), method)(f"{address(secret)}?lang=en", *sent)
        assert answer.status_code == 403
        assert "Nobody of the house answers" in body(answer) and "<form" not in body(answer)
    assert not Response.objects.exists()
