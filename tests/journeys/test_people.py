"""One short journey for each person: what they come for, and what stays closed to them."""

from datetime import datetime

import pytest

from crm.models import Visit
from expansion import clock
from expansion.approvals.services import decide
from expansion.notices.models import Notice
from expansion.office.models import WorkReport
from expansion.people.demo import DEMO_PASSPHRASE
from expansion.rulebook.models import Version
from tests.journeys.walking import run_job
from tests.make import appraisal as make_appraisal
from tests.make import contracts, crm, research

pytestmark = pytest.mark.browser


def test_member_logs_in_finds_a_client_by_pinyin_and_sees_the_visit_on_its_timeline(house, walk):
    house.member.set_password(DEMO_PASSPHRASE)
    house.member.save()
    client = crm.client(house.member, "南京金陵票务有限公司")
    crm.visit(house.member, client, said="想先看一次场地。")
    one = walk(None)
    one.page.locator("[name=login]").fill("member")
    one.page.locator("[name=password]").fill(DEMO_PASSPHRASE)
    one.press("登录")
    one.sees("今天")
    one.page.goto("/search/?q=jlpw")
    one.press(one.page.locator("main").get_by_text("南京金陵票务有限公司").first)
    one.sees("想先看一次场地。")


def test_leader_sees_the_visits_of_the_team_and_reads_one(house, walk):
    crm.visit(house.member, crm.client(house.member), said="谈了年会的三个日期。")
    one = walk(house.leader)
    one.menu("拜访与外出")
    one.press(one.page.locator("tbody a").first)
    one.sees("谈了年会的三个日期。")
    answer = one.page.goto("/rulebook/weights")
    assert answer.status == 403


def test_deputy_acts_for_the_absent_manager_and_the_act_is_stamped(house, walk):
    research.deputised(house)
    request = contracts.submitted(house)
    one = walk(house.deputy)
    one.menu("审批")
    one.sees("海纳酒店年会场地框架")
    one.press("通过")
    one.sees("没有待您审批的事项")
    one.page.goto(request.about.get_absolute_url())
    stamp = one.page.locator(".stamp").first
    assert stamp.inner_text().split() == ["代", house.deputy.name, "代", house.manager.name]
    decision = request.steps.get(order=1).decisions.get()
    assert (decision.by, decision.for_person) == (house.deputy, house.manager)


def test_manager_returns_a_report_with_a_reason_and_its_author_reads_it(house, walk):
    request = research.submitted(house)
    one = walk(house.manager)
    one.menu("审批")
    one.press("退回修改")
    one.page.locator("[name=comment].is-invalid").wait_for()
    one.page.locator("[name=comment]").fill("样本只有四十一家，请补河西的门店。")
    one.press("退回修改")
    one.sees("没有待您审批的事项")
    request.refresh_from_db()
    assert request.status == "returned"
    author = walk(house.outsider, at=request.about.get_absolute_url())
    author.sees("样本只有四十一家，请补河西的门店。")


def test_hr_sees_who_is_missing_and_reminds_them(house, walk):
    cycle = make_appraisal.frozen(make_appraisal.opened(house.version), {})
    one = walk(house.hr, at=cycle.get_absolute_url())
    one.sees(house.member.name)
    one.press(one.page.locator(".head .actions button").filter(has_text="催办"))
    one.page.wait_for_load_state()
    assert Notice.objects.filter(person=house.member, kind__startswith="appraisal").exists()
    assert one.page.goto("/rulebook/weights").status == 403


def test_legal_reads_the_contract_before_deciding_and_meets_nothing_else(house, walk):
    request = contracts.submitted(house)
    one = walk(house.legal, at="/approvals/")
    one.sees("没有待您审批的事项")
    decide(actor=house.manager, request=request, decision="approve")
    one.page.reload()
    one.sees("签约后付 40%")
    assert one.page.goto("/crm/leads/").status == 403


def test_administrator_cannot_publish_weights_that_do_not_sum_to_100_and_keeps_what_was_typed(
    house, walk
):
    one = walk(house.administrator)
    one.menu("规则编辑")
    one.page.locator("tbody[data-set=client] [data-weight]").first.fill("99")
    one.page.locator("#reason").fill("试一下。")
    one.press("发布")
    one.sees("100")
    assert one.page.locator("tbody[data-set=client] [data-weight]").first.input_value() == "99"
    assert Version.objects.count() == 1


def test_administrator_opens_the_end_of_a_seat_from_the_persons_page(house, walk):
    one = walk(house.administrator, at=house.member.get_absolute_url())
    ending = one.page.locator("a[href*='/seats/'][href$='/end']").first
    one.press(ending)
    one.page.locator("[type=date]").first.wait_for()
    assert one.page.url.endswith("/end")


def test_outsider_of_another_team_meets_closed_doors_in_a_sentence(house, walk):
    client = crm.client(house.member)
    visit = crm.visit(house.member, client, said="只给客户开发小组看。")
    one = walk(house.outsider)
    for address in (client.get_absolute_url(), visit.get_absolute_url()):
        assert one.page.goto(address).status in {403, 404}
        assert "只给客户开发小组看" not in one.page.inner_text("body")
    assert Visit.objects.count() == 1


def test_the_manager_sees_on_friday_who_has_not_handed_in(house, walk):
    run_job("office.open_reports")
    clock.set_clock(datetime(2026, 11, 20, 15, 5))
    one = walk(house.manager, at="/office/reports/team")
    one.sees(house.member.name, house.colleague.name)
    assert not WorkReport.objects.filter(status="submitted").exists()
