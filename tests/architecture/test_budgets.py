"""How many queries each screen costs: at most what `query_budgets.json` records, however many rows.

`WRITE_BUDGETS=1 make test ARGS="-k budgets"` records the present figures anew.
"""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from expansion import clock
from expansion.rulebook.selectors import forget_rules
from expansion.ui import counts
from expansion.ui.pages import ListPage
from tests import cast as company
from tests.architecture import grid, records
from tests.architecture.doors import doors
from tests.architecture.records import House
from tests.make import (
    authority,
    confidence,
    contracts,
    crm,
    partnerships,
    personnel,
    research,
    surveys,
    training,
)

pytestmark = pytest.mark.django_db
RECORDED = Path(__file__).with_name("query_budgets.json")
MOST_OF_A_LIST, MOST_OF_A_CLIENT = 12, 20
MANY = 20
# Screens whose work is another than drawing a page.
NOT_DRAWN = {"api-schema", "account_login", "account_logout", "launch:healthz", "worker"}


@pytest.fixture(scope="module")
def figures(django_db_setup, django_db_blocker) -> Iterator[dict[str, tuple[int, int]]]:
    """Queries per screen with the house's few records, and with twenty more of each."""
    with django_db_blocker.unblock(), clock.clock_at(company.NOW), transaction.atomic():
        forget_rules()
        house = records.build(company.assemble())
        browser = Browser()
        browser.force_login(house.cast.manager)
        few = dict(measured(house, browser))
        for make in makers(house):
            for number in range(MANY):
                make(number)
        many = dict(measured(house, browser))
        yield {route: (few[route], many[route]) for route in few}
        transaction.set_rollback(True)
    forget_rules()


def makers(house: House) -> Iterator[Callable[[int], object]]:
    """What makes one more of each noun that has a list."""
    cast, client = house.cast, house.records["client"]
    partner, course = house.records["partner"], house.records["course"]
    yield lambda number: crm.lead(cast.member, crm.client(cast.member), f"需求 {number}")
    yield lambda number: crm.opportunity(cast.member, client, f"场地 {number}")
    yield lambda number: crm.visit(cast.member, client)
    yield lambda number: contracts.submitted(cast, client=client, title=f"合同 {number}")
    yield lambda number: authority.below_line(cast, client)
    yield lambda number: partnerships.partner(cast.partner_member)
    yield lambda number: partnerships.project(cast.partner_member, of=partner)
    yield lambda number: research.a_finding(cast, title=f"信息 {number}")
    yield lambda number: research.a_plan(cast, title=f"计划 {number}")
    yield lambda number: research.a_report(cast, title=f"报告 {number}")
    yield lambda number: training.enrolling(cast.leader, of=course)
    yield lambda number: confidence.nda(cast, cast.leader, edition=f"第 {number} 版")
    yield lambda number: confidence.statement(cast, title=f"讲座 {number}")
    yield lambda number: confidence.right(cast.manager, title=f"商标 {number}")
    yield lambda number: confidence.matter(cast.member, matter=f"来访 {number}")
    yield lambda number: personnel.a_draft(cast, reason=f"补人 {number}")
    yield lambda number: surveys.draft(cast, title=f"问卷 {number}")
    opening = house.records["opening"]
    yield lambda number: personnel.a_candidate(
        cast, opening=opening, name=f"应聘 {number}", phone="", email=""
    )
    yield lambda number: personnel.decided(
        personnel.a_change(cast, "transfer", person=cast.outsider, **to_client()), "reject", "否。"
    )


def to_client() -> dict[str, object]:
    return personnel.target("client")


def measured(house: House, browser: Browser) -> Iterator[tuple[str, int]]:
    """The second request of each page that the manager opens; the first fills the memories."""
    for route in screens():
        address = doors()[route].address(house, grid.kind_of(doors()[route]))
        counts.forget_all()
        if browser.get(address).status_code != 200:
            continue
        with CaptureQueriesContext(connection) as queries:
            browser.get(address)
        yield route, len([one for one in queries if "SAVEPOINT" not in one["sql"]])


def screens() -> list[str]:
    found = (name for name, door in doors().items() if "GET" in door.methods)
    return sorted(name for name in found if not name.startswith("api-") and name not in NOT_DRAWN)


def recorded() -> dict[str, int]:
    return json.loads(RECORDED.read_text(encoding="utf-8"))


def test_no_screen_costs_more_queries_than_its_budget(figures):
    if os.environ.get("WRITE_BUDGETS"):
        budgets = {route: max(pair) for route, pair in figures.items()}
        RECORDED.write_text(json.dumps(budgets, indent=2) + "\n", encoding="utf-8")
    budgets = recorded()
    above = {
        route: f"{max(pair)}, budget {budgets.get(route, 'none')}"
        for route, pair in figures.items()
        if max(pair) > budgets.get(route, 0)
    }
    assert above == {}


def test_lists_and_the_client_page_keep_the_houses_limits(figures):
    above = {route: pair for route, pair in figures.items() if max(pair) > limit(route)}
    assert above == {}


def limit(route: str) -> float:
    if route == "crm:client":
        return MOST_OF_A_CLIENT
    view = resolve(doors()[route].address(NOWHERE, "-:-")) if "<" not in pattern(route) else None
    is_list = view is not None and issubclass(getattr(view.func, "view_class", object), ListPage)
    return MOST_OF_A_LIST if is_list else float("inf")


NOWHERE = House(cast=None)  # lists carry no record in their address


def pattern(route: str) -> str:
    return doors()[route].pattern


def test_no_screen_costs_more_with_more_rows(figures):
    # The desk shows what waits; with none it is empty, and cheap.
    growing = {
        route: pair
        for route, pair in figures.items()
        if pair[1] > pair[0] and route not in {"approvals:inbox", "approvals:several"}
    }
    assert growing == {}
