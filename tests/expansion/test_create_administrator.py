"""The first person of an installation."""

import getpass

import pytest
from django.core.management import CommandError, call_command

from expansion.people.models import Role, User


@pytest.fixture
def typed(monkeypatch):
    """What is typed at the two questions for the password."""

    def answers(first: str, second: str) -> None:
        waiting = [first, second]
        monkeypatch.setattr(getpass, "getpass", lambda prompt: waiting.pop(0))

    return answers


def test_the_first_administrator_can_log_in_and_add_people(cast, typed, client):
    typed("seven-quiet-rivers", "seven-quiet-rivers")
    call_command("create_administrator", "root.admin", "钱一")
    assert User.objects.get(username="root.admin").holds(Role.ADMINISTRATOR)
    sent = {"login": "root.admin", "password": "seven-quiet-rivers"}
    assert client.post("/login/", sent).status_code == 302


@pytest.mark.parametrize(("first", "second"), [("seven-quiet-rivers", "other"), ("short", "short")])
def test_what_does_not_hold_creates_nobody(cast, typed, first, second):
    typed(first, second)
    with pytest.raises(CommandError):
        call_command("create_administrator", "root.admin", "钱一")
    assert not User.objects.filter(username="root.admin").exists()


@pytest.mark.django_db
def test_without_a_rulebook_it_says_what_to_do():
    with pytest.raises(CommandError, match="rulebook load"):
        call_command("create_administrator", "root.admin", "钱一")
