"""`manage.py seed` beside the demo story: its refusal, and the large departments."""

import pytest
from django.core.management import CommandError, call_command

from bench import big
from crm.models import Client, Contract
from expansion import clock
from expansion.launch import guard
from expansion.people.models import User
from expansion.worktime import Period

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


def test_each_person_of_the_roll_ups_department_has_twenty_contracts_that_count():
    big.build_rollup(people=12)
    members = User.objects.filter(username__startswith="m", memberships__post__key="member")
    assert members.count() == 12
    for person in members:
        assert Contract.objects.live().signed().filter(owner=person).count() == 20
    quarter = Period.containing("quarter", clock.today()).previous()
    within = Contract.objects.signed_in(quarter.start, quarter.end)
    assert within.count() == Client.objects.count() == 12 * 15
