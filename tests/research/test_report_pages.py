"""The pages of a report: who opens which, and what a refusal answers."""

from collections.abc import Iterator

import pytest

from expansion.approvals.selectors import latest
from expansion.approvals.services import decide
from expansion.rulebook.selectors import rules_on
from research.models import Receipt, ResearchReport
from research.services import reports
from tests.make import research as make

pytestmark = pytest.mark.django_db

MARK = "绝密样本城西"
LISTS = ("/research/reports/", "/research/plans/", "/research/findings/")
INSIDE = ("outsider", "deputy", "manager")
OUTSIDE = ("member", "leader", "hr", "finance", "legal", "leadership", "liaison", "administrator")


@pytest.fixture
def report(cast) -> ResearchReport:
    """A report on a marked finding, addressed to the liaison and the client team, in approval."""
    draft = make.a_report(cast, title=f"{MARK}报告", texts=make.SECTIONS | {"findings": MARK})
    source = make.valid(cast, title=f"{MARK}信息")
    reports.cite_findings(actor=cast.outsider, record=draft, shown=[source.pk], chosen=[source.pk])
    make.addressed(cast, draft, units=["client"], people=[cast.liaison])
    reports.submit_report(actor=cast.outsider, record=draft, rules=rules_on())
    return ResearchReport.objects.get()


def approve(cast, report) -> None:
    decide(actor=cast.manager, request=latest(report), decision="approve")


def doors(report: ResearchReport) -> Iterator[str]:
    """Every address that leads to the report."""
    for tail in ("", "/edit", "/findings", "/submit", "/review", "/distribute", "/read", "/delete"):
        yield f"/research/reports/{report.pk}{tail}"
    yield f"/research/reports/{report.pk}/report.pdf"


def sent(**values) -> dict:
    return {"request_id": "one", **values}


# Who sees what


@pytest.mark.parametrize("part", OUTSIDE)
def test_an_unapproved_report_is_not_there_for_others_through_any_door(cast, sign_in, report, part):
    browser = sign_in(getattr(cast, part))
    for address in doors(report):
        assert browser.get(address).status_code == 404, address
        assert browser.post(address, sent()).status_code in (404, 405), address
    autosave = f"/research/reports/{report.pk}/autosave"
    assert browser.post(autosave, {"text_purpose": "改"}).status_code == 404
    request = latest(report)
    for address in (f"/approvals/{request.pk}", f"/approvals/{request.pk}/sheet.pdf"):
        assert browser.get(address).status_code == 404
    for address in (*LISTS, f"/search/?q={MARK}", "/", "/todo/", "/notices/"):
        page = browser.get(address).content.decode()
        # The search page repeats the word that was asked for, not the title it stands in.
        assert f"{MARK}报告" not in page and f"{MARK}信息" not in page, address


def test_after_the_approval_the_readers_open_it_and_nobody_else(cast, sign_in, report):
    approve(cast, report)
    for part in ("liaison", "member", "leader"):
        page = sign_in(getattr(cast, part)).get(f"/research/reports/{report.pk}")
        assert page.status_code == 200 and MARK in page.content.decode()
    for part in ("hr", "legal", "administrator", "partner_member"):
        page = sign_in(getattr(cast, part)).get(f"/research/reports/{report.pk}")
        assert page.status_code == 404


def test_a_reader_gets_the_text_and_not_what_the_department_says_of_it(cast, sign_in, report):
    approve(cast, report)
    make.scored(cast, report)
    page = sign_in(cast.liaison).get(f"/research/reports/{report.pk}").content.decode()
    assert f"{MARK}信息" not in page  # a finding that was never published
    assert cast.member.name not in page  # another reader
    assert 'class="scores"' not in page  # what the department thinks of it
    own = sign_in(cast.manager).get(f"/research/reports/{report.pk}").content.decode()
    assert 'class="scores"' in own


def test_a_reader_is_told_what_is_not_theirs_to_do(cast, sign_in, report):
    approve(cast, report)
    browser = sign_in(cast.liaison)
    for tail in ("/edit", "/findings", "/submit", "/review", "/distribute", "/delete"):
        assert browser.get(f"/research/reports/{report.pk}{tail}").status_code == 403, tail


def test_the_anonymous_go_to_the_login(cast, sign_in, report):
    browser = sign_in(cast.anonymous)
    for address in (*LISTS, *doors(report)):
        answer = browser.get(address)
        assert answer.status_code == 302 and "/login/" in answer.headers["Location"], address


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("part", INSIDE)
def test_the_lists_open_for_the_department_side(cast, sign_in, report, part, address):
    assert sign_in(getattr(cast, part)).get(address).status_code == 200


def test_the_library_is_closed_to_other_departments(cast, sign_in):
    finding = make.published(cast)
    for part in ("liaison", "hr", "legal"):
        browser = sign_in(getattr(cast, part))
        assert browser.get("/research/findings/").status_code == 403
    for tail in ("/edit", "/screen", "/publish", "/delete"):
        answer = sign_in(cast.member).get(f"/research/findings/{finding.pk}{tail}")
        assert answer.status_code == 403
    page = sign_in(cast.member).get(f"/research/findings/{finding.pk}")
    assert finding.title in page.content.decode()


@pytest.mark.parametrize("address", ["reports/987654321", "plans/0", "findings/99999999999999999"])
def test_what_does_not_exist_answers_like_what_one_may_not_see(cast, sign_in, address):
    assert sign_in(cast.manager).get(f"/research/{address}").status_code == 404


# Writing a report


def test_a_report_is_begun_written_and_submitted_by_plain_forms(cast, sign_in):
    browser = sign_in(cast.outsider)
    began = browser.post(
        "/research/reports/new", sent(title="三季度市场调研报告", period="2026-Q3", plan="")
    )
    report = ResearchReport.objects.get()
    editor = f"/research/reports/{report.pk}/edit"
    assert (began.status_code, began.headers["Location"]) == (302, editor)
    texts = {f"text_{key}": text for key, text in make.SECTIONS.items()}
    saved = browser.post(
        editor,
        {
            "request_id": "two",
            "version": report.version,
            "title": report.title,
            "period": "2026-Q3",
            "plan": "",
            "submit": "1",
            **texts,
        },
    )
    submit = f"/research/reports/{report.pk}/submit"
    assert saved.headers["Location"] == submit
    assert browser.post(submit, {"request_id": "three"}).status_code == 302
    report.refresh_from_db()
    assert report.status == "in_approval" and report.texts == make.SECTIONS


def test_an_empty_section_locks_the_button_and_the_form_answers_422(cast, sign_in):
    report = make.a_report(cast, texts=make.SECTIONS | {"conclusions": ""})
    browser = sign_in(cast.outsider)
    editor = browser.get(f"/research/reports/{report.pk}/edit").content.decode()
    assert 'name="submit"' not in editor and "btn-locked" in editor
    answer = browser.post(f"/research/reports/{report.pk}/submit", sent())
    assert answer.status_code == 422
    page = answer.content.decode()
    assert report.missing[0].text == "" and "结论" in page or "Conclusions" in page


def test_autosaving_keeps_the_text_and_answers_with_the_editors_state(cast, sign_in):
    report = make.a_report(cast, texts=make.SECTIONS | {"conclusions": ""})
    browser = sign_in(cast.outsider)
    answer = browser.post(
        f"/research/reports/{report.pk}/autosave",
        {"version": report.version, "text_conclusions": "午后场 最有把握"},
    )
    page = answer.content.decode()
    report.refresh_from_db()
    assert answer.status_code == 200 and report.texts["conclusions"] == "午后场 最有把握"
    assert f'value="{report.version}"' in page and 'name="submit"' in page


@pytest.mark.parametrize("version", ["1", "abc", "99999999999999999999", ""])
def test_a_stale_autosave_overwrites_nothing(cast, sign_in, version):
    report = make.a_report(cast)
    answer = sign_in(cast.outsider).post(
        f"/research/reports/{report.pk}/autosave", {"version": version, "text_purpose": "后到"}
    )
    report.refresh_from_db()
    if version == "1":
        assert answer.status_code == 409 and report.texts["purpose"] != "后到"
    else:
        assert answer.status_code == 200 and report.texts["purpose"] == "后到"


def test_a_stale_form_shows_both_versions_and_keeps_what_was_typed(cast, sign_in):
    report = make.a_report(cast)
    reports.save_report(
        actor=cast.deputy,
        record=report,
        title=report.title,
        period=report.period,
        texts={"purpose": "副经理的话"},
    )
    answer = sign_in(cast.outsider).post(
        f"/research/reports/{report.pk}/edit",
        {
            "request_id": "one",
            "version": report.version,
            "title": report.title,
            "period": report.period,
            "plan": "",
            "text_purpose": "我的话",
        },
    )
    page = answer.content.decode()
    assert answer.status_code == 409 and "我的话" in page and "副经理的话" in page
    report.refresh_from_db()
    assert report.texts["purpose"] == "副经理的话"


@pytest.mark.parametrize("tail", ["edit", "submit", "delete"])
def test_a_locked_report_answers_409_with_its_reason(cast, sign_in, report, tail):
    browser = sign_in(cast.outsider)
    address = f"/research/reports/{report.pk}/{tail}"
    answer = browser.post(address, sent(reason="不要了", title="改", period="2026-Q3"))
    assert answer.status_code == 409
    report.refresh_from_db()
    assert report.status == "in_approval"


def test_a_second_click_submits_once(cast, sign_in):
    report = make.a_report(cast)
    browser = sign_in(cast.outsider)
    for _click in range(2):
        assert browser.post(f"/research/reports/{report.pk}/submit", sent()).status_code == 302
    assert latest(report).round == 1


@pytest.mark.parametrize(
    "title",
    ["", "   ", "长" * 121, "<script>alert(1)</script>" * 6],
)
def test_a_title_that_does_not_hold_answers_422(cast, sign_in, title):
    answer = sign_in(cast.outsider).post(
        "/research/reports/new", sent(title=title, period="2026-Q3", plan="")
    )
    assert answer.status_code == 422 and not ResearchReport.objects.exists()


@pytest.mark.parametrize("text", ["=1+1", "<b>粗</b>", "🎤" * 40, "全角１２３％", "a" * 20_000])
def test_odd_text_is_kept_as_text(cast, sign_in, text):
    report = make.a_report(cast, texts=make.SECTIONS | {"purpose": text})
    page = sign_in(cast.outsider).get(f"/research/reports/{report.pk}").content.decode()
    assert "<b>粗</b>" not in page
    report.refresh_from_db()
    assert report.texts["purpose"] == text


@pytest.mark.parametrize(
    "choice", [{"period": "2026-Q9"}, {"period": "昨天"}, {"plan": "987654"}, {"plan": "x"}]
)
def test_foreign_choices_answer_422(cast, sign_in, choice):
    values = {"title": "报告", "period": "2026-Q3", "plan": ""} | choice
    answer = sign_in(cast.outsider).post("/research/reports/new", sent(**values))
    assert answer.status_code == 422


def test_choosing_findings_ignores_what_is_no_id(cast, sign_in):
    report, finding = make.a_report(cast), make.valid(cast)
    odd = ["x", "-1", "9" * 30, str(finding.pk)]
    answer = sign_in(cast.outsider).post(
        f"/research/reports/{report.pk}/findings", {"shown": odd, "chosen": odd}
    )
    assert answer.status_code == 302 and list(report.findings.all()) == [finding]


# Deciding, distributing, reading


def test_the_review_page_scores_and_approves(cast, sign_in, report):
    browser = sign_in(cast.manager)
    address = f"/research/reports/{report.pk}/review"
    assert browser.get(address).status_code == 200
    read = latest(report).digest
    refused = browser.post(address, sent(**make.SCORES | {"depth": 101}, read=read))
    assert refused.status_code == 422
    done = browser.post(address, sent(**make.SCORES, checklist=["concise"], note="好", read=read))
    report.refresh_from_db()
    assert done.status_code == 302 and report.status == "distributed"
    assert report.reviews.get().mean == 85


def test_scores_given_for_an_earlier_document_approve_no_later_one(cast, sign_in, report):
    """Returned, rewritten and submitted again while the page stood open."""
    browser, request = sign_in(cast.manager), latest(report)
    given = make.SCORES | {"read": request.digest, "note": "结论清楚"}
    decide(actor=cast.manager, request=request, decision="return", comment="补数据。")
    report.refresh_from_db()
    reports.save_report(
        actor=report.owner, record=report, title="改写过的报告", period=report.period
    )
    reports.submit_report(actor=report.owner, record=report, rules=rules_on())
    again = browser.post(f"/research/reports/{report.pk}/review", sent(**given))
    assert again.status_code == 409 and "结论清楚" in again.text and "改写过的报告" in again.text
    report.refresh_from_db()
    assert report.status == "in_approval" and not report.reviews.exists()
    assert f'value="{latest(report).digest}"' in again.text  # the next try is about this one


def test_the_desk_leads_the_approver_to_the_scores(cast, sign_in, report):
    page = sign_in(cast.manager).get(f"/approvals/{latest(report).pk}").content.decode()
    assert f"/research/reports/{report.pk}/review" in page


def test_the_list_is_set_by_form_and_locked_in_approval(cast, sign_in, report):
    draft = make.a_report(cast, title="另一份")
    browser = sign_in(cast.outsider)
    answer = browser.post(
        f"/research/reports/{draft.pk}/distribute", sent(people=[cast.hr.pk], units=[])
    )
    assert answer.status_code == 302 and draft.recipients.get().person == cast.hr
    locked = browser.get(f"/research/reports/{report.pk}/distribute")
    assert locked.status_code == 409
    foreign = browser.post(
        f"/research/reports/{draft.pk}/distribute", {"request_id": "two", "people": ["987654"]}
    )
    assert foreign.status_code == 422


def test_reading_is_confirmed_with_one_button(cast, sign_in, report):
    approve(cast, report)
    browser = sign_in(cast.liaison)
    assert (
        f"/research/reports/{report.pk}/read"
        in browser.get(f"/research/reports/{report.pk}").content.decode()
    )
    answer = browser.post(f"/research/reports/{report.pk}/read", sent())
    assert answer.status_code == 302
    assert Receipt.objects.get(person=cast.liaison).read_at is not None
    refused = sign_in(cast.outsider).post(f"/research/reports/{report.pk}/read", sent())
    assert refused.status_code == 403
