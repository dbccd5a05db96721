"""The style guide draws every component, for people of the house only."""

import datetime as dt
import re

import pytest

from expansion import clock


@pytest.fixture
def guide(cast, sign_in) -> str:
    return sign_in(cast.member).get("/styleguide/").content.decode()


@pytest.mark.django_db
def test_strangers_are_sent_to_the_login(client):
    answer = client.get("/styleguide/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/")


def test_every_component_has_its_place(guide):
    marks = (
        "badge-done grade-top source-proposal stamp masked list-foot timeline chain board-column"
    )
    for mark in [
        *marks.split(),
        "data-chart",
        "data-picker",
        "nothing",
        "skeleton",
        "flash",
        "meter",
    ]:
        assert mark in guide, mark


def test_no_element_carries_a_style_or_a_script_of_its_own(guide):
    assert " style=" not in guide
    assert not re.search(r"<script(?![^>]*(src=|application/json))", guide)
    assert not re.search(r"\son[a-z]+=", guide)


def test_sample_dates_follow_the_clock(cast, sign_in):
    with clock.clock_at(dt.datetime(2027, 3, 1, 9)):
        page = sign_in(cast.member).get("/styleguide/").content.decode()
    assert "03-03 周三" in page
