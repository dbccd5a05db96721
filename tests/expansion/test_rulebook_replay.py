"""A draft rehearsed on a closed period: beside what happened, and nothing is written (R-exp-01)."""

import io
from datetime import datetime, timedelta

import openpyxl
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appraisal.models import Result
from crm.models import Client, Visit
from expansion import clock, offers
from expansion.approvals.models import Step
from expansion.audit.models import Entry
from expansion.errors import Invalid
from expansion.offers import Replay, Replayed
from expansion.office.models import WorkReport
from expansion.office.services.reports import open_reports
from expansion.rulebook.models import Version
from expansion.rulebook.replaying import (
    MOST,
    WroteWhileReplaying,
    closed_periods,
    replay,
    rules_as_published,
)
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.services import content, drafts, entries
from expansion.worktime import Period
from tests.make import contracts, crm

NOVEMBER, OCTOBER = Period.parse("2026-11"), Period.parse("2026-10")
DECEMBER_FIRST = datetime(2026, 12, 1, 9, 0)


def drafted(cast, **changes) -> Version:
    paths = {path.replace("__", "."): value for path, value in changes.items()}
    return drafts.change_draft(actor=cast.administrator, changes=paths, reason="试行")


def part(viewer, draft: Version, key: str, period: Period = NOVEMBER):
    parts = replay(viewer, rules_as_published(draft), period)
    return next(one for one in parts if one.offer.key == key)


def only(monkeypatch, *parts: Replay) -> None:
    monkeypatch.setitem(offers._registry.kept, Replay, {one.key: one for one in parts})


def url_of(draft: Version) -> str:
    return reverse("home:replay", args=[draft.pk])


# --- what is replayed ----------------------------------------------------------------------------


@pytest.fixture
def reports(cast):
    """The week's reports: the member's handed in on Friday at 15:00 sharp, all others missing."""
    open_reports(rules=rules_on(), period=Period.parse("2026-W47"))
    mine = WorkReport.objects.filter(owner=cast.member, kind="weekly_summary")
    due = mine.get().due_at
    mine.update(submitted_at=due, status="submitted")
    clock.set_clock(DECEMBER_FIRST)
    return due


def test_a_report_handed_in_at_its_hour_is_late_by_an_earlier_one(cast, reports):
    cadence = rules_on().report("weekly_summary").cadence.value
    earlier = cadence.model_dump() | {"at": "14:59"}
    draft = drafted(cast, reports__weekly_summary__cadence=earlier)
    rows = {
        row.record.owner: row
        for row in part(cast.manager, draft, "office.reports").rows
        if row.record.kind == "weekly_summary"
    }
    row = rows[cast.member]
    assert (row.before, row.after, row.differs) == ("handed in in time", "handed in late", True)
    assert (rows[cast.leader].before, rows[cast.leader].differs) == ("not handed in", False)


def test_a_report_at_the_very_hour_of_the_draft_is_in_time(cast, reports):
    draft = drafted(cast, sla__visit_feedback="30 hours")
    assert not part(cast.manager, draft, "office.reports").differing


def test_a_report_that_the_draft_does_not_know_is_owed_by_nobody(cast, reports):
    draft = entries.remove_entry(actor=cast.administrator, path="reports", key="weekly_summary")
    found = part(cast.manager, draft, "office.reports").rows
    assert {row.after for row in found if row.record.kind == "weekly_summary"} == {"not owed"}


def test_a_visit_written_down_in_time_is_late_by_a_shorter_limit(cast):
    visit = crm.visit(cast.member, crm.client(cast.member))
    happened = visit.took_place_at
    Visit.objects.filter(pk=visit.pk).update(recorded_at=happened + timedelta(hours=10))
    clock.set_clock(DECEMBER_FIRST)
    for limit, differs in (("10 hours", False), ("9 hours", True), ("0 days", False)):
        draft = drafted(cast, sla__visit_feedback=limit)
        [row] = part(cast.manager, draft, "crm.visits").rows
        assert row.differs is differs, limit
    assert not part(cast.manager, draft, "crm.visits", OCTOBER).rows


def test_a_step_decided_in_time_is_late_by_a_shorter_limit(cast):
    request = contracts.submitted(cast)
    step = Step.objects.filter(request=request).earliest("order")
    Step.objects.filter(pk=step.pk).update(
        status="approved", closed_at=step.opened_at + timedelta(hours=6)
    )
    clock.set_clock(DECEMBER_FIRST)
    for limit, differs in (("6 hours", False), ("5 hours", True)):
        draft = drafted(cast, approvals__contract__step_limit=limit)
        rows = part(cast.manager, draft, "approvals.steps").rows
        assert [row.differs for row in rows if "1" in row.note] == [differs], limit


# --- the rules of the draft ----------------------------------------------------------------------


def test_a_draft_that_does_not_hold_says_which_sentence_stands_in_the_way(cast, sign_in):
    first = rules_on().kpi_set("client").indicators[0]
    path = f"kpi_sets.client.indicators.{first.key}.weight"
    draft = drafts.change_draft(
        actor=cast.manager, changes={path: first.weight.value - 1}, reason="试行"
    )
    with pytest.raises(Invalid):
        rules_as_published(draft)
    answer = sign_in(cast.manager).get(url_of(draft))
    assert answer.status_code == 200
    [sentence] = answer.context["sentences"]
    assert "99" in sentence and "parts" not in answer.context
    sheet = reverse("home:replay-sheet", args=[draft.pk])
    assert sign_in(cast.manager).post(sheet).status_code == 422


def test_neither_day_nor_reason_is_asked_for_a_rehearsal(cast):
    draft = drafts.change_draft(actor=cast.manager, changes={"sla.visit_feedback": "9 hours"})
    assert str(rules_as_published(draft).sla.visit_feedback.value) == "9 hours"


def test_what_is_running_is_not_offered(cast):
    periods = closed_periods()
    assert all(one.end < clock.today() for one in periods)
    assert [one.key for one in periods[:2]] == ["2026-Q3", "2026-Q2"]
    assert "2026-10" in {one.key for one in periods}
    assert "2026-11" not in {one.key for one in periods}
    clock.set_clock(DECEMBER_FIRST)
    assert "2026-11" in {one.key for one in closed_periods()}


# --- nothing is written --------------------------------------------------------------------------


def test_every_part_reads_and_none_writes(cast, reports):
    crm.visit(cast.member, crm.client(cast.member))
    draft = drafted(cast, sla__visit_feedback="1 hours")
    with CaptureQueriesContext(connection) as asked:
        assert len(replay(cast.manager, rules_as_published(draft), NOVEMBER)) >= 4
    first = {one["sql"].lstrip(" (").split()[0].upper() for one in asked.captured_queries}
    assert first <= {"SELECT", "WITH", "DECLARE", "FETCH", "CLOSE"}


def test_a_part_that_would_write_is_stopped(cast, monkeypatch):
    record = crm.client(cast.member)

    def rows(rules, period):
        Client.objects.filter(pk=record.pk).update(name="改了")
        return []

    only(monkeypatch, Replay("test", "x", 1, rows))
    draft = drafted(cast, sla__visit_feedback="1 hours")
    with pytest.raises(WroteWhileReplaying), transaction.atomic():
        replay(cast.manager, rules_as_published(draft), NOVEMBER)
    record.refresh_from_db()
    assert record.name != "改了"


def test_the_cost_does_not_grow_with_the_records(cast):
    draft = drafted(cast, sla__visit_feedback="1 hours")
    rules, costs = rules_as_published(draft), []
    cast.manager.seats  # noqa: B018 — read once per request, not by the replay
    for _round in range(2):
        for _visit in range(3):
            crm.visit(cast.member, crm.client(cast.member))
        with CaptureQueriesContext(connection) as asked:
            replay(cast.manager, rules, NOVEMBER)
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 27


def test_a_part_looks_at_so_many_records_and_says_that_there_are_more(cast, monkeypatch):
    record, asked = crm.client(cast.member), []

    def rows(rules, period):
        for number in range(MOST + 5):
            asked.append(number)
            yield Replayed(record, "a", "b")

    only(monkeypatch, Replay("test", "x", 1, rows))
    draft = drafted(cast, sla__visit_feedback="1 hours")
    [found] = replay(cast.manager, rules_as_published(draft), NOVEMBER)
    assert (len(found.rows), found.cut, len(asked)) == (MOST, True, MOST + 1)


# --- who sees what -------------------------------------------------------------------------------


def test_records_of_others_are_neither_shown_nor_counted(cast, sign_in, monkeypatch):
    record = crm.client(cast.member, "南京金陵票务有限公司")
    only(monkeypatch, Replay("test", "x", 1, lambda rules, period: [Replayed(record, "a", "b")]))
    draft = drafted(cast, sla__visit_feedback="1 hours")
    page = sign_in(cast.manager).get(url_of(draft)).content.decode()
    assert record.get_absolute_url() in page and record.name in page
    answer = sign_in(cast.administrator).get(url_of(draft))
    assert record.name not in answer.content.decode()
    assert answer.context["parts"][0]["part"].differing == 0


@pytest.mark.parametrize("name", ["home:replay", "home:replay-sheet"])
def test_who_does_not_see_the_draft_does_not_rehearse_it(cast, sign_in, name):
    draft = drafted(cast, sla__visit_feedback="1 hours")
    browser, url = sign_in(cast.leader), reverse(name, args=[draft.pk])
    answer = browser.get(url) if name == "home:replay" else browser.post(url)
    assert answer.status_code == 404


def test_a_version_in_force_is_rehearsed_no_more(cast, sign_in):
    version = Version.objects.get()
    browser = sign_in(cast.manager)
    assert browser.get(url_of(version)).status_code == 404
    assert "replay-period" not in browser.get(version.get_absolute_url()).content.decode()


# --- the page ------------------------------------------------------------------------------------


def test_the_page_of_a_draft_offers_the_rehearsal(cast, sign_in):
    draft = drafted(cast, sla__visit_feedback="1 hours")
    browser = sign_in(cast.manager)
    for url in (reverse("rulebook:weights"), draft.get_absolute_url()):
        page = browser.get(url).content.decode()
        assert url_of(draft) in page and "2026-Q3" in page


def test_the_page_shows_what_differs_first_and_keeps_the_period(cast, sign_in, monkeypatch):
    same, other = crm.client(cast.member), crm.client(cast.member)
    unsaid = crm.client(cast.member)
    rows = [
        Replayed(same, "a", "a"),
        Replayed(unsaid, "a", None, "没有数据"),
        Replayed(other, "a", "b"),
    ]
    only(monkeypatch, Replay("test", "x", 1, lambda rules, period: rows))
    draft = drafted(cast, sla__visit_feedback="1 hours")
    answer = sign_in(cast.manager).get(url_of(draft), {"period": "2026-10"})
    assert answer.context["period"] == OCTOBER
    [drawn] = answer.context["parts"]
    assert [row.record for row in drawn["rows"]] == [other, unsaid]
    assert (drawn["part"].differing, drawn["part"].unknown) == (1, 1)
    page = answer.content.decode()
    assert "没有数据" in page and same.get_absolute_url() not in page


@pytest.mark.parametrize("period", ["2026-11", "2026-W40", "2026", "x", "9" * 40, "\x00"])
def test_a_period_that_is_not_closed_falls_back_to_the_last_quarter(cast, sign_in, period):
    draft = drafted(cast, sla__visit_feedback="1 hours")
    answer = sign_in(cast.manager).get(url_of(draft), {"period": period})
    assert answer.context["period"].key == "2026-Q3"


def test_nothing_to_replay_is_said(cast, sign_in, monkeypatch):
    only(monkeypatch, Replay("test", "x", 1, lambda rules, period: [], reads=("sla",)))
    draft = drafted(cast, sla__visit_feedback="1 hours")
    browser = sign_in(cast.manager)
    page = browser.get(url_of(draft)).content.decode()
    assert "data-unjudged" in page and "data-nothing-judged" in page
    assert 'class="nothing"' not in page and "data-same" not in page
    sheet = openpyxl.load_workbook(
        io.BytesIO(b"".join(browser.post(reverse("home:replay-sheet", args=[draft.pk]))))
    ).active
    assert [cell.value for cell in sheet[2]][0] == "x"
    assert "无从判断" in sheet[2][5].value


def test_who_sees_no_record_is_told_that_nothing_can_be_judged_and_whom_to_ask(
    cast, sign_in, monkeypatch
):
    rows = [Replayed(crm.client(cast.member), "a", "b")]
    only(monkeypatch, Replay("test", "x", 1, lambda rules, period: rows, reads=("sla",)))
    draft = drafted(cast, sla__visit_feedback="1 hours")
    blind = sign_in(cast.administrator).get(url_of(draft))
    page = blind.content.decode()
    assert "data-nothing-judged" in page and blind.context["able"] == [cast.manager]
    assert cast.manager.name in page and 'class="nothing"' not in page
    assert "data-nothing-judged" not in sign_in(cast.manager).get(url_of(draft)).content.decode()


def test_what_a_viewer_sees_unmoved_is_all_that_is_said(cast, sign_in, monkeypatch):
    rows = [Replayed(crm.client(cast.member), "a", "a")]
    only(monkeypatch, Replay("test", "x", 1, lambda rules, period: rows, reads=("sla",)))
    draft = drafted(cast, sla__visit_feedback="1 hours")
    page = sign_in(cast.manager).get(url_of(draft)).content.decode()
    assert 'class="nothing"' in page and "您能看到的结果没有差异" in page


def test_a_part_in_which_nothing_differs_says_so_and_one_that_differs_does_not(
    cast, sign_in, monkeypatch
):
    record = crm.client(cast.member)
    draft, browser = drafted(cast, sla__visit_feedback="1 hours"), sign_in(cast.manager)
    for after, said in (("a", True), ("b", False), (None, False)):
        row = Replayed(record, "a", after)
        only(monkeypatch, Replay("test", "x", 1, lambda rules, period, row=row: [row]))
        page = browser.get(url_of(draft)).content.decode()
        assert ("data-same" in page) is said, after


def test_the_workbook_holds_every_row_and_is_logged(cast, sign_in, monkeypatch):
    record, other = crm.client(cast.member), crm.client(cast.member)
    rows = [Replayed(record, "a", "b", "=1+1"), Replayed(other, "c", "c")]
    only(monkeypatch, Replay("test", "x", 1, lambda rules, period: rows))
    draft = drafted(cast, sla__visit_feedback="1 hours")
    url = f"{reverse('home:replay-sheet', args=[draft.pk])}?period=2026-10"
    answer = sign_in(cast.manager).post(url)
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer))).active
    lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [line[1:4] for line in lines[1:3]] == [[str(record), "a", "b"], [str(other), "c", "c"]]
    entry = Entry.objects.get(verb="home.replay.exported")
    assert entry.changes == {"period": [None, "2026-10"], "rows": [None, 2]}
    assert entry.actor == cast.manager and not Result.objects.exists()


def test_a_list_changed_in_the_draft_is_part_of_what_is_replayed(cast):
    found = [{"key": one.key, "zh": one.zh, "en": one.en} for one in rules_on().crm.sources]
    found.append({"key": "fair", "zh": "展会", "en": "Fair"})
    draft = content.change_list(actor=cast.manager, path="crm.sources", entries=found)
    assert rules_as_published(draft).crm.sources[-1].key == "fair"
