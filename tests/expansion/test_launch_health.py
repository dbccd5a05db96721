"""The health page and the doctor tell the truth."""

from datetime import date

import pytest
from django.core.management import call_command
from django.db import DatabaseError

from expansion import machine
from expansion.launch import broker, doctor, views

pytestmark = pytest.mark.django_db

A_DAY = date(2026, 3, 3)


@pytest.fixture
def broker_up(monkeypatch):
    monkeypatch.setattr(broker, "fault", lambda url: None)


def test_health_is_200_while_database_and_broker_answer(client, broker_up):
    answer = client.get("/healthz/")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "broker": "ok"}


def test_health_is_503_without_a_broker(client, settings, tmp_path):
    settings.REDIS_URL = f"redis+socket://{tmp_path}/none.sock"
    answer = client.get("/healthz/")
    assert answer.status_code == 503
    assert answer.json() == {"status": "degraded", "database": "ok", "broker": "no answer"}


def test_health_is_503_without_a_database(client, broker_up, monkeypatch):
    monkeypatch.setattr(views, "database_answers", lambda: False)
    assert client.get("/healthz/").status_code == 503


def test_health_changes_nothing(client):
    assert client.post("/healthz/").status_code == 405


def test_the_broker_of_a_socket_is_asked_for_real(own_redis):
    assert broker.fault(own_redis.url) is None
    own_redis.kill()
    assert broker.fault(own_redis.url)


def lines(today: date = A_DAY) -> dict[str, doctor.Finding]:
    return {finding.subject: finding for finding in doctor.examine(today)}


def test_the_doctor_reports_a_machine_without_pango_and_goes_on(monkeypatch):
    monkeypatch.setattr(machine, "_loads", lambda name: "pango" not in name)
    finding = lines()["PDF"]
    assert "apt-get install" in finding.remedy and "libpango-1.0-0" in finding.remedy
    assert not finding.stops


def test_the_doctor_says_whether_mail_leaves(settings):
    assert "EMAIL_HOST" in lines()["Mail"].remedy and not lines()["Mail"].stops
    settings.MAIL_LEAVES, settings.EMAIL_HOST = True, "mail.example.com"
    assert "mail.example.com" in lines()["Mail"].state and not lines()["Mail"].remedy


def test_pdf_buttons_learn_what_is_missing(monkeypatch):
    machine._printing_lacks.cache_clear()
    monkeypatch.setattr(machine, "_loads", lambda name: "pangoft2" not in name)
    assert "libpangoft2-1.0-0" in machine.pdf_missing()
    machine._printing_lacks.cache_clear()
    monkeypatch.setattr(machine, "_loads", lambda name: "harfbuzz" not in name)
    assert machine.pdf_missing() is None, "printing works without the quick one"
    machine._printing_lacks.cache_clear()


def test_pdf_buttons_learn_of_a_missing_chinese_font(monkeypatch, tmp_path):
    monkeypatch.setattr(machine, "_printing_lacks", tuple)
    monkeypatch.setattr(machine, "CHINESE_FONT", tmp_path / "none.ttf")
    assert "make setup" in machine.pdf_missing()


def test_a_year_without_its_notice_is_named_provisional():
    found = lines(date(2026, 12, 20))
    assert found["Calendar 2026"].state == "published"
    assert "provisional" in found["Calendar 2027"].state


def test_a_database_that_sorts_bytes_is_named(monkeypatch, db):
    class Cursor:
        def __enter__(self):
            return self

        def __exit__(self, *_): ...

        def execute(self, sql): ...

        def fetchone(self):
            return ("C",)

    monkeypatch.setattr(doctor, "connection", type("Connection", (), {"cursor": Cursor}))
    finding = doctor.character_type()
    assert finding.stops and "C.UTF-8" in finding.remedy


def test_a_silent_database_stops_with_what_to_do(monkeypatch):
    def refused():
        raise DatabaseError("connection refused\nIs it running?")

    monkeypatch.setattr(doctor.connection, "ensure_connection", refused)
    finding = next(doctor.database())
    assert finding.stops and "DATABASE_URL" in finding.remedy


def test_the_command_fails_when_something_required_is_missing(settings, tmp_path, capsys):
    settings.NODE_MODULES = tmp_path / "none"
    with pytest.raises(SystemExit) as ending:
        call_command("doctor")
    assert ending.value.code == 1
    assert "Run: make setup" in capsys.readouterr().out
