"""The pages of the library and of plans, and what the pages of research cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from expansion.approvals.selectors import latest
from expansion.approvals.services import decide
from research.models import Finding, ResearchPlan
from research.services import reports
from tests.make import research as make

pytestmark = pytest.mark.django_db

LISTS = ("/research/reports/", "/research/plans/", "/research/findings/")


def sent(**values) -> dict:
    return {"request_id": "one", **values}


def test_a_finding_is_logged_screened_published_and_adopted_by_form(cast, sign_in):
    answer = sign_in(cast.outsider).post(
        "/research/findings/new",
        sent(
            title="企业团建预订提前到九月",
            source="interview",
            category="consumer",
            collected_on="2026-11-18",
            text="平均提前 74 天。",
            link="https://example.com/report",
        ),
    )
    finding = Finding.objects.get()
    assert answer.headers["Location"] == f"/research/findings/{finding.pk}"
    deputy = sign_in(cast.deputy)
    deputy.post(f"/research/findings/{finding.pk}/screen", sent(valid="yes"))
    deputy.post(f"/research/findings/{finding.pk}/publish", {"request_id": "p"})
    sign_in(cast.leader).post(
        f"/research/findings/{finding.pk}/adopt", sent(decision="提前安排拜访")
    )
    finding.refresh_from_db()
    assert finding.validity == "valid" and finding.published_at and finding.adopted_at
    assert sign_in(cast.member).get(f"/research/findings/{finding.pk}").status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"collected_on": "2026-02-31"},
        {"collected_on": "2026-11-19"},
        {"collected_on": ""},
        {"source": "hearsay"},
        {"link": "javascript:alert(1)"},
        {"link": "ftp//x"},
        {"title": ""},
        {"text": ""},
        {"text": "长" * 8001},
        {"plan": "987654"},
    ],
)
def test_bad_input_answers_422_and_keeps_what_was_typed(cast, sign_in, wrong):
    values = {
        "title": "一条信息",
        "source": "news",
        "collected_on": "2026-11-18",
        "text": "正文还在",
    } | wrong
    answer = sign_in(cast.outsider).post("/research/findings/new", sent(**values))
    assert answer.status_code == 422 and not Finding.objects.exists()
    kept = values["text"] or values["title"]
    assert kept in answer.content.decode()


def test_an_invalid_finding_asks_for_its_reason(cast, sign_in):
    finding = make.a_finding(cast)
    answer = sign_in(cast.deputy).post(
        f"/research/findings/{finding.pk}/screen", sent(valid="no", reason="")
    )
    assert answer.status_code == 422


def test_collecting_under_an_unapproved_plan_answers_422_in_the_form(cast, sign_in):
    plan = make.a_plan(cast)
    answer = sign_in(cast.outsider).post(
        "/research/findings/new",
        sent(title="信息", source="news", collected_on="2026-11-18", text="字", plan=plan.pk),
    )
    assert answer.status_code == 422 and not Finding.objects.exists()


def test_a_plan_goes_its_way_by_plain_forms(cast, sign_in):
    browser = sign_in(cast.outsider)
    values = {f"text_{key}": text for key, text in make.PLAN.items()}
    browser.post("/research/plans/new", sent(title="十一月计划", due_on="2026-12-04", **values))
    plan = ResearchPlan.objects.get()
    assert plan.texts == make.PLAN
    browser.post(f"/research/plans/{plan.pk}/submit", {"request_id": "two"})
    decide(actor=cast.manager, request=latest(plan), decision="approve")
    page = browser.get(f"/research/plans/{plan.pk}").content.decode()
    assert f"/research/findings/new?plan={plan.pk}" in page
    late = sent(request_id="three")
    assert browser.post(f"/research/plans/{plan.pk}/edit", late).status_code == 409
    browser.post(f"/research/plans/{plan.pk}/finish", {"request_id": "four"})
    plan.refresh_from_db()
    assert plan.status == "finished"


def test_words_find_reports_and_findings_by_pinyin_and_initials(cast, sign_in):
    make.published(cast, title="午后场消费上涨")
    for text in ("午后", "wuhouchang", "whc"):
        page = sign_in(cast.outsider).get(f"/research/findings/?q={text}").content.decode()
        assert "午后场消费上涨" in page, text
    assert "午后场消费上涨" not in (
        sign_in(cast.outsider).get("/research/findings/?q=zzz").content.decode()
    )


# Cost


def queries(browser, address: str) -> int:
    """What the answer without the frame around it costs: the list, or the page's own part."""
    with CaptureQueriesContext(connection) as taken:
        assert browser.get(address, headers={"HX-Request": "true"}).status_code == 200
    return len(taken)


@pytest.mark.parametrize("address", LISTS)
def test_a_list_costs_the_same_for_one_row_and_for_many(cast, sign_in, address):
    def fill(count: int) -> None:
        for number in range(count):
            make.a_report(cast, title=f"报告 {count} {number}")
            make.a_plan(cast, title=f"计划 {count} {number}")
            make.valid(cast, title=f"信息 {count} {number}")

    browser = sign_in(cast.outsider)
    fill(1)
    queries(browser, address)  # content types and rules are read once per process
    one = queries(browser, address)
    fill(6)
    assert queries(browser, address) == one
    assert queries(sign_in(cast.manager), address) <= 12


def test_a_report_page_costs_no_query_per_reader_or_finding(cast, sign_in):
    few, many = make.a_report(cast, title="少"), make.a_report(cast, title="多")
    sources = [make.valid(cast, title=f"信息 {number}").pk for number in range(8)]
    for report, readers, shown in (
        (few, [cast.hr], sources[:1]),
        (many, [cast.hr, cast.legal, cast.liaison, cast.member, cast.leader], sources),
    ):
        reports.cite_findings(actor=cast.outsider, record=report, shown=shown, chosen=shown)
        make.addressed(cast, report, people=readers)
        make.approved(cast, report=report)
    browser = sign_in(cast.outsider)
    queries(browser, f"/research/reports/{few.pk}")
    assert queries(browser, f"/research/reports/{few.pk}") == queries(
        browser, f"/research/reports/{many.pk}"
    )
