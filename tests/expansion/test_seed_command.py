"""`manage.py seed` beside the demo story: its refusal, and the large department."""

import pytest
from django.core.management import CommandError, call_command

from bench import big
from crm.models import Client
from expansion.launch import guard
from expansion.people.models import User

pytestmark = pytest.mark.django_db


def test_a_database_with_people_is_left_alone(cast):
    people = User.objects.count()
    for scale in ("demo", "big"):
        with pytest.raises(CommandError, match="There are people in this database already"):
            call_command("seed", scale=scale)
    assert User.objects.count() == people


def test_the_big_department_lets_two_people_in(monkeypatch):
    whole = big.build
    monkeypatch.setattr(big, "build", lambda scale: whole(scale / 1000))
    call_command("seed", scale="big")
    assert Client.objects.count() == 50
    assert guard.demo_accounts() == ["m0", "manager"]
