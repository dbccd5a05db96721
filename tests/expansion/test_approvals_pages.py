"""The approval desk as people meet it: inbox, document, decision bar, sheet, panel."""

import ctypes
import io
import uuid
from datetime import timedelta
from decimal import Decimal

import pypdfium2
import pytest
from django.db import transaction

from crm.models import Contract
from crm.services.contracts import submit_contract, update_contract
from expansion import access, clock
from expansion.approvals.comparison import Part, compared, compared_facts, gone
from expansion.approvals.models import Comment, Decision, Note, Request
from expansion.approvals.remarks import settle_note
from expansion.approvals.selectors import latest
from expansion.approvals.services import decide
from expansion.audit.models import Entry
from expansion.errors import Forbidden
from expansion.machine import pdf_missing
from expansion.people.services.mandates import create_mandate
from expansion.rulebook.selectors import rules_on
from expansion.ui import formats
from tests.make import contracts as make
from tests.make.rules import put_in_force

pytestmark = pytest.mark.django_db


def key() -> dict[str, str]:
    return {"request_id": uuid.uuid4().hex}


def body(response) -> str:
    return response.content.decode()


def test_the_inbox_opens_the_most_urgent_document(cast, sign_in):
    make.submitted(cast)
    page = body(sign_in(cast.manager).get("/approvals/"))
    assert make.TEXT["scope"] in page and "海纳酒店年会场地框架" in page
    assert 'name="decision" value="approve"' in page


def test_an_empty_inbox_says_so_and_asks_for_no_decision(cast, sign_in):
    page = body(sign_in(cast.hr).get("/approvals/"))
    assert 'name="decision"' not in page


def test_a_request_is_not_there_for_others(cast, sign_in):
    request = make.submitted(cast)
    for person in (cast.colleague, cast.legal, cast.administrator, cast.liaison):
        for path in ("", "/sheet.pdf"):
            assert sign_in(person).get(f"/approvals/{request.pk}{path}").status_code == 404
        answer = sign_in(person).post(f"/approvals/{request.pk}/decide", key())
        assert answer.status_code == 404
    assert sign_in(cast.anonymous).get(f"/approvals/{request.pk}").status_code == 302


def test_the_submitter_reads_along_and_cannot_decide(cast, sign_in):
    request = make.submitted(cast)
    browser = sign_in(cast.member)
    assert 'name="decision"' not in body(browser.get(f"/approvals/{request.pk}"))
    answer = browser.post(f"/approvals/{request.pk}/decide", key() | {"decision": "approve"})
    assert answer.status_code == 403 and not Decision.objects.exists()


def test_a_decision_leads_to_the_next_one_that_waits(cast, sign_in):
    first = make.submitted(cast)
    second = make.submitted(cast, client=make.a_client(cast.member, "南京锦悦会展有限公司"))
    browser = sign_in(cast.manager)
    answer = browser.post(
        f"/approvals/{first.pk}/decide", key() | {"decision": "approve", "version": 1}
    )
    assert answer.headers["Location"] == f"/approvals/{second.pk}"
    answer = browser.post(
        f"/approvals/{second.pk}/decide", key() | {"decision": "approve", "version": 1}
    )
    assert answer.headers["Location"] == "/approvals/"


def test_a_second_click_decides_nothing_twice(cast, sign_in):
    request = make.submitted(cast)
    sent = key() | {"decision": "approve", "version": 1}
    browser = sign_in(cast.manager)
    for _again in range(2):
        assert browser.post(f"/approvals/{request.pk}/decide", sent).status_code == 302
    assert Decision.objects.count() == 1


def test_a_return_without_a_reason_keeps_what_was_typed(cast, sign_in):
    request = make.submitted(cast)
    sent = key() | {"decision": "return", "version": 1, "note-scope": "请写明场次。"}
    answer = sign_in(cast.manager).post(f"/approvals/{request.pk}/decide", sent)
    assert answer.status_code == 422
    assert "请写明场次。" in body(answer) and not Decision.objects.exists()


def test_what_is_too_long_is_refused_with_the_text_and_not_cut(cast, sign_in):
    request, typed = make.submitted(cast), "长" * 2001
    browser = sign_in(cast.manager)
    assert "maxlength" not in body(browser.get(f"/approvals/{request.pk}"))
    for sent in ({"comment": typed}, {"note-scope": typed}):
        answer = browser.post(
            f"/approvals/{request.pk}/decide",
            key() | {"decision": "return", "version": 1, "comment": "补充"} | sent,
        )
        assert answer.status_code == 422 and typed in body(answer)


def test_notes_are_kept_with_the_decision(cast, sign_in):
    request = make.submitted(cast)
    sent = key() | {
        "decision": "return",
        "comment": "补充",
        "version": 1,
        "note-scope": "请写明场次。",
        "note-duties": "",
    }
    assert sign_in(cast.manager).post(f"/approvals/{request.pk}/decide", sent).status_code == 302
    note = Note.objects.get()
    browser = sign_in(cast.member)
    assert "请写明场次。" in body(browser.get(f"/approvals/{request.pk}"))
    answer = browser.post(f"/approvals/notes/{note.pk}/answer", key() | {"answer": "已补。"})
    assert answer.headers["Location"] == f"/approvals/{request.pk}"
    assert (
        sign_in(cast.manager).post(f"/approvals/notes/{note.pk}/settle", key()).status_code == 302
    )
    assert sign_in(cast.colleague).get(f"/approvals/notes/{note.pk}/answer").status_code == 404


def noted(cast) -> Request:
    """The manager has approved with a note, the legal department decides next."""
    request = make.submitted(cast)
    notes = [{"section": "scope", "text": "请写明场次。"}]
    decide(actor=cast.manager, request=request, decision="approve", notes=notes)
    return request


def settles(browser, request: Request) -> bool:
    return "/settle" in body(browser.get(f"/approvals/{request.pk}"))


def test_page_gate_and_service_agree_on_who_settles_a_note(cast, sign_in):
    request = noted(cast)
    note = Note.objects.get()
    for part in ("member", "leader", "manager", "legal"):
        person = cast.again(getattr(cast, part))
        may = part in {"manager", "legal"}
        assert settles(sign_in(person), request) == access.can(person, "settle", note) == may, part
        with transaction.atomic():
            try:
                settle_note(actor=person, note=note)
            except Forbidden:
                assert not may, part
            else:
                assert may, part
            transaction.set_rollback(True)


def test_who_wrote_a_note_settles_it_though_the_matter_is_the_own_by_now(cast, sign_in):
    request = noted(cast)
    decide(actor=cast.legal, request=request, decision="return", comment="补充")
    contract = request.about
    submit_contract(actor=cast.member, record=contract, rules=rules_on())
    second = latest(contract)
    Request.objects.filter(pk=second.pk).update(owner=cast.manager)
    assert settles(sign_in(cast.manager), second)
    assert settle_note(actor=cast.manager, note=Note.objects.get()).settled_by == cast.manager


def test_the_slower_one_gets_a_conflict_that_names_the_faster(cast, sign_in):
    create_mandate(
        actor=cast.manager,
        principal=cast.manager,
        delegate=cast.deputy,
        starts_at=clock.now(),
        ends_at=clock.now() + timedelta(days=2),
        reason="leave",
    )
    request = make.submitted(cast)
    page = body(sign_in(cast.deputy).get(f"/approvals/{request.pk}"))
    assert cast.deputy.name in page and 'class="stamp"' in page
    decide(actor=cast.manager, request=request, decision="approve")
    answer = sign_in(cast.deputy).post(
        f"/approvals/{request.pk}/decide", key() | {"decision": "approve", "version": 1}
    )
    assert answer.status_code == 409 and cast.manager.name in body(answer)


@pytest.mark.parametrize(("days", "late"), [(1, False), (9, True)])
def test_a_deadline_that_has_passed_is_red_wherever_it_stands(cast, sign_in, days, late):
    put_in_force({"deciding.late": "reminded"})
    request = make.submitted(cast)
    with clock.clock_at(clock.now() + timedelta(days=days)):
        page = body(sign_in(cast.manager).get(f"/approvals/{request.pk}"))
    assert ('class="chain-note late"' in page) is late
    head = page.partition('class="desk-way"')[2].partition("</summary>")[0]
    assert ("badge-late" in head) is late and "23:59" in head


SLOW = {"decision": "return", "comment": "价格条款\n不清", "note-scope": "范围太宽"}


def decided_meanwhile(cast, sign_in, request) -> tuple[str, str]:
    """What the slower decider reads: before the field for comments, and in it."""
    answer = sign_in(cast.manager).post(f"/approvals/{request.pk}/decide", key() | SLOW)
    assert answer.status_code == 409
    before, _field, rest = body(answer).partition('id="talk-text"')
    return before, rest.partition("</textarea>")[0]


def test_the_slower_one_finds_the_typed_text_in_the_field_for_comments(cast, sign_in):
    request = make.submitted(cast)
    decide(actor=cast.manager, request=request, decision="approve")
    before, typed = decided_meanwhile(cast, sign_in, request)
    assert typed.endswith("价格条款\n不清\n范围太宽") and "价格条款" not in before
    assert '<details class="panel desk-files desk-talk" open>' in before
    assert not Comment.objects.exists()


def test_where_nothing_is_said_any_more_the_typed_text_stands_to_be_copied(cast, sign_in):
    request = make.submitted(cast)
    decide(actor=cast.manager, request=request, decision="reject", comment="不做")
    page, field = decided_meanwhile(cast, sign_in, request)
    assert "价格条款\n不清\n范围太宽" in page and not field
    assert "价格条款" not in body(sign_in(cast.manager).get(f"/approvals/{request.pk}"))


def test_who_may_still_decide_finds_the_typed_text_in_the_bar_alone(cast, sign_in):
    request = make.submitted(cast)
    address, stale = f"/approvals/{request.pk}/decide", key() | SLOW | {"version": 0}
    page = body(sign_in(cast.manager).post(address, stale))
    assert page.count("价格条款") == 1 and page.count("范围太宽") == 1


def test_a_resubmission_shows_what_has_changed(cast, sign_in):
    request = make.submitted(cast)
    decide(actor=cast.manager, request=request, decision="return", comment="补充")
    contract = Contract.objects.get()
    changed = {"scope": make.TEXT["scope"] + "另含接送。", "amount": Decimal("61000")}
    update_contract(actor=cast.member, record=contract, **changed)
    submit_contract(actor=cast.member, record=contract, rules=rules_on())
    page = body(sign_in(cast.manager).get("/approvals/?compare=1"))
    assert "<ins>另含接送。</ins>" in page
    assert f"<del>{formats.money(contract.amount, 'CNY')}</del> <ins>¥61,000.00</ins>" in page
    assert "<ins>" not in body(sign_in(cast.manager).get("/approvals/"))


def test_a_section_and_a_fact_that_are_gone_show_as_removed():
    def paper(facts, *texts):
        sections = [{"key": key, "label": key, "text": text} for key, text in texts]
        return {"facts": facts, "sections": sections}

    old = paper([["File a", "1"], ["Kind", "x"]], ("scope", "甲。"), ("breach", "乙。"))
    new = paper([["File b", "1"], ["Kind", "x"]], ("scope", "甲。"))
    assert compared(old, new) == {"breach": [Part("removed", "乙。")]}
    assert [one["key"] for one in gone(old, new)] == ["breach"]
    assert compared_facts(old, new) == [
        ("File b", [Part("added", "1")]),
        ("Kind", [Part("same", "x")]),
        ("File a", [Part("removed", "1")]),
    ]


def test_text_of_a_person_never_becomes_markup(cast, sign_in):
    make.submitted(cast, title="<b>框架</b>", scope="<script>alert(1)</script>")
    page = body(sign_in(cast.manager).get("/approvals/"))
    assert "<script>alert" not in page and "<b>框架</b>" not in page


def test_withdrawing_leads_back_to_the_record(cast, sign_in):
    request = make.submitted(cast)
    answer = sign_in(cast.member).post(f"/approvals/{request.pk}/withdraw", key())
    assert answer.headers["Location"] == f"/crm/contracts/{request.about_id}"
    answer = sign_in(cast.manager).post(f"/approvals/{request.pk}/withdraw", key())
    assert answer.status_code == 403


def test_lists_show_only_what_is_visible(cast, sign_in):
    make.submitted(cast)
    assert "海纳酒店年会场地框架" in body(sign_in(cast.manager).get("/approvals/all/"))
    assert "海纳酒店年会场地框架" not in body(sign_in(cast.colleague).get("/approvals/all/"))
    assert sign_in(cast.manager).get("/approvals/all/?view=overdue&sort=-at").status_code == 200
    assert sign_in(cast.manager).get("/approvals/acts/").status_code == 200


def test_acts_under_a_mandate_are_listed_with_both_names(cast, sign_in):
    request = make.submitted(cast)
    create_mandate(
        actor=cast.manager,
        principal=cast.manager,
        delegate=cast.deputy,
        starts_at=clock.now(),
        ends_at=clock.now() + timedelta(days=2),
        reason="leave",
    )
    decide(actor=cast.deputy, request=request, decision="approve")
    page = body(sign_in(cast.manager).get("/approvals/acts/"))
    assert cast.deputy.name in page and 'class="stamp"' in page


@pytest.mark.skipif(pdf_missing() is not None, reason="This machine cannot make PDF.")
def test_the_sheet_prints_chinese_with_every_decision_and_the_checksum(cast, sign_in):
    request = make.submitted(cast)
    decide(actor=cast.manager, request=request, decision="return", comment="金额请再核")
    answer = sign_in(cast.member).get(f"/approvals/{request.pk}/sheet.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    pages = pypdfium2.PdfDocument(io.BytesIO(answer.content))
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    for word in ("海纳酒店年会场地框架", cast.manager.name, "金额请再核", request.digest[:16]):
        assert word in text, word
    assert all(name.startswith("NotoSansSC") for name in fonts_of(answer.content))
    assert Entry.objects.filter(verb="approvals.sheet.exported").count() == 1


def fonts_of(content: bytes) -> set[str]:
    """The fonts embedded in a PDF, by the family's own name."""
    found = set()
    for page in pypdfium2.PdfDocument(io.BytesIO(content)):
        for part in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT]):
            name = ctypes.create_string_buffer(100)
            font = pypdfium2.raw.FPDFTextObj_GetFont(part)
            pypdfium2.raw.FPDFFont_GetBaseFontName(font, name, 100)
            found.add(name.value.decode().partition("+")[2].replace("-", ""))
    return found


def test_without_pango_the_sheet_says_what_is_missing(cast, sign_in, monkeypatch):
    monkeypatch.setattr("expansion.ui.pdf.pdf_missing", lambda: "PDF needs Pango.")
    request = make.submitted(cast)
    answer = sign_in(cast.member).get(f"/approvals/{request.pk}/sheet.pdf")
    assert answer.status_code == 503 and "PDF needs Pango." in body(answer)
