"""Submitting, deciding and withdrawing, told with contracts (law 6, R-exp-05)."""

from datetime import timedelta

import pytest

from crm.models import Contract
from crm.services.contracts import submit_contract, update_contract
from expansion import access, clock
from expansion.access import NOTHING
from expansion.approvals.models import Decision, Note, Request, Step
from expansion.approvals.remarks import answer_note, settle_note
from expansion.approvals.reminders import remind
from expansion.approvals.selectors import (
    history,
    latest,
    may_decide,
    open_step,
    settleable,
    waiting_for,
)
from expansion.approvals.services import call_off, decide, digest_of, submit, withdraw
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, NotNow, Stale
from expansion.notices.models import Notice
from expansion.people.models import Mandate, Membership, Post, Unit, User
from expansion.people.services.mandates import create_mandate, revoke_mandate
from expansion.rulebook.selectors import rules_on
from tests.make import contracts as make

pytestmark = pytest.mark.django_db


def deputise(cast, principal="manager", delegate="deputy", kinds=None, days=3) -> Mandate:
    return create_mandate(
        actor=cast.administrator,
        principal=getattr(cast, principal),
        delegate=getattr(cast, delegate),
        starts_at=clock.now() - timedelta(hours=1),
        ends_at=clock.now() + timedelta(days=days),
        reason="leave",
        kinds=kinds,
    )


def states(request) -> list[tuple[str, str]]:
    return list(Step.objects.filter(request=request).values_list("role", "status"))


# Submitting


def test_submitting_freezes_the_document_and_opens_the_first_step(cast):
    request = make.submitted(cast)
    assert request.status == "pending" and request.round == 1
    assert states(request) == [("manager", "open"), ("legal", "waiting"), ("leadership", "waiting")]
    assert request.digest == digest_of(request.snapshot)
    assert request.snapshot["sections"][0]["text"] == make.TEXT["scope"]
    assert request.rules_version == cast.version
    assert Entry.objects.filter(verb="approvals.request.submitted").count() == 1


def test_a_step_is_due_in_working_days(cast):
    # Three working days after Wednesday 18 November: Monday 23, to its last second.
    due = open_step(make.submitted(cast)).due_at.astimezone(clock.zone())
    assert f"{due:%Y-%m-%d %H:%M:%S}" == "2026-11-23 23:59:59"


def test_the_chain_and_its_times_come_from_the_rules_given(cast):
    rules = rules_on().with_changes(
        {"approvals.contract.chain": ["legal"], "approvals.contract.step_limit": "1 working day"}
    )
    contract = make.a_contract(cast)
    submit_contract(actor=cast.member, record=contract, rules=rules)
    step = open_step(latest(contract))
    assert step.role == "legal" and clock.local_date(step.due_at).isoformat() == "2026-11-19"


def test_a_record_is_decided_once_at_a_time(cast):
    request = make.submitted(cast)
    with pytest.raises(NotNow):
        submit(actor=cast.member, record=request.about, rules=rules_on())
    assert Request.objects.count() == 1


def test_a_later_change_of_the_record_leaves_the_snapshot_alone(cast):
    request = make.submitted(cast)
    Contract.objects.update(scope="另一份文字")
    request.refresh_from_db()
    assert request.snapshot["sections"][0]["text"] == make.TEXT["scope"]


def test_the_first_deciders_are_told(cast):
    make.submitted(cast)
    assert [one.person for one in Notice.objects.filter(kind="approvals.open")] == [cast.manager]


# Deciding


def test_approvals_go_down_the_chain_and_approve_the_record(cast):
    request = make.submitted(cast)
    for person in (cast.manager, cast.legal, cast.leadership):
        request = decide(actor=person, request=request, decision="approve")
    assert request.status == "approved"
    assert Contract.objects.get().status == "approved"
    assert [one.by for one in Decision.objects.all()] == [
        cast.manager,
        cast.legal,
        cast.leadership,
    ]
    assert Entry.objects.filter(verb="approvals.step.approved").count() == 3


def test_leadership_cannot_sign_off_before_legal(cast):
    request = make.submitted(cast)
    decide(actor=cast.manager, request=request, decision="approve")
    with pytest.raises(Forbidden, match=cast.legal.name):
        decide(actor=cast.leadership, request=request, decision="approve")


@pytest.mark.parametrize("part", ["member", "colleague", "leader", "hr", "administrator", "deputy"])
def test_who_does_not_hold_the_step_may_not_decide(cast, part):
    request = make.submitted(cast)
    with pytest.raises(Forbidden):
        decide(actor=getattr(cast, part), request=request, decision="approve")
    assert not Decision.objects.exists()


@pytest.mark.parametrize("decision", ["return", "reject"])
def test_a_refusal_needs_its_reason(cast, decision):
    request = make.submitted(cast)
    with pytest.raises(Invalid):
        decide(actor=cast.manager, request=request, decision=decision, comment="  ")
    assert open_step(request).status == "open"


def test_an_unknown_decision_and_an_endless_comment_are_refused(cast):
    request = make.submitted(cast)
    with pytest.raises(Invalid):
        decide(actor=cast.manager, request=request, decision="maybe")
    with pytest.raises(Invalid):
        decide(actor=cast.manager, request=request, decision="approve", comment="长" * 2001)


def test_deciding_twice_changes_nothing(cast):
    request = make.submitted(cast)
    decide(actor=cast.manager, request=request, decision="approve")
    with pytest.raises(NotNow, match=cast.manager.name):
        decide(actor=cast.manager, request=request, decision="reject", comment="不行")
    assert Decision.objects.count() == 1


def test_the_slower_of_two_is_told_who_decided(cast):
    deputise(cast)
    request = make.submitted(cast)
    decide(actor=cast.manager, request=request, decision="return", comment="金额待核")
    with pytest.raises(NotNow, match=cast.manager.name):
        decide(actor=cast.deputy, request=request, decision="approve")


def test_an_old_page_cannot_decide_a_later_step(cast):
    seat = Membership.objects.get(user=cast.manager)
    legal = Post.objects.get(key="legal")
    Membership.objects.create(user=cast.manager, unit=seat.unit, post=legal, since=seat.since)
    request = make.submitted(cast)
    seen = request.version
    decide(actor=cast.manager, request=request, decision="approve", version=seen)
    with pytest.raises(Stale):
        decide(actor=cast.manager, request=request, decision="approve", version=seen)


def test_submitter_and_owner_are_told_of_each_decision(cast):
    request = make.submitted(cast)
    decide(actor=cast.manager, request=request, decision="approve")
    assert [one.person for one in Notice.objects.filter(kind="approvals.approve")] == [cast.member]


def test_everyone_decides_where_the_rules_ask_for_all(cast):
    second = User.objects.create(username="legal2", name="钱律")
    seat = Membership.objects.get(user=cast.legal)
    Membership.objects.create(user=second, unit=seat.unit, post=seat.post, since=seat.since)
    rules = rules_on().with_changes(
        {"approvals.contract.chain": ["legal"], "approvals.contract.decisions": "all"}
    )
    contract = make.a_contract(cast)
    submit_contract(actor=cast.member, record=contract, rules=rules)
    request = decide(actor=cast.legal, request=latest(contract), decision="approve")
    assert request.status == "pending" and not waiting_for(cast.legal).exists()
    assert decide(actor=second, request=request, decision="approve").status == "approved"


# Own matters


def test_the_managers_own_contract_goes_past_the_manager(cast):
    client = make.a_client(cast.manager, "南京锦悦会展有限公司")
    request = make.submitted(cast, actor=cast.manager, client=client)
    # Leadership decides in the end anyway and is not asked twice.
    assert states(request) == [("manager", "skipped"), ("legal", "open"), ("leadership", "waiting")]
    with pytest.raises(Forbidden):
        decide(actor=cast.manager, request=request, decision="approve")


def test_a_step_of_the_submitter_goes_to_the_superior(cast):
    rules = rules_on().with_changes({"approvals.contract.chain": ["manager"]})
    client = make.a_client(cast.manager, "南京锦悦会展有限公司")
    contract = make.a_contract(cast, actor=cast.manager, client=client)
    submit_contract(actor=cast.manager, record=contract, rules=rules)
    assert open_step(latest(contract)).person == cast.leadership


def test_the_owner_of_a_record_is_a_party_too(cast):
    client = make.a_client(cast.manager, "南京锦悦会展有限公司")
    contract = make.a_contract(cast, actor=cast.manager, client=client)
    Contract.objects.update(owner=cast.legal)
    rules = rules_on().with_changes({"approvals.contract.chain": ["leadership"]})
    submit_contract(actor=cast.manager, record=contract, rules=rules)
    request = latest(contract)
    assert may_decide(cast.legal, open_step(request)) is None
    assert may_decide(cast.leadership, open_step(request)) is not None


def test_a_delegate_never_decides_an_own_matter(cast):
    deputise(cast)
    client = make.a_client(cast.deputy, "南京锦悦会展有限公司")
    request = make.submitted(cast, actor=cast.deputy, client=client)
    with pytest.raises(Forbidden):
        decide(actor=cast.deputy, request=request, decision="approve")


def test_nobody_decides_for_a_party(cast):
    second = User.objects.create(username="legal2", name="钱律")
    seat = Membership.objects.get(user=cast.legal)
    Membership.objects.create(user=second, unit=seat.unit, post=seat.post, since=seat.since)
    contract = make.a_contract(cast)
    Contract.objects.update(owner=second)
    contract.refresh_from_db()
    rules = rules_on().with_changes({"approvals.contract.chain": ["legal"]})
    submit_contract(actor=cast.member, record=contract, rules=rules)
    cast.legal2 = second
    deputise(cast, "legal2", "finance")
    step = open_step(latest(contract))
    assert may_decide(second, step) is None and may_decide(cast.finance, step) is None
    assert may_decide(cast.legal, step) is not None


def test_a_chain_that_nobody_could_decide_is_refused(cast):
    Membership.objects.filter(user=cast.legal).delete()
    contract = make.a_contract(cast)
    with pytest.raises(NotNow):
        submit_contract(actor=cast.member, record=contract, rules=rules_on())
    contract.refresh_from_db()
    assert contract.status == "draft" and contract.number == ""


def test_an_unfilled_team_head_is_replaced_by_the_manager(cast):
    Membership.objects.filter(user=cast.leader).delete()
    rules = rules_on().with_changes({"approvals.contract.chain": ["leader"]})
    contract = make.a_contract(cast)
    submit_contract(actor=cast.member, record=contract, rules=rules)
    assert open_step(latest(contract)).person == cast.manager


def test_the_superior_is_named_at_submission_and_not_asked_twice(cast):
    rules = rules_on().with_changes({"approvals.contract.chain": ["superior", "manager"]})
    contract = make.a_contract(cast)
    submit_contract(actor=cast.member, record=contract, rules=rules)
    assert [step.person for step in latest(contract).steps.all()] == [cast.leader, None]
    client = make.a_client(cast.leader, "南京锦悦会展有限公司")
    second = make.a_contract(cast, actor=cast.leader, client=client)
    submit_contract(actor=cast.leader, record=second, rules=rules)
    assert states(latest(second)) == [("superior", "skipped"), ("manager", "open")]


# Acting


def test_a_delegate_decides_and_is_stamped(cast):
    request = make.submitted(cast)
    deputise(cast)
    decide(actor=cast.deputy, request=request, decision="approve")
    made = Decision.objects.get()
    assert (made.by, made.for_person) == (cast.deputy, cast.manager)
    entry = Entry.objects.get(verb="approvals.step.approved")
    assert (entry.actor, entry.for_person) == (cast.deputy, cast.manager)


def test_after_the_mandate_the_right_is_gone(cast):
    request = make.submitted(cast)
    mandate = deputise(cast)
    assert may_decide(cast.deputy, open_step(request)).acting_for == cast.manager.pk
    revoke_mandate(actor=cast.administrator, mandate=mandate)
    assert may_decide(cast.deputy, open_step(request)) is None
    with pytest.raises(Forbidden):
        decide(actor=cast.deputy, request=request, decision="approve")


def test_a_mandate_of_listed_kinds_covers_no_other(cast):
    request = make.submitted(cast)
    mandate = deputise(cast, kinds=["leave"])
    assert may_decide(cast.deputy, open_step(request)) is None
    Mandate.objects.filter(pk=mandate.pk).update(kinds=["contract"])
    assert may_decide(cast.deputy, open_step(request)).acting_for == cast.manager.pk
    assert waiting_for(cast.deputy).count() == 1


@pytest.mark.parametrize("kinds", [None, ["contract"]])
def test_a_mandate_is_never_passed_on(cast, kinds):
    request = make.submitted(cast)
    deputise(cast, "manager", "deputy")
    deputise(cast, "deputy", "colleague", kinds=kinds)
    assert may_decide(cast.colleague, open_step(request)) is None


def test_delegates_are_told_as_well(cast):
    deputise(cast)
    make.submitted(cast)
    told = {one.person for one in Notice.objects.filter(kind="approvals.open")}
    assert told == {cast.manager, cast.deputy}


# Rounds


def test_a_returned_record_keeps_its_earlier_versions_and_comments(cast):
    first = make.submitted(cast)
    notes = [{"section": "scope", "text": "请写明场次。"}]
    decide(actor=cast.manager, request=first, decision="return", comment="补充", notes=notes)
    contract = Contract.objects.get()
    assert contract.status == "returned"
    update_contract(actor=cast.member, record=contract, scope="全年五场团建。")
    submit_contract(actor=cast.member, record=contract, rules=rules_on())
    rounds = history(contract)
    assert [one.round for one in rounds] == [1, 2]
    assert rounds[0].snapshot["sections"][0]["text"] == make.TEXT["scope"]
    assert rounds[1].snapshot["sections"][0]["text"] == "全年五场团建。"
    assert rounds[0].digest != rounds[1].digest
    assert rounds[0].steps.all()[0].decisions.all()[0].comment == "补充"
    assert Note.objects.get().text == "请写明场次。"


def test_notes_are_answered_by_the_submitter_and_settled_by_a_decider(cast):
    request = make.submitted(cast)
    notes = [{"section": "scope", "text": "请写明场次。"}, {"section": "duties", "text": " "}]
    decide(actor=cast.manager, request=request, decision="return", comment="补充", notes=notes)
    note = Note.objects.get()
    with pytest.raises(Forbidden):
        answer_note(actor=cast.manager, note=note, answer="已写")
    answer_note(actor=cast.member, note=note, answer="已补：五场。")
    with pytest.raises(Forbidden):
        settle_note(actor=cast.member, note=note)
    settle_note(actor=cast.manager, note=note)
    note.refresh_from_db()
    assert note.answer == "已补：五场。" and note.settled_by == cast.manager
    with pytest.raises(NotNow):
        settle_note(actor=cast.manager, note=note)
    assert Entry.objects.filter(verb__startswith="approvals.note.").count() == 2


def test_notes_on_several_records_are_each_asked_about_for_their_own(cast):
    def noted(decision, **values):
        request = make.submitted(cast, **values)
        notes = [{"section": "scope", "text": "请写明场次。"}]
        decide(actor=cast.manager, request=request, decision=decision, comment="补充", notes=notes)
        return Note.objects.get(decision__step__request=request)

    passed_on = noted("approve")
    sent_back = noted("return", client=make.a_client(cast.member, "苏州远航旅行社有限公司"))
    for notes in ([passed_on, sent_back], [sent_back, passed_on]):
        assert settleable(cast.legal, notes) == {passed_on.pk}
        assert settleable(cast.manager, notes) == {passed_on.pk, sent_back.pk}


def test_a_note_on_no_section_is_refused(cast):
    request = make.submitted(cast)
    with pytest.raises(Invalid):
        decide(
            actor=cast.manager,
            request=request,
            decision="approve",
            notes=[{"section": "nowhere", "text": "?"}],
        )


def test_withdrawn_twice_it_is_a_draft_and_returned_only_where_somebody_returned_it(cast):
    contract = make.submitted(cast).about

    def again(act) -> str:
        contract.refresh_from_db()
        submit_contract(actor=cast.member, record=contract, rules=rules_on())
        act(latest(contract))
        contract.refresh_from_db()
        return contract.status

    withdraw(actor=cast.member, request=latest(contract))
    assert again(lambda one: withdraw(actor=cast.member, request=one)) == "draft"
    sent_back = {"actor": cast.manager, "decision": "return", "comment": "补充"}
    assert again(lambda one: decide(request=one, **sent_back)) == "returned"
    for _once_more in range(2):
        assert again(lambda one: withdraw(actor=cast.member, request=one)) == "returned"


def test_only_the_submitter_withdraws_and_only_before_a_decision(cast):
    request = make.submitted(cast)
    with pytest.raises(Forbidden):
        withdraw(actor=cast.leader, request=request)
    assert withdraw(actor=cast.member, request=request).status == "withdrawn"
    contract = Contract.objects.get()
    assert contract.status == "draft"
    assert Entry.objects.filter(verb="approvals.request.withdrawn").count() == 1
    submit_contract(actor=cast.member, record=contract, rules=rules_on())
    second = latest(contract)
    decide(actor=cast.manager, request=second, decision="approve")
    with pytest.raises(NotNow):
        withdraw(actor=cast.member, request=second)


def test_what_is_called_off_is_another_version(cast):
    request = make.submitted(cast)
    read = request.version
    call_off(actor=None, record=request.about)
    request.refresh_from_db()
    assert (request.status, request.version) == ("withdrawn", read + 1)


def test_what_was_decided_while_it_waited_to_be_called_off_stays_decided(cast, monkeypatch):
    request = make.submitted(cast)
    monkeypatch.setattr("expansion.approvals.services.latest", lambda record: request)
    decide(actor=cast.manager, request=request, decision="reject", comment="不做")
    assert request.status == "pending"  # as it was read before
    call_off(actor=None, record=request.about)
    assert Request.objects.get().status == "rejected"
    assert not Entry.objects.filter(verb="approvals.request.withdrawn").exists()


def test_nobody_decides_what_was_withdrawn(cast):
    request = make.submitted(cast)
    withdraw(actor=cast.member, request=request)
    with pytest.raises(NotNow):
        decide(actor=cast.manager, request=request, decision="approve")


# Visibility


def sees(person, request) -> bool:
    return access.can(User.objects.get(pk=person.pk), "view", request)


def test_deciders_see_the_request_from_their_turn_on(cast):
    request = make.submitted(cast)
    assert sees(cast.member, request) and sees(cast.manager, request)
    assert not sees(cast.legal, request) and not sees(cast.leadership, request)
    decide(actor=cast.manager, request=request, decision="approve")
    assert sees(cast.legal, request) and not sees(cast.leadership, request)


def test_an_approver_reads_the_frozen_document_without_seeing_the_record(cast, monkeypatch):
    monkeypatch.setattr("crm.access.ContractAccess.also_visible", lambda self, person: NOTHING)
    request = make.submitted(cast)
    decide(actor=cast.manager, request=request, decision="approve")
    legal = User.objects.get(pk=cast.legal.pk)
    assert not access.can(legal, "view", request.about)
    assert sees(legal, request)
    assert decide(actor=legal, request=request, decision="approve").status == "pending"


def test_viewers_of_the_record_see_the_request_and_nobody_else(cast):
    request = make.submitted(cast)
    assert sees(cast.leader, request)
    for part in ("colleague", "outsider", "hr", "finance", "administrator", "liaison", "deputy"):
        assert not sees(getattr(cast, part), request), part


def test_a_delegate_sees_the_request_while_the_mandate_runs(cast):
    request = make.submitted(cast)
    mandate = deputise(cast)
    assert sees(cast.deputy, request)
    revoke_mandate(actor=cast.administrator, mandate=mandate)
    assert not sees(cast.deputy, request)


def test_a_person_who_has_left_decides_and_sees_nothing(cast):
    request = make.submitted(cast)
    User.objects.filter(pk=cast.manager.pk).update(status="left")
    gone = User.objects.get(pk=cast.manager.pk)
    assert may_decide(gone, open_step(request)) is None
    assert not waiting_for(gone).exists()


def test_the_queue_is_ordered_by_due_date(cast):
    client = make.a_client(cast.member, "南京锦悦会展有限公司")
    late = make.submitted(cast)
    early = make.submitted(cast, client=client)
    Step.objects.filter(request=early, status="open").update(
        due_at=clock.now() + timedelta(hours=1)
    )
    assert [step.request for step in waiting_for(cast.manager)] == [early, late]


# Reminders


def test_a_reminder_and_an_overdue_notice_leave_once_each(cast):
    step = open_step(make.submitted(cast))
    assert step.opened_at < step.remind_at < step.due_at
    for _again in range(2):
        remind(clock.now())
        remind(step.remind_at)
    assert [one.person for one in Notice.objects.filter(kind="approvals.due")] == [cast.manager]
    for _again in range(2):
        remind(step.due_at + timedelta(hours=2))
    late = {one.person for one in Notice.objects.filter(kind="approvals.overdue")}
    assert late == {cast.manager, cast.member}
    assert Notice.objects.filter(kind="approvals.overdue").count() == 2


def test_a_decided_step_reminds_nobody(cast):
    request = make.submitted(cast)
    step = open_step(request)
    decide(actor=cast.manager, request=request, decision="reject", comment="不做")
    nothing = {"due": 0, "overdue": 0, "seated": 0, "followed_up": 0}
    assert remind(step.due_at + timedelta(days=1)) == nothing


def test_a_post_or_a_department_may_stand_in_a_chain(cast):
    unit = Unit.objects.get(key="company")
    rules = rules_on().with_changes(
        {"approvals.contract.chain": ["post:deputy", f"department:{unit.key}"]}
    )
    contract = make.a_contract(cast)
    submit_contract(actor=cast.member, record=contract, rules=rules)
    request = latest(contract)
    assert [step.request for step in waiting_for(cast.deputy)] == [request]
    decide(actor=cast.deputy, request=request, decision="approve")
    assert may_decide(cast.finance, open_step(request)) is not None
    assert may_decide(cast.manager, open_step(request)) is None
