"""Written in a cellar: what has no network waits on the device and is sent once, by its writer."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from crm.models import Communication, Visit
from expansion import clock
from expansion.files.selectors import attachments
from expansion.people.models import LoginSession
from tests.journeys.test_nothing_is_lost import picture
from tests.journeys.walking import Walk, session_cookie
from tests.make import crm

pytestmark = pytest.mark.browser

NEW, CALL = "/crm/visits/new", "/crm/communications/new"
PATIENCE = 30_000  # milliseconds; two pages with all their files are fetched before a test begins
READY = "() => Boolean(sessionStorage.getItem('desk') && navigator.serviceWorker.controller)"
WAITING = """() => new Promise((resolve) => {
  const asked = indexedDB.open("desk", 1);
  asked.onsuccess = () => {
    const all = asked.result.transaction("waiting").objectStore("waiting").getAll();
    all.onsuccess = () => resolve(all.result.map((entry) => `${entry.state} ${entry.said}`));
  };
})"""


@pytest.fixture
def phone(house, walk) -> Walk:
    """The member's phone, whose clock is the house's, with the forms kept for the cellar."""
    one = walk(house.member, phone=True, at="/login/")
    one.page.set_default_timeout(PATIENCE)
    one.page.clock.set_fixed_time(clock.now())
    one.page.goto("/")
    one.page.wait_for_function(READY)
    return one


def write(one: Walk, client: str, said: str, at: str = NEW) -> None:
    one.page.goto(at)
    one.page.locator("[name=client_text]").fill(client)
    one.page.locator("[name=said]").fill(said)
    one.press("保存，联网后自动上传")
    one.sees("已存在本机，联网后自动上传。")


def test_a_visit_written_without_a_network_is_sent_when_it_is_back(house, phone):
    crm.client(house.member, "南京金陵票务有限公司")
    written_at = clock.now()
    phone.cut_off()
    phone.page.goto(NEW)
    phone.page.locator("[name=photos]").set_input_files(picture())
    phone.page.locator("[name=client_text]").fill("金陵")
    phone.page.locator("[name=said]").fill("看了二楼宴会厅，层高不够。")
    phone.press(phone.page.locator("label").filter(has_text="明天"))
    phone.press("保存，联网后自动上传")
    phone.sees("1 条待上传")
    write(phone, "金陵", "已约周四再看。", at=CALL)
    phone.sees("2 条待上传")
    assert not Visit.objects.exists()
    clock.set_clock(written_at + timedelta(hours=2))
    phone.cut_off(False)
    phone.sees("已上传：金陵")
    phone.page.wait_for_function("() => !document.documentElement.matches('.has-waiting')")
    visit, call = Visit.objects.get(), Communication.objects.get()
    assert attachments(visit, kind="photo").count() == 1
    assert visit.next_contact_on == clock.today() + timedelta(days=1)
    assert (visit.took_place_at, call.at) == (whole(written_at), whole(written_at))
    assert phone.page.evaluate(WAITING) == []


def whole(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def test_a_refused_one_stays_listed_with_its_sentence_and_is_corrected_in_the_form(house, phone):
    crm.client(house.member, "南京金陵票务有限公司")
    crm.client(house.member, "南京海纳酒店管理有限公司")
    phone.cut_off()
    write(phone, "南京", "下周三来看场地。")
    phone.cut_off(False)
    phone.sees("本机有 1 条没有被接受")
    assert phone.page.evaluate(WAITING) == ["refused 下周三来看场地。"]
    phone.press("查看")
    phone.sees("有几家客户符合")
    phone.press("打开表单")
    expect(phone.page.locator("[name=said]")).to_have_value("下周三来看场地。")
    phone.choose_client("海纳")
    phone.press("保存拜访")
    phone.page.wait_for_url("**/crm/clients/*")
    assert Visit.objects.get().client.name == "南京海纳酒店管理有限公司"
    phone.page.wait_for_function("() => !document.documentElement.matches('.has-waiting')")
    assert phone.page.evaluate(WAITING) == []


def test_another_person_on_the_device_neither_sees_nor_sends_it(house, phone, live_server):
    crm.client(house.member, "南京金陵票务有限公司")
    phone.cut_off()
    write(phone, "金陵", "只有我知道。")
    phone.page.context.clear_cookies()
    phone.page.context.add_cookies([session_cookie(house.colleague, live_server.url)])
    phone.cut_off(False)
    phone.sees("登录后上传")  # the open page still is the writer's
    phone.page.goto("/")
    phone.page.wait_for_function(READY)
    phone.page.wait_for_load_state("networkidle")
    assert not phone.page.locator("[data-offline-strip]").is_visible()
    assert "只有我知道" not in phone.page.content()
    names = phone.page.evaluate("() => caches.keys()")
    assert f"desk:{house.member.pk}" not in names
    assert phone.page.evaluate(WAITING) == ["waiting 只有我知道。"]
    assert not Visit.objects.exists()


def test_signed_out_it_asks_to_log_in_keeps_the_entry_and_sends_it_after(house, phone, live_server):
    crm.client(house.member, "南京金陵票务有限公司")
    phone.cut_off()
    write(phone, "金陵", "下周三来看场地。")
    phone.answered = {*phone.answered, 401}  # a field that looks for clients asks once more
    LoginSession.objects.all().delete()
    phone.cut_off(False)
    phone.sees("登录后上传")
    phone.press("登录")
    phone.page.wait_for_url("**/login/*")
    assert not [one for one in phone.page.evaluate("() => caches.keys()") if "desk:" in one]
    phone.page.context.add_cookies([session_cookie(house.member, live_server.url)])
    phone.page.goto("/")
    phone.sees("已上传：金陵")
    assert Visit.objects.get().said == "下周三来看场地。"


def test_a_network_that_breaks_while_sending_loses_nothing(house, phone):
    client = crm.client(house.member, "南京金陵票务有限公司")
    phone.page.add_init_script("Object.defineProperty(navigator, 'onLine', {get: () => true})")
    phone.page.goto(NEW)
    phone.choose_client("金陵")
    phone.page.locator("[name=said]").fill("看了二楼宴会厅。")
    phone.cut_off()
    phone.press("保存拜访")
    phone.sees("已存在本机，联网后自动上传。")
    assert phone.page.evaluate(WAITING) == ["waiting 看了二楼宴会厅。"]
    phone.cut_off(False)
    phone.page.reload()
    phone.sees("已上传：")
    assert Visit.objects.get().client == client


def test_the_logout_forgets_the_kept_pages_and_nothing_that_waits(house, phone):
    crm.client(house.member, "南京金陵票务有限公司")
    phone.cut_off()
    write(phone, "不存在的", "写给谁？")
    phone.cut_off(False)
    phone.sees("本机有 1 条没有被接受")
    phone.page.goto("/me/")
    phone.page.locator("form[action='/logout/'] button").last.click()
    phone.page.wait_for_url("**/login/**")
    assert not [one for one in phone.page.evaluate("() => caches.keys()") if "desk:" in one]
    assert phone.page.evaluate(WAITING) == ["refused 写给谁？"]
