"""The API's schema: valid, complete, kept by the API itself; and its page under the strict CSP."""

from datetime import timedelta

import pytest
import schemathesis
import yaml
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from expansion import clock
from expansion.api import PerPerson
from expansion.people.models import Token
from expansion.people.services.tokens import create_token
from expansion.wsgi import application
from tests.make import crm

pytestmark = pytest.mark.django_db
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def schema(tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("schema") / "schema.yml"
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(path))
    return path.read_text()


def test_the_schema_is_valid_without_a_warning(schema):
    assert "openapi: 3" in schema


def test_every_write_may_carry_a_key_and_every_answer_may_be_a_problem(schema):
    operations = [
        (path, method, one)
        for path, methods in yaml.safe_load(schema)["paths"].items()
        for method, one in methods.items()
        if "/schema/" not in path
    ]
    assert len(operations) > 100
    for path, method, one in operations:
        headers = {p["name"] for p in one.get("parameters", ()) if p["in"] == "header"}
        assert (method == "get") or "Idempotency-Key" in headers, path
        assert "application/problem+json" in one["responses"]["404"]["content"], path
        assert one["description"], path


def test_whether_a_deadline_may_still_move_is_documented_beside_it(schema):
    suffix, found = "_provisional", {}
    for noun in yaml.safe_load(schema)["components"]["schemas"].values():
        fields = noun.get("properties", {})
        for name, field in fields.items():
            if name.endswith(suffix):
                found[name] = field
                assert name.removesuffix(suffix) in fields
    assert set(found) == {"due_at_provisional", "appeal_until_provisional"}
    assert all(one["type"] == "boolean" and one["readOnly"] for one in found.values())
    assert all("may still move" in one["description"] for one in found.values())


def test_schema_and_page_are_for_people_of_the_house(cast, sign_in, client):
    assert client.get("/api/v1/schema/").status_code == 401
    assert client.get("/api/v1/docs/").status_code == 302
    browser = sign_in(cast.member)
    assert browser.get("/api/v1/schema/").status_code == 200
    page = browser.get("/api/v1/docs/")
    text = page.content.decode()
    assert "js/api-docs.js" in text and "<script>" not in text and "style=" not in text
    assert "unsafe" not in page.headers["Content-Security-Policy"]


@pytest.fixture
def one_connection():
    """Requests of this process leave the test's connection open, as Django's own client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.slow
def test_the_api_keeps_its_own_schema(cast, monkeypatch, one_connection):
    """schemathesis sends what the schema allows and what it does not, as the manager."""
    monkeypatch.setattr(PerPerson, "rate", None)
    crm.visit(cast.member, crm.client(cast.member))
    _token, secret = create_token(
        actor=cast.manager,
        name="schema",
        expires_on=clock.today() + timedelta(days=1),
        scope=Token.Scope.WRITE,
    )
    # Plain answers: the in-process transport does not unpack compressed ones.
    bearer = {"Authorization": f"Bearer {secret}", "Accept-Encoding": "identity"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", application, headers=bearer)
    for found in schema.get_all_operations():
        answers_by_schema(found.ok(), bearer)


def answers_by_schema(operation: APIOperation, headers: dict[str, str]) -> None:
    """A few cases of one operation: never a server error, only documented answers."""

    @settings(max_examples=4, deadline=None, database=None, suppress_health_check=HealthCheck)
    @given(case=operation.as_strategy())
    def holds(case: Case) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    holds()
