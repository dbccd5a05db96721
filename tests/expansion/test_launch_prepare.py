"""The demo department goes into the built-in file, and elsewhere only when asked for."""

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command

from expansion.launch.management.commands import prepare
from expansion.people.demo import DEMO_PASSPHRASE, demo_password_hash

pytestmark = pytest.mark.django_db


@pytest.fixture
def seeded(monkeypatch) -> list[str]:
    """The commands that `prepare` calls; none of them runs."""
    called: list[str] = []
    monkeypatch.setattr(prepare, "get_commands", lambda: {"seed": "expansion.home"})
    monkeypatch.setattr(prepare, "call_command", lambda name, **_: called.append(name))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("SEED", raising=False)
    return called


def test_the_built_in_file_is_seeded_while_nobody_is_in_it(seeded):
    call_command("prepare")
    assert seeded == ["seed"]


def test_a_file_with_people_is_left_alone(seeded):
    get_user_model().objects.create(username="someone", name="李静", password="!")
    call_command("prepare")
    assert seeded == []


@pytest.mark.parametrize(("asked", "expected"), [("", []), ("no", []), ("demo", ["seed"])])
def test_another_database_is_seeded_only_when_asked(seeded, monkeypatch, asked, expected):
    monkeypatch.setenv("DATABASE_URL", "postgres:///named")
    monkeypatch.setenv("SEED", asked)
    call_command("prepare")
    assert seeded == expected


def test_people_and_pass_phrase_are_named_at_every_start(seeded, capsys):
    people = get_user_model().objects
    people.create(username="manager", name="王敏", password=demo_password_hash())
    for _ in range(2):
        call_command("prepare")
        said = capsys.readouterr().out
        assert DEMO_PASSPHRASE in said and "manager" in said
        assert "member.client" not in said, "nobody is named who is not there"


def test_a_department_of_ones_own_shows_no_pass_phrase(seeded, capsys):
    get_user_model().objects.create(username="manager", name="王敏", password="!")
    call_command("prepare")
    assert DEMO_PASSPHRASE not in capsys.readouterr().out
