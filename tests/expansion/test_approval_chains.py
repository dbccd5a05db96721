"""Which steps a matter takes: together, by size, beyond authority, again (R-exp-05, R-exp-06)."""

from datetime import date
from decimal import Decimal

import pytest

from crm.models import Contract
from crm.services.contracts import submit_contract, update_contract
from expansion.approvals.chains import Asked, asked
from expansion.approvals.models import Step
from expansion.approvals.selectors import latest, may_decide, open_steps, own_step, waiting_for
from expansion.approvals.services import decide
from expansion.errors import Forbidden, Invalid, NotNow, Stale
from expansion.notices.models import Notice
from expansion.offers import Size
from expansion.people.models import Membership
from expansion.rulebook.deciding import exceeds
from expansion.rulebook.selectors import rules_on
from tests.make import contracts as make
from tests.make.rules import put_in_force

pytestmark = pytest.mark.django_db
CHAIN = "approvals.contract.chain"


def submitted(cast, rules, **values):
    contract = make.a_contract(cast, **values)
    submit_contract(actor=cast.member, record=contract, rules=rules)
    return latest(contract)


def states(request) -> list[tuple[int, str, str]]:
    return list(Step.objects.filter(request=request).values_list("order", "role", "status"))


# Together


def test_several_decide_together_and_all_of_them_must(cast):
    rules = put_in_force({CHAIN: ["finance + legal", "leadership"]})
    request = submitted(cast, rules)
    assert states(request) == [
        (1, "finance", "open"),
        (1, "legal", "open"),
        (2, "leadership", "waiting"),
    ]
    told = {one.person for one in Notice.objects.filter(kind="approvals.open")}
    assert told == {cast.finance, cast.legal}
    request = decide(actor=cast.legal, request=request, decision="approve")
    assert [step.role for step in open_steps(request)] == ["finance"]
    assert not waiting_for(cast.leadership).exists()
    request = decide(actor=cast.finance, request=request, decision="approve")
    assert [step.role for step in open_steps(request)] == ["leadership"]


def test_of_those_who_decide_together_a_later_one_needs_no_new_page(cast):
    request = submitted(cast, put_in_force({CHAIN: ["finance + legal"]}))
    read = request.version
    decide(actor=cast.legal, request=request, decision="approve", version=read)
    request = decide(actor=cast.finance, request=request, decision="approve", version=read)
    assert request.status == "approved"


def test_one_of_those_who_decide_together_ends_the_round_by_returning_it(cast):
    request = submitted(cast, put_in_force({CHAIN: ["finance + legal", "leadership"]}))
    request = decide(actor=cast.legal, request=request, decision="return", comment="补充")
    assert request.status == "returned"
    assert states(request)[0] == (1, "finance", "skipped")
    with pytest.raises(NotNow):
        decide(actor=cast.finance, request=request, decision="approve")


def test_any_one_of_several_decides_for_all(cast):
    request = submitted(cast, put_in_force({CHAIN: ["finance | legal", "leadership"]}))
    request = decide(actor=cast.finance, request=request, decision="approve")
    assert [step.role for step in open_steps(request)] == ["leadership"]
    assert states(request)[1] == (1, "legal", "skipped")
    assert may_decide(cast.legal, Step.objects.get(request=request, role="legal")) is None


def test_where_any_one_decides_an_empty_post_stands_in_nobodys_way(cast):
    Membership.objects.filter(user=cast.finance).delete()
    request = submitted(cast, put_in_force({CHAIN: ["finance | legal"]}))
    assert states(request) == [(1, "legal", "open")]


def test_a_person_is_named_by_the_user_name(cast):
    request = submitted(cast, put_in_force({CHAIN: ["person:liaison"]}))
    assert own_step(cast.liaison, request)[1] is not None
    assert own_step(cast.manager, request)[1] is None


def test_a_named_person_who_is_not_there_lets_nothing_be_submitted(cast):
    with pytest.raises(NotNow):
        submitted(cast, put_in_force({CHAIN: ["person:deactivated"]}))


@pytest.mark.parametrize(
    "step", ["finance + finance", "finance + nobody", "person:", "+", "finance +"]
)
def test_a_step_that_names_nobody_or_one_twice_is_refused(cast, step):
    with pytest.raises(Invalid):
        rules_on().with_changes({CHAIN: [step]})


# By size


def test_beyond_the_managers_limit_the_leadership_decides_too(cast):
    """To the cent: exactly the limit is the manager's."""
    rules = put_in_force(
        {
            CHAIN: ["manager"],
            "authority.manager_limit": "126000.00",
            "authority.beyond_limit_chain": ["leadership"],
        }
    )
    within = asked(rules, "contract", Size(Decimal("126000.00")))
    beyond = asked(rules, "contract", Size(Decimal("126000.01")))
    assert within == [Asked("manager")]
    assert beyond == [Asked("manager"), Asked("leadership", "authority")]


def test_an_amount_in_another_currency_lies_beyond_every_limit(cast):
    rules = put_in_force(
        {
            CHAIN: ["manager"],
            "authority.manager_limit": 1000000,
            "authority.beyond_limit_chain": ["leadership"],
        }
    )
    assert len(asked(rules, "contract", Size(Decimal(1), "USD"))) == 2
    assert len(asked(rules, "contract", Size(None))) == 1


def test_below_the_bottom_line_the_leadership_decides_too(cast):
    rules = put_in_force({CHAIN: ["manager"], "authority.beyond_limit_chain": ["leadership"]})
    assert asked(rules, "contract", Size(below_line=True))[1] == Asked("leadership", "authority")


def test_nobody_is_asked_beyond_who_stands_in_the_chain_already(cast):
    rules = put_in_force(
        {"authority.manager_limit": 1, "authority.beyond_limit_chain": ["leadership"]}
    )
    steps = asked(rules, "contract", Size(Decimal(5)))
    assert [one.step for one in steps] == ["manager", "legal", "leadership"]
    assert [one.because for one in steps] == ["", "", "authority"]


@pytest.mark.parametrize(
    ("chain", "more"),
    [
        (["manager | leadership"], [Asked("leadership", "authority")]),
        (["manager + leadership"], []),
    ],
)
def test_of_several_who_decide_for_each_other_nobody_stands_in_the_chain_for_sure(
    cast, chain, more
):
    rules = put_in_force(
        {
            CHAIN: chain,
            "authority.manager_limit": 1,
            "authority.beyond_limit_chain": ["leadership"],
        }
    )
    first = Asked(chain[0], "" if more else "authority")
    assert asked(rules, "contract", Size(Decimal(5))) == [first, *more]


def test_beyond_a_team_leaders_limit_the_manager_decides_too(cast):
    rules = put_in_force({CHAIN: ["leader"], "authority.leader_limit": 1000})
    assert asked(rules, "contract", Size(Decimal(1000))) == [Asked("leader")]
    assert asked(rules, "contract", Size(Decimal(1001)))[1] == Asked("manager", "authority")


def test_a_limit_needs_somebody_beyond_it(cast):
    with pytest.raises(Invalid, match="beyond the manager"):
        rules_on().with_changes({"authority.manager_limit": 1000})


def condition(**values):
    stated = {"source": "proposal"}
    entry = {
        "key": "large",
        "zh": "大额",
        "en": "Large",
        "chain": {"value": ["finance"], **stated},
    }
    amount = values.pop("amount_from", None)
    if amount is not None:
        entry["amount_from"] = {"value": amount, **stated}
    if place := values.pop("place", None):
        entry["place"] = {"value": place, **stated}
    return entry | values


@pytest.mark.parametrize(
    ("size", "is_met"),
    [
        (Size(Decimal("50000")), True),
        (Size(Decimal("49999.99")), False),
        (Size(None), False),
        (Size(Decimal(1), "USD"), True),
    ],
)
def test_from_an_amount_on_others_decide_too(cast, size, is_met):
    rules = put_in_force({CHAIN: ["manager"]}, also={"contract": [condition(amount_from="50000")]})
    found = [one.step for one in asked(rules, "contract", size)]
    assert found == (["manager", "finance"] if is_met else ["manager"])


def test_all_conditions_of_an_entry_must_be_met(cast):
    entry = condition(amount_from="100", levels=["secret"], place="before")
    rules = put_in_force({CHAIN: ["manager"]}, also={"contract": [entry]})
    assert len(asked(rules, "contract", Size(Decimal(100)))) == 1
    both = asked(rules, "contract", Size(Decimal(100), level="secret"))
    assert both == [Asked("finance", "size"), Asked("manager")]


def test_an_entry_without_a_condition_is_refused(cast):
    with pytest.raises(Invalid, match="Say when"):
        put_in_force({}, also={"contract": [condition()]})


@pytest.mark.parametrize(
    ("amount", "reached", "answer"),
    [("10", False, False), ("10", True, True), ("9.99", True, False), ("10.01", False, True)],
)
def test_a_limit_is_exceeded_above_it_and_reached_at_it(amount, reached, answer):
    assert exceeds(Decimal(amount), "CNY", Decimal(10), reached=reached) is answer


def test_the_step_says_why_it_stands_there(cast):
    rules = put_in_force(
        {
            CHAIN: ["manager"],
            "authority.manager_limit": 1000,
            "authority.beyond_limit_chain": ["leadership"],
        }
    )
    request = submitted(cast, rules)
    assert [step.because for step in request.steps.all()] == ["", "authority"]


# Again


def returned_by_legal(cast, rules):
    request = submitted(cast, rules)
    decide(actor=cast.manager, request=request, decision="approve")
    decide(actor=cast.legal, request=request, decision="return", comment="写明违约责任")
    return Contract.objects.get()


def test_what_was_returned_starts_anew_where_the_rulebook_says_nothing(cast):
    contract = returned_by_legal(cast, rules_on())
    submit_contract(actor=cast.member, record=contract, rules=rules_on())
    assert [state for _order, _role, state in states(latest(contract))] == [
        "open",
        "waiting",
        "waiting",
    ]


def test_what_was_returned_is_taken_up_where_it_came_from(cast):
    rules = put_in_force({"deciding.resubmitted": "resume"})
    contract = returned_by_legal(cast, rules)
    update_contract(actor=cast.member, record=contract, special="违约金百分之十。")
    submit_contract(actor=cast.member, record=contract, rules=rules)
    assert [state for _order, _role, state in states(latest(contract))] == [
        "carried",
        "open",
        "waiting",
    ]


def test_another_chain_is_started_anew_even_so(cast):
    rules = put_in_force(
        {
            CHAIN: ["manager", "legal"],
            "deciding.resubmitted": "resume",
            "authority.manager_limit": 200000,
            "authority.beyond_limit_chain": ["leadership"],
        }
    )
    contract = returned_by_legal(cast, rules)
    update_contract(actor=cast.member, record=contract, amount=Decimal("300000"))
    submit_contract(actor=cast.member, record=contract, rules=rules)
    assert states(latest(contract))[0] == (1, "manager", "open")


# Repeated and empty


def test_who_stands_in_several_steps_is_asked_at_each_where_the_rulebook_says_so(cast):
    changes = {CHAIN: ["superior", "leader"], "deciding.repeated": "each_step"}
    request = submitted(cast, put_in_force(changes))
    assert [state for _order, _role, state in states(request)] == ["open", "waiting"]


def on_top_too(cast) -> None:
    """The manager is the only one of the leadership as well."""
    seat = Membership.objects.get(user=cast.leadership)
    Membership.objects.create(user=cast.manager, unit=seat.unit, post=seat.post, since=seat.since)
    seat.delete()


def test_who_alone_holds_two_roles_is_asked_once_at_the_later_one(cast):
    on_top_too(cast)
    request = submitted(cast, put_in_force({CHAIN: ["manager", "legal", "leadership"]}))
    assert [state for _order, _role, state in states(request)] == ["skipped", "open", "waiting"]
    request = decide(actor=cast.legal, request=request, decision="approve")
    assert decide(actor=cast.manager, request=request, decision="approve").status == "approved"
    assert Notice.objects.filter(kind="approvals.open", person=cast.manager).count() == 1


def test_who_alone_holds_two_roles_is_asked_twice_where_the_rulebook_says_so(cast):
    on_top_too(cast)
    changes = {CHAIN: ["manager", "leadership"], "deciding.repeated": "each_step"}
    request = submitted(cast, put_in_force(changes))
    assert [state for _order, _role, state in states(request)] == ["open", "waiting"]


@pytest.mark.parametrize("later", ["leadership", "leadership | legal"])
def test_who_may_be_spared_the_later_step_is_asked_at_the_first(cast, later):
    """Somebody else may decide that one: then the manager would not have been asked at all."""
    seat = Membership.objects.get(user=cast.leadership)
    Membership.objects.create(user=cast.manager, unit=seat.unit, post=seat.post, since=seat.since)
    if "|" in later:
        seat.delete()
    request = submitted(cast, put_in_force({CHAIN: ["manager", later]}))
    assert states(request)[0] == (1, "manager", "open")


def test_of_those_together_who_is_asked_later_alone_is_left_out(cast):
    on_top_too(cast)
    request = submitted(cast, put_in_force({CHAIN: ["manager + legal", "leadership"]}))
    assert [state for _order, _role, state in states(request)] == ["skipped", "open", "waiting"]


def test_an_empty_post_lets_nothing_be_submitted_where_the_rulebook_says_so(cast):
    Membership.objects.filter(user=cast.leader).delete()
    changes = {CHAIN: ["leader"], "deciding.vacant": "refused"}
    with pytest.raises(NotNow, match="fill the post"):
        submitted(cast, put_in_force(changes))
    assert Contract.objects.get().status == "draft"


def test_an_old_page_decides_no_later_step_of_those_together(cast):
    request = submitted(cast, put_in_force({CHAIN: ["finance + legal", "leadership"]}))
    read = request.version
    for person in (cast.finance, cast.legal):
        request = decide(actor=person, request=request, decision="approve", version=read)
    with pytest.raises(Stale):
        decide(actor=cast.leadership, request=request, decision="approve", version=read)


def test_a_party_of_several_is_replaced_by_the_superior(cast):
    client = make.a_client(cast.manager, "南京锦悦会展有限公司")
    contract = make.a_contract(cast, actor=cast.manager, client=client, starts_on=date(2026, 12, 1))
    rules = put_in_force({CHAIN: ["manager + legal"]})
    submit_contract(actor=cast.manager, record=contract, rules=rules)
    request = latest(contract)
    assert own_step(cast.leadership, request)[1] is not None
    with pytest.raises(Forbidden):
        decide(actor=cast.manager, request=request, decision="approve")
