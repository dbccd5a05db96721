"""The overview's compliance panel: the figures of the board, for those who lead and may open it."""

from datetime import date

import pytest
from django.urls import reverse

from crm.models import Visit
from expansion import compliance
from expansion.home import compliance_panel
from expansion.people.models import User
from expansion.rulebook.access import VersionAccess
from expansion.rulebook.models import Version
from expansion.rulebook.selectors import forget_rules
from tests.expansion.test_compliance import CLAUSE, visit

pytestmark = pytest.mark.django_db
ADDRESS, BOARD = reverse("home:overview-compliance"), reverse("home:compliance")
OVERSEERS = ("manager", "leadership", "leader", "deputy")
LAST_MONTH = "2026-10"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def english(cast):
    User.objects.update(language="en")


@pytest.fixture
def october(cast) -> None:
    """The client team kept one and broke two, research broke one; in November one still runs."""
    visit(cast.member, date(2026, 10, 13))
    visit(cast.member, date(2026, 10, 14), late=True)
    visit(cast.colleague, date(2026, 10, 15), late=True)
    visit(cast.outsider, date(2026, 10, 16), late=True)
    visit(cast.colleague, date(2026, 11, 19), done=False)


def panel_of(sign_in, person) -> dict:
    return sign_in(person).get(ADDRESS, headers=HTMX).context["compliance"]


def board_of(sign_in, person, **asked):
    return sign_in(person).get(BOARD, asked).context


def text_of(sign_in, person, address: str = ADDRESS, **more) -> str:
    return sign_in(person).get(address, **more).content.decode()


def numbers(sums: list[dict]) -> dict[str, int]:
    """Of what is counted; the board also says what is proven and what is only recorded."""
    counted = ("kept", "broken", "running", "nothing to check")
    return {one["label"]: one["count"] for one in sums if one["label"] in counted and one["count"]}


@pytest.mark.parametrize("part", OVERSEERS)
def test_the_figures_are_the_boards_of_the_last_whole_month(part, october, cast, sign_in):
    person = getattr(cast, part)
    panel, board = panel_of(sign_in, person), board_of(sign_in, person, until=LAST_MONTH)
    assert numbers(panel["sums"]) == numbers(board["sums"]) != {}
    cells = {
        line["row"].label: line["cells"][-1]["words"]
        for chapter in board["chapters"]
        for line in chapter["rows"]
        if line["cells"] and line["cells"][-1]["cell"].state == "broken"
    }
    shown = {row["label"]: row["words"] for row in panel["rows"]}
    assert len(shown) + panel["more"] == len(cells)
    assert shown.items() <= cells.items()


def test_each_counts_the_units_they_oversee(october, cast, sign_in):
    def broken(person) -> dict[str, str]:
        return {row["url"]: row["words"] for row in panel_of(sign_in, person)["rows"]}

    address = f"{BOARD}?until={LAST_MONTH}&clause={CLAUSE}&period={LAST_MONTH}"
    assert broken(cast.manager)[address] == "broken 3"
    assert broken(cast.leader)[address] == "broken 2"
    assert broken(cast.deputy)[address] == "broken 1"


def test_a_clause_opens_in_the_boards_drawer_with_the_same_number(october, cast, sign_in):
    [row] = [one for one in panel_of(sign_in, cast.leader)["rows"] if CLAUSE in one["url"]]
    drawer = sign_in(cast.leader).get(row["url"]).context["drawer"]
    assert drawer["detail"].clause.label() == row["label"]
    assert row["words"] == f"broken {drawer['cell'].broken}"
    assert {one.person for one in drawer["detail"].cases} == {
        cast.member.name,
        cast.colleague.name,
    }


def test_the_running_month_is_told_as_the_board_opens_on_it(october, cast, sign_in):
    sums = board_of(sign_in, cast.manager)["board"].sums
    assert sums["open"] and not sums["broken"]
    said = f"2026-11 until today: nothing broken, {sums['open']} running."
    assert panel_of(sign_in, cast.manager)["since"] == said
    visit(cast.member, date(2026, 11, 4), late=True)
    sums = board_of(sign_in, cast.manager)["board"].sums
    assert f"{sums['broken']} clause" in panel_of(sign_in, cast.manager)["since"]


def test_those_broken_most_often_stand_first_and_the_rest_behind_a_link(
    october, cast, sign_in, monkeypatch
):
    whole = panel_of(sign_in, cast.manager)
    often = [int(row["words"].removeprefix("broken ")) for row in whole["rows"]]
    assert often == sorted(often, reverse=True) and len(often) > 1 and not whole["more"]
    monkeypatch.setattr(compliance_panel, "MOST", 1)
    first = panel_of(sign_in, cast.manager)
    assert first["rows"] == whole["rows"][:1] and first["more"] == len(often) - 1
    rest = sign_in(cast.manager).get(first["more_url"]).context["chapters"]
    assert sum(len(chapter["rows"]) for chapter in rest) == len(often)


# Who gets it


def test_it_is_refused_to_those_who_oversee_nobody(october, cast, sign_in):
    for part, person in cast.everyone().items():
        if not person.is_authenticated or not person.is_active:
            continue
        expected = 200 if part in OVERSEERS else 403
        for headers in ({}, HTMX):
            answer = sign_in(person).get(ADDRESS, headers=headers)
            assert answer.status_code == expected, part
            assert ("insight-sums" in answer.content.decode()) == (expected == 200), part


def test_who_may_not_open_the_board_gets_neither_panel_nor_figures(
    october, cast, sign_in, monkeypatch
):
    assert "insight-compliance" in text_of(sign_in, cast.leader, "/overview/")
    others = {**VersionAccess.grants["view"]}
    del others["leader"]
    monkeypatch.setattr(VersionAccess, "grants", {**VersionAccess.grants, "view": others})
    assert sign_in(cast.leader).get(BOARD).status_code == 403
    assert sign_in(cast.leader).get(ADDRESS, headers=HTMX).status_code == 403
    assert "insight-compliance" not in text_of(sign_in, cast.leader, "/overview/")
    assert "insight-compliance" in text_of(sign_in, cast.manager, "/overview/")


def test_the_anonymous_are_led_to_the_login(cast, sign_in):
    assert sign_in(cast.anonymous).get(ADDRESS).status_code == 302
    assert sign_in(cast.anonymous).get(ADDRESS, headers=HTMX).status_code == 401


# How it comes


def test_the_overview_counts_nothing_for_it_and_leads_to_the_board_without_scripts(
    cast, sign_in, monkeypatch
):
    def counted(person):
        raise AssertionError("The overview has asked for the figures.")

    monkeypatch.setattr(compliance_panel, "panel", counted)
    seen = text_of(sign_in, cast.manager, "/overview/")
    assert f'hx-get="{ADDRESS}" hx-trigger="load"' in seen
    assert f'<a href="{BOARD}">Open the compliance board</a>' in seen
    assert "Compliance, 2026-10" in seen


def test_folding_a_team_does_not_ask_for_it_again(cast, sign_in):
    assert "insight-compliance" not in text_of(sign_in, cast.manager, "/overview/", headers=HTMX)


def test_its_address_answers_with_the_page_or_the_fragment(october, cast, sign_in):
    page = text_of(sign_in, cast.manager)
    part = text_of(sign_in, cast.manager, headers=HTMX)
    assert "<html" in page and "<html" not in part
    assert part.startswith('<section class="insight insight-compliance" id="compliance">')
    assert part in page


# Where there is little to say


def test_a_month_in_which_nothing_was_due_says_so(cast, sign_in):
    panel = panel_of(sign_in, cast.deputy)
    assert set(numbers(panel["sums"])) == {"nothing to check"} and not panel["rows"]
    assert "Nothing was due in 2026-10." in text_of(sign_in, cast.deputy)


def test_a_month_in_which_all_was_kept_says_so(cast, sign_in):
    kept = visit(cast.outsider, date(2026, 10, 13))
    Visit.objects.filter(pk=kept.pk).update(materials="报价单")
    assert "No clause was broken in 2026-10." in text_of(sign_in, cast.deputy)


def test_a_rulebook_without_clauses_says_so(october, cast, sign_in):
    version = Version.objects.get()
    Version.objects.filter(pk=version.pk).update(content={**version.content, "clauses": []})
    forget_rules()
    seen = text_of(sign_in, cast.manager)
    assert "The rulebook in force lists no clauses." in seen
    assert "insight-sums" not in seen and "until today" not in seen


def test_a_rulebook_of_which_nothing_is_counted_says_so(october, cast, sign_in, monkeypatch):
    monkeypatch.setattr(compliance, "answer_for", lambda clause: compliance.Answer())
    seen = text_of(sign_in, cast.manager)
    assert "The rulebook in force has no clause that is counted." in seen
    assert "insight-sums" not in seen and "until today" not in seen
