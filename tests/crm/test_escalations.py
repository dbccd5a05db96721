"""Major matters: put before their owner at once, decided, and nobody acts meanwhile (R-exp-06)."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from crm.authority_offers import escalation_todos
from crm.models import Client, Contract, Escalation, Opportunity
from crm.services.clients import reassign_client, update_client
from crm.services.contracts import sign_contract, submit_contract, update_contract
from crm.services.escalations import escalate
from crm.services.major import leave_with, mark_major, take_over, unmark_major
from crm.services.opportunities import (
    convert_lead,
    lose_opportunity,
    update_opportunity,
    win_opportunity,
)
from expansion import access
from expansion.approvals.models import Note
from expansion.approvals.remarks import answer_note
from expansion.approvals.services import decide
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Gone, Invalid, NotNow
from expansion.notices.models import Notice
from expansion.people.services.levels import classify
from expansion.rulebook.selectors import rules_on
from tests.make import authority as make
from tests.make import contracts as paper
from tests.make import crm

pytestmark = pytest.mark.django_db
MAJOR = {"authority.major_amount": "200000"}


@pytest.fixture
def amounts():
    """Matters are major from 200,000.00 on."""
    return make.decree(rules_on().with_changes(MAJOR))


def told(kind: str) -> list[str]:
    return [one.person.username for one in Notice.objects.filter(kind=kind).order_by("pk")]


def entries(verb: str) -> int:
    return Entry.objects.filter(verb=verb).count()


# Opened by what makes a matter major


def test_marking_a_client_puts_it_before_the_manager_at_once(cast):
    client = crm.client(cast.member)
    mark_major(actor=cast.member, record=client)
    one = Escalation.objects.get()
    assert (one.client, one.triggers, one.role) == (client, ["marked"], "manager")
    assert (one.owner, one.opened_by, one.is_open) == (cast.member, cast.member, True)
    assert told("crm.escalation.opened") == ["manager"]
    assert [todo.url for todo in escalation_todos(cast.manager)] == [one.get_absolute_url()]
    assert entries("crm.escalation.opened") == 1


def test_marking_twice_changes_nothing_twice(cast):
    client = crm.client(cast.member)
    mark_major(actor=cast.member, record=client)
    with pytest.raises(NotNow):
        mark_major(actor=cast.member, record=client)
    escalate(actor=cast.member, record=Client.objects.get(pk=client.pk))
    assert Escalation.objects.count() == entries("crm.escalation.opened") == 1
    assert told("crm.escalation.opened") == ["manager"]


def test_a_client_that_is_written_down_or_changed_as_major_counts_the_same(cast):
    crm.client(cast.member, major=True)
    other = crm.client(cast.member)
    update_client(actor=cast.member, record=other, major=True)
    assert Escalation.objects.open().count() == 2


@pytest.mark.parametrize(("amount", "number"), [("200000.00", 1), ("199999.99", 0), (None, 0)])
def test_an_opportunity_of_exactly_that_amount_is_put_forward(cast, amounts, amount, number):
    amount = Decimal(amount) if amount else None
    crm.opportunity(cast.member, crm.client(cast.member), amount=amount)
    assert Escalation.objects.filter(triggers=["amount"]).count() == number


def test_an_amount_set_later_counts_as_one_set_at_first(cast, amounts):
    deal = crm.opportunity(cast.member, crm.client(cast.member))
    update_opportunity(actor=cast.member, record=deal, amount=Decimal("200000"))
    one = Escalation.objects.get()
    assert (one.opportunity, one.amount) == (deal, Decimal("200000"))
    lead = crm.lead(cast.member, crm.client(cast.member))
    convert_lead(
        actor=cast.member, record=lead, rules_version=cast.version, amount=Decimal("250000")
    )
    assert Escalation.objects.count() == 2


def test_a_contract_is_put_forward_when_it_is_drafted_changed_or_handed_in(cast, amounts):
    paper.a_contract(cast, amount=Decimal("200000"))
    later = paper.a_contract(cast, client=crm.client(cast.member), amount=Decimal("1"))
    assert Escalation.objects.count() == 1
    update_contract(actor=cast.member, record=later, amount=Decimal("200000"))
    assert Escalation.objects.get(contract=later).triggers == ["amount"]
    Escalation.objects.all().delete()
    submit_contract(actor=cast.member, record=later, rules=rules_on())
    assert Escalation.objects.get().contract == later


def test_what_comes_to_an_open_matter_is_added_to_it(cast, amounts):
    deal = crm.opportunity(cast.member, crm.client(cast.member), amount=Decimal("200000"))
    make.bottom_line(cast.member, deal, price=Decimal("300000"))
    one = Escalation.objects.get()
    assert one.triggers == ["amount", "conditions"]
    update_opportunity(actor=cast.member, record=deal, amount=Decimal("250000"))
    one.refresh_from_db()
    assert one.amount == Decimal("250000") and one.is_open
    assert told("crm.escalation.opened") == ["manager"] * 3
    assert entries("crm.escalation.extended") == 2


def test_nothing_is_put_before_those_who_work_it_themselves(cast, amounts):
    mine = crm.client(cast.manager, major=True)
    crm.opportunity(cast.manager, mine, amount=Decimal("900000"))
    assert not Escalation.objects.exists()


def test_what_was_decided_stays_decided_until_the_deal_grows(cast, amounts):
    deal = crm.opportunity(cast.member, crm.client(cast.member), amount=Decimal("250000"))
    leave_with(actor=cast.manager, record=Escalation.objects.get(), reason="继续跟")
    deal.refresh_from_db()
    for amount, number in (("250000", 1), ("240000", 1), ("250000.01", 2)):
        update_opportunity(actor=cast.member, record=deal, amount=Decimal(amount), need=amount)
        assert Escalation.objects.count() == number, amount


def test_a_client_marked_anew_is_asked_about_anew(cast):
    one = make.escalation(cast)
    leave_with(actor=cast.manager, record=one, reason="继续跟")
    update_client(actor=cast.member, record=one.client, region="鼓楼区")
    assert Escalation.objects.count() == 1
    unmark_major(actor=cast.manager, record=one.client, reason="今年不做了")
    mark_major(actor=cast.member, record=one.client)
    assert Escalation.objects.open().count() == 1


def test_only_the_manager_takes_the_mark_away(cast):
    one = make.escalation(cast)
    for person in (cast.member, cast.leader):
        with pytest.raises(Forbidden):
            unmark_major(actor=person, record=one.client, reason="不算大")
    unmark_major(actor=cast.manager, record=one.client, reason="不算大")
    assert Escalation.objects.get().is_open
    with pytest.raises(NotNow):
        unmark_major(actor=cast.manager, record=one.client, reason="不算大")


def test_whose_decision_it_is_says_the_rulebook(cast):
    make.decree(make.ruled(authority__major_client_owner="leader"))
    one = make.escalation(cast)
    assert one.role == "leader" and told("crm.escalation.opened") == ["leader"]
    with pytest.raises(Forbidden):
        leave_with(actor=cast.manager, record=one, reason="我来定")
    assert leave_with(actor=cast.leader, record=one, reason="继续跟").outcome == "left_with"


@pytest.mark.parametrize("word", ["legal", "deputy", "post:deputy", "team:research"])
def test_who_decides_sees_the_matter_whatever_the_role(cast, word):
    make.decree(make.ruled(authority__major_client_owner=word))
    one = make.escalation(cast)
    person = cast.again(cast.legal if word == "legal" else cast.deputy)
    assert access.can(person, "view", one)
    assert [todo.url for todo in escalation_todos(person)] == [one.get_absolute_url()]
    if word == "legal":  # who works no clients takes none
        with pytest.raises(NotNow):
            take_over(actor=person, record=one, reason="我来")
        leave_with(actor=person, record=one, reason="继续跟")
    else:
        take_over(actor=person, record=one, reason="我来")
        one.client.refresh_from_db()
        assert one.client.owner == person


def test_where_nobody_holds_the_role_the_manager_decides(cast):
    make.decree(make.ruled(authority__major_client_owner="leader"))
    one = make.escalation(cast, cast.partner_member)
    assert one.role == "manager"


# Decided


def test_taken_over_the_client_goes_along_with_all_that_is_open(cast):
    client = crm.client(cast.member)
    deal = crm.opportunity(cast.member, client)
    draft = paper.a_contract(cast, client=client)
    handed_in = paper.submitted(cast, client=client, title="已送审").about
    one = make.escalation(cast, client=client)
    take_over(actor=cast.manager, record=one, reason="我来谈")
    one.refresh_from_db()
    assert (one.outcome, one.decided_by, one.decided_for) == ("taken_over", cast.manager, None)
    for record in (client, deal, draft):
        record.refresh_from_db()
        assert record.owner == cast.manager
    handed_in.refresh_from_db()
    assert handed_in.owner == cast.member
    assert told("crm.escalation.decided") == ["member"]
    assert entries("crm.escalation.decided") == entries("crm.contract.reassigned") == 1
    assert list(escalation_todos(cast.manager)) == []


def test_a_returned_contract_that_goes_along_is_the_receivers_matter(cast):
    client = crm.client(cast.member)
    request = paper.submitted(cast, client=client)
    notes = [{"section": "scope", "text": "请写明场次。"}]
    decide(actor=cast.manager, request=request, decision="return", comment="补充", notes=notes)
    take_over(actor=cast.manager, record=make.escalation(cast, client=client), reason="我来谈")
    request.refresh_from_db()
    assert request.about.owner == request.received_by == cast.manager
    answer_note(actor=cast.manager, note=Note.objects.get(), answer="已写明。")


def test_left_where_it_is_needs_a_reason_and_lets_the_owner_act(cast):
    one = make.escalation(cast)
    deal = make.to_win(cast.member, None, client=one.client)
    with pytest.raises(Invalid):
        leave_with(actor=cast.manager, record=one, reason=" ")
    leave_with(actor=cast.manager, record=one, reason="你们熟")
    assert told("crm.escalation.decided") == ["member"]
    assert win_opportunity(actor=cast.member, record=deal).status == "won"
    one.client.refresh_from_db()
    assert one.client.owner == cast.member


def test_it_is_decided_once(cast):
    one = make.escalation(cast)
    leave_with(actor=cast.manager, record=one, reason="你们熟")
    for act in (leave_with, take_over):
        with pytest.raises(NotNow) as refusal:
            act(actor=cast.manager, record=one, reason="再想想")
        assert cast.manager.name in refusal.value.message
    assert entries("crm.escalation.decided") == 1


@pytest.mark.parametrize("part", ["member", "leader", "leadership"])
def test_nobody_else_decides_it(cast, part):
    one = make.escalation(cast)
    for act in (leave_with, take_over):
        with pytest.raises(Forbidden) as refusal:
            act(actor=getattr(cast, part), record=one, reason="我来")
        assert cast.manager.name in refusal.value.message


@pytest.mark.parametrize("part", ["colleague", "deputy", "outsider", "hr", "administrator"])
def test_for_those_who_do_not_see_it_there_is_none(cast, part):
    one = make.escalation(cast)
    with pytest.raises(Gone):
        leave_with(actor=getattr(cast, part), record=one, reason="我来")


def test_who_acts_for_the_manager_decides_in_the_managers_right(cast):
    delegate = make.acting(cast)
    one, other = make.escalation(cast), make.escalation(cast)
    assert sorted(told("crm.escalation.opened")) == ["deputy"] * 2 + ["manager"] * 2
    leave_with(actor=delegate, record=one, reason="你们熟")
    one.refresh_from_db()
    assert (one.decided_by, one.decided_for) == (cast.deputy, cast.manager)
    take_over(actor=delegate, record=other, reason="经理来谈")
    other.client.refresh_from_db()
    assert other.client.owner == cast.manager
    stamped = Entry.objects.filter(verb="crm.escalation.decided", for_person=cast.manager)
    assert stamped.count() == 2


def test_who_acts_for_the_manager_never_decides_the_own_matter(cast):
    own = make.escalation(cast, cast.deputy)
    delegate = make.acting(cast)
    assert list(escalation_todos(delegate)) == []
    with pytest.raises(Forbidden):
        leave_with(actor=delegate, record=own, reason="我自己跟")


def test_a_mandate_for_some_approvals_decides_no_matter(cast):
    one = make.escalation(cast)
    with pytest.raises(Gone):
        leave_with(actor=make.acting(cast, kinds=("contract",)), record=one, reason="我来")


def test_a_client_that_is_handed_to_the_manager_is_taken_over_by_that(cast, amounts):
    one = make.escalation(cast)
    crm.opportunity(cast.member, one.client, amount=Decimal("200000"))
    reassign_client(actor=cast.manager, record=one.client, owner=cast.colleague, reason="换人")
    assert Escalation.objects.open().count() == 2
    reassign_client(actor=cast.manager, record=one.client, owner=cast.manager, reason="我来")
    found = Escalation.objects.values_list("outcome", "reason", "decided_by")
    assert set(found) == {("taken_over", "我来", cast.manager.pk)}


# Nobody acts meanwhile


@pytest.mark.parametrize("part", ["member", "leader"])
def test_while_it_waits_nobody_else_closes_signs_or_gives_a_discount(cast, part):
    person = getattr(cast, part)
    contract = paper.approved(cast, client=crm.client(cast.member))
    draft = paper.a_contract(cast, client=contract.client, title="另一份")
    deal = make.to_win(cast.member, "5000", client=contract.client)
    make.escalation(cast, client=contract.client)
    lower = {"amount": Decimal("4999.99")}
    for act in (
        lambda: win_opportunity(actor=person, record=deal),
        lambda: lose_opportunity(actor=person, record=deal, reason="不做了"),
        lambda: update_opportunity(actor=person, record=deal, **lower),
        lambda: update_opportunity(actor=person, record=deal, currency="TWD"),
        lambda: update_opportunity(actor=person, record=deal, amount=None),
        lambda: update_contract(actor=person, record=draft, **lower),
        lambda: signed(person, contract),
    ):
        with pytest.raises(Forbidden) as refusal, transaction.atomic():
            act()
        assert cast.manager.name in refusal.value.message
    deal.refresh_from_db()
    assert (deal.status, deal.amount) == ("open", Decimal("5000"))
    update_opportunity(actor=person, record=deal, amount=Decimal("5000.01"))


def signed(actor, contract) -> Contract:
    return sign_contract(
        actor=actor, record=contract, signed_on=paper.SIGNED_ON,
        signed_by_us="陈立群", signed_by_them="许总",
    )  # fmt: skip


def test_the_manager_acts_meanwhile(cast):
    contract = paper.approved(cast, client=crm.client(cast.member))
    deal = make.to_win(cast.member, "5000", client=contract.client)
    make.escalation(cast, client=contract.client)
    assert signed(cast.manager, contract).status == "signed"
    assert win_opportunity(actor=cast.manager, record=deal).status == "won"


def test_one_opportunity_that_waits_holds_up_no_other(cast, amounts):
    client = crm.client(cast.member)
    crm.opportunity(cast.member, client, amount=Decimal("200000"))
    other = make.to_win(cast.member, "10", client=client)
    assert win_opportunity(actor=cast.member, record=other).status == "won"


# Who sees the log


def test_who_sees_it(cast):
    one = make.escalation(cast)
    seen = {name for name, person in cast.everyone().items() if access.can(person, "view", one)}
    assert seen == {"member", "leader", "manager", "leadership"}


def test_who_worked_it_reads_what_became_of_it(cast):
    one = make.escalation(cast)
    take_over(actor=cast.manager, record=one, reason="我来")
    assert access.can(cast.member, "view", one)
    assert not access.can(cast.member, "view", one.client)
    assert not access.can(cast.leader, "view", one)


def test_of_a_secret_contract_nobody_reads_in_the_log_who_may_not_see_it(cast, amounts):
    contract = paper.a_contract(cast, amount=Decimal("200000"))
    one = Escalation.objects.get()
    classify(actor=cast.manager, record=contract, level="secret", reason="底价")
    one.refresh_from_db()
    assert not access.can(cast.leader, "view", one)
    assert access.can(cast.manager, "view", one) and access.can(cast.member, "view", one)


def test_of_a_deleted_record_nothing_waits(cast, amounts):
    one = make.escalation(cast)
    deal = crm.opportunity(cast.member, crm.client(cast.member), amount=Decimal("200000"))
    assert len(list(escalation_todos(cast.manager))) == 2
    Client.objects.filter(pk=one.client_id).update(deleted_at=one.opened_at)
    Opportunity.objects.filter(pk=deal.pk).update(deleted_at=one.opened_at)
    assert list(escalation_todos(cast.manager)) == []


@pytest.mark.both
def test_the_database_keeps_one_open_matter_of_a_record(cast):
    one = make.escalation(cast)
    one.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        one.save(force_insert=True)
    Escalation.objects.update(
        decided_at=one.opened_at, decided_by=cast.manager, outcome="left_with"
    )
    one.save(force_insert=True)
    assert Escalation.objects.count() == 2
