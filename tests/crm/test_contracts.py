"""Contracts from draft to signature, and the duties that follow (R-crm-14, R-crm-15)."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from crm.contract_offers import client_tab, document, new_contracts, search, timeline
from crm.models import ClientRole, Contract, Obligation
from crm.services.contracts import (
    create_contract,
    delete_contract,
    sign_contract,
    submit_contract,
    update_contract,
)
from crm.services.obligations import (
    add_obligation,
    complete_obligation,
    remind,
    remove_obligation,
    reopen_obligation,
)
from expansion import access, clock, offers
from expansion.approvals.selectors import latest
from expansion.approvals.services import decide
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Gone, Invalid, NotNow, Stale
from expansion.files.services import attach, remove
from expansion.notices.models import Notice
from expansion.people.models import User
from expansion.rulebook.selectors import rules_on
from tests.make import contracts as make

pytestmark = pytest.mark.django_db
SIGNATURES = {"signed_by_us": "陈立群", "signed_by_them": "许总"}


def sign(cast, contract, day=make.SIGNED_ON) -> Contract:
    return sign_contract(actor=cast.member, record=contract, signed_on=day, **SIGNATURES)


def entries(verb) -> int:
    return Entry.objects.filter(verb=verb).count()


# Drafting


def test_a_draft_belongs_to_the_clients_team_and_is_audited(cast):
    contract = make.a_contract(cast)
    assert (contract.status, contract.number) == ("draft", "")
    assert (contract.owner, contract.team) == (cast.member, contract.client.team)
    assert entries("crm.contract.created") == 1


def test_a_contract_for_somebody_elses_client_is_refused_as_if_not_there(cast):
    client = make.a_client(cast.member)
    for person in (cast.colleague, cast.outsider, cast.hr):
        with pytest.raises(Gone):
            create_contract(actor=person, client=client, title="框架合同")


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("amount", {"amount": Decimal("-1")}),
        ("amount", {"amount": Decimal("1e15")}),
        ("ends_on", {"starts_on": date(2026, 12, 1), "ends_on": date(2026, 11, 1)}),
        ("starts_on", {"ends_on": date(2026, 11, 1)}),
        ("title", {"title": " "}),
    ],
)
def test_what_does_not_hold_is_refused_with_its_field(cast, field, values):
    client = make.a_client(cast.member)
    with pytest.raises(Invalid) as refused:
        create_contract(actor=cast.member, client=client, **({"title": "框架合同"} | values))
    assert field in refused.value.fields


def test_a_draft_is_changed_once_per_version(cast):
    contract = make.a_contract(cast)
    update_contract(actor=cast.member, record=contract, version=1, amount=Decimal("130000"))
    with pytest.raises(Stale):
        update_contract(actor=cast.leader, record=contract, version=1, title="别的")
    contract.refresh_from_db()
    assert contract.amount == Decimal("130000") and contract.version == 2
    assert Entry.objects.get(verb="crm.contract.changed").changes["amount"][1] == "130000"


def test_a_draft_can_be_deleted_and_a_decided_contract_cannot(cast):
    contract = make.a_contract(cast)
    assert delete_contract(actor=cast.member, record=contract, reason="写重了").deleted_at
    other = make.approved(cast, client=make.a_client(cast.member, "南京锦悦会展有限公司"))
    with pytest.raises(NotNow):
        delete_contract(actor=cast.member, record=other, reason="不要了")
    assert entries("crm.contract.deleted") == 1


# Approval


def test_submitting_gives_the_number_once_and_locks_the_text(cast):
    contract = make.submitted(cast).about
    assert (contract.number, contract.status) == ("HT-2026-0001", "in_approval")
    with pytest.raises(NotNow):
        update_contract(actor=cast.member, record=contract, scope="改一改")
    with pytest.raises(NotNow):
        add_obligation(
            actor=cast.member, record=contract, party="us", what="加", due_on=make.SIGNED_ON
        )
    with pytest.raises(NotNow):
        submit_contract(actor=cast.member, record=contract, rules=rules_on())
    assert entries("crm.contract.submitted") == 1


def test_resubmitting_keeps_the_number(cast):
    request = make.submitted(cast)
    decide(actor=cast.manager, request=request, decision="return", comment="补充")
    contract = Contract.objects.get()
    submit_contract(actor=cast.member, record=contract, rules=rules_on())
    assert Contract.objects.get().number == "HT-2026-0001"


@pytest.mark.parametrize("name", ["amount", "starts_on", "scope", "duties", "payment"])
def test_an_incomplete_contract_is_not_submitted(cast, name):
    contract = make.a_contract(cast, **{name: None if name in ("amount", "starts_on") else ""}
                               | ({"ends_on": None} if name == "starts_on" else {}))  # fmt: skip
    with pytest.raises(Invalid):
        submit_contract(actor=cast.member, record=contract, rules=rules_on())
    assert latest(contract) is None


def test_the_approved_text_is_locked_and_its_checksum_kept(cast):
    contract = make.approved(cast)
    assert contract.digest == latest(contract).digest and contract.approved_at == clock.now()
    with pytest.raises(NotNow):
        update_contract(actor=cast.manager, record=contract, amount=Decimal(1))
    with pytest.raises(NotNow):
        remove_obligation(actor=cast.member, record=make.duty(contract, "首付款"))


def test_a_rejected_contract_is_final(cast):
    request = make.submitted(cast)
    decide(actor=cast.manager, request=request, decision="reject", comment="条件不行")
    contract = Contract.objects.get()
    assert contract.status == "rejected"
    with pytest.raises(NotNow):
        submit_contract(actor=cast.member, record=contract, rules=rules_on())


def test_the_document_names_client_amount_and_duties(cast):
    frozen = document(make.a_contract(cast))
    assert ["客户", "南京海纳酒店管理有限公司"] in frozen["facts"] or [
        "Client",
        "南京海纳酒店管理有限公司",
    ] in frozen["facts"]
    assert "首付款" in frozen["sections"][-1]["text"]


# Signing


@pytest.mark.parametrize("state", ["draft", "in_approval", "returned", "rejected"])
def test_a_signing_date_before_the_last_approval_is_refused(cast, state):
    contract = make.a_contract(cast)
    Contract.objects.filter(pk=contract.pk).update(status=state)
    with pytest.raises(NotNow):
        sign(cast, contract)
    contract.refresh_from_db()
    assert contract.signed_on is None


@pytest.mark.both
def test_the_database_refuses_a_signing_date_without_approval(cast):
    contract = make.a_contract(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Contract.objects.filter(pk=contract.pk).update(signed_on=make.SIGNED_ON)


@pytest.mark.parametrize("days", [-1, 1])
def test_the_signing_date_lies_between_approval_and_today(cast, days):
    contract = make.approved(cast)
    with pytest.raises(Invalid) as refused:
        sign(cast, contract, make.SIGNED_ON + timedelta(days=days))
    assert "signed_on" in refused.value.fields


def test_a_signature_is_recorded_once(cast):
    contract = make.signed(cast)
    assert (contract.status, contract.signed_on) == ("signed", make.SIGNED_ON)
    with pytest.raises(NotNow):
        sign(cast, contract)
    assert entries("crm.contract.signed") == 1


def test_only_who_works_the_contract_signs_it(cast):
    contract = make.approved(cast)
    for person in (cast.legal, cast.leadership, cast.colleague):
        with pytest.raises(Forbidden):
            sign_contract(actor=person, record=contract, signed_on=make.SIGNED_ON, **SIGNATURES)


def test_the_first_signed_contract_makes_the_client_a_client(cast):
    contract = make.signed(cast)
    role = ClientRole.objects.get(client=contract.client, role="client")
    assert role.since == make.SIGNED_ON
    with clock.clock_at(clock.now() + timedelta(days=5)):
        second = make.approved(cast, client=contract.client, title="第二份合同")
        sign(cast, second, clock.today())
    role.refresh_from_db()
    assert role.since == make.SIGNED_ON


def test_a_signed_cooperation_makes_a_partner(cast):
    contract = make.signed(cast, kind="cooperation")
    assert set(contract.client.roles.values_list("role", flat=True)) == {"prospect", "partner"}


def test_signing_is_announced(cast):
    heard = []
    offers.react("contract.signed", lambda *, actor, record, **facts: heard.append(record))
    contract = make.signed(cast)
    assert heard == [contract]


@pytest.mark.parametrize(
    ("day", "phase"),
    [
        (date(2026, 11, 30), "planned"),
        (date(2026, 12, 1), "in_force"),
        (date(2027, 12, 1), "ended"),
    ],
)
def test_in_force_is_read_from_the_term(cast, day, phase):
    contract = make.signed(cast)
    assert contract.phase(day) == phase
    assert Contract.objects.in_force(day).exists() == (phase == "in_force")


# Obligations


def test_duties_run_from_the_signature_on(cast):
    contract = make.approved(cast)
    duty = make.duty(contract, "首付款")
    assert not Obligation.objects.overdue(date(2027, 1, 1)).exists()
    with pytest.raises(NotNow):
        complete_obligation(actor=cast.member, record=duty, done_on=clock.today())
    sign(cast, contract)
    assert Obligation.objects.overdue(date(2026, 12, 2)).get() == duty


def test_a_duty_is_ticked_off_once_and_opened_again_with_a_reason(cast):
    duty = make.duty(make.signed(cast), "首付款")
    done = complete_obligation(actor=cast.member, record=duty, done_on=clock.today())
    assert (done.done_on, done.done_by) == (clock.today(), cast.member)
    with pytest.raises(NotNow):
        complete_obligation(actor=cast.member, record=duty, done_on=clock.today())
    reopen_obligation(actor=cast.member, record=duty, reason="款项退回")
    with pytest.raises(NotNow):
        reopen_obligation(actor=cast.member, record=duty, reason="款项退回")
    assert entries("crm.obligation.done") == entries("crm.obligation.reopened") == 1


@pytest.mark.parametrize("days", [-1, 1])
def test_a_tick_lies_between_signature_and_today(cast, days):
    duty = make.duty(make.signed(cast), "首付款")
    with pytest.raises(Invalid):
        complete_obligation(
            actor=cast.member, record=duty, done_on=clock.today() + timedelta(days=days)
        )


def test_a_duty_needs_an_amount_above_nothing(cast):
    contract = make.a_contract(cast)
    with pytest.raises(Invalid):
        add_obligation(
            actor=cast.member,
            record=contract,
            party="us",
            what="尾款",
            due_on=make.SIGNED_ON,
            amount=Decimal(0),
        )


def test_deciders_may_read_duties_and_not_tick_them_off(cast):
    duty = make.duty(make.signed(cast), "首付款")
    assert access.can(cast.again(cast.legal), "view", duty)
    with pytest.raises(Forbidden):
        complete_obligation(actor=cast.legal, record=duty, done_on=clock.today())


def test_due_dates_are_reminded_of_once(cast):
    # Fourteen days ahead (sla.contract_notice): the payment of 1 December from 17 November on.
    duty = make.duty(make.signed(cast), "首付款")
    for _again in range(2):
        remind(now=clock.now(), rules=rules_on())
    notice = Notice.objects.get(kind="crm.obligation.due")
    assert (notice.person, notice.about) == (cast.member, duty.contract)
    for _again in range(2):
        remind(now=clock.moment_on(date(2026, 12, 3), datetime.min.time()), rules=rules_on())
    late = Notice.objects.filter(kind="crm.obligation.overdue").select_related("person")
    assert sorted(one.person.username for one in late) == ["leader", "member"]


def test_the_end_of_a_contract_is_announced_ahead_by_the_rulebooks_notice(cast):
    make.signed(cast)
    rules = rules_on().with_changes({"sla.contract_notice": "3 days"})
    early, late = date(2027, 11, 26), date(2027, 11, 27)
    noon = datetime.min.time().replace(hour=12)
    assert remind(now=clock.moment_on(early, noon), rules=rules)["ending"] == 0
    assert remind(now=clock.moment_on(late, noon), rules=rules)["ending"] == 1
    assert Notice.objects.filter(kind="crm.contract.ending").count() == 1


# Visibility and what other rooms see


def test_contracts_are_seen_with_their_client_and_by_their_deciders(cast):
    request = make.submitted(cast)
    contract = request.about

    def readers() -> set[str]:
        everyone = {part: person for part, person in cast.everyone().items()}
        return {
            part
            for part, person in everyone.items()
            if part not in ("anonymous", "deactivated")
            and access.can(User.objects.get(pk=person.pk), "view", contract)
        }

    assert readers() == {"member", "leader", "manager"}
    decide(actor=cast.manager, request=request, decision="approve")
    assert readers() == {"member", "leader", "manager", "legal"}


def test_the_clients_page_shows_contracts_and_their_history(cast):
    contract = make.signed(cast)
    assert [row["contract"] for row in client_tab(cast.member, contract.client)["contracts"]] == [
        contract
    ]
    assert len(list(timeline(cast.member, contract.client))) == 3
    assert list(timeline(cast.again(cast.colleague), contract.client)) == []


def test_search_finds_by_number_title_and_client(cast):
    make.submitted(cast)
    for text in ("HT-2026-0001", "年会", "海纳"):
        assert [hit.label for hit in search(cast.member, text, 5)] == ["海纳酒店年会场地框架"]
        assert list(search(cast.again(cast.colleague), text, 5)) == []


def test_the_work_report_counts_what_was_signed_in_its_period(cast):
    make.signed(cast)
    start, end = (clock.moment_on(date(2026, 11, day), datetime.min.time()) for day in (16, 21))
    drawn = new_contracts([cast.member], start, end)["figures"]
    values = [[one.value for one in figure.found[cast.member.pk]] for figure in drawn]
    assert values == [[1], [Decimal("126000.00")]]
    after = new_contracts([cast.member], end, end + timedelta(days=7))
    assert not after["figures"][0].found


def test_what_was_submitted_keeps_its_files_whoever_sent_them(cast):
    contract = make.a_contract(cast)
    page = SimpleUploadedFile("terms.txt", "取消费用 30%".encode())
    attachment = attach(actor=cast.member, record=contract, upload=page)
    submit_contract(actor=cast.member, record=contract, rules=rules_on())
    with pytest.raises(Forbidden):
        remove(actor=cast.member, attachment=attachment)
    assert access.can(cast.member, "view", attachment)
