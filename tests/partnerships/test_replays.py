"""Projects of a closed month that a draft calls major, beside what came up (R-exp-06)."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import Escalation
from crm.services.escalations import escalate
from expansion import clock
from expansion.rulebook.replaying import rehearse, replay, rules_as_published
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.services import drafts
from expansion.worktime import Period
from partnerships.models import Project
from partnerships.services import projects
from tests.make import authority
from tests.make import partnerships as make

pytestmark = pytest.mark.django_db
NOVEMBER, OCTOBER = Period.parse("2026-11"), Period.parse("2026-10")
DECEMBER_FIRST = datetime(2026, 12, 1, 9, 0)
KINDS, OTHER = {"authority.major_kinds": ["franchisee"]}, {"sla.visit_feedback": "9 hours"}
ORDINARY = "an ordinary matter"


def drafted(cast, changes):
    return drafts.change_draft(actor=cast.administrator, changes=changes, reason="试行")


def part(viewer, draft, period=NOVEMBER):
    clock.set_clock(DECEMBER_FIRST)
    parts = replay(viewer, rules_as_published(draft), period)
    return next(one for one in parts if one.offer.key == "partnerships.projects")


def told(found) -> dict:
    return {row.record: (str(row.before), str(row.after)) for row in found.rows}


def franchise(cast, **values) -> Project:
    of = make.partner(cast.partner_member, kind="franchisee")
    return make.project(cast.partner_member, of=of, **values)


def test_a_project_of_a_kind_that_only_the_draft_calls_major_would_have_been_one(cast):
    project, other = franchise(cast), make.project(cast.partner_member)
    own = make.project(cast.manager, of=make.partner(cast.manager, kind="franchisee"))
    found = part(cast.manager, drafted(cast, KINDS))
    assert told(found) == {
        project: (ORDINARY, "kind of project · Department manager"),
        other: (ORDINARY, ORDINARY),
        own: (ORDINARY, ORDINARY),  # nobody is asked over what they work themselves
    }
    [row] = [row for row in found.rows if row.differs]
    assert row.record.get_absolute_url() == f"/partnerships/projects/{project.pk}"


def test_a_project_of_exactly_the_draft_s_amount_would_have_been_major(cast):
    large = make.project(cast.partner_member, amount=Decimal("200000"))
    small = make.project(cast.partner_member, amount=Decimal("199999.99"))
    changes = {
        "authority.major_amount": "200000",
        "authority.major_cooperation_owner": "leadership",
    }
    found = told(part(cast.manager, drafted(cast, changes)))
    assert found == {large: (ORDINARY, "amount · leadership"), small: (ORDINARY, ORDINARY)}


def test_a_project_that_came_up_is_an_ordinary_one_where_the_draft_leaves_its_kind_out(cast):
    authority.decree(rules_on().with_changes(KINDS))
    project = franchise(cast)
    matter = Escalation.objects.of(project).get()
    draft = drafted(cast, {"authority.major_kinds": ["advertiser"]})
    assert told(part(cast.manager, draft)) == {
        matter: ("kind of project · Department manager", ORDINARY)
    }
    parts = replay(cast.manager, rules_as_published(draft), NOVEMBER)
    assert not next(one for one in parts if one.offer.key == "crm.matters").rows


def test_the_same_rules_leave_every_project_as_it_was_and_others_months_out(cast):
    authority.decree(rules_on().with_changes(KINDS))
    franchise(cast)
    make.project(cast.partner_member)
    draft = drafted(cast, OTHER)
    found = part(cast.manager, draft)
    assert len(found.rows) == 2 and not found.differing
    assert not part(cast.manager, draft, OCTOBER).rows


def test_a_deleted_project_is_not_replayed(cast):
    project = franchise(cast)
    projects.delete_project(actor=cast.manager, record=project, reason="建错了")
    assert not part(cast.manager, drafted(cast, KINDS)).rows


def test_only_who_sees_the_project_reads_of_it(cast):
    franchise(cast)
    draft = drafted(cast, KINDS)
    assert part(cast.manager, draft).differing == 1
    assert part(cast.partner_member, draft).differing == 1
    assert not part(cast.member, draft).rows and not part(cast.administrator, draft).rows


def test_the_kinds_are_no_more_among_what_nothing_looks_at(cast):
    draft = drafted(cast, KINDS)
    assert not rehearse(cast.manager, rules_as_published(draft), OCTOBER).unseen


def test_the_cost_does_not_grow_with_the_projects_and_nothing_is_written(cast):
    draft = drafted(cast, KINDS | {"authority.major_amount": "500000"})
    rules, major, costs = rules_as_published(draft), rules_on().with_changes(KINDS), []
    cast.manager.seats  # noqa: B018 — read once per request, not by the replay
    for count in (1, 3):
        for _number in range(count):
            franchise(cast)
            escalate(actor=cast.partner_member, record=franchise(cast), rules=major)
        with CaptureQueriesContext(connection) as asked:
            found = replay(cast.manager, rules, NOVEMBER)
        costs.append(len(asked))
    assert costs[0] == costs[1]
    assert [one.differing for one in found if one.offer.key == "partnerships.projects"] == [4]
    assert {one["sql"].lstrip(" (").split()[0].upper() for one in asked.captured_queries} <= {
        "SELECT", "WITH", "DECLARE", "FETCH", "CLOSE",
    }  # fmt: skip
