"""A second factor that roles need: who is led to set one up, and what stays open meanwhile."""

import re
import time
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client as Browser

from expansion import clock
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, Stale
from expansion.people.factors import without_factor
from expansion.people.models import LoginPolicy
from expansion.people.services import factors, tokens
from expansion.people.services.mandates import create_mandate
from expansion.people.services.policy import change_login_policy

pytestmark = pytest.mark.django_db
PAGE, APP = "/people/logging-in", "/people/second-factor/app"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(secret=SECRET):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def require(cast, *roles, **given):
    return change_login_policy(actor=cast.administrator, factor_roles=roles, **given)


def with_factor(person):
    factors.add_app(actor=person, secret=SECRET, code=code())


def send(browser, url, **fields):
    return browser.post(url, {"request_id": "k1"} | fields)


def free(browser):
    return browser.get("/people/").status_code == 200


# --- what is stored -----------------------------------------------------------------------------


def test_by_default_nobody_needs_one(cast, sign_in):
    assert not LoginPolicy.objects.exists()
    for part in ("member", "manager", "administrator"):
        assert free(sign_in(getattr(cast, part)))


def test_the_administrator_chooses_roles_on_a_page(cast, sign_in):
    with_factor(cast.administrator)
    browser = sign_in(cast.administrator)
    assert PAGE in browser.get("/people/").text
    sent = {"version": "0", "factor_roles": ["manager", "administrator"]}
    assert send(browser, PAGE, **sent).status_code == 302
    policy = LoginPolicy.objects.get()
    assert (policy.factor_roles, policy.version) == (["manager", "administrator"], 1)
    page = browser.get(PAGE).text
    assert page.count(" checked") == 2 and "陈立群" in page and "孙宁</a>" not in page
    entry = Entry.objects.get(verb="people.policy.changed")
    assert entry.changes == {"factor_roles": [[], ["manager", "administrator"]]}
    assert "部门经理" in browser.get(f"/audit/{entry.pk}").text


def test_two_administrators_at_once_the_second_is_shown_both(cast, sign_in):
    require(cast, "hr", version=0)
    with pytest.raises(Stale):
        require(cast, "legal", version=0)
    browser = sign_in(cast.administrator)
    page = send(browser, PAGE, version="0", factor_roles=["legal"])
    assert page.status_code == 409 and LoginPolicy.objects.get().factor_roles == ["hr"]


@pytest.mark.parametrize("part", ["member", "leader", "manager", "hr", "leadership"])
def test_nobody_else_changes_it(cast, sign_in, part):
    with pytest.raises(Forbidden):
        change_login_policy(actor=getattr(cast, part), factor_roles=["member"])
    browser = sign_in(getattr(cast, part))
    assert browser.get(PAGE).status_code == send(browser, PAGE, version="0").status_code == 403
    assert PAGE not in browser.get("/people/").text


def test_a_role_that_does_not_exist_is_refused(cast, sign_in):
    with pytest.raises(Invalid):
        require(cast, "emperor")
    browser = sign_in(cast.administrator)
    assert send(browser, PAGE, version="0", factor_roles=["emperor"]).status_code == 422


# --- what it does -------------------------------------------------------------------------------


def test_whoever_lacks_it_is_led_to_set_one_up_and_gets_nothing_else(cast, sign_in):
    browser = sign_in(cast.manager)
    assert free(browser)
    require(cast, "manager")
    for address in ("/", "/people/", "/crm/clients/", "/me/", "/people/second-factor/", "/none/"):
        answer = browser.get(address)
        assert (answer.status_code, answer.headers["Location"]) == (302, APP), address
    part = browser.get("/menu/", headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["HX-Redirect"]) == (401, APP)
    refused = send(browser, "/crm/clients/new", name="南京海纳酒店")
    assert refused.status_code == 403 and "两步验证" in refused.text
    assert browser.get("/api/v1/crm/clients/").status_code == 401
    page = browser.get(APP)
    assert page.status_code == 200 and "/crm/" not in page.text and "两步验证" in page.text
    assert browser.get("/people/second-factor/passkey").status_code == 200
    assert free(sign_in(cast.leader))


def test_once_it_is_set_up_the_house_is_open(cast, sign_in):
    require(cast, "manager")
    cast.manager.set_password("seven-owls-asleep")
    cast.manager.save()
    browser = Browser()
    browser.post("/login/", {"login": "manager", "password": "seven-owls-asleep"})
    page = browser.get(APP).text
    secret = re.search(r'id="secret" value="([^"]+)"', page)[1].replace(" ", "")
    sealed = re.search(r'name="sealed" value="([^"]+)"', page)[1]
    made = send(browser, APP, sealed=sealed, code=code(secret))
    assert made.status_code == 201 and 'href="/"' in made.text
    assert free(browser)


def test_logging_out_and_the_language_stay_open(cast, sign_in):
    require(cast, "manager")
    browser = sign_in(cast.manager)
    assert send(browser, "/language/", language="en", next="/").status_code == 303
    assert browser.post("/logout/").status_code == 302
    assert "_auth_user_id" not in browser.session


def test_a_token_of_such_a_person_goes_on(cast):
    day = clock.today() + timedelta(days=9)
    _token, key = tokens.create_token(actor=cast.manager, name="看板", expires_on=day)
    require(cast, "manager")
    bearer = {"Authorization": f"Bearer {key}"}
    assert Browser().get("/api/v1/crm/clients/", headers=bearer).status_code == 200


def test_recovery_codes_alone_are_no_second_factor(cast, sign_in):
    with_factor(cast.manager)
    require(cast, "manager")
    assert free(sign_in(cast.manager))
    factors.factors_of(cast.manager).delete()
    assert not free(sign_in(cast.manager))


def test_whoever_acts_for_such_a_person_needs_one_meanwhile(cast, sign_in):
    require(cast, "manager")
    browser = sign_in(cast.deputy)
    assert free(browser)
    create_mandate(
        actor=cast.manager, principal=cast.manager, delegate=cast.deputy, reason="leave",
        starts_at=clock.now(), ends_at=clock.now() + timedelta(days=1),
    )  # fmt: skip
    assert not free(browser)


def test_the_last_administrator_is_led_and_not_locked_out(cast, sign_in):
    require(cast, "administrator")
    browser = sign_in(cast.administrator)
    assert not free(browser)
    with_factor(cast.administrator)
    assert free(browser)
    factors.take_away_factors(actor=None, record=cast.administrator, reason="手机遗失")
    assert browser.get(APP).status_code == 200


def test_the_page_lists_who_lacks_one_today(cast):
    assert without_factor([]) == []
    found = {one.username for one in without_factor(["leader", "hr"])}
    assert "hr" in found and "leader" in found and "member" not in found
    with_factor(cast.hr)
    assert "hr" not in {one.username for one in without_factor(["leader", "hr"])}
