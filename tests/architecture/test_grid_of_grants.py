"""Every address again for whom something was granted to one by one, taken from, or who rehearses.

`EXPECTED` says what each of them gains and loses by it. Nobody reads more than that on any page, in
any file or export, and who was let in to read only is let in to no act.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client as Browser

from expansion import access, clock
from expansion.access import Scope
from expansion.audit.models import Entry
from expansion.notices.services import muted
from expansion.people.models import Role
from expansion.people.services.levels import classify
from expansion.people.services.rights import change_rights
from expansion.people.services.shares import share_record
from tests.architecture import grid, records
from tests.architecture.conftest import seen
from tests.architecture.doors import doors, knock, markers_in
from tests.architecture.records import House

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seats_stay")]
DOORS = {name: door for name, door in doors().items() if ("GET", name) not in grid.ASKED_ELSEWHERE}
OF_CLIENT = {
    "client", "contact", "point", "lead", "opportunity", "visit", "communication", "plan-of-visit",
    "file", "contract", "obligation", "deal",
}  # fmt: skip
OF_CONTRACTS = {"contract", "obligation", "deal", "request", "step", "note"}


def shares_client(house: House, *, for_work: bool) -> None:
    share_record(
        actor=house.cast.member,
        record=house.records["client"],
        person=house.cast.outsider,
        until=clock.today() + timedelta(days=9),
        reason="一起跟进",
        for_work=for_work,
    )


def shares_for_reading(house: House) -> None:
    shares_client(house, for_work=False)


def shares_for_work(house: House) -> None:
    shares_client(house, for_work=True)


def grants_reports(house: House) -> None:
    cells = {"view": {Role.LEADER: Scope.DEPARTMENT}}
    change_rights(actor=house.cast.administrator, kind="research.researchreport", cells=cells)


def takes_findings(house: House) -> None:
    cells = {action: {Role.MEMBER: Scope.NONE} for action in access_to("research.finding")}
    change_rights(actor=house.cast.administrator, kind="research.finding", cells=cells)


def access_to(kind: str) -> list[str]:
    rule = next(rule for rule in access.rules().values() if rule.kind == kind)
    return list(rule.grants)


def keeps_secret(house: House) -> None:
    for kind in ("contract", "deal"):
        record = house.records[kind]
        classify(actor=house.cast.manager, record=record, level="secret", reason="含底价")


# Who, what happens, and which kinds they then see more and less of.
CASES: dict[str, tuple[str, Callable[[House], None], set[str], set[str]]] = {
    "reads a shared client": ("outsider", shares_for_reading, OF_CLIENT, set()),
    "works a shared client": ("outsider", shares_for_work, OF_CLIENT, set()),
    "sees all reports": ("leader", grants_reports, {"study"}, set()),
    "lost the findings": ("outsider", takes_findings, set(), {"finding"}),
    "lost secret contracts": ("leader", keeps_secret, set(), OF_CONTRACTS),
}  # fmt: skip


ALWAYS = ("reads a shared client", "lost secret contracts")
WHICH = [pytest.param(what, marks=() if what in ALWAYS else pytest.mark.slow) for what in CASES]


@pytest.fixture(params=WHICH)
def case(request, house) -> Iterator[tuple[str, Any, set[str], set[str]]]:
    """One thing happens; what the person saw before stands beside it. Undone afterwards."""
    name, happens, gained, lost = CASES[request.param]
    before = seen(house, house.cast.again(getattr(house.cast, name)))
    with transaction.atomic(), muted():
        happens(house)
        yield request.param, house.cast.again(getattr(house.cast, name)), before | gained, lost
        transaction.set_rollback(True)


def test_what_somebody_sees_after_it(case, house, browsers):
    what, person, before, lost = case
    now = seen(house, person)
    assert now == before - lost, what
    browser = signed_in(person)
    wrong = []
    for door in (one for one in DOORS.values() if "GET" in one.methods):
        answer = knock(browser, "GET", door.address(house, grid.kind_of(door)), {})
        if answer.status_code >= 500:
            wrong.append(f"{door.name} answers {answer.status_code}")
        if leaked := markers_in(answer) - now:
            wrong.append(f"{door.name} tells of {sorted(leaked)}")
    assert wrong == [], what


def test_who_may_only_read_a_shared_client_is_let_in_to_no_act(house):
    sent, person = records.plausible(house), house.cast.outsider
    with transaction.atomic(), muted():
        before = acts_of(signed_in(person), house, sent)
        shares_for_reading(house)
        after = acts_of(signed_in(house.cast.again(person)), house, sent)
        transaction.set_rollback(True)
    assert let_in(after) - let_in(before) == set()
    assert any(before[name] == 404 and status == 403 for name, status in after.items())


def let_in(acts: dict[str, int]) -> set[str]:
    return {name for name, status in acts.items() if status not in (403, 404)}


def acts_of(browser: Browser, house: House, sent: dict[str, Any]) -> dict[str, int]:
    return {
        door.name: knock(browser, "POST", door.address(house, grid.kind_of(door)), sent).status_code
        for door in DOORS.values()
        if "POST" in door.methods
    }


# What is a person's own affair, or not handed in yet: no rehearsal shows it.
KEPT_FROM_REHEARSALS = {
    "score", "result", "self-review", "evaluation", "evidence", "appeal", "case", "cycle",
    "notice", "token", "work-report", "study", "plan",
}  # fmt: skip


def test_a_rehearsal_shows_no_more_than_the_person_sees_and_changes_nothing(house):
    browser, member = signed_in(house.cast.administrator), house.cast.member
    sent, readable = records.plausible(house), seen(house, member) - KEPT_FROM_REHEARSALS
    wrong = []
    with transaction.atomic(), muted():
        begun = browser.post(
            f"/people/{member.pk}/rehearse", {"request_id": "go", "reason": "核对权限"}
        )
        assert begun.status_code == 302
        looked = Entry.objects.exclude(verb="people.rehearsal.looked").count()
        for door in DOORS.values():
            address = door.address(house, grid.kind_of(door))
            if "GET" in door.methods:
                answer = knock(browser, "GET", address, {})
                if leaked := markers_in(answer) - readable:
                    wrong.append(f"{door.name} tells of {sorted(leaked)}")
            if "POST" in door.methods and door.name not in OWN_ACTS:
                answer = knock(browser, "POST", address, sent)
                if answer.status_code < 400:
                    wrong.append(f"{door.name} lets an act in: {answer.status_code}")
        assert Entry.objects.exclude(verb="people.rehearsal.looked").count() == looked
        transaction.set_rollback(True)
    assert wrong == []


OWN_ACTS = {"people:rehearsal-end", "account_logout"}


def signed_in(person: Any) -> Browser:
    browser = Browser(raise_request_exception=False)
    browser.force_login(person)
    return browser
