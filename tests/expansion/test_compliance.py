"""The compliance board: what is counted, who sees what, what the page and the sheets say."""

import io
from datetime import date, time, timedelta
from urllib.parse import unquote

import pytest
from django.db.models import Q
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils.translation import override
from openpyxl import load_workbook

from crm.models import Visit
from expansion import clock, compliance
from expansion.audit.models import Entry
from expansion.compliance import BROKEN, KEPT, OPEN, Check, Query, Reach, Span
from expansion.machine import pdf_missing
from expansion.rulebook.board import Board, named, running
from expansion.rulebook.models import Version
from expansion.rulebook.selectors import forget_rules, rules_on
from expansion.worktime import Period
from tests.make import crm as make

CLAUSE = "A-3.2.4c"
NOVEMBER = Span(date(2026, 11, 1), date(2026, 11, 30))


def visit(person, on: date, *, late: bool = False, done: bool = True) -> Visit:
    """One whose record was due at six on a day; kept in time unless `late`."""
    due = clock.moment_on(on, time(18))
    took, client = due - timedelta(hours=24), make.client(person)
    return Visit.objects.create(
        client=client, owner=person, team=client.team, visitor=person,
        status="done" if done else "planned", planned_at=took,
        took_place_at=took if done else None, said="谈妥报价" if done else "",
        due_at=due, recorded_at=due + timedelta(hours=2 if late else -2) if done else None,
        late=late,
    )  # fmt: skip


def board(viewer, **more) -> Board:
    return Board(viewer, rules_on(), running(), **more)


def cell(found: Board):
    row = next(one for one in found.rows if one.clause.id == CLAUSE)
    return row.cells[-1]


def test_a_month_counts_what_was_kept_broken_and_still_runs(cast):
    visit(cast.member, date(2026, 11, 3))
    visit(cast.member, date(2026, 11, 4), late=True)
    visit(cast.member, date(2026, 11, 17), done=False)  # its time is over, nothing was written
    visit(cast.colleague, date(2026, 11, 19), done=False)  # due tomorrow
    visit(cast.member, date(2026, 10, 30))  # October's
    found = cell(board(cast.manager))
    assert (found.kept, found.broken, found.open, found.share) == (1, 2, 1, 33)


def test_months_are_cut_in_the_zone_of_the_department(cast):
    one = visit(cast.member, date(2026, 11, 1))
    Visit.objects.filter(pk=one.pk).update(due_at=clock.moment_on(date(2026, 11, 1), time(0, 30)))
    assert cell(board(cast.manager)).kept == 1


def test_a_leader_counts_the_own_team_and_a_member_the_own_cases(cast):
    visit(cast.member, date(2026, 11, 3))
    visit(cast.colleague, date(2026, 11, 4))
    visit(cast.outsider, date(2026, 11, 4))
    assert cell(board(cast.manager)).kept == 3
    assert cell(board(cast.leader)).kept == 2
    assert cell(board(cast.member)).kept == 1
    assert cell(board(cast.hr)).kept == 0


def test_the_board_is_narrowed_to_a_team_or_a_person_one_oversees(cast):
    visit(cast.member, date(2026, 11, 3))
    visit(cast.outsider, date(2026, 11, 4))
    research = cast.outsider.memberships.get().unit_id
    assert cell(board(cast.manager, unit=research)).kept == 1
    assert cell(board(cast.manager, person=cast.member.pk)).kept == 1
    # What is not theirs to ask for is as if it were not asked.
    assert cell(board(cast.leader, unit=research)).kept == 1
    assert cell(board(cast.member, person=cast.outsider.pk)).kept == 1


def test_the_trail_down_names_a_record_only_to_those_who_see_it(cast):
    seen = visit(cast.member, date(2026, 11, 3), late=True)
    found = board(cast.manager)
    detail = found.detail(rules_on().clause(CLAUSE), running(), BROKEN)
    [one] = detail.cases
    assert (one.name, one.url, one.person) == (str(seen), seen.get_absolute_url(), "许晴")
    assert one.case.due == seen.due_at and one.case.done == seen.recorded_at
    [closed] = named(cast.hr, [one.case])
    assert (closed.name, closed.url, closed.person) == ("", "", "许晴")


@pytest.mark.parametrize(
    ("until", "columns", "found"),
    [("2026-11", 8, (1, 1)), ("2026-Q4", 6, (2, 1)), ("2026-H2", 4, (2, 2)), ("2026", 3, (3, 2))],
)
def test_quarters_half_years_and_years_add_their_months_up(cast, until, columns, found):
    for day in ((11, 3), (10, 2), (2, 2)):
        visit(cast.member, date(2026, *day))
    for day in ((11, 4), (7, 1)):
        visit(cast.member, date(2026, *day), late=True)
    read = Board(cast.manager, rules_on(), Period.parse(until))
    assert len(read.periods) == columns
    assert (cell(read).kept, cell(read).broken) == found


def test_a_clause_that_cases_could_break_is_not_proven_by_a_fact(cast):
    """A-2.2.2a has facts, and waits for leave to be counted."""
    found = board(cast.manager)
    row = found.row(rules_on().clause("A-2.2.2a"))
    detail = found.detail(row.clause, running(), "")
    assert (row.state, str(detail.waits_for)) == ("unanswered", "leave, outings and attendance")
    assert detail.facts


def test_a_setting_proves_the_clause_that_asks_for_it(cast):
    found = board(cast.manager)
    detail = found.detail(rules_on().clause("A-6.3.3"), running(), "")
    assert (detail.row.state, detail.waits_for) == ("fact", "")
    assert "training.modes" in {one.path for one in detail.settings}


def test_a_setting_that_moves_nothing_yet_proves_nothing(cast):
    """A-4.3.1 lists kinds of documents, and there are no documents."""
    found = board(cast.manager)
    detail = found.detail(rules_on().clause("A-4.3.1"), running(), "")
    assert (detail.row.state, str(detail.waits_for)) == ("unanswered", "documents")
    assert {"documents.internal", "documents.external"} <= {one.path for one in detail.settings}


def test_a_record_that_is_nowhere_kept_says_what_it_waits_for(cast):
    found = board(cast.manager)
    kept, missing = (found.row(rules_on().clause(id)) for id in ("A-3.2.1b", "A-3.2.2a"))
    assert (kept.state, kept.waits_for) == ("recorded", "")
    assert (missing.state, str(missing.waits_for)) == ("unanswered", "client plans")


def test_a_fact_that_says_nothing_proves_nothing(cast):
    row = board(cast.manager).row(rules_on().clause("A-5.5.1"))  # no workbook was fetched yet
    assert row.state == "nothing"


def test_more_cases_than_one_page_holds_are_leafed_through(cast, monkeypatch):
    monkeypatch.setattr("expansion.rulebook.board.MOST", 2)
    for day in range(2, 7):
        visit(cast.member, date(2026, 11, day), late=True)
    found, clause = board(cast.manager), rules_on().clause(CLAUSE)
    days = [
        [clock.local_date(one.case.due).day for one in found.detail(clause, running(), "", n).cases]
        for n in (1, 2, 3, 9)
    ]
    assert days == [[6, 5], [4, 3], [2], [2]]


class TestPage:
    url = reverse("home:compliance")

    def page(self, sign_in, viewer, **asked):
        return sign_in(viewer).get(self.url, asked)

    def test_every_clause_stands_there_with_how_it_stands(self, cast, sign_in):
        visit(cast.member, date(2026, 11, 4), late=True)
        page = self.page(sign_in, cast.manager)
        rows = [line["row"] for chapter in page.context["chapters"] for line in chapter["rows"]]
        assert [row.clause.id for row in rows] == [one.id for one in rules_on().clauses]
        states = {row.clause.id: row.state for row in rows}
        assert (states[CLAUSE], states["A-2.1a"]) == ("broken", "fact")
        assert states["A-4.2.1"] == "unanswered"
        words = {
            line["row"].clause.id: line["words"]
            for chapter in page.context["chapters"]
            for line in chapter["rows"]
        }
        assert words["A-3.2.2a"] == "尚未计量：待“客户开发计划”上线后计量"
        assert page.context["board"].sums["broken"] >= 1

    @pytest.mark.parametrize("standing", ["broken", "unanswered", "fact"])
    def test_only_what_stands_in_one_way_is_shown_on_demand(self, cast, sign_in, standing):
        visit(cast.member, date(2026, 11, 4), late=True)
        page = self.page(sign_in, cast.manager, only=standing)
        states = [line["row"].state for one in page.context["chapters"] for line in one["rows"]]
        assert states == [standing] * page.context["board"].sums[standing] != []

    def test_a_clause_opens_beside_the_board_with_its_cases_people_and_settings(
        self, cast, sign_in
    ):
        late = visit(cast.member, date(2026, 11, 4), late=True)
        visit(cast.colleague, date(2026, 11, 5))
        page = self.page(sign_in, cast.manager, clause=CLAUSE)
        detail = page.context["drawer"]["detail"]
        assert [one.url for one in detail.cases] == [late.get_absolute_url()]
        assert [(name, one.broken, one.kept) for name, one in detail.people] == [
            ("许晴", 1, 0),
            ("冯璐", 0, 1),
        ]
        assert "sla.visit_feedback" in [one.path for one in detail.settings]
        assert page.context["drawer"]["trend"]["table"]["rows"][-1][1:] == [1, 1]
        kept = self.page(sign_in, cast.manager, clause=CLAUSE, state="kept")
        assert [one.person for one in kept.context["drawer"]["detail"].cases] == ["冯璐"]

    def test_an_earlier_month_is_asked_by_the_address(self, cast, sign_in):
        visit(cast.member, date(2026, 3, 4))
        page = self.page(sign_in, cast.manager, until="2026-03", clause=CLAUSE)
        assert page.context["drawer"]["cell"].kept == 1
        assert page.context["later_url"]

    @pytest.mark.parametrize(
        "asked",
        [
            {
                "until": "2026-13",
                "period": "yesterday",
                "page": "-1",
                "state": "all",
                "unit": "x",
                "person": "9",
            },
            {"until": "2999-01", "unit": "99999999999999999999", "person": "-1", "only": "x"},
            {"chapter": "Z", "period": "2026-W46", "until": "2026-W47", "page": "9999"},
        ],
    )
    def test_what_does_not_fit_is_as_if_it_were_not_asked(self, cast, sign_in, asked):
        page = self.page(sign_in, cast.manager, **asked)
        assert page.status_code == 200
        assert page.context["board"].until == running()

    def test_a_clause_that_is_not_there_is_not_found(self, cast, sign_in):
        assert self.page(sign_in, cast.manager, clause="A-99").status_code == 404

    def test_a_rulebook_without_clauses_says_so(self, cast, sign_in):
        version = Version.objects.get()
        Version.objects.filter(pk=version.pk).update(content={**version.content, "clauses": []})
        forget_rules()
        page = self.page(sign_in, cast.manager)
        assert page.status_code == 200 and not page.context["chapters"]

    def test_the_board_is_taken_away_as_a_workbook_with_its_number(self, cast, sign_in):
        visit(cast.member, date(2026, 11, 4), late=True)
        answer = sign_in(cast.manager).post(reverse("home:compliance-sheet"))
        book = load_workbook(io.BytesIO(answer.content))
        rows = {row[0]: row for row in book.active.iter_rows(values_only=True)}
        assert rows[CLAUSE][-4:] == (0, 1, 0, 0)
        assert rows["A-4.3.1"][2] == "尚未计量：待“文件归档”上线后计量"
        assert set(rows) >= {one.id for one in rules_on().clauses}
        entry = Entry.objects.get(verb="home.compliance.exported")
        assert book.properties.identifier == str(entry.pk)

    def test_the_workbook_holds_what_is_shown_and_says_of_whom(self, cast, sign_in):
        visit(cast.member, date(2026, 11, 4), late=True)
        asked = f"?only=broken&person={cast.member.pk}"
        answer = sign_in(cast.manager).post(reverse("home:compliance-sheet") + asked)
        book = load_workbook(io.BytesIO(answer.content))
        rows = list(book.active.iter_rows(values_only=True))
        written = {row[0]: row[-3] for row in rows if row[0] and row[0].startswith("A-")}
        assert CLAUSE in written and len(written) < 9 and all(written.values())
        assert "许晴" in unquote(answer["Content-Disposition"])
        assert Entry.objects.get(verb="home.compliance.exported").changes["of"] == [None, "许晴"]

    def test_the_cases_of_a_clause_are_taken_away_and_name_what_one_may_see(self, cast, sign_in):
        late, kept = visit(cast.member, date(2026, 11, 4), late=True), date(2026, 11, 5)
        visit(cast.member, kept)
        address = reverse("home:compliance-cases", args=[CLAUSE])
        answer = sign_in(cast.manager).post(address)
        rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
        found = [row for row in rows if "许晴" in row]
        with override("zh-hans"):
            assert [row[1] == str(late) for row in found] == [True, False]
        entry = Entry.objects.get(verb="home.compliance.exported")
        assert entry.changes["clause"] == [None, CLAUSE] and entry.changes["rows"] == [None, 2]
        never = reverse("home:compliance-cases", args=["A-99"])
        assert sign_in(cast.manager).post(never).status_code == 404

    def test_a_period_is_chosen_and_its_cells_open(self, cast, sign_in):
        visit(cast.member, date(2026, 10, 8), late=True)
        page = self.page(sign_in, cast.manager, until="2026-Q4", clause=CLAUSE, period="2026-Q4")
        assert page.context["drawer"]["cell"].broken == 1
        chosen = next(one for one in page.context["filters"] if one["value"])
        assert [one["active"] for one in chosen["choices"]] == [False, True, False, False]
        assert "until=2026-11" in chosen["choices"][0]["url"]

    def test_the_board_is_taken_away_as_pdf(self, cast, sign_in):
        if missing := pdf_missing():
            pytest.skip(missing)
        answer = sign_in(cast.manager).post(reverse("home:compliance-paper"))
        assert answer.content.startswith(b"%PDF")
        assert Entry.objects.filter(verb="home.compliance.printed").exists()


class TestEngine:
    def test_a_clause_has_one_check_and_a_check_one_name(self):
        check = next(iter(compliance.checks().values()))
        with pytest.raises(LookupError):
            compliance.add(check)
        with pytest.raises(LookupError):
            compliance.add(Check("test.second", "", check.cases, clauses=check.clauses))
        compliance._register.checks.pop("test.second", None)

    def test_days_count_in_their_month_too(self, cast):
        made = make.client(cast.member)
        query = Query(
            type(made).objects.annotate(day=TruncDate("created_at")),
            person="owner_id",
            due="day",
            kept=Q(name=made.name),
        )
        reach = Reach(frozenset({made.team_id}), frozenset())
        assert query.count(reach, NOVEMBER) == {(date(2026, 11, 1), KEPT): 1}
        assert query.by_person(reach, NOVEMBER) == {(cast.member.pk, KEPT): 1}
        assert [one.record for one in query.listed(reach, NOVEMBER, KEPT, 5)] == [made]
        assert not query.listed(reach, NOVEMBER, OPEN, 5)
