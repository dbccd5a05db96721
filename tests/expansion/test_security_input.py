"""Whatever is sent to a form or an act of the API: a sentence and 4xx, never an error of ours."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import Client as Browser
from django.urls import resolve
from rest_framework import serializers

from expansion import clock
from expansion.api import PerPerson
from expansion.ui.readable import readable
from expansion.wsgi import application
from tests import cast as company
from tests.architecture import grid, records
from tests.architecture.doors import Door, doors
from tests.architecture.records import House

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet")]
DOORS = doors()
CLIENTS = "/api/v1/crm/clients/"
API = [door for door in DOORS.values() if door.name.startswith("api-")]
PAGES = [
    door
    for door in DOORS.values()
    if not door.pattern.startswith("api/") and door.name != "launch:healthz"
]
WRITES = [door for door in API if door.methods - {"GET"}]
LISTS = [door for door in API if door.name.endswith("-list")]
FORMS = [door for door in PAGES if "POST" in door.methods and door.name != "account_logout"]
NO_JSON = {
    "deep": b"[" * 100_000,
    "deep objects": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    "quite deep": b"[" * 200 + b"]" * 200,
    "NaN": b'{"name": NaN}',
    "infinite": b'{"name": 1e999}',
    "huge": b'{"name": 1' + b"0" * 400 + b"}",
    "longer": b'{"name": 1' + b"0" * 5_000 + b"}",
    "NUL": b'{"name": "a\\u0000b"}',
    "NUL in a name": b'{"na\\u0000me": "a"}',
    "surrogate": b'{"name": "a\\ud800b"}',
    "Latin": b'{"name": "\xe9\xff"}',
    "half": b'{"name":',
    "nothing": b"",
}
WRONG = [[], "text", 7, None, True, [{}], {"name": {"a": ["b"]}}]
HOSTILE = {
    "an object": {"pk": 1},
    "long": "长" * 70_000,
    "negative": -1,
    "past every column": 2**63 - 1,
    "no day": "2026-02-31",
    "the first day": "0001-01-01",
    "the last moment": "9999-12-31T23:59:59Z",
    "blank": "",
}
TRICKY = {
    serializers.DateField: ("0001-01-01", "9999-12-31"),
    serializers.DateTimeField: ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59+00:00"),
    serializers.IntegerField: (-1, 2**31, 2**63 - 1),
    serializers.DecimalField: ("-1", "9" * 16 + ".99", "1e-30"),
    serializers.FloatField: (1e308, "NaN", "-inf"),
    serializers.RelatedField: (0, -1, 2**63 - 1, "７"),
    serializers.ManyRelatedField: ([0, 2**63 - 1],),
    serializers.ListField: (["\u202e"], [[]]),
    serializers.CharField: ("\u202e" + "𠮷" * 20, " \t\n "),
}
ASKED = "?q=%00%F0%28&page=9999999999999&limit=-1&sort=-%00&view=%ff&batch=99999999999999999999"
CURSORS = ("cD1hYmM=", "cD05OTk5OTk5OTk5OTk5OTk5OTk5OQ==", "%00", "bz0xMDA=", "cD0lMDA=")


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker) -> Iterator[House]:
    """One state for the whole module; each request's changes are undone."""
    with django_db_blocker.unblock(), clock.clock_at(company.NOW), transaction.atomic():
        yield records.build(company.assemble())
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def senders(house) -> list[Browser]:
    """The manager, who may do most, and the member whose records these are."""
    browsers = []
    for person in (house.cast.manager, house.cast.member):
        browsers.append(Browser(raise_request_exception=False))
        browsers[-1].force_login(person)
    return browsers


@pytest.fixture(autouse=True)
def as_often_as_one_likes(monkeypatch) -> None:
    monkeypatch.setattr(PerPerson, "rate", None)


def sent(browser: Browser, method: str, address: str, **given):
    """The answer, and nothing changed by it."""
    with transaction.atomic():
        answer = getattr(browser, method.lower())(address, **given)
        transaction.set_rollback(True)
    return answer


def written(browser: Browser, method: str, address: str, body):
    headers = {"If-Match": '"1"', "Idempotency-Key": "k\x7f\u00e9"}
    return sent(
        browser, method, address, data=body, content_type="application/json", headers=headers
    )


def address_of(door: Door, house: House) -> str:
    return door.address(house, grid.kind_of(door))


def wants_json(door: Door) -> bool:
    return not door.name.endswith(("-photos", "transfer-imports-list"))


@pytest.mark.parametrize("door", WRITES, ids=lambda door: door.name)
def test_no_body_breaks_an_act_of_the_api(door, house, senders):
    address, wrong = address_of(door, house), []
    for method in sorted(door.methods - {"GET"}):
        for what, body, told in bodies(door, address, method):
            for browser in senders:
                answer = written(browser, method, address, body)
                status = answer.status_code
                said = status < 400 or bool(answer.json()["detail"])
                if status >= 500 or not said or (told and not 400 <= status < 500):
                    wrong.append(f"{method} {what}: {status}")
                if status not in {403, 404}:
                    break
    assert wrong == []


def bodies(door: Door, address: str, method: str) -> Iterator[tuple[str, object, bool]]:
    """(what it is, the body, whether it has to be refused)."""
    fields = fields_of(address, method)
    reads = bool(fields) or method == "PATCH"
    yield "deep", NO_JSON["deep"], reads
    yield from ((repr(body)[:20], body, False) for body in WRONG)
    if not wants_json(door):
        return
    for what, value in HOSTILE.items():
        yield what, dict.fromkeys(fields, value), False
    for name, field in fields.items():
        for kind, values in TRICKY.items():
            for value in values if isinstance(field, kind) else ():
                yield f"{name} {value!r}"[:60], plausible(fields) | {name: value}, False


def fields_of(address: str, method: str) -> dict[str, serializers.Field]:
    """What the act at this address takes."""
    match = resolve(address)
    view, name = match.func.cls, match.func.actions[method.lower()]
    acts = {"create": view.creates, "partial_update": view.changes}
    acts |= {f"act_{one.replace('-', '_')}": act for one, act in view.verbs.items()}
    acts |= {f"start_{one.replace('-', '_')}": act for one, act in view.starts.items()}
    taken = acts[name].takes()
    return dict(getattr(taken, "fields", {}))


_ids: dict[str, int] = {}


def plausible(fields) -> dict[str, object]:
    return {name: value for name, value in _ids.items() if name in fields}


@pytest.fixture(autouse=True, scope="module")
def ids(house) -> None:
    _ids.update(records.plausible(house))


@pytest.mark.parametrize("door", LISTS, ids=lambda door: door.name)
def test_no_query_breaks_a_list_of_the_api(door, house, senders):
    for query in (ASKED, *(f"?cursor={one}" for one in CURSORS)):
        answer = sent(senders[0], "get", address_of(door, house) + query)
        assert answer.status_code < 500, query


@pytest.mark.parametrize("what", NO_JSON)
def test_what_is_no_plain_json_is_refused_with_a_sentence(house, senders, what):
    answer = written(senders[0], "post", "/api/v1/crm/clients/", NO_JSON[what])
    assert 400 <= answer.status_code < 500 and answer.json()["detail"]


@pytest.mark.parametrize("door", PAGES, ids=lambda door: door.name)
def test_no_query_breaks_a_page(door, house, senders):
    if "GET" not in door.methods:
        return
    words = ("day", "week", "period", "kind", "client", "at", "after", "show", "month", "tab")
    junk = "&".join(f"{word}=%00{quote('宫')}%ff" for word in words)
    for browser in senders:
        answer = sent(browser, "get", f"{address_of(door, house)}{ASKED}&{junk}")
        assert answer.status_code < 500
        if answer.status_code not in {403, 404}:
            break


@pytest.mark.parametrize("door", FORMS, ids=lambda door: door.name)
def test_no_entry_breaks_a_form(door, house, senders):
    address, wrong = address_of(door, house), []
    names = form_fields(address)
    for what, values in entries(names).items():
        for browser in senders:
            answer = sent(browser, "post", address, data=values)
            if answer.status_code >= 500:
                wrong.append(f"{what}: {answer.status_code}")
            if answer.status_code not in {403, 404}:
                break
    assert wrong == []


def form_fields(address: str) -> list[str]:
    """The names of the form's own fields, and those that pages read by themselves."""
    view = resolve(address).func
    cls = getattr(view, "view_class", None)
    given = getattr(view, "view_initkwargs", {})
    form = given.get("form") or getattr(cls, "form", None)
    known = list(getattr(form, "base_fields", {}))
    return [*known, "selected", "back", "next", "login", "password", "language", "stage", "section"]


def entries(names: list[str]) -> dict[str, dict[str, object]]:
    """What the form is filled with: one value of each kind in every field, turn by turn, and a
    plausible form with the ends of every range."""
    odd = ("a\x00b", "长" * 5_000, "9" * 40, "NaN", "0001-01-01", "9999-12-31T23:59", "<b>")
    turns = {
        f"turn {turn}": {name: odd[(place + turn) % len(odd)] for place, name in enumerate(names)}
        for turn in range(3)
    }
    ends = dict.fromkeys(names, "9999-12-31") | plausible(names)
    found = turns | {"ends": ends}
    return {what: values | {"request_id": what} for what, values in found.items()} | {
        "key": {"request_id": "a\x00" * 80}
    }


@pytest.mark.parametrize("path", ["/files/%00/1/add", "/transfer/import/%00", "/crm/%00", "/%ff"])
def test_no_address_breaks_the_house(house, senders, path):
    assert sent(senders[0], "get", path).status_code < 500


def test_a_nul_taken_out_of_a_query_leaves_none(rf):
    asked = []
    readable(lambda request: asked.append(request.GET["q"]))(rf.get("/?q=a%%0000b%00"))
    assert asked == ["ab"]


@pytest.fixture
def entered():
    """`entered(method, path, kind, body)` comes in as a web server brings it: (status, answer)."""
    # A test's connection stays open for its next request.
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield enter
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


def enter(method: str, path: str, kind: str, body: bytes = b"a=b") -> tuple[int, str]:
    path, _mark, query = path.partition("?")
    said: list[str] = []
    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query,
        "SERVER_NAME": "testserver", "SERVER_PORT": "80", "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body), "wsgi.url_scheme": "http", "wsgi.errors": io.StringIO(),
    }  # fmt: skip
    answer = b"".join(application(environ, lambda status, headers, *rest: said.append(status)))
    return int(said[0].split()[0]), answer.decode()


@pytest.mark.parametrize(
    "charset",
    ["charset=zlib", "charset=hex", "charset=undefined", "charset=utf-16", "charset=nothing",
     "charset=a\x00b", "charset*=utf-8''zlib", "charset*=nothing''x", "x*=nothing''y"],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x"])
def test_a_type_that_is_no_text_is_answered_with_a_sentence(house, entered, kind, charset):
    for method, path in (("GET", "/search/?q=a"), ("POST", "/login/")):
        status, answer = entered(method, path, f"{kind}; {charset}")
        assert status == 400 and "浏览器送来的内容无法识别" in answer, path


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_clients_of_the_api_are_told_of_such_a_type_as_problem_details(house, entered, method):
    status, answer = entered(method, CLIENTS, "application/json; charset=zlib")
    problem = json.loads(answer)
    assert status == problem["status"] == 400 and problem["code"] == "bad_request"
    assert "浏览器送来的内容无法识别" in problem["detail"]


def test_clients_of_the_api_are_told_of_a_foreign_host_as_problem_details(client):
    answer = client.get(CLIENTS, headers={"host": "elsewhere.example"})
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    page = client.get("/search/", headers={"host": "elsewhere.example"})
    assert (page.status_code, page["Content-Type"]) == (400, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    "charset", ["", "; charset=utf-8", '; charset="UTF8"', "; charset=us-ascii"]
)
def test_what_is_declared_as_text_of_ours_comes_in(house, entered, charset):
    form = "application/x-www-form-urlencoded" + charset
    assert entered("GET", "/login/?next=/", form)[0] == 200
    assert entered("POST", CLIENTS, "application/json" + charset, b"{}")[0] == 401


def test_a_part_of_a_form_with_a_strange_name_breaks_nothing(house, entered):
    part = b"--x\r\nContent-Disposition: form-data; name*=nothing''a\r\n\r\nb\r\n--x--\r\n"
    assert entered("POST", "/login/", "multipart/form-data; boundary=x", part)[0] < 500


def test_no_cookie_breaks_the_house(house):
    stranger = Browser(raise_request_exception=False)
    stranger.cookies["sessionid"] = "aaaaaaaa\x00bbbb"
    assert sent(stranger, "get", "/").status_code == 302
