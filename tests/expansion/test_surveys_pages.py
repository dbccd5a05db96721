"""The pages of surveys: list, questionnaire, recipients, links, results, files."""

import io
import uuid
from datetime import date, timedelta

import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.test import Client as Browser
from django.utils import translation
from pypdfium2 import PdfDocument

from expansion import clock
from expansion.audit.models import Entry
from expansion.guests.models import Pass
from expansion.surveys.models import Question, Questionnaire
from expansion.surveys.services import closing
from expansion.transfer.models import Export
from tests.make import crm
from tests.make import surveys as make

pytestmark = pytest.mark.django_db
HERE = "/surveys/"


def key() -> dict[str, str]:
    return {"request_id": uuid.uuid4().hex}


def body(answer) -> str:
    return answer.content.decode()


# Lists


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"问卷甲", "问卷乙", "问卷丙", "问卷丁"}),
        ("?view=open", {"问卷乙"}),
        ("?view=report", {"问卷丙"}),
        ("?status=reported", {"问卷丁"}),
        ("?q=问卷甲", {"问卷甲"}),
        ("?audience=partners", set()),
        ("?sort=-score", {"问卷甲", "问卷乙", "问卷丙", "问卷丁"}),
    ],
)
def test_the_list_is_narrowed_by_what_they_are(cast, sign_in, query, found):
    make.draft(cast, title="问卷甲")
    make.opened(cast, title="问卷乙")
    make.closed(cast, [5, 4, 3], title="问卷丙")
    make.reported(cast, title="问卷丁")
    text = body(sign_in(cast.member).get(HERE + query))
    assert {
        one for one in ("问卷甲", "问卷乙", "问卷丙", "问卷丁") if f">{one}</a>" in text
    } == found


def test_an_empty_list_says_what_to_do(cast, sign_in):
    assert 'class="nothing"' in body(sign_in(cast.member).get(HERE))


def test_the_list_shows_no_score_of_too_few(cast, sign_in):
    make.closed(cast, [5, 4], title="两份")
    text = body(sign_in(cast.member).get(HERE))
    assert "90.00" not in text and "2 / 3" in text


def test_it_is_found_by_its_title(cast, sign_in):
    make.draft(cast, title="年底回访问卷")
    assert "年底回访问卷" in body(sign_in(cast.member).get("/search/?q=年底回访"))
    assert "年底回访问卷" not in body(sign_in(cast.outsider).get("/search/?q=年底回访"))


# From the first word to the report


def test_a_whole_survey_by_plain_forms(cast, sign_in):
    browser = sign_in(cast.member)
    clients = [crm.client(cast.member) for _n in range(3)]
    values = {
        "title": "第四季度满意度", "audience": "clients", "purpose": "改进服务。", "intro": "",
        "valid_until": "2026-11-30",
    }  # fmt: skip
    made = browser.post(f"{HERE}new", values | key())
    record = Questionnaire.objects.get()
    assert made.headers["Location"] == f"{HERE}{record.pk}"
    question = {"text": "满意吗？", "kind": "scale", "required": "on", "counts": "on"}
    assert browser.post(f"{HERE}{record.pk}/questions/new", question | key()).status_code == 302
    offered = body(browser.get(f"{HERE}{record.pk}/invite?source=crm.clients"))
    assert all(one.name in offered for one in clients)
    chosen = {"source": "crm.clients", "keys": [f"{one.pk}-0" for one in clients]}
    assert browser.post(f"{HERE}{record.pk}/invite", chosen | key()).status_code == 302
    assert browser.post(f"{HERE}{record.pk}/send", key()).status_code == 302
    for place, invitation in enumerate(record.invitations.all()):
        shown = browser.post(f"{HERE}invitations/{invitation.pk}/link", key())
        assert shown.status_code == 201 and "data:image/svg+xml" in body(shown)
        path = "/guests/" + body(shown).partition("/guests/")[2].split('"')[0]
        answer = {f"q{record.questions.get().pk}": str(5 - place)}
        assert sign_in(cast.anonymous).post(path, answer).status_code == 303
    assert browser.post(f"{HERE}{record.pk}/close", key()).status_code == 302
    measure = {"text": "加快开票。", "responsible": cast.leader.pk, "due_on": "2026-12-01"}
    assert browser.post(f"{HERE}{record.pk}/measures/new", measure | key()).status_code == 302
    done = browser.post(f"{HERE}{record.pk}/report", {"summary": "不错。"} | key(), follow=True)
    for words in ("80.00", "不错。", "加快开票。", cast.leader.name):
        assert words in body(done)


def test_a_link_is_shown_once(cast, sign_in):
    record = make.opened(cast)
    invitation, browser, sent = record.invitations.first(), sign_in(cast.member), key()
    page = f"{HERE}invitations/{invitation.pk}/link"
    assert "/guests/" in body(browser.post(page, sent))
    again = browser.post(page, sent)
    assert again.status_code == 200 and "/guests/" not in body(again)
    assert Pass.objects.count() == 1


def test_what_was_typed_stays_when_it_is_refused(cast, sign_in):
    values = {
        "title": "",
        "audience": "clients",
        "purpose": "为了改进",
        "valid_until": "2026-11-01",
    }
    answer = sign_in(cast.member).post(f"{HERE}new", values | key())
    assert answer.status_code == 422 and "为了改进" in body(answer)


def test_a_reader_gets_no_act_and_a_sentence_where_one_is_tried(cast, sign_in):
    record = make.opened(cast)
    browser = sign_in(cast.colleague)
    page = body(browser.get(f"{HERE}{record.pk}"))
    assert f"{HERE}{record.pk}/close" not in page and "/link" not in page
    refused = browser.post(f"{HERE}{record.pk}/close", key())
    assert refused.status_code == 403 and cast.member.name in body(refused)
    assert sign_in(cast.outsider).get(f"{HERE}{record.pk}").status_code == 404


def test_a_reader_reads_the_names_of_their_own_clients_only(cast, sign_in):
    record = make.opened(cast)
    name = record.invitations.first().about_label
    assert name in body(sign_in(cast.member).get(f"{HERE}{record.pk}"))
    assert name in body(sign_in(cast.leader).get(f"{HERE}{record.pk}"))
    assert name not in body(sign_in(cast.colleague).get(f"{HERE}{record.pk}"))


def test_a_closed_one_shows_the_whole_and_no_single_answer(cast, sign_in):
    record = make.opened(cast)
    for invitation, mark in zip(record.invitations.all(), (5, 4, 3), strict=True):
        make.answer(cast, invitation, mark, f"话{mark}")
    browser = sign_in(cast.member)
    assert "话5" not in body(browser.get(f"{HERE}{record.pk}"))
    closing.close_questionnaire(actor=cast.member, record=record)
    text = body(browser.get(f"{HERE}{record.pk}"))
    assert "80.00" in text and all(f"话{mark}" in text for mark in (5, 4, 3))


def test_of_two_answers_the_page_tells_the_number_alone(cast, sign_in):
    record = make.opened(cast)
    for invitation in record.invitations.all()[:2]:
        make.answer(cast, invitation, 5, "认得出")
    closing.close_questionnaire(actor=cast.member, record=record)
    text = body(sign_in(cast.manager).get(f"{HERE}{record.pk}"))
    assert "认得出" not in text and "100.00" not in text


# Files


def test_the_workbook_has_the_answers_question_by_question(cast, sign_in):
    record = make.reported(cast)
    browser = sign_in(cast.manager)
    assert browser.post(f"{HERE}{record.pk}/sheet", key()).status_code == 302
    made = Export.objects.get()
    book = openpyxl.load_workbook(io.BytesIO(default_storage.open(made.key).read()))
    cells = [str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row]
    assert make.SCALE["text"] in cells and "5：1；4：1；3：1；2：0；1：0" in cells
    assert made.actor == cast.manager


def test_the_workbook_of_two_answers_is_empty_of_them(cast, sign_in):
    record = make.closed(cast, [5, 4])
    sign_in(cast.member).post(f"{HERE}{record.pk}/sheet", key())
    book = openpyxl.load_workbook(io.BytesIO(default_storage.open(Export.objects.get().key).read()))
    cells = [str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row]
    assert not [one for one in cells if one.startswith("5: 1")]


def test_the_report_is_printed_with_who_printed_it(cast, sign_in):
    record = make.reported(cast)
    answer = sign_in(cast.leadership).get(f"{HERE}{record.pk}/pdf")
    text = "".join(page.get_textpage().get_text_range() for page in PdfDocument(answer.content))
    assert all(words in text for words in ("80.00", "开票慢", "缩短开票时间", cast.leadership.name))
    assert Entry.objects.get(verb="surveys.questionnaire.exported").actor == cast.leadership


def test_nothing_is_printed_before_the_end(cast, sign_in):
    record = make.opened(cast)
    assert sign_in(cast.member).get(f"{HERE}{record.pk}/pdf").status_code == 409
    assert not Entry.objects.filter(verb="surveys.questionnaire.exported").exists()


# What is to become better


def done(**values):
    return {"done_on": "2026-11-18", "done_note": "改由前台开票。"} | values | key()


def test_a_measure_is_ticked_off_and_the_page_says_when_and_what(cast, sign_in):
    record = make.reported(cast, responsible=cast.colleague)
    held, browser = record.measures.get(), sign_in(cast.colleague)
    page, act = f"{HERE}{record.pk}", f"{HERE}measures/{record.measures.get().pk}/done"
    assert act in body(browser.get(page))
    assert held.text in body(browser.get(act))
    assert browser.post(act, done()).headers["Location"] == page
    text = body(browser.get(page))
    assert "改由前台开票。" in text and "badge-done" in text and act not in text
    assert f"{HERE}measures/{held.pk}/reopen" not in text
    assert f"{HERE}measures/{held.pk}/reopen" in body(sign_in(cast.member).get(page))


@pytest.mark.parametrize(
    ("part", "offered"), [("member", True), ("manager", True), ("leadership", False)]
)
def test_the_button_stands_for_whoever_may(cast, sign_in, part, offered):
    record = make.reported(cast, responsible=cast.colleague)
    act = f"{HERE}measures/{record.measures.get().pk}/done"
    browser = sign_in(getattr(cast, part))
    assert (act in body(browser.get(f"{HERE}{record.pk}"))) is offered
    assert browser.post(act, done()).status_code == (302 if offered else 403)


def test_what_was_typed_about_a_measure_stays_when_it_is_refused(cast, sign_in):
    record = make.reported(cast)
    act = f"{HERE}measures/{record.measures.get().pk}/done"
    answer = sign_in(cast.member).post(act, done(done_on="2026-11-19"))
    assert answer.status_code == 422 and "改由前台开票。" in body(answer)


def test_an_overdue_measure_says_since_when(cast, sign_in):
    record = make.reported(cast)
    browser = sign_in(cast.member)
    assert "badge-late" not in body(browser.get(f"{HERE}{record.pk}"))
    clock.set_clock(clock.now() + timedelta(days=14))
    assert "badge-late" in body(browser.get(f"{HERE}{record.pk}"))


def test_before_the_report_nothing_is_to_be_ticked_off(cast, sign_in):
    record = make.closed(cast, [5, 4, 3])
    closing.add_measure(
        actor=cast.member, record=record, text="加快开票。", responsible=cast.member,
        due_on=date(2026, 12, 1),
    )  # fmt: skip
    act = f"{HERE}measures/{record.measures.get().pk}/done"
    browser = sign_in(cast.member)
    assert act not in body(browser.get(f"{HERE}{record.pk}"))
    assert browser.post(act, done()).status_code == 409


def test_somebody_outside_the_desk_who_is_responsible_finds_it(cast, sign_in):
    """They read the survey they were told of; the list of surveys is not theirs."""
    record = make.reported(cast, responsible=cast.hr)
    browser = sign_in(cast.hr)
    text = body(browser.get(f"{HERE}{record.pk}"))
    assert "缩短开票时间" in text and f'href="{HERE}"' not in text
    act = f"{HERE}measures/{record.measures.get().pk}/done"
    assert browser.post(act, done()).status_code == 302


def test_a_long_answer_is_refused_in_words_and_not_cut(cast):
    record = make.opened(cast)
    url = f"/guests/{make.link(cast, record.invitations.first())}"
    browser, typed = Browser(), "长" * 2001
    assert "maxlength" not in body(browser.get(url))
    words = record.questions.get(kind="text")
    answer = browser.post(url, {f"q{words.pk}": typed})
    assert answer.status_code == 422 and typed in body(answer)
    assert "最多" in body(answer) and "确保该变量" not in body(answer)


def test_what_is_over_is_not_called_by_the_word_for_a_date():
    with translation.override("zh-hans"):
        assert Questionnaire.Status.CLOSED.label != "结束时间"
        assert Question._meta.get_field("order").verbose_name != "地点"
