"""The acts of every day by keys alone: no mouse, no finger, as for those who have neither."""

from datetime import datetime

import pytest
from playwright.sync_api import Page

from crm.models import Visit
from expansion import clock
from expansion.office.models import WorkReport
from expansion.people.demo import DEMO_PASSPHRASE
from expansion.rulebook.models import Version
from tests.journeys.walking import run_job
from tests.make import contracts, crm

pytestmark = pytest.mark.browser
MOST = 120


def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until what the selector names has the focus, and it is seen to have it."""
    page.set_default_timeout(30_000)
    page.wait_for_load_state()
    for _press in range(MOST):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            assert page.evaluate("document.activeElement.matches(':focus-visible')")
            return
    pytest.fail(f"{MOST} tabs on {page.url} do not lead to {selector}")


def act(page: Page, selector: str) -> None:
    tab_to(page, selector)
    page.keyboard.press("Enter")


def test_signing_in(house, walk):
    house.member.set_password(DEMO_PASSPHRASE)
    house.member.save()
    page = walk(None).page
    page.keyboard.type("member")
    tab_to(page, "[name=password]")
    page.keyboard.type(DEMO_PASSPHRASE)
    page.keyboard.press("Enter")
    page.locator(".topbar").wait_for()


def test_a_visit_is_logged(house, walk):
    crm.client(house.member, "南京金陵票务有限公司")
    one = walk(house.member)
    one.page.keyboard.press("v")
    one.page.wait_for_url("**/crm/visits/new*")
    one.page.wait_for_load_state()
    if not one.page.evaluate("document.activeElement.matches('[name=client_text]')"):
        tab_to(one.page, "[name=client_text]")
    one.page.keyboard.type("jlpw")
    one.page.get_by_role("option").first.wait_for()
    one.page.keyboard.press("ArrowDown")
    one.page.keyboard.press("Enter")
    tab_to(one.page, "[name=said]")
    one.page.keyboard.type("下周三来看场地。")
    act(one.page, "main button[type=submit].btn-primary, footer button[type=submit].btn-primary")
    one.sees("下周三来看场地。")
    assert Visit.objects.get().said == "下周三来看场地。"


def test_a_contract_is_approved(house, walk):
    request = contracts.submitted(house)
    one = walk(house.manager, at="/approvals/")
    act(one.page, "button[value=approve]")
    one.sees("没有待您审批的事项")
    assert request.steps.get(order=1).decisions.get().decision == "approve"


def test_a_weight_is_changed(house, walk):
    page = walk(house.administrator, at="/rulebook/weights").page
    for step in (-5, 5):
        tab_to(page, "tbody[data-set=client] [data-weight]")
        before = int(page.evaluate("document.activeElement.value"))
        page.keyboard.press("Control+a")
        page.keyboard.type(str(before + step))
    tab_to(page, "#reason")
    page.keyboard.type("四季度重在新客户的质量。")
    act(page, "button.btn-primary")
    page.get_by_text("起生效").first.wait_for()
    assert Version.objects.count() == 2


def test_the_week_is_handed_in(house, walk):
    crm.visit(house.member, crm.client(house.member))
    run_job("office.open_reports")
    clock.set_clock(datetime(2026, 11, 19, 15, 5))
    report = WorkReport.objects.get(owner=house.member, kind="weekly_summary")
    page = walk(house.member, at=report.get_absolute_url()).page
    act(page, "[formaction$='/submit'], form[action$='/submit'] button")
    page.locator("main .badge-done").first.wait_for()
    report.refresh_from_db()
    assert report.status == "submitted"
