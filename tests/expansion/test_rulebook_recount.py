"""A draft rehearsed on the clauses: the compliance checks counted by both rulebooks (R-exp-01)."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from crm.models import Client
from expansion import compliance, offers
from expansion.compliance import BROKEN, KEPT, Reach, Span
from expansion.offers import Replay
from expansion.rulebook import board
from expansion.rulebook.differing import Differing, differing, looks_at
from expansion.rulebook.loading import preset, preset_keys
from expansion.rulebook.models import Version
from expansion.rulebook.replaying import Rehearsal, rehearse, rules_as_published
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.services import drafts, entries
from expansion.rulebook.values import Parameter
from expansion.worktime import Period
from tests.crm.test_compliance import at, under_contract, visited

OCTOBER = Period.parse("2026-10")
RETURN, HANDOVER = "sla.return_visit", "documents.handover_on_leaving"
# Settings that no part of a rehearsal looks at: what they decide is kept by each record.
UNSEEN = {HANDOVER}


def drafted(cast, **changes) -> Version:
    paths = {path.replace("__", "."): value for path, value in changes.items()}
    return drafts.change_draft(actor=cast.administrator, changes=paths, reason="试行")


def rehearsed(viewer, draft: Version, period: Period = OCTOBER) -> Rehearsal:
    return rehearse(viewer, rules_as_published(draft), period)


def url_of(draft: Version) -> str:
    return reverse("home:replay", args=[draft.pk])


def page(browser, draft: Version) -> str:
    return browser.get(url_of(draft), {"period": OCTOBER.key}).content.decode()


def kept_client(cast) -> Client:
    """Under contract since August and visited every three weeks: kept by thirty days."""
    client = under_contract(cast, date(2026, 8, 20))
    for day, month in ((9, 9), (30, 9), (20, 10), (10, 11)):
        when = at(day, month=month)
        visited(cast, 3, client=client, took_place_at=when, recorded_at=when + timedelta(hours=2))
    return client


# --- what is counted anew ------------------------------------------------------------------------


def test_a_shorter_interval_breaks_what_was_kept(cast):
    client = kept_client(cast)
    draft = drafted(cast, sla__return_visit="14 days")
    [one] = rehearsed(cast.manager, draft).recounted
    assert one.check.key == "crm.return_visits" and [each.path for each in one.why] == [RETURN]
    assert (one.before[KEPT], one.before[BROKEN]) == (2, 0)
    assert one.after[BROKEN] >= 1 and one.after[KEPT] >= 1
    [moved] = one.moved
    assert moved.named.case.record == client and moved.named.person == cast.member.name
    assert moved.named.name == client.name and moved.named.url == client.get_absolute_url()
    assert (moved.before, moved.after[BROKEN]) == ({KEPT: 2}, one.after[BROKEN])


def test_a_longer_interval_that_moves_nothing_lists_nobody(cast):
    kept_client(cast)
    [one] = rehearsed(cast.manager, drafted(cast, sla__return_visit="31 days")).recounted
    assert one.before == one.after and one.moved == []


def test_a_check_whose_settings_stay_is_not_counted(cast):
    kept_client(cast)
    assert rehearsed(cast.manager, drafted(cast, sla__partner_update="9 days")).recounted[0].why
    keys = [
        one.check.key
        for one in rehearsed(cast.manager, Version.objects.get(status="draft")).recounted
    ]
    assert keys == ["partnerships.partner_updates"]


def test_a_deadline_that_the_record_keeps_is_no_matter_of_the_count(cast):
    """The part of the visits tells of it; a count by both rulebooks would say nothing differs."""
    found = rehearsed(cast.manager, drafted(cast, sla__visit_feedback="1 hours"))
    assert found.recounted == [] and not found.unseen


def test_the_count_is_over_those_whom_the_reader_sees_on_the_board(cast):
    kept_client(cast)
    draft = drafted(cast, sla__return_visit="14 days")
    assert rehearsed(cast.manager, draft).recounted[0].moved
    [one] = rehearsed(cast.administrator, draft).recounted
    assert sum(one.before.values()) == sum(one.after.values()) == 0 and not one.moved


def test_a_record_is_named_only_to_who_may_see_it(cast, sign_in, monkeypatch):
    client = kept_client(cast)
    draft = drafted(cast, sla__return_visit="14 days")
    browser = sign_in(cast.manager)
    assert client.name in page(browser, draft)
    monkeypatch.setattr(board.access, "seen", lambda asked: iter(()))
    [moved] = rehearsed(cast.manager, draft).recounted[0].moved
    assert (moved.named.name, moved.named.url) == (
        "",
        "",
    ) and moved.named.person == cast.member.name


# --- its cost, and that it writes nothing --------------------------------------------------------


def test_the_cost_does_not_grow_with_the_cases_and_nothing_is_written(cast):
    draft = drafted(cast, sla__return_visit="14 days")
    rules, costs = rules_as_published(draft), []
    cast.manager.seats  # noqa: B018 — read once per request, not by the rehearsal
    rehearse(cast.manager, rules, OCTOBER)  # what a process keeps is read
    for count in (1, 3):
        for _number in range(count):
            kept_client(cast)
        with CaptureQueriesContext(connection) as asked:
            found = rehearse(cast.manager, rules, OCTOBER)
        costs.append(len(asked))
    assert len(found.recounted[0].moved) == 4
    assert costs[0] == costs[1]
    assert {one["sql"].lstrip(" (").split()[0].upper() for one in asked.captured_queries} <= {
        "SELECT", "WITH", "DECLARE", "FETCH", "CLOSE",
    }  # fmt: skip


# --- what no part looks at -----------------------------------------------------------------------


def test_the_page_names_what_no_part_looks_at_instead_of_saying_that_nothing_differs(cast, sign_in):
    draft = drafted(cast, documents__handover_on_leaving=False)
    with override("zh-hans"):
        found = rehearsed(cast.manager, draft)
    assert found.is_blind and [one.path for one in found.unseen] == [HANDOVER]
    answer = sign_in(cast.manager).get(url_of(draft))
    text = answer.content.decode()
    assert "data-unseen" in text and 'class="nothing"' not in text
    assert answer.context["unseen"] == [found.unseen[0].label] and found.unseen[0].label in text


def test_what_only_some_parts_look_at_is_named_beside_what_differs(cast, sign_in):
    kept_client(cast)
    draft = drafted(cast, documents__handover_on_leaving=False, sla__return_visit="14 days")
    found = rehearsed(cast.manager, draft)
    assert not found.is_blind and [one.path for one in found.unseen] == [HANDOVER]
    text = page(sign_in(cast.manager), draft)
    assert (
        "data-unseen" in text and "crm" in text and found.recounted[0].moved[0].named.name in text
    )


def test_a_draft_that_only_confirms_says_that_it_changes_nothing(cast, sign_in):
    held = rules_on().sla.return_visit.value
    draft = drafts.change_draft(
        actor=cast.administrator, changes={RETURN: str(held)}, confirmed={RETURN}, reason="试行"
    )
    found = rehearsed(cast.manager, draft)
    assert found.found == [] and not found.is_blind
    text = sign_in(cast.manager).get(url_of(draft)).content.decode()
    assert 'class="nothing"' in text and "data-unseen" not in text


def test_an_entry_taken_away_is_seen_by_the_part_that_reads_in_it(cast):
    draft = entries.remove_entry(actor=cast.administrator, path="reports", key="weekly_summary")
    found = rehearsed(cast.manager, draft)
    assert [one.path for one in found.found] == ["reports.weekly_summary"] and not found.unseen


@pytest.mark.parametrize(
    ("pattern", "path", "seen"),
    [
        ("sla.return_visit", "sla.return_visit", True),
        ("sla.return_visit", "sla.partner_update", False),
        ("working_time", "working_time.opens", True),
        ("reports.*.cadence", "reports.weekly_summary.cadence", True),
        ("reports.*.cadence", "reports.weekly_summary.remind_before", False),
        ("reports.*.cadence", "reports.weekly_summary", True),
        ("reports.*.cadence", "plans.year", False),
    ],
)
def test_what_a_pattern_means(pattern, path, seen):
    assert looks_at([pattern], path) is seen


def test_two_rulebooks_differ_by_values_and_entries_and_not_by_where_a_value_comes_from():
    rules = preset("ktv")
    confirmed = rules.with_changes({RETURN: str(rules.sla.return_visit.value)}, confirm=True)
    assert differing(rules, confirmed) == []
    assert [one.path for one in differing(rules, rules.with_changes({RETURN: "7 days"}))] == [
        RETURN
    ]
    assert isinstance(differing(rules, preset("club"))[0], Differing)


# --- what is declared is true --------------------------------------------------------------------


@pytest.fixture
def asked_for(monkeypatch):
    """The parameters whose value is read, by the identity of each."""
    seen: set[int] = set()
    plain = Parameter.__getattribute__

    def spy(self, name):
        if name == "value":
            seen.add(id(self))
        return plain(self, name)

    monkeypatch.setattr(Parameter, "__getattribute__", spy)
    return seen


def test_each_check_reads_the_parameters_that_it_says_and_no_others(cast, asked_for):
    """Whoever changes what a check counts by says so: the rehearsal believes it."""
    reach, span = Reach(frozenset(), frozenset()), Span(OCTOBER.start, OCTOBER.end)
    wrong: dict[str, object] = {}
    for key, check in compliance.checks().items():
        read: set[str] = set()
        declared: set[str] = set()
        for name in preset_keys():
            rules = preset(name)
            paths = {id(one.parameter): one.path for one in rules.parameters()}
            named = set(paths.values())
            declared |= {one for one in check.reads if any(looks_at([one], path) for path in named)}
            asked_for.clear()
            for clause in check.clauses:
                check.cases(rules, clause).count(reach, span)
            read |= {paths[one] for one in asked_for if one in paths}
        unsaid = {path for path in read if not looks_at(check.reads, path)}
        unread = {one for one in declared if not any(looks_at([one], path) for path in read)}
        if unsaid or unread:
            wrong[key] = {"unsaid": unsaid, "unread": unread}
    assert not wrong


def test_each_setting_of_a_check_is_looked_at_or_known_not_to_be():
    parts = [path for one in offers._registry.kept[Replay].values() for path in one.reads]
    settings = {
        path
        for check in compliance.checks().values()
        for path in check.settings
        if not looks_at([*check.reads, *parts], path)
    }
    assert settings == UNSEEN


def test_each_part_looks_at_something_that_a_regulation_has():
    paths = [one.path for key in preset_keys() for one in preset(key).parameters()]
    lists = {
        "crm.lead_fields",
        "crm.return_visit_modes",
        "crm.territory_by",
        "crm.visit_fields",
        "research.report_sections",
        "research.report_checklist",
        "training.onboarding_topics",
        "crm.sources",
        "approvals.*.also",
        "appraisal.cycles",
        "posts.*.kpi_set",
        "teams.*.kpi_set",
    }
    parts = [*offers._registry.kept[Replay].values(), *compliance.checks().values()]
    reads = {path for one in parts for path in one.reads}
    assert {one for one in reads if not any(looks_at([one], path) for path in paths)} == lists
    assert all(one.reads for one in offers._registry.kept[Replay].values())


# --- page and workbook ---------------------------------------------------------------------------


def test_the_page_shows_the_count_by_both_and_the_workbook_each_case(cast, sign_in):
    client = kept_client(cast)
    draft = drafted(cast, sla__return_visit="14 days")
    browser = sign_in(cast.manager)
    answer = browser.get(url_of(draft), {"period": OCTOBER.key})
    [drawn] = answer.context["checks"]
    assert [line["before"] for line in drawn["lines"]] == [2, 0, 0]
    text = answer.content.decode()
    assert "A-3.2.6c" in text and client.get_absolute_url() in text
    sheet_url = f"{reverse('home:replay-sheet', args=[draft.pk])}?period={OCTOBER.key}"
    content = io.BytesIO(b"".join(browser.post(sheet_url)))
    lines = [
        [cell.value for cell in row] for row in openpyxl.load_workbook(content).active.iter_rows()
    ]
    assert client.name in [line[1] for line in lines]
