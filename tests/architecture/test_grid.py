"""Every address and every API act against every person of the cast (laws 1 and 2).

`grid.py` says who gets what; an address that it does not list fails here. Each record carries a
marker word of its own: nobody reads one of a record that is not theirs to see, on whatever page,
in whatever file, export, suggestion, list or refusal.
"""

import re

import pytest
from django.test import Client as Browser

from tests.architecture import grid, records
from tests.architecture.doors import Door, doors, knock, markers_in, without_tokens

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seats_stay")]
DOORS = doors()
OUTSIDE = ("anonymous", "deactivated")
REFUSALS = {403, 404}
SEARCHES = ("/search/?q={}", "/crm/clients/pick?q={}", "/crm/clients/?q={}", "/people/?q={}")


def test_every_address_is_in_the_grid():
    listed = {(method, route) for method, _answers, routes in grid.ROWS for route in routes}
    there = {(method, name) for name, door in DOORS.items() for method in door.methods}
    assert there - listed == grid.ASKED_ELSEWHERE
    assert listed - there == set()


CASES = [
    pytest.param(method, answers, DOORS[route], id=f"{method} {route}")
    for method, answers, routes in grid.ROWS
    for route in routes
    if route in DOORS
]


@pytest.mark.parametrize(("method", "answers", "door"), CASES)
def test_each_person_gets_what_the_grid_says(method, answers, door, house, browsers, readable):
    address = door.address(house, grid.kind_of(door))
    sent = records.plausible(house)
    wrong = []
    for name, browser in browsers.items():
        answer = knock(browser, method, address, sent)
        wanted = outside(method, door) if name in OUTSIDE else grid.answer_for(name, answers)
        if not fits(answer, wanted):
            wrong.append(f"{name}: {answer.status_code}, not {wanted}")
        leaked = markers_in(answer) - readable[name]
        if leaked:
            wrong.append(f"{name} reads of {sorted(leaked)}")
    assert wrong == []


def fits(answer, wanted: str) -> bool:
    """`ok`: let in; `unfit`: refused as input; `login`: sent there; else the status itself."""
    status = answer.status_code
    if wanted == "login":
        return status == 302 and answer.headers["Location"].startswith("/login/")
    if wanted == "ok":
        return status < 500 and status not in {401, 405} | REFUSALS
    if wanted == "unfit":
        return 400 <= status < 500
    return str(status) == wanted


def outside(method: str, door: Door) -> str:
    if (method, door.name) == ("GET", "language"):
        return "405"
    if door.name in grid.PUBLIC:
        return grid.PUBLIC[door.name]
    return "401" if door.pattern.startswith("api/v1/") and door.name != "api-docs" else "login"


@pytest.mark.parametrize("place", SEARCHES)
def test_no_search_finds_what_one_may_not_see(place, house, browsers, readable):
    for name, browser in browsers.items():
        for kind in ("client", "contract", "project", "study", "finding", "plan", "lead"):
            answer = knock(browser, "GET", place.format(f"zq{kind}"), {})
            found = markers_in(answer)
            assert found <= readable[name], (name, kind)


def test_what_is_not_visible_answers_as_what_does_not_exist(house, browsers):
    """The same page to the letter, so that nobody learns which ids are taken."""
    browser = browsers["colleague"]
    for door in (door for name, door in DOORS.items() if name in grid.HIDDEN_RECORDS):
        there = door.address(house, grid.kind_of(door))
        never = re.sub(r"/\d+", "/999999", there)
        one, other = (knock(browser, "GET", address, {}) for address in (there, never))
        assert one.status_code == other.status_code == 404
        assert masked(one.body, there) == masked(other.body, never)


def masked(body: bytes, address: str) -> str:
    """The page without its own address and its form tokens, which differ on every answer."""
    return without_tokens(body.decode().replace(address, "ADDRESS"))


def test_the_deactivated_cannot_sign_in(house):
    person = house.cast.deactivated
    person.set_password("a long pass phrase")
    person.save()
    browser = Browser()
    browser.post("/login/", {"login": person.username, "password": "a long pass phrase"})
    assert "_auth_user_id" not in browser.session
