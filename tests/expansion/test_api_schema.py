"""The API's schema: valid, complete, kept by the API itself; and its page under the strict CSP."""

import pytest
from django.core.management import call_command

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def schema(tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("schema") / "schema.yml"
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(path))
    return path.read_text()


def test_the_schema_is_valid_without_a_warning(schema):
    assert "openapi: 3" in schema


def test_every_write_may_carry_a_key_and_every_answer_may_be_a_problem(schema):
    import yaml

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


def test_schema_and_page_are_for_people_of_the_house(cast, sign_in, client):
    assert client.get("/api/v1/schema/").status_code == 401
    assert client.get("/api/v1/docs/").status_code == 302
    browser = sign_in(cast.member)
    assert browser.get("/api/v1/schema/").status_code == 200
    page = browser.get("/api/v1/docs/")
    text = page.content.decode()
    assert "js/api-docs.js" in text and "<script>" not in text and "style=" not in text
    assert "unsafe" not in page.headers["Content-Security-Policy"]


@pytest.mark.slow
def test_the_api_keeps_its_own_schema(cast, sign_in):
    """schemathesis sends what the schema allows and what it forbids, as the manager."""
    import schemathesis
    from hypothesis import HealthCheck, Phase, settings
    from schemathesis.checks import not_a_server_error

    from expansion.people.services import create_token
    from expansion.wsgi import application

    from datetime import timedelta

    from expansion import clock

    _token, secret = create_token(
        actor=cast.manager, name="schema", expires_on=clock.today() + timedelta(days=1)
    )
    bearer = {"Authorization": f"Bearer {secret}"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", application, headers=bearer)
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=5,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @schemathesis.pytest.given_case(operation) if False else _given(operation)
        def holds(case):
            response = case.call(headers=bearer)
            case.validate_response(response, checks=[not_a_server_error])

        holds()
