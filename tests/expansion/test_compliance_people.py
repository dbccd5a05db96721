"""What posts, teams, mandates, the matrix of rights and the trail prove."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from expansion import clock, compliance, offers
from expansion.access import Scope
from expansion.audit.services import write
from expansion.people.models import Membership, Post, Unit
from expansion.people.services.mandates import create_mandate
from expansion.people.services.rights import change_rights
from expansion.rulebook.selectors import rules_on
from tests.expansion.test_compliance_office import fact

PLANTED: set[str] = set()  # this room measures nothing
ROOMS = ("people", "office", "approvals", "rulebook", "transfer", "audit")


def test_posts_say_how_many_hold_them(cast):
    assert "Department manager: 1 of 1" in fact("people.posts")
    Post.objects.filter(key="manager").update(headcount=2)
    Membership.objects.filter(user=cast.deputy).update(until=date(2026, 11, 1))
    lines = fact("people.posts")
    assert "Department manager: 1 of 2" in lines and "Deputy manager: 0 of 1" in lines
    assert any(line.startswith("Team member: ") and "no limit" in line for line in lines)


def test_teams_say_who_leads_them(cast):
    lines = fact("people.teams")
    assert any("led by 林嘉" in line for line in lines)
    assert any("led by 周敏" in line for line in lines)
    Membership.objects.filter(user=cast.leader).update(until=date(2026, 11, 1))
    assert not any("林嘉" in line for line in fact("people.teams"))


def test_the_deputy_leads_research_by_the_post(cast):
    [line] = fact("people.led_by_post")
    assert "(周敏)" in line
    Unit.objects.filter(key="research").update(led_by_post=None)
    assert fact("people.led_by_post") == []


def test_who_acts_for_whom_is_told_while_it_runs(cast):
    assert fact("people.acting") == ["Nobody acts for anybody at this moment."]
    create_mandate(
        actor=cast.manager,
        principal=cast.manager,
        delegate=cast.deputy,
        starts_at=clock.now() - timedelta(hours=1),
        ends_at=clock.now() + timedelta(days=2),
        reason="leave",
    )
    [line] = fact("people.acting")
    assert line.startswith("周敏 acts for 陈立群 until")


@pytest.mark.parametrize(
    ("key", "kind", "action", "role", "scope"),
    [
        ("people.oversight", "crm.client", "view", "member", Scope.TEAM),
        ("people.guidance", "appraisal.cycle", "open", "hr", Scope.NONE),
        ("people.hiring", "office.opening", "create", "hr", Scope.NONE),
        ("people.reading_reports", "office.workreport", "comment", "leader", Scope.NONE),
        ("people.secrets", "crm.client", "view", "leader", Scope.DEPARTMENT),
        ("people.papers", "crm.contract", "delete", "member", Scope.NONE),
    ],
)
def test_lines_follow_the_matrix(cast, key, kind, action, role, scope):
    before = fact(key)
    change_rights(actor=cast.administrator, kind=kind, cells={action: {role: scope}})
    assert len(fact(key)) == len(before)
    assert fact(key) != before


def test_a_right_names_the_roles_that_hold_it(cast):
    view = fact("people.secrets")[0]
    assert view.startswith("Client, See: ") and "manager department" in view
    assert "human resources" not in view


def test_the_trail_and_its_controls_are_counted(cast):
    before = fact("audit.controls")
    write(actor=cast.manager, verb="test.happened", about=cast.member)
    assert fact("audit.controls")[0] != before[0]
    assert before[1].startswith(f"{len(offers.of(offers.ControlCheck))} controls are looked at: ")


def test_no_fact_of_these_rooms_asks_more_than_three_queries(cast):
    answers = compliance._register.answers.values()
    facts = {one.key: one for answer in answers for one in answer.facts}
    rules = rules_on()
    fact("people.oversight")  # kinds of record and prepared statements are looked up once
    for key, one in facts.items():
        if key.partition(".")[0] not in ROOMS:
            continue
        with CaptureQueriesContext(connection) as asked:
            assert list(one.lines(rules)), key
        assert len(asked) <= 3, key


def test_every_screen_of_these_rooms_has_an_address():
    answers = compliance._register.answers.values()
    for route in {one.route for answer in answers for one in answer.screens}:
        assert reverse(route)
