"""The second factor as a person meets it: a device with passkeys, and codes where there is none."""

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page

from expansion.people.demo import DEMO_PASSPHRASE
from expansion.people.factors import factors_of
from expansion.people.services import factors
from expansion.people.services.policy import change_login_policy

pytestmark = pytest.mark.browser
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def member(house):
    house.member.set_password(DEMO_PASSPHRASE)
    house.member.save()
    return house.member


def device_of(page: Page) -> None:
    """The browser's machine has a sensor from now on, and a finger lies on it."""
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    wire.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


def log_in(page: Page) -> None:
    page.set_default_timeout(30_000)
    page.goto("/login/")
    page.locator("[name=login]").fill("member")
    page.locator("[name=password]").fill(DEMO_PASSPHRASE)
    page.keyboard.press("Enter")


def log_out(page: Page) -> None:
    page.goto("/logout/")
    page.locator("main .btn-primary").click()
    page.wait_for_url("**/login/*")


def test_a_passkey_is_added_and_opens_the_next_login(member, walk):
    one = walk(None)
    device_of(one.page)
    log_in(one.page)
    one.page.locator(".topbar").wait_for()
    one.page.goto("/people/second-factor/")
    one.press("添加通行密钥")
    one.page.locator("[name=name]").fill("前台电脑")
    one.press("添加")
    one.page.locator(".factor-codes").wait_for()
    one.press("我已保存")
    one.sees("前台电脑")
    log_out(one.page)
    log_in(one.page)
    one.page.wait_for_url("**/login/second/")
    one.press("使用通行密钥")
    one.page.locator(".topbar").wait_for()


def test_a_browser_without_a_sensor_says_so_and_the_code_opens(member, walk):
    factors.add_app(actor=member, secret=SECRET, code=code(-1))
    one = walk(None, phone=True)
    log_in(one.page)
    one.page.wait_for_url("**/login/second/")
    assert one.page.evaluate("document.activeElement.name") == "code"
    one.page.keyboard.type(code())
    one.page.keyboard.press("Enter")
    one.page.locator(".phone-bar").wait_for()


def code(steps: int = 0) -> str:
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30 + steps))


def test_whoever_needs_one_is_led_to_it_and_goes_on_from_there(house, member, walk):
    one = walk(None)
    device_of(one.page)
    log_in(one.page)
    one.page.locator(".topbar").wait_for()
    one.page.wait_for_load_state("networkidle")  # what this page still asks for is asked before
    change_login_policy(actor=house.administrator, factor_roles=["member"])
    one.page.goto("/crm/clients/")
    one.page.wait_for_url("**/people/second-factor/app")
    assert one.page.locator(".factor-picture").is_visible()
    assert not one.page.locator(".sidebar").count()
    one.press("添加通行密钥")
    one.page.locator("[data-passkey-ask]:enabled").click()
    one.press("我已保存")
    one.page.locator(".topbar").wait_for()
    assert factors_of(member).count() == 1
