"""Which matters are major, and who signs and closes a deal of which size (R-exp-06)."""

from datetime import date
from decimal import Decimal

import pytest

from crm.authority import decision_role, size_of, triggers_of
from crm.models import Client, Contract, Opportunity
from crm.services.contracts import sign_contract, submit_contract, update_contract
from crm.services.opportunities import (
    lose_opportunity,
    reopen_opportunity,
    update_opportunity,
    win_opportunity,
)
from expansion import clock, offers
from expansion.approvals.selectors import latest
from expansion.approvals.services import withdraw
from expansion.audit.models import Entry
from expansion.errors import Forbidden, NotNow
from expansion.rulebook.loading import preset
from expansion.rulebook.selectors import rules_on
from tests.make import authority as make
from tests.make import contracts as paper
from tests.make import crm

pytestmark = pytest.mark.django_db
SIGNATURES = {"signed_on": paper.SIGNED_ON, "signed_by_us": "陈立群", "signed_by_them": "许总"}


def sign(actor, contract, rules=None) -> Contract:
    return sign_contract(actor=actor, record=contract, rules=rules, **SIGNATURES)


def refused(act, kind=Forbidden) -> str:
    with pytest.raises(kind) as refusal:
        act()
    return refusal.value.message


# What is major


def test_an_ordinary_client_meets_no_trigger_and_a_marked_one_does(cast):
    assert triggers_of(Client(), rules_on()) == []
    assert triggers_of(Client(major=True), rules_on()) == ["marked"]


@pytest.mark.parametrize(("grade", "met"), [("key", ["grade"]), ("general", []), ("", [])])
def test_a_grade_that_the_regulation_calls_major_is_one(grade, met):
    assert triggers_of(Client(grade=grade), preset("club")) == met


def test_a_grade_is_major_only_where_the_regulation_says_so():
    rules = preset("club").with_changes({"crm.grading.grades.key.major": False})
    assert triggers_of(Client(grade="key"), rules) == []


@pytest.mark.parametrize(
    ("amount", "currency", "met"),
    [
        ("200000.00", "CNY", True),
        ("199999.99", "CNY", False),
        ("1.00", "USD", True),
        (None, "CNY", False),
    ],
)
def test_a_deal_is_major_from_exactly_that_amount(cast, amount, currency, met):
    rules = make.ruled(authority__major_amount="200000")
    deal = crm.opportunity(cast.member, crm.client(cast.member))
    deal.amount, deal.currency = Decimal(amount) if amount else None, currency
    assert triggers_of(deal, rules) == (["amount"] if met else [])
    assert triggers_of(deal, rules_on()) == []


@pytest.mark.parametrize(
    ("limit", "ends_on", "met"),
    [
        ("12 months", date(2027, 11, 30), True),
        ("12 months", date(2027, 11, 29), False),
        ("12 months", None, True),
        ("30 days", date(2026, 12, 30), True),
        ("30 days", date(2026, 12, 29), False),
        ("0 days", None, False),
    ],
)
def test_a_contract_is_major_from_exactly_that_term(cast, limit, ends_on, met):
    rules = make.ruled(authority__major_term=limit)
    contract = paper.a_contract(cast, starts_on=date(2026, 12, 1), ends_on=ends_on)
    assert triggers_of(contract, rules) == (["term"] if met else [])


def test_a_term_that_has_no_beginning_is_not_measured(cast):
    contract = paper.a_contract(cast, starts_on=None, ends_on=None)
    assert triggers_of(contract, make.ruled(authority__major_term="1 day")) == []


@pytest.mark.parametrize(
    ("amount", "met"), [("90000.00", False), ("89999.99", True), ("90000.01", False)]
)
def test_a_deal_keeps_its_bottom_line_to_the_cent(cast, amount, met):
    deal = crm.opportunity(cast.member, crm.client(cast.member))
    make.bottom_line(cast.member, deal)
    contract = paper.a_contract(cast, client=deal.client)
    for one in (deal, contract):
        one.amount = Decimal(amount)
        assert triggers_of(one, rules_on()) == (["conditions"] if met else [])
        one.amount, one.currency = Decimal("95000"), "HKD"
        assert triggers_of(one, rules_on()) == ["conditions"]


@pytest.mark.parametrize(
    ("ends_on", "met"), [(date(2027, 11, 30), False), (date(2027, 11, 29), True)]
)
def test_a_contract_that_ends_before_the_shortest_term_is_below_the_line(cast, ends_on, met):
    deal = crm.opportunity(cast.member, crm.client(cast.member))
    make.bottom_line(cast.member, deal, price=None, term_months=12)
    contract = paper.a_contract(
        cast, client=deal.client, starts_on=date(2026, 12, 1), ends_on=ends_on
    )
    assert size_of(contract).below_line is met


def test_the_line_of_a_closed_opportunity_binds_no_contract(cast):
    deal = crm.opportunity(cast.member, crm.client(cast.member))
    make.bottom_line(cast.member, deal)
    lose_opportunity(actor=cast.member, record=deal, reason="对方换了供应商")
    contract = paper.a_contract(cast, client=deal.client, amount=Decimal("100"))
    assert not size_of(contract).below_line


def test_the_size_of_a_contract_is_what_its_chain_is_read_by(cast):
    client = crm.client(cast.manager, grade="key")
    contract = paper.a_contract(cast, actor=cast.manager, client=client, currency="USD")
    size = offers.subject_of(contract).size(contract)
    assert (size.amount, size.currency) == (Decimal("126000.00"), "USD")
    assert (size.grade, size.level, size.below_line) == ("key", "internal", False)


def test_a_cooperation_belongs_to_whom_the_regulation_says(cast):
    rules = make.ruled(authority__major_cooperation_owner="leadership")
    for kind, role in (("cooperation", "leadership"), ("sale", "manager")):
        assert decision_role(Contract(kind=kind), rules) == role


# Who signs up to which amount


@pytest.mark.parametrize(
    ("part", "most", "above"),
    [("member", "100000.00", "100000.01"), ("leader", "300000.00", "300000.01")],
)
def test_a_person_signs_up_to_exactly_the_own_limit(cast, part, most, above):
    rules, person = make.limited(), getattr(cast, part)
    assert sign(person, make.to_sign(cast, most, rules), rules).status == "signed"
    more = make.to_sign(cast, above, rules, client=crm.client(cast.member))
    assert most.replace("000.00", ",000.00") in refused(lambda: sign(person, more, rules))
    more.refresh_from_db()
    assert more.status == "approved"
    assert sign(cast.manager, more, rules).status == "signed"


def test_the_sentence_says_who_may_and_what_is_needed_beyond(cast):
    rules = make.limited()
    contract = make.to_sign(cast, "100000.01", rules)
    sentence = refused(lambda: sign(cast.member, contract, rules))
    assert "¥100,000.00" in sentence and cast.leader.name in sentence
    assert "Beyond ¥500,000.00 the approval of leadership is needed first" in sentence
    large = make.to_sign(cast, "300000.01", rules, client=crm.client(cast.member))
    assert cast.manager.name in refused(lambda: sign(cast.member, large, rules))


def test_a_deputy_signs_the_own_contracts_as_a_head_does(cast):
    rules = make.limited()
    for amount, passes in (("300000.00", True), ("300000.01", False)):
        client = crm.client(cast.deputy)
        contract = make.to_sign(cast, amount, rules, actor=cast.deputy, client=client)
        if passes:
            assert sign(cast.deputy, contract, rules).status == "signed"
        else:
            refused(lambda contract=contract: sign(cast.deputy, contract, rules))


def test_who_acts_for_the_manager_signs_as_the_manager_but_never_the_own(cast):
    rules = make.limited()
    others = make.to_sign(cast, "400000", rules)
    own = make.to_sign(cast, "400000", rules, actor=cast.deputy, client=crm.client(cast.deputy))
    refused(lambda: sign(cast.again(cast.deputy), others, rules))
    delegate = make.acting(cast)
    assert sign(delegate, others, rules).status == "signed"
    refused(lambda: sign(delegate, own, rules))


def test_without_limits_everybody_signs_any_amount(cast):
    contract = paper.approved(cast, amount=Decimal("99000000"))
    assert sign(cast.member, contract).status == "signed"


def test_another_currency_lies_beyond_any_limit_that_is_set(cast):
    rules = make.limited()
    contract = make.to_sign(cast, "1.00", rules, cast.leadership, currency="USD")
    sentence = refused(lambda: sign(cast.member, contract, rules))
    assert "in another currency counts as beyond" in sentence
    assert sign(cast.manager, contract, rules).status == "signed"
    free = make.to_sign(cast, "1.00", rules_on().with_changes(make.SHORT), currency="USD",
                        client=crm.client(cast.member))  # fmt: skip
    assert sign(cast.member, free, rules_on()).status == "signed"


# Beyond the manager's authority


def test_exactly_at_the_managers_limit_nobody_else_is_asked(cast):
    rules = make.limited()
    contract = make.to_sign(cast, "500000.00", rules)
    assert contract.status == "approved"
    assert sign(cast.manager, contract, rules).status == "signed"


def test_one_cent_more_waits_for_leadership_and_is_signed_once_that_is_granted(cast):
    rules = make.limited()
    contract = make.to_sign(cast, "500000.01", rules)
    assert contract.status == "in_approval"
    refused(lambda: sign(cast.manager, contract, rules), NotNow)
    granted = make.to_sign(
        cast, "500000.01", rules, cast.leadership, client=crm.client(cast.member)
    )
    assert sign(cast.manager, granted, rules).status == "signed"


def test_what_was_approved_before_the_limit_was_lowered_is_not_signed_until_it_is_granted(cast):
    before = rules_on().with_changes(make.SHORT)
    contract = make.to_sign(cast, "500000.01", before)
    assert contract.status == "approved"
    rules = make.limited()
    assert "Leader approval required" in refused(
        lambda: sign(cast.manager, contract, rules), NotNow
    )
    by = (cast.manager, cast.legal, cast.leadership)
    again = make.approved(cast, contract, rules, *by)
    assert Entry.objects.filter(verb="crm.contract.submitted").count() == 2
    assert sign(cast.manager, again, rules).status == "signed"


def test_handed_in_again_and_withdrawn_it_is_approved_as_it_was(cast):
    contract = make.to_sign(cast, "500000.01", rules_on().with_changes(make.SHORT))
    before = (contract.status, contract.digest, contract.approved_at)
    submit_contract(actor=cast.member, record=contract, rules=make.limited())
    contract.refresh_from_db()
    assert (contract.status, contract.digest) == ("in_approval", "")
    withdraw(actor=cast.member, request=latest(contract))
    contract.refresh_from_db()
    assert (contract.status, contract.digest, contract.approved_at) == before


def test_leadership_in_an_earlier_round_grants_nothing(cast):
    rules = make.limited()
    contract = make.to_sign(cast, "500000.01", rules, cast.leadership)
    without = rules.with_changes({"authority.manager_limit": "600000"})
    Contract.objects.filter(pk=contract.pk).update(status="returned")
    again = make.approved(cast, contract, without, cast.manager, cast.legal)
    assert again.status == "approved"
    refused(lambda: sign(cast.manager, again, rules), NotNow)


def test_an_approved_contract_within_the_authority_is_not_submitted_again(cast):
    rules = make.limited()
    contract = make.to_sign(cast, "1000", rules)
    refused(lambda: submit_contract(actor=cast.member, record=contract, rules=rules), NotNow)


def test_a_contract_below_the_line_is_signed_once_who_decides_beyond_has_approved(cast):
    rules = make.limited()
    deal = crm.opportunity(cast.manager, crm.client(cast.manager))
    make.bottom_line(cast.manager, deal)
    given = {"actor": cast.manager, "client": deal.client, "amount": Decimal("89999.99")}
    contract = paper.a_contract(cast, **given)
    submit_contract(actor=cast.manager, record=contract, rules=rules)
    roles = contract_roles(contract)
    assert roles[-1] == "leadership"


def contract_roles(contract) -> list[str]:
    return list(latest(contract).steps.order_by("order").values_list("role", flat=True))


# Who wins and loses an opportunity


@pytest.mark.parametrize("act", [win_opportunity, lose_opportunity])
def test_an_opportunity_is_closed_up_to_exactly_the_own_limit(cast, act):
    rules = make.limited()
    given = {"reason": "谈定了", "rules": rules}
    act(actor=cast.member, record=make.to_win(cast.member, "100000.00"), **given)
    more = make.to_win(cast.member, "100000.01")
    assert cast.leader.name in refused(lambda: act(actor=cast.member, record=more, **given))
    assert act(actor=cast.leader, record=more, **given).status in ("won", "lost")


def test_no_limit_is_passed_by_winning_first_and_raising_the_amount_then(cast):
    rules = make.limited(authority__major_amount="300000")
    deal = make.to_win(cast.member, "1")
    win = {"actor": cast.member, "record": deal, "rules": rules}
    win_opportunity(**win)
    raised = {**win, "amount": Decimal("5000000")}
    assert "closed" in refused(lambda: update_opportunity(**raised), NotNow)
    reopen_opportunity(actor=cast.member, record=deal, reason="客户加单")
    update_opportunity(**raised)
    assert deal.escalations.get().is_open
    refused(lambda: win_opportunity(**win))


def test_an_opportunity_beyond_the_managers_limit_is_won_after_its_contract_was_granted(cast):
    rules = make.limited()
    deal = make.to_win(cast.member, "600000")
    win = {"actor": cast.manager, "record": deal, "rules": rules}
    assert "Leader approval required" in refused(lambda: win_opportunity(**win), NotNow)
    small = make.to_sign(cast, "599999.99", rules, cast.leadership, client=deal.client)
    assert small.status == "approved"
    refused(lambda: win_opportunity(**win), NotNow)
    make.to_sign(cast, "600000", rules, cast.leadership, client=deal.client)
    assert win_opportunity(**win).status == "won"


def test_a_grant_from_before_the_opportunity_is_none_of_its_own(cast):
    rules = make.limited()
    granted = make.to_sign(cast, "600000", rules, cast.leadership)
    with clock.clock_at(clock.now().replace(hour=3)):
        deal = make.to_win(cast.member, "600000", client=granted.client)
        win = {"actor": cast.manager, "record": deal, "rules": rules}
        refused(lambda: win_opportunity(**win), NotNow)


def test_the_manager_loses_any_opportunity_without_asking(cast):
    deal = make.to_win(cast.member, "900000")
    lost = {"reason": "对方停业", "rules": make.limited()}
    assert lose_opportunity(actor=cast.manager, record=deal, **lost).status == "lost"


def test_a_deal_without_an_amount_is_not_won_past_a_limit(cast):
    rules, deal = make.limited(), make.to_win(cast.member, None)
    refused(lambda: win_opportunity(actor=cast.member, record=deal, rules=rules), NotNow)
    assert win_opportunity(actor=cast.manager, record=deal, rules=rules).status == "won"
    free = make.to_win(cast.member, None)
    assert win_opportunity(actor=cast.member, record=free).status == "won"


# On the pages


def test_the_page_says_that_leadership_has_to_approve_and_offers_no_signature(cast, sign_in):
    contract = make.to_sign(cast, "500000.01", rules_on().with_changes(make.SHORT))
    url = contract.get_absolute_url()
    assert f"{url}/sign" in sign_in(cast.manager).get(url).content.decode()
    make.decree(make.limited())
    page = sign_in(cast.manager).get(url)
    assert page.context["needs_leadership"] and f"{url}/sign" not in page.content.decode()
    assert f"{url}/submit" in page.content.decode()
    assert sign_in(cast.manager).get(f"{url}/sign").status_code == 409
    make.approved(cast, contract, rules_on(), cast.manager, cast.legal, cast.leadership)
    page = sign_in(cast.manager).get(url)
    assert not page.context["needs_leadership"] and f"{url}/sign" in page.content.decode()


def test_a_draft_beyond_the_authority_is_marked_before_it_is_submitted(cast, sign_in):
    make.decree(make.limited())
    contract = paper.a_contract(cast, amount=Decimal("500000.01"))
    assert sign_in(cast.member).get(contract.get_absolute_url()).context["needs_leadership"]
    update_contract(actor=cast.member, record=contract, amount=Decimal("500000.00"))
    assert not sign_in(cast.member).get(contract.get_absolute_url()).context["needs_leadership"]


def test_the_page_of_an_opportunity_says_who_closes_it_and_offers_no_button(cast, sign_in):
    make.decree(make.limited())
    deal = make.to_win(cast.member, "100000.01")
    url = deal.get_absolute_url()
    shown = sign_in(cast.member).get(url).content.decode()
    assert cast.leader.name in shown and f"{url}/win" not in shown and f"{url}/lose" not in shown
    answer = sign_in(cast.member).get(f"{url}/win")
    assert answer.status_code == 403 and cast.leader.name in answer.content.decode()
    assert sign_in(cast.member).post(f"{url}/win", {"request_id": "a"}).status_code == 403
    deal.refresh_from_db()
    assert deal.status == Opportunity.Status.OPEN
    assert f"{url}/win" in sign_in(cast.leader).get(url).content.decode()
