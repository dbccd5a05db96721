"""The ten acts of the README, each by the person whose act it is."""

import io
from datetime import date, datetime

import openpyxl
import pytest

from appraisal.models import Cycle
from crm.models import Lead, Visit
from expansion import clock
from expansion.jobs.tasks import run_waiting
from expansion.office.models import WorkReport
from expansion.rulebook.models import Version
from tests.journeys.walking import Walk, run_job
from tests.make import appraisal as make_appraisal
from tests.make import contracts, crm, research

pytestmark = pytest.mark.browser

# The fourth condition, the continuing contact, is read from the client's next contact.
MARKED = ("need_confirmed", "contact_named", "presentation_heard")


def test_a_visit_is_logged_on_the_phone_with_three_clicks(house, walk):
    client = crm.client(house.member, "杭州临平王府酒店有限公司")
    one: Walk = walk(house.member, phone=True)
    one.press(one.page.locator(".phone-add summary"))
    one.press(one.page.locator(".phone-add a").filter(has_text="拜访"))
    one.choose_client("王")
    one.page.locator("[name=said]").fill("年会想要可容三百人的场地。")
    one.press("保存拜访")
    one.sees("年会想要可容三百人的场地。")
    assert one.clicks <= 3
    visit = Visit.objects.get()
    assert (visit.client, visit.visitor) == (client, house.member)


def test_a_visit_is_logged_at_the_desk_from_the_button_on_today(house, walk):
    crm.client(house.member, "南京金陵票务有限公司")
    one = walk(house.member)
    one.press("记拜访")
    one.choose_client("jlpw")
    one.page.locator("[name=said]").fill("下周三来看场地。")
    one.press(one.page.locator("label").filter(has_text="明天"))
    one.press("保存拜访")
    one.sees("下周三来看场地。")
    assert one.clicks <= 3
    assert Visit.objects.get().next_contact_on == date(2026, 11, 19)


def test_a_lead_is_logged_with_its_conditions(house, walk):
    crm.client(house.member, "南京海纳酒店管理有限公司", next_contact_on=date(2026, 11, 25))
    one = walk(house.member)
    one.menu("线索")
    one.press("新建线索")
    one.choose_client("海纳")
    one.page.locator("[name=title]").fill("年会场地，三百人")
    one.press("保存")
    one.sees("年会场地，三百人")
    for key in MARKED:
        condition = one.page.locator(f"#condition-{key}")
        one.press(condition.locator("summary"))
        condition.locator("[name=evidence]").fill("对方行政主管在电话里确认。")
        one.press(condition.locator("button[type=submit]"))
        condition.locator(".done").wait_for()
    one.sees("有效")
    assert Lead.objects.get().effective_on == clock.today()


def test_a_research_report_is_approved_with_two_clicks(house, walk):
    request = research.submitted(house)
    one = walk(house.manager)
    one.menu("审批")
    one.press("通过")
    one.sees("没有待您审批的事项")
    assert one.clicks <= 2
    request.refresh_from_db()
    assert request.status == "approved"


def test_a_contract_passes_manager_legal_and_leadership(house, walk):
    request = contracts.submitted(house)
    for person in (house.manager, house.legal, house.leadership):
        one = walk(person)
        one.menu("审批")
        one.sees("海纳酒店年会场地框架")
        one.press("通过")
        one.sees("没有待您审批的事项")
        assert one.clicks <= 2
    request.refresh_from_db()
    assert request.status == "approved"
    one = walk(house.member, at=request.about.get_absolute_url())
    one.sees("郑琳", "沈国华")


def test_a_weight_is_changed_and_published_with_four_clicks(house, walk):
    one = walk(house.administrator)
    one.menu("规则编辑")
    fields = one.page.locator("tbody[data-set=client] [data-weight]")
    before = [fields.nth(index).input_value() for index in range(fields.count())]
    fields.nth(0).fill(str(int(before[0]) - 5))
    fields.nth(1).fill(str(int(before[1]) + 5))
    one.page.locator("#reason").fill("四季度重在新客户的质量。")
    one.press("发布")
    one.sees("起生效")
    assert one.clicks <= 4
    newest = Version.objects.latest("pk")
    assert newest.status == Version.Status.PUBLISHED
    assert newest.effective_on == date(2027, 1, 1)


def test_the_reminder_is_seen_and_the_week_handed_in_with_one_click(house, walk):
    crm.visit(house.member, crm.client(house.member), next_contact_on=date(2026, 11, 25))
    run_job("office.open_reports")
    clock.set_clock(datetime(2026, 11, 19, 15, 5))
    run_job("office.remind")
    one = walk(house.member)
    assert one.page.locator(".topbar .bell-count").inner_text() == "1"
    one.press(one.page.locator(".topbar .bell"))
    one.sees("周")
    one.page.goto("/")
    one.begin_counting()
    one.press("提交")
    one.page.wait_for_load_state()
    assert one.clicks == 1
    report = WorkReport.objects.get(owner=house.member, kind="weekly_summary")
    assert report.status == "submitted"


def test_the_quarter_opens_by_itself_and_is_rolled_up(house, walk):
    clock.set_clock(make_appraisal.OPENING)
    run_job("appraisal.open_due_cycles")
    one = walk(house.hr)
    one.menu("成绩与申诉")
    one.press("考核周期")
    one.press(one.page.locator("tbody a").filter(has_text="三季度"))
    one.sees("汇总任务")
    run_waiting()
    one.page.reload()
    one.sees("在自评", house.member.name)
    one.page.locator(".panel", has_text="汇总任务").get_by_text("完成").wait_for()
    quarter = Cycle.objects.get(start=make_appraisal.QUARTER.start, kind="quarter")
    assert quarter.frozen_at == clock.now()
    assert quarter.participants.filter(owner=house.member).exists()


def test_the_workbook_is_exported_with_live_formulae(house, walk):
    values = {house.member.pk: make_appraisal.EXAMPLE}
    cycle = make_appraisal.whole_quarter(house, values)
    one = walk(house.hr, at=cycle.get_absolute_url())
    with one.page.expect_download() as download:
        one.press("导出工作簿")
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    formulae = [str(cell.value) for cell in cells if cell.data_type == "f"]
    assert any("ROUND(" in formula for formula in formulae)
    assert any(cell.value == house.member.name for cell in cells)
