"""Leads, major matters and closed deals of a closed month under a draft (R-crm-02, R-exp-06)."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import Client, Contract, Escalation, Lead, Opportunity
from crm.services import leads
from crm.services.major import mark_major
from crm.services.opportunities import convert_lead, win_opportunity
from expansion import clock
from expansion.rulebook.replaying import replay, rules_as_published
from expansion.rulebook.selectors import rules_on, version_on
from expansion.rulebook.services import content, drafts
from expansion.rulebook.work import Grade
from expansion.worktime import Period
from tests.make import authority, contracts
from tests.make import crm as make
from tests.make.rules import put_in_force

pytestmark = pytest.mark.django_db
NOVEMBER, OCTOBER = Period.parse("2026-11"), Period.parse("2026-10")
COUNTS, NOT = "counts as effective", "does not count as effective"
DECEMBER_FIRST = datetime(2026, 12, 1, 9, 0)
CHRISTMAS = date(2026, 12, 25)
OWN = ("need_confirmed", "contact_named", "presentation_heard")
HEARD = "crm.effective_lead.conditions.presentation_heard.required"
GOES_ON = "crm.effective_lead.conditions.contact_continuing.required"
LARGE, OTHER = {"authority.major_amount": "200000"}, {"sla.visit_feedback": "9 hours"}


def drafted(cast, changes):
    return drafts.change_draft(actor=cast.administrator, changes=changes, reason="试行")


def by(viewer, rules, key, period=NOVEMBER):
    clock.set_clock(DECEMBER_FIRST)
    parts = replay(viewer, rules, period)
    return next(one for one in parts if one.offer.key == key)


def part(viewer, draft, key, period=NOVEMBER):
    return by(viewer, rules_as_published(draft), key, period)


def rows(viewer, draft, key, period=NOVEMBER):
    return {row.record: row for row in part(viewer, draft, key, period).rows}


# --- leads ---------------------------------------------------------------------------------------


def lead_with(cast, *marks, next_contact_on=CHRISTMAS) -> Lead:
    client = make.client(cast.member, next_contact_on=next_contact_on)
    return make.marked(cast.member, make.lead(cast.member, client), *marks)


def told(row) -> tuple[str, str]:
    return str(row.before), str(row.after)


def test_a_lead_counts_where_the_draft_asks_for_less(cast):
    lead = lead_with(cast, "need_confirmed", "contact_named")
    found = rows(cast.manager, drafted(cast, {HEARD: False}), "crm.leads")
    assert told(found[lead]) == (NOT, COUNTS) and found[lead].differs


def test_a_lead_counts_no_more_where_the_draft_asks_for_more(cast):
    put_in_force({HEARD: False})
    lead = lead_with(cast, "need_confirmed", "contact_named")
    assert lead.effective_on
    row = rows(cast.manager, drafted(cast, {HEARD: True}), "crm.leads")[lead]
    assert told(row) == (COUNTS, NOT) and "presentation" in row.note


def test_where_the_draft_tells_leads_not_apart_none_counts(cast):
    lead = lead_with(cast, *OWN)
    row = rows(cast.manager, drafted(cast, {"crm.effective_lead.enabled": False}), "crm.leads")
    assert told(row[lead]) == (COUNTS, NOT)


@pytest.mark.parametrize("changes", [OTHER, {GOES_ON: False}])
def test_what_counted_when_it_was_converted_counts_by_a_draft_that_asks_no_more(cast, changes):
    lead = lead_with(cast, *OWN, next_contact_on=date(2026, 11, 19))
    convert_lead(actor=cast.member, record=lead, rules_version=version_on())
    row = rows(cast.manager, drafted(cast, changes), "crm.leads")[lead]
    assert told(row) == (COUNTS, COUNTS)


def test_contact_goes_on_where_one_followed_the_presentation(cast):
    put_in_force({GOES_ON: False})
    quiet = lead_with(cast, *OWN, next_contact_on=date(2026, 11, 19))  # which has passed
    followed = lead_with(cast, *OWN)
    Lead.objects.filter(pk=followed.pk).update(client=make.client(cast.member))
    followed.refresh_from_db()
    draft = drafted(cast, {GOES_ON: True})
    clock.set_clock(datetime(2026, 11, 20, 9, 0))
    make.visit(cast.member, followed.client)
    found = rows(cast.manager, draft, "crm.leads")
    assert [found[one].after for one in (quiet, followed)] == [NOT, COUNTS]


def test_what_the_manager_has_decided_stays_decided(cast):
    put_in_force({HEARD: False})
    lead = lead_with(cast, "need_confirmed", "contact_named")
    leads.overrule_condition(
        actor=cast.manager, rules=rules_on(), record=lead, key="presentation_heard", met=True,
        reason="电话会上讲过",
    )  # fmt: skip
    row = rows(cast.manager, drafted(cast, {HEARD: True}), "crm.leads")[lead]
    assert not row.differs and row.after == COUNTS


def test_a_lead_from_a_source_that_the_draft_retires_is_refused(cast):
    offered = [{"key": one.key, "zh": one.zh, "en": one.en} for one in rules_on().crm.sources]
    first, other = (
        leads.create_lead(
            actor=cast.member, client=make.client(cast.member), title="年会", rules=rules_on(),
            source=one["key"],
        )
        for one in offered[:2]
    )  # fmt: skip
    entries = [{**offered[0], "retired": True}, *offered[1:]]
    draft = content.change_list(actor=cast.administrator, path="crm.sources", entries=entries)
    found = rows(cast.manager, draft, "crm.leads")
    assert (found[first].after, found[first].differs) == ("refused", True)
    assert not found[other].differs


def test_leads_of_another_month_and_those_set_aside_are_not_replayed(cast):
    lead = lead_with(cast, *OWN)
    draft = drafted(cast, {HEARD: False})
    assert rows(cast.manager, draft, "crm.leads") and not rows(
        cast.manager, draft, "crm.leads", OCTOBER
    )
    leads.close_lead(actor=cast.member, record=lead, reason="对方改用别家")
    assert not rows(cast.manager, draft, "crm.leads")


# --- major matters -------------------------------------------------------------------------------


def test_a_deal_of_the_draft_s_amount_would_have_gone_to_who_decides(cast):
    large = make.opportunity(cast.member, make.client(cast.member), amount=Decimal(200000))
    small = make.opportunity(cast.member, make.client(cast.member), amount=Decimal(199999))
    paper = contracts.a_contract(cast, amount=Decimal(300000))
    own = make.opportunity(cast.manager, make.client(cast.manager), amount=Decimal(900000))
    found = rows(cast.manager, drafted(cast, LARGE), "crm.matters")
    assert told(found[large]) == ("an ordinary matter", "amount · Department manager")
    assert found[paper].differs and not found[small].differs
    assert not found[own].differs  # nobody is asked over what they work themselves


def test_a_matter_below_the_draft_s_amount_would_have_been_an_ordinary_one(cast):
    put_in_force(LARGE)
    deal = make.opportunity(cast.member, make.client(cast.member), amount=Decimal(250000))
    matter = Escalation.objects.get(opportunity=deal)
    # What was decided over is the amount of then.
    Opportunity.objects.filter(pk=deal.pk).update(amount=Decimal(1))
    for limit, after in (
        ("250000", "amount · Department manager"),
        ("250001", "an ordinary matter"),
    ):
        draft = drafted(cast, {"authority.major_amount": limit})
        assert told(rows(cast.manager, draft, "crm.matters")[matter]) == (
            "amount · Department manager",
            after,
        )


def test_a_client_of_a_grade_that_the_draft_calls_major_would_have_been_one(cast):
    client, plain = make.client(cast.member), make.client(cast.member)
    Client.objects.filter(pk=client.pk).update(grade="key")
    authority.below_line(cast, client)  # a deal of the client that came up for itself
    found = {"zh": "重点", "en": "Key", "starts_at": {"value": 0, "source": "admin"}}
    major = {"value": True, "source": "admin"}
    grade = Grade.model_validate(found | {"key": "key", "major": major})
    rules = rules_on()
    grading = rules.crm.grading.model_copy(update={"grades": (grade,)})
    ours = rules.crm.model_copy(update={"grading": grading})
    rows = by(cast.manager, rules.model_copy(update={"crm": ours}), "crm.matters").rows
    told_of = {row.record: told(row) for row in rows if row.differs}
    assert told_of == {client: ("an ordinary matter", "grade of the client · Department manager")}
    assert plain not in told_of


def test_a_matter_would_have_been_somebody_else_s_by_the_draft(cast):
    matter = authority.escalation(cast)
    draft = drafted(cast, {"authority.major_client_owner": "leadership"})
    row = rows(cast.manager, draft, "crm.matters")[matter]
    assert told(row) == ("marked as major · Department manager", "marked as major · leadership")


@pytest.mark.parametrize("changes", [OTHER, {"authority.major_amount": "999999"}])
def test_a_draft_that_says_nothing_of_it_leaves_every_matter_as_it_was(cast, changes):
    client = make.client(cast.member)
    mark_major(actor=cast.member, record=client)
    make.opportunity(cast.member, make.client(cast.member), amount=Decimal(250000))
    found = part(cast.manager, drafted(cast, changes), "crm.matters")
    assert len(found.rows) == 2 and not found.differing


# --- who closes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "after"),
    [
        ({"authority.member_limit": "126000"}, "member"),
        ({"authority.member_limit": "125999"}, "team leader"),
        ({"authority.member_limit": "1", "authority.leader_limit": "125999"}, "manager"),
        (
            {"authority.manager_limit": "125999", "authority.beyond_limit_chain": ["leadership"]},
            "member, approved by leadership first",
        ),
        (OTHER, "member"),
    ],
)
def test_who_may_sign_follows_the_draft_s_limits(cast, changes, after):
    contract = contracts.signed(cast)
    row = rows(cast.manager, drafted(cast, changes), "crm.closings")[contract]
    assert told(row) == ("member", after) and row.differs is (after != "member")


def test_the_limits_before_are_those_of_that_day(cast):
    put_in_force({"authority.member_limit": "100000"})
    deal = authority.to_win(cast.member, "150000")
    Opportunity.objects.filter(pk=deal.pk).update(status="won", closed_at=clock.now())
    clock.set_clock(datetime(2026, 11, 25, 9, 0))
    put_in_force({"authority.member_limit": "200000"})
    row = rows(cast.manager, drafted(cast, OTHER), "crm.closings")[deal]
    assert told(row) == ("team leader", "member")


def test_an_opportunity_that_was_lost_or_is_open_is_closed_by_nobody(cast):
    won, opened = authority.to_win(cast.member, "1000"), authority.to_win(cast.member, "1000")
    win_opportunity(actor=cast.member, record=won)
    found = rows(cast.manager, drafted(cast, OTHER), "crm.closings")
    assert won in found and opened not in found


# --- who reads it, and its cost ------------------------------------------------------------------


def test_only_who_sees_the_record_reads_of_it(cast):
    make.opportunity(cast.member, make.client(cast.member), amount=Decimal(250000))
    draft = drafted(cast, LARGE)
    assert part(cast.manager, draft, "crm.matters").differing == 1
    assert not part(cast.outsider, draft, "crm.matters").rows


def test_the_cost_does_not_grow_with_the_records_and_nothing_is_written(cast):
    draft = drafted(cast, LARGE | {HEARD: False, "authority.member_limit": "1"})
    rules, costs = rules_as_published(draft), []
    cast.manager.seats  # noqa: B018 — read once per request, not by the replay
    for count in (1, 3):
        for _number in range(count):
            lead_with(cast, *OWN)
            make.opportunity(cast.member, make.client(cast.member), amount=Decimal(250000))
            authority.escalation(cast)
            contracts.a_contract(cast, client=make.client(cast.member))
        drawn = contracts.a_contract(cast, client=make.client(cast.member))
        Contract.objects.filter(pk=drawn.pk).update(
            status="signed",
            signed_on=clock.today(),
            signed_owner=cast.member,
            approved_at=clock.now(),
        )
        with CaptureQueriesContext(connection) as asked:
            found = replay(cast.manager, rules, NOVEMBER)
        costs.append(len(asked))
    assert costs[0] == costs[1]
    assert {one.offer.key for one in found if one.differing} >= {"crm.matters", "crm.closings"}
    assert {one["sql"].lstrip(" (").split()[0].upper() for one in asked.captured_queries} <= {
        "SELECT", "WITH", "DECLARE", "FETCH", "CLOSE",
    }  # fmt: skip
