"""Approvals of a closed month under a draft: who would have decided (R-exp-05, R-exp-06)."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import Contract
from crm.services.contracts import submit_contract
from expansion import clock
from expansion.approvals.models import Request, Step
from expansion.approvals.selectors import latest
from expansion.approvals.services import decide, withdraw
from expansion.approvals.signers import add_signer
from expansion.people.models import Membership
from expansion.rulebook.deciding import AlsoDecided
from expansion.rulebook.replaying import replay, rules_as_published
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.services import drafts
from expansion.worktime import Period
from tests.make import authority, contracts, crm
from tests.make.rules import put_in_force

pytestmark = pytest.mark.django_db
NOVEMBER, OCTOBER = Period.parse("2026-11"), Period.parse("2026-10")
DECEMBER_FIRST = datetime(2026, 12, 1, 9, 0)
CHAIN = "approvals.contract.chain"
STOOD = "Department manager → legal → leadership"
LIMIT = {"authority.manager_limit": "100000", "authority.beyond_limit_chain": ["leadership"]}
OTHER = {"sla.visit_feedback": "9 hours"}


def drafted(cast, changes):
    return drafts.change_draft(actor=cast.administrator, changes=changes, reason="试行")


def by(viewer, rules, period=NOVEMBER):
    clock.set_clock(DECEMBER_FIRST)
    parts = replay(viewer, rules, period)
    return next(one for one in parts if one.offer.key == "approvals.chains")


def part(viewer, draft, period=NOVEMBER):
    return by(viewer, rules_as_published(draft), period)


def only(viewer, draft):
    [row] = part(viewer, draft).rows
    return row


def approved(cast, *people, **values) -> Request:
    """A contract of 126,000 that these have approved in turn."""
    request = contracts.submitted(cast, **values)
    for person in people:
        request = decide(actor=person, request=request, decision="approve")
    return request


def usual(cast) -> Request:
    return approved(cast, cast.manager, cast.legal, cast.leadership)


@pytest.mark.parametrize(
    ("changes", "after"),
    [
        ({CHAIN: ["manager"]}, "Department manager"),
        ({CHAIN: ["manager", "finance + legal", "leadership"]}, None),
        ({CHAIN: ["manager", "finance | legal", "leadership"]}, None),
        ({CHAIN: ["legal", "manager", "leadership"]}, "legal → Department manager → leadership"),
        ({CHAIN: ["person:liaison"]}, "吴桐"),
    ],
)
def test_other_deciders_more_and_fewer_steps_are_told_by_name(cast, changes, after):
    usual(cast)
    row = only(cast.manager, drafted(cast, changes))
    assert row.before == STOOD and row.differs
    assert row.after == after or (after is None and "finance" in row.after)


@pytest.mark.parametrize("changes", [OTHER, {"approvals.leave.chain": ["manager"]}, LIMIT])
def test_a_draft_that_asks_the_same_changes_nothing(cast, changes):
    """Also beyond a limit, where who decides beyond it stands in the chain anyway."""
    usual(cast)
    found = part(cast.manager, drafted(cast, changes))
    assert found.rows and not found.differing and not found.unknown


def test_whom_a_decider_has_added_is_no_step_of_the_chain(cast):
    request = contracts.submitted(cast)
    add_signer(
        actor=cast.manager, request=request, person=cast.finance, place="before", reason="她更熟悉"
    )
    for person in (cast.finance, cast.manager, cast.legal, cast.leadership):
        request = decide(actor=person, request=request, decision="approve")
    row = only(cast.manager, drafted(cast, OTHER))
    assert row.before == STOOD and not row.differs


def test_of_any_one_of_several_those_who_were_not_there_are_no_difference(cast):
    put_in_force({CHAIN: ["finance | legal"]})
    Membership.objects.filter(user=cast.finance).delete()
    approved(cast, cast.legal)
    row = only(cast.manager, drafted(cast, OTHER))
    assert row.before == "legal" and not row.differs
    row = only(cast.manager, drafted(cast, {CHAIN: ["finance | legal", "leadership"]}))
    assert row.differs


def test_beyond_the_draft_s_limit_one_more_decides_and_within_it_one_less(cast):
    put_in_force({CHAIN: ["manager"]})
    approved(cast, cast.manager)
    row = only(cast.manager, drafted(cast, LIMIT))
    assert (row.before, row.after) == ("Department manager", "Department manager → leadership")
    assert not only(
        cast.manager, drafted(cast, {"authority.manager_limit": "126000"})
    ).differs  # exactly the limit


def test_within_a_higher_limit_nobody_decides_beyond(cast):
    put_in_force({CHAIN: ["manager"]} | LIMIT)
    approved(cast, cast.manager, cast.leadership)
    assert not only(cast.manager, drafted(cast, OTHER)).differs
    row = only(cast.manager, drafted(cast, {"authority.manager_limit": "126000"}))
    assert (row.before, row.after) == ("Department manager → leadership", "Department manager")


def test_below_its_bottom_line_a_deal_stays_whatever_the_limit(cast):
    put_in_force({CHAIN: ["manager"], "authority.beyond_limit_chain": ["leadership"]})
    deal = crm.opportunity(cast.member, crm.client(cast.member), amount=Decimal(200000))
    authority.bottom_line(cast.member, deal, price=Decimal(130000))
    approved(cast, cast.manager, cast.leadership, client=deal.client)
    row = only(cast.manager, drafted(cast, {"authority.manager_limit": "126000"}))
    assert row.before == "Department manager → leadership" and not row.differs


def test_where_the_client_s_grade_decides_it_cannot_be_said(cast):
    usual(cast)
    rules, graded = rules_on(), condition(grades=["key"])
    others = [one for one in rules.approvals if one.key != "contract"]
    contract = rules.approval("contract").model_copy(update={"also": (graded,)})
    approvals = (*others, contract)
    [row] = by(cast.manager, rules.model_copy(update={"approvals": approvals})).rows
    assert row.after is None and "grade" in row.note


def condition(**values) -> AlsoDecided:
    chain = {"value": ["finance"], "source": "admin"}
    words = {"key": "key_clients", "zh": "重点客户", "en": "Key clients", "chain": chain}
    return AlsoDecided.model_validate(words | values)


def test_a_chain_that_the_draft_lacks_cannot_be_said(cast):
    usual(cast)
    rules = rules_on()
    left = tuple(one for one in rules.approvals if one.key != "contract")
    [row] = by(cast.manager, rules.model_copy(update={"approvals": left})).rows
    assert row.after is None and row.before == STOOD and "no such chain" in row.note


def test_the_note_names_whose_decision_the_draft_s_time_calls_late(cast):
    request = usual(cast)
    steps = list(Step.objects.filter(request=request).order_by("order"))
    for step, hours in zip(steps, (6, 7, 9), strict=True):
        Step.objects.filter(pk=step.pk).update(
            opened_at=steps[0].opened_at, closed_at=steps[0].opened_at + timedelta(hours=hours)
        )
    changes = {CHAIN: ["manager", "legal"], "approvals.contract.step_limit": "6 hours"}
    assert only(cast.manager, drafted(cast, changes)).note == "late by the draft: legal"


def test_what_was_returned_or_withdrawn_is_replayed_and_what_is_open_is_not(cast):
    returned, taken = (
        contracts.submitted(cast),
        contracts.submitted(cast, client=crm.client(cast.member)),
    )
    open_one = contracts.submitted(cast, client=crm.client(cast.member))
    decide(actor=cast.manager, request=returned, decision="return", comment="补充付款")
    withdraw(actor=cast.member, request=taken)
    found = {row.record for row in part(cast.manager, drafted(cast, {CHAIN: ["legal"]})).rows}
    assert {returned, taken} <= found and open_one not in found


@pytest.mark.parametrize(
    ("chain", "after"), [(["manager", "legal"], "Department manager → legal"), ([], "no approval")]
)
def test_a_new_version_of_the_rulebook_follows_the_policy(cast, chain, after):
    put_in_force({"policy.amendment_chain": ["manager", "legal", "leadership"]})
    contract = contracts.a_contract(cast)
    submit_contract(actor=cast.member, record=contract, rules=rules_on())
    request = latest(contract)
    Request.objects.filter(pk=request.pk).update(
        kind="amendment", status="approved", closed_at=clock.now()
    )
    row = only(cast.manager, drafted(cast, {"policy.amendment_chain": chain}))
    assert row.after == after


def test_only_who_sees_the_approval_reads_of_it(cast):
    usual(cast)
    draft = drafted(cast, {CHAIN: ["manager"]})
    assert part(cast.member, draft).differing == 1
    assert not part(cast.outsider, draft).rows


def test_the_cost_does_not_grow_with_the_approvals_and_nothing_is_written(cast):
    rules = rules_as_published(drafted(cast, {CHAIN: ["person:liaison", "leadership"]}))
    cast.manager.seats  # noqa: B018 — read once per request, not by the replay
    costs = []
    for count in (1, 1, 3):  # the first lets a process read what it keeps
        for _number in range(count):
            request = contracts.submitted(cast, client=crm.client(cast.member))
            decide(actor=cast.manager, request=request, decision="return", comment="补充付款")
        with CaptureQueriesContext(connection) as asked:
            replay(cast.manager, rules, NOVEMBER)
        costs.append(len(asked))
    assert costs[1] == costs[2] and Contract.objects.count() == 5
    assert {one["sql"].lstrip(" (").split()[0].upper() for one in asked.captured_queries} <= {
        "SELECT", "WITH", "DECLARE", "FETCH", "CLOSE",
    }  # fmt: skip
