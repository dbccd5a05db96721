"""Surveys by the API: read as on the page, and the ticking off of a measure."""

import pytest

from expansion.surveys.models import Measure
from tests.expansion.test_api import JSON, problem
from tests.make import crm
from tests.make import surveys as make

pytestmark = pytest.mark.django_db
SURVEYS, MEASURES = "/api/v1/surveys/questionnaires/", "/api/v1/surveys/measures/"
DONE = {"done_on": "2026-11-18", "done_note": "改由前台开票。"}


def one(browser, record) -> dict:
    return browser.get(f"{SURVEYS}{record.pk}").json()


def test_each_lists_the_surveys_of_theirs(cast, sign_in):
    make.draft(cast, title="问卷甲")
    make.opened(cast, title="问卷乙")
    titles = [row["title"] for row in sign_in(cast.colleague).get(SURVEYS).json()["results"]]
    assert titles == ["问卷乙", "问卷甲"]
    for part in (cast.outsider, cast.finance, cast.administrator):
        assert sign_in(part).get(SURVEYS).json()["results"] == []


def test_it_is_narrowed_as_the_page_is(cast, sign_in):
    make.draft(cast, title="问卷甲")
    make.opened(cast, title="问卷乙")
    browser = sign_in(cast.member)
    for query, found in (("?status=sent", ["问卷乙"]), ("?q=甲", ["问卷甲"]), ("?view=report", [])):
        rows = browser.get(f"{SURVEYS}{query}").json()["results"]
        assert [row["title"] for row in rows] == found


def test_one_alone_tells_its_questions_and_once_over_what_was_answered(cast, sign_in):
    record = make.closed(cast, [5, 4, 3])
    shown = one(sign_in(cast.leadership), record)
    scale, yes_no, words = shown["questions"]
    assert (scale["text"], yes_no["kind"], words["required"]) == (
        make.SCALE["text"], "yes_no", False,
    )  # fmt: skip
    assert (shown["invited"], shown["answered"], shown["score"]) == (3, 3, "80.00")
    results = shown["results"]
    assert (results["enough"], results["score"]) == (True, "80.00")
    tally = results["tallies"][0]
    assert (tally["question"], tally["count"], tally["mean"]) == (scale["id"], 3, "4.00")
    assert tally["shares"][0] == {"label": "5", "count": 1, "percent": "33.33"}
    assert results["people"] == [{"label": cast.member.name, "count": 3, "score": "80.00"}]


def test_a_list_carries_no_results(cast, sign_in):
    make.closed(cast, [5, 4, 3])
    (row,) = sign_in(cast.member).get(SURVEYS).json()["results"]
    assert row["score"] == "80.00" and row["results"] is None


def test_while_it_is_open_only_the_numbers_are_told(cast, sign_in):
    shown = one(sign_in(cast.member), make.answered(cast, [5, 4, 3]))
    assert (shown["answered"], shown["score"], shown["results"]) == (3, None, None)


def test_of_too_few_nothing_is_read(cast, sign_in):
    record = make.opened(cast)
    for invitation in record.invitations.all()[:2]:
        make.answer(cast, invitation, 5, "认得出")
    make.closing.close_questionnaire(actor=cast.member, record=record)
    answer = sign_in(cast.manager).get(f"{SURVEYS}{record.pk}")
    results = answer.json()["results"]
    assert (results["enough"], results["score"], results["tallies"]) == (False, None, [])
    assert "认得出" not in answer.content.decode()


def test_nobody_is_named_who_was_asked(cast, sign_in):
    asked = crm.client(cast.member, "南京海纳酒店管理有限公司")
    record = make.opened(cast, clients=[asked, crm.client(cast.member), crm.client(cast.member)])
    assert "海纳" not in sign_in(cast.member).get(f"{SURVEYS}{record.pk}").content.decode()


def test_what_one_does_not_see_is_not_there_and_nothing_is_written_here(cast, sign_in):
    record = make.opened(cast)
    problem(sign_in(cast.outsider).get(f"{SURVEYS}{record.pk}"), 404, "gone")
    assert sign_in(cast.member).post(SURVEYS, {}, **JSON).status_code == 405


def test_whoever_is_responsible_ticks_a_measure_off(cast, sign_in):
    held = make.reported(cast, responsible=cast.colleague).measures.get()
    browser = sign_in(cast.colleague)
    shown = browser.post(f"{MEASURES}{held.pk}/done", DONE, **JSON).json()
    assert shown["done_on"] == "2026-11-18" and shown["done_note"] == DONE["done_note"]
    assert shown["done_by"] == {"id": cast.colleague.pk, "label": str(cast.colleague)}
    problem(browser.post(f"{MEASURES}{held.pk}/done", DONE, **JSON), 409, "not_now")
    (row,) = browser.get(MEASURES).json()["results"]
    assert row == shown and row["questionnaire"]["id"] == held.questionnaire_id


def test_a_measure_is_refused_as_on_the_page(cast, sign_in):
    held = make.reported(cast).measures.get()
    url = f"{MEASURES}{held.pk}/done"
    detail = problem(sign_in(cast.colleague).post(url, {}, **JSON), 403, "forbidden")["detail"]
    assert cast.member.name in detail
    problem(sign_in(cast.outsider).post(url, DONE, **JSON), 404, "gone")
    browser = sign_in(cast.member)
    problem(browser.post(url, DONE | {"done_on": "2026-11-19"}, **JSON), 422, "invalid")
    problem(browser.post(url, DONE | {"done_note": ""}, **JSON), 422, "invalid")
    assert Measure.objects.get().done_on is None


def test_a_tick_is_taken_back_by_whoever_runs_the_survey(cast, sign_in):
    held = make.reported(cast, responsible=cast.colleague).measures.get()
    sign_in(cast.colleague).post(f"{MEASURES}{held.pk}/done", DONE, **JSON)
    url, why = f"{MEASURES}{held.pk}/reopen", {"reason": "没做完。"}
    problem(sign_in(cast.colleague).post(url, why, **JSON), 403, "forbidden")
    assert sign_in(cast.member).post(url, why, **JSON).json()["done_on"] is None
