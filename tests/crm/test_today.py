"""Today's planned visits; on a day without any, those of the next day that has some."""

from datetime import timedelta

import pytest

from crm.cards import planned_visits
from expansion import clock
from tests.make import crm as make

pytestmark = pytest.mark.django_db


def test_the_next_visits_are_shown_where_today_has_none(cast):
    person = cast.member
    for days in (1, 1, 2):
        firm = make.client(person)
        make.planned(person, firm, clock.now() + timedelta(days=days, minutes=days))
    card = planned_visits(person)
    assert card["visits"] == []
    tomorrow = clock.today() + timedelta(days=1)
    assert [clock.local_date(visit.planned_at) for visit in card["ahead"]] == [tomorrow] * 2


def test_with_a_visit_today_nothing_else_is_shown(cast, sign_in):
    person = cast.member
    today, later = make.client(person), make.client(person)
    make.planned(person, today, clock.now() + timedelta(hours=3))
    make.planned(person, later, clock.now() + timedelta(days=1))
    assert not planned_visits(person)["ahead"]
    page = sign_in(person).get("/").content.decode()
    assert today.name in page
    assert later.name not in page
