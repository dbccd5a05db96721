"""Rounds of approval whose people change meanwhile: posts fall empty, who is asked leaves, the
record gets another owner (law 6, R-exp-05, R-exp-19)."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import translation

from crm.models import Contract
from crm.services.contracts import submit_contract, update_contract
from expansion import access, clock
from expansion.approvals.models import Note, Request
from expansion.approvals.remarks import answer_note
from expansion.approvals.reminders import remind
from expansion.approvals.selectors import (
    latest,
    may_decide,
    open_step,
    open_steps,
    own_step,
    subject,
    waiting_for,
)
from expansion.approvals.services import decide, withdraw
from expansion.approvals.succession import receive
from expansion.approvals.wording import role_label
from expansion.audit.models import Entry
from expansion.errors import Forbidden, NotNow
from expansion.notices.models import Notice
from expansion.offers import Subject
from expansion.office.services import handovers
from expansion.people.models import Membership, User
from expansion.people.services.accounts import change_status
from expansion.people.services.mandates import create_mandate
from expansion.rulebook.selectors import rules_on
from tests.make import contracts as make
from tests.make.rules import put_in_force

pytestmark = pytest.mark.django_db
CHAIN = "approvals.contract.chain"
SECOND = timedelta(seconds=1)


def handed_over(cast, receiver: User):
    """Everything of the member's goes to the receiver."""
    record = handovers.open_handover(
        actor=cast.manager, person=cast.member, last_day=clock.today(), reason="调往上海分公司。"
    )
    while undivided := record.items.filter(receiver=None).first():
        handovers.divide(actor=cast.manager, record=record, receiver=receiver, kind=undivided.kind)
    handovers.offer(actor=cast.manager, record=record)
    return handovers.accept(actor=cast.again(receiver), record=record)


def submitted(cast, *chain: str, **rules) -> Request:
    put_in_force({CHAIN: list(chain)} | {f"deciding.{key}": one for key, one in rules.items()})
    return make.submitted(cast)


def act_for(cast, principal: User, delegate: User) -> None:
    create_mandate(
        actor=cast.administrator,
        principal=principal,
        delegate=delegate,
        starts_at=clock.now() - timedelta(hours=1),
        ends_at=clock.now() + timedelta(days=3),
        reason="leave",
    )


def vacate(*people: User) -> None:
    Membership.objects.filter(user__in=people).delete()


def seated(username: str, like: User) -> User:
    """Somebody new on the post of another."""
    new = User.objects.create(username=username, name=username)
    seat = Membership.objects.get(user=like)
    Membership.objects.create(user=new, unit=seat.unit, post=seat.post, since=seat.since)
    return new


def told(kind: str) -> list[str]:
    found = Notice.objects.filter(kind=f"approvals.{kind}")
    return sorted(found.values_list("person__username", flat=True))


def passed_on() -> int:
    return Entry.objects.filter(verb="approvals.step.passed_on").count()


# The record gets another owner


def test_who_takes_over_what_is_being_decided_decides_nothing_of_it(cast):
    request = submitted(cast, "manager", "legal")
    handed_over(cast, cast.manager)
    step = open_step(request)
    assert may_decide(cast.manager, step) is None
    assert not waiting_for(cast.again(cast.manager)).exists()
    with pytest.raises(Forbidden, match="of their own"):
        decide(actor=cast.again(cast.manager), request=request, decision="approve")
    assert step.person == cast.leadership and told("open").count(cast.leadership.username) == 1
    assert passed_on() == 1
    assert decide(actor=cast.leadership, request=request, decision="approve").status == "pending"


def test_nobody_decides_for_who_has_taken_it_over_nor_do_they_for_others(cast):
    request = submitted(cast, "manager", "legal")
    act_for(cast, cast.manager, cast.deputy)
    act_for(cast, cast.leadership, cast.manager)
    handed_over(cast, cast.manager)
    step = open_step(Request.objects.get())
    assert may_decide(cast.again(cast.deputy), step) is None
    assert may_decide(cast.again(cast.manager), step) is None
    with pytest.raises(Forbidden):
        decide(actor=cast.again(cast.deputy), request=request, decision="approve")


def test_what_was_asked_of_the_receiver_by_name_goes_to_the_next_one_up(cast):
    request = submitted(cast, "superior", "legal")
    assert open_step(request).person == cast.leader
    handed_over(cast, cast.leader)
    assert open_step(request).person == cast.manager
    assert may_decide(cast.manager, open_step(request)) is not None


def test_the_api_says_who_has_taken_it_over(cast, sign_in):
    request = submitted(cast, "manager", "legal")
    address = f"/api/v1/approvals/requests/{request.pk}"
    assert sign_in(cast.manager).get(address).json()["received_by"] is None
    handed_over(cast, cast.colleague)
    shown = sign_in(cast.manager).get(address).json()
    assert shown["received_by"]["id"] == cast.colleague.pk
    assert shown["owner"]["id"] == cast.member.pk


def test_a_step_that_comes_later_is_not_the_receivers_either(cast):
    request = submitted(cast, "legal", "manager")
    handed_over(cast, cast.manager)
    assert passed_on() == 0
    request = decide(actor=cast.legal, request=request, decision="approve")
    assert open_step(request).person == cast.leadership
    assert cast.leadership.username in told("open")


def test_who_holds_the_post_beside_the_receiver_decides_it(cast):
    second = seated("legal2", cast.legal)
    request = submitted(cast, "legal")
    Contract.objects.update(owner=second)
    receive(actor=second, model=Contract, owners={request.about_id: second.pk})
    act_for(cast, second, cast.finance)
    step = open_step(Request.objects.get())
    assert step.person is None and passed_on() == 0
    assert [one.request for one in waiting_for(cast.legal)] == [request]
    for person in (second, cast.finance):
        assert not waiting_for(person).exists() and may_decide(person, step) is None
    with pytest.raises(Forbidden, match="of their own"):
        decide(actor=second, request=request, decision="approve")


def test_a_late_step_is_not_decided_by_a_superior_who_has_taken_the_record_over(cast):
    request = submitted(cast, "leader", late="escalated")
    step = open_step(request)
    remind(step.late_at)
    assert open_step(request).escalated_to == cast.manager
    handed_over(cast, cast.manager)
    assert own_step(cast.again(cast.manager), request)[1] is None
    remind(step.late_at)
    assert open_step(request).escalated_to == cast.leadership


def test_who_has_taken_it_over_is_told_answers_and_withdraws(cast):
    request = submitted(cast, "manager", "legal")
    handed_over(cast, cast.colleague)
    notes = [{"section": "scope", "text": "请写明场次。"}]
    decide(actor=cast.manager, request=request, decision="return", comment="补充", notes=notes)
    assert cast.colleague.username in told("return")
    answer_note(actor=cast.again(cast.colleague), note=Note.objects.get(), answer="已写明。")
    submit_contract(
        actor=cast.again(cast.colleague), record=Contract.objects.get(), rules=rules_on()
    )
    again = latest(Contract.objects.get())
    assert (again.round, again.owner, again.received_by) == (2, cast.colleague, None)


def test_the_receiver_takes_it_back_before_the_first_decision_and_nobody_else(cast):
    request = submitted(cast, "manager", "legal")
    handed_over(cast, cast.colleague)
    with pytest.raises(Forbidden, match=cast.member.name):
        withdraw(actor=cast.leader, request=request)
    assert access.can(cast.again(cast.colleague), "withdraw", Request.objects.get())
    assert withdraw(actor=cast.colleague, request=request).status == "withdrawn"
    assert Contract.objects.get().status == "draft"
    assert Entry.objects.get(verb="approvals.request.withdrawn").actor == cast.colleague


def test_a_receiver_who_is_told_of_no_return_in_time_is_told_of_it(cast):
    request = submitted(cast, "manager", late="sent_back")
    handed_over(cast, cast.colleague)
    remind(open_step(request).late_at)
    assert cast.colleague.username in told("timed_out")


def test_what_is_given_back_is_the_former_owners_again(cast):
    request = submitted(cast, "manager", "legal")
    record = handed_over(cast, cast.manager)
    request.refresh_from_db()
    assert request.received_by == cast.manager and cast.manager.pk in request.parties
    handovers.undo(actor=cast.manager, record=record)
    request.refresh_from_db()
    assert request.received_by is None and cast.manager.pk not in request.parties


def test_a_record_that_moves_twice_is_the_last_ones(cast):
    request = submitted(cast, "manager", "legal")
    for owner in (cast.manager, cast.manager, cast.colleague):
        receive(actor=owner, model=Contract, owners={request.about_id: owner.pk})
    request.refresh_from_db()
    assert request.received_by == cast.colleague
    assert passed_on() == 1 and told("open").count(cast.leadership.username) == 1
    assert cast.manager.pk not in request.parties and cast.member.pk in request.parties


def test_what_is_decided_for_good_keeps_its_parties(cast):
    contract = make.approved(cast)
    receive(actor=cast.manager, model=Contract, owners={contract.pk: cast.manager.pk})
    assert latest(contract).received_by is None


def test_what_the_new_owner_had_approved_is_asked_again(cast):
    rules = put_in_force({CHAIN: ["manager", "legal"], "deciding.resubmitted": "resume"})
    request = make.submitted(cast)
    decide(actor=cast.manager, request=request, decision="approve")
    decide(actor=cast.legal, request=request, decision="return", comment="写明违约责任")
    handed_over(cast, cast.manager)
    contract, manager = Contract.objects.get(), cast.again(cast.manager)
    update_contract(actor=manager, record=contract, special="违约金百分之十。")
    submit_contract(actor=manager, record=contract, rules=rules)
    step = open_step(latest(contract))
    assert (step.role, step.person) == ("manager", cast.leadership)


# A post is empty


def test_the_next_one_up_stands_in_where_a_post_is_empty_when_its_turn_comes(cast):
    request = submitted(cast, "legal", "manager")
    vacate(cast.manager)
    request = decide(actor=cast.legal, request=request, decision="approve")
    assert open_step(request).person == cast.leadership
    assert cast.leadership.username in told("open") and passed_on() == 1
    assert decide(actor=cast.leadership, request=request, decision="approve").status == "approved"


def test_a_post_that_falls_empty_is_stood_in_for_once_its_step_is_late(cast):
    request = submitted(cast, "manager", "legal")
    step = open_step(request)
    vacate(cast.manager)
    remind(step.due_at - SECOND)
    assert open_step(request).person is None
    with clock.clock_at(step.due_at + SECOND):
        for _again in range(2):
            remind(clock.now())
    stood_in = open_step(request)
    assert stood_in.person == cast.leadership and stood_in.due_at > step.due_at
    assert told("open").count(cast.leadership.username) == 1 and passed_on() == 1
    assert told("overdue") == []


def test_a_step_without_a_limit_is_stood_in_for_as_well(cast):
    put_in_force({"approvals.contract.step_limit": "0 days", CHAIN: ["manager"]})
    request = make.submitted(cast)
    vacate(cast.manager)
    remind(clock.now())
    assert open_step(request).person == cast.leadership


def test_where_nobody_stands_in_the_administrators_hear_which_post_to_fill(cast):
    request = submitted(cast, "manager", "legal")
    other = make.submitted(cast, client=make.a_client(cast.member, "南京锦悦会展有限公司"))
    vacate(cast.legal)
    for one in (request, other):
        decide(actor=cast.manager, request=one, decision="approve")
    for _again in range(2):
        remind(clock.now())
    notice = Notice.objects.get(kind="approvals.vacant")
    assert notice.person == cast.administrator
    with translation.override(cast.administrator.language):
        assert role_label("legal") in notice.title
    assert request.title not in f"{notice.title} {notice.text}" and notice.about_id is None
    assert not access.can(cast.administrator, "view", request)
    assert Entry.objects.filter(verb="approvals.step.unseated").count() == 2


def test_the_submitter_may_withdraw_what_nobody_can_decide(cast):
    request = submitted(cast, "manager", "legal", "leadership")
    legal = Membership.objects.get(user=cast.legal)
    decide(actor=cast.manager, request=request, decision="approve")
    with pytest.raises(NotNow):
        withdraw(actor=cast.member, request=request)
    legal.delete()
    remind(open_step(request).due_at)
    assert access.can(cast.member, "withdraw", request)
    assert withdraw(actor=cast.member, request=request).status == "withdrawn"
    assert Contract.objects.get().status == "draft"


def test_whoever_fills_the_post_is_asked_with_the_whole_time(cast):
    request = submitted(cast, "manager", "legal")
    legal = Membership.objects.get(user=cast.legal)
    vacate(cast.legal)
    decide(actor=cast.manager, request=request, decision="approve")
    empty = open_step(request)
    assert empty.unseated_at is not None
    new = User.objects.create(username="legal2", name="钱律")
    Membership.objects.create(user=new, unit=legal.unit, post=legal.post, since=legal.since)
    with clock.clock_at(empty.due_at + SECOND):
        for _again in range(2):
            remind(clock.now())
    step = open_step(request)
    assert step.unseated_at is None and step.due_at > empty.due_at
    assert told("open").count("legal2") == 1 and "legal2" not in told("overdue")
    with pytest.raises(NotNow):
        withdraw(actor=cast.member, request=request)
    assert decide(actor=new, request=request, decision="approve").status == "approved"


def test_nobody_stands_in_where_the_rulebook_has_posts_filled_first(cast):
    request = submitted(cast, "legal", "manager", vacant="refused")
    vacate(cast.manager)
    request = decide(actor=cast.legal, request=request, decision="approve")
    assert open_step(request).person is None
    assert told("vacant") == [cast.administrator.username]


def test_where_any_one_is_enough_an_empty_post_troubles_nobody(cast):
    request = submitted(cast, "manager", "finance | legal")
    vacate(cast.finance)
    request = decide(actor=cast.manager, request=request, decision="approve")
    for step in open_steps(request):
        remind(step.due_at)
    assert told("vacant") == []
    assert decide(actor=cast.legal, request=request, decision="approve").status == "approved"


def test_where_all_must_decide_each_empty_post_is_named(cast):
    request = submitted(cast, "manager", "finance + legal")
    vacate(cast.finance, cast.legal)
    decide(actor=cast.manager, request=request, decision="approve")
    assert told("vacant") == [cast.administrator.username] * 2


def test_all_who_are_left_have_decided(cast):
    """Of two who had to decide, one has approved and the other has left."""
    second = seated("legal2", cast.legal)
    put_in_force({CHAIN: ["legal", "manager"], "approvals.contract.decisions": "all"})
    request = make.submitted(cast)
    decide(actor=cast.legal, request=request, decision="approve")
    step = open_step(request)
    vacate(second)
    for _again in range(2):
        remind(step.due_at)
    step.refresh_from_db()
    assert step.status == "approved" and open_step(request).role == "manager"
    assert Entry.objects.filter(verb="approvals.step.approved", actor=None).count() == 1
    assert told("vacant") == []


def complete(cast, *chain: str) -> Request:
    """A round whose first step waits for nobody but somebody who has left."""
    second = seated("legal2", cast.legal)
    put_in_force({CHAIN: ["legal", *chain], "approvals.contract.decisions": "all"})
    request = make.submitted(cast)
    decide(actor=cast.legal, request=request, decision="approve")
    vacate(second)
    return request


def test_a_round_whose_record_refuses_its_end_stops_no_other(cast, monkeypatch, caplog):
    """Its own app lets it be approved no more: the others are attended to all the same."""
    refused = complete(cast)
    put_in_force({CHAIN: ["manager"], "approvals.contract.decisions": "one"})
    other = make.submitted(cast, client=make.a_client(cast.member, "南京锦悦会展有限公司"))
    vacate(cast.manager)

    def refusing(request: Request) -> Subject:
        def refuse(record, actor, request):
            raise NotNow("The first day is past.")

        return replace(subject(request), approved=refuse)

    monkeypatch.setattr("expansion.approvals.services.subject", refusing)
    step = open_step(refused)
    assert remind(step.due_at)["seated"] == 1
    assert open_step(other).person == cast.leadership
    refused.refresh_from_db()
    step.refresh_from_db()
    assert (refused.status, step.status) == ("pending", "open")
    assert f"(attend {refused.pk})" in caplog.text and "The first day is past." in caplog.text
    assert not Entry.objects.filter(verb="approvals.step.approved", actor=None).exists()


def test_a_late_round_whose_record_refuses_what_follows_stops_no_other(cast, monkeypatch):
    refused = submitted(cast, "manager", late="sent_back")
    other = make.submitted(cast, client=make.a_client(cast.member, "南京锦悦会展有限公司"))

    def refusing(request: Request) -> Subject:
        def refuse(record, actor, request):
            raise NotNow("It is suspended.")

        found = subject(request)
        return replace(found, returned=refuse) if request == refused else found

    monkeypatch.setattr("expansion.approvals.services.subject", refusing)
    assert remind(open_step(refused).late_at)["followed_up"] == 1
    states = {one.pk: one.status for one in Request.objects.all()}
    assert states == {refused.pk: "pending", other.pk: "returned"}


def stuck(cast, monkeypatch) -> Request:
    """A late round whose record lets it not be returned."""
    request = submitted(cast, "manager", late="sent_back")

    def refusing(request: Request) -> Subject:
        def refuse(record, actor, request):
            raise NotNow("It is suspended.")

        return replace(subject(request), returned=refuse)

    monkeypatch.setattr("expansion.approvals.services.subject", refusing)
    return request


def test_a_round_that_cannot_end_is_told_once_and_says_why(cast, monkeypatch, sign_in):
    request = stuck(cast, monkeypatch)
    late_at = open_step(request).late_at
    for run in range(3):
        remind(late_at + run * timedelta(minutes=15))
    request.refresh_from_db()
    assert (request.stuck_since, request.stuck_because) == (late_at, "It is suspended.")
    assert told("stuck") == sorted([cast.member.username, cast.administrator.username])
    assert Entry.objects.filter(verb="approvals.request.held_up").count() == 1
    notice = Notice.objects.get(kind="approvals.stuck", person=cast.administrator)
    assert request.title not in notice.title + notice.text
    assert "It is suspended." in notice.text and cast.member.name in notice.text
    assert "It is suspended." in sign_in(cast.manager).get(request.get_absolute_url()).text


def test_a_round_that_cannot_end_may_be_withdrawn_and_says_nothing_afterwards(
    cast, monkeypatch, sign_in
):
    request = submitted(cast, "finance", "manager", late="sent_back")
    decide(actor=cast.finance, request=request, decision="approve")
    with pytest.raises(NotNow):
        withdraw(actor=cast.member, request=request)
    Request.objects.update(stuck_since=clock.now(), stuck_because="It is suspended.")
    assert withdraw(actor=cast.member, request=request).stuck_since is None
    page = sign_in(cast.manager).get(request.get_absolute_url()).text
    assert "It is suspended." not in page


def test_what_was_put_right_ends_by_itself(cast, monkeypatch):
    request = stuck(cast, monkeypatch)
    late_at = open_step(request).late_at
    remind(late_at)
    monkeypatch.setattr("expansion.approvals.services.subject", subject)
    assert remind(late_at + timedelta(minutes=15))["followed_up"] == 1
    request.refresh_from_db()
    assert (request.status, request.stuck_because) == ("returned", "")


def test_who_stands_in_and_decides_later_is_asked_once(cast):
    """The manager's post falls empty: the leadership stands in, and is asked at the end anyway."""
    request = submitted(cast, "legal", "manager", "finance", "leadership")
    vacate(cast.manager)
    decide(actor=cast.legal, request=request, decision="approve")
    assert open_step(request).role == "finance"
    assert request.steps.get(role="manager").status == "skipped"
    assert told("open").count(cast.leadership.username) == 0
    decide(actor=cast.finance, request=request, decision="approve")
    assert open_step(request).role == "leadership"
    assert decide(actor=cast.leadership, request=request, decision="approve").status == "approved"


def test_who_stands_in_and_has_approved_before_is_not_asked_again(cast):
    seated("leadership2", cast.leadership)
    request = submitted(cast, "leadership", "manager", "legal")
    decide(actor=cast.leadership, request=request, decision="approve")
    assert open_step(request).role == "manager"
    vacate(cast.manager)
    remind(open_step(request).due_at)
    step = request.steps.get(role="manager")
    assert (step.person, step.status) == (cast.leadership, "skipped")
    assert open_step(request).role == "legal" and told("open").count(cast.legal.username) == 1


def test_who_stands_in_is_asked_at_each_step_where_the_rulebook_says_so(cast):
    request = submitted(cast, "legal", "manager", "finance", "leadership", repeated="each_step")
    vacate(cast.manager)
    decide(actor=cast.legal, request=request, decision="approve")
    step = open_step(request)
    assert (step.role, step.person) == ("manager", cast.leadership)


def test_what_only_a_party_has_approved_is_not_complete(cast):
    """Who had approved has received the record since, and the other one has left."""
    request = complete(cast, "manager")
    Request.objects.update(received_by=cast.legal)
    step = open_step(request)
    remind(step.due_at)
    step.refresh_from_db()
    assert step.status == "open" and step.person not in (None, cast.legal)


# Who is asked leaves


def leave(cast, person: User) -> None:
    change_status(
        actor=cast.again(cast.administrator), record=person, status="locked", reason="离职"
    )


def test_what_waits_for_somebody_who_leaves_climbs_past_the_parties(cast):
    request = submitted(cast, "superior", "legal")
    Request.objects.update(owner=cast.manager)
    leave(cast, cast.leader)
    assert open_step(request).person == cast.leadership
    assert cast.leadership.username in told("open") and passed_on() == 1


def test_it_climbs_past_an_empty_post(cast):
    request = submitted(cast, "superior", "legal")
    vacate(cast.manager)
    leave(cast, cast.leader)
    assert open_step(request).person == cast.leadership


def test_at_the_top_the_administrators_hear_of_it(cast):
    request = submitted(cast, "superior", "legal")
    vacate(cast.manager, cast.leadership)
    leave(cast, cast.leader)
    assert open_step(request).unseated_at is not None
    assert told("vacant") == [cast.administrator.username]
    assert withdraw(actor=cast.member, request=request).status == "withdrawn"


def test_who_stands_in_for_an_unseated_step_hears_of_it_once(cast):
    request = submitted(cast, "superior", "legal")
    Membership.objects.filter(user=cast.manager).delete()
    top = Membership.objects.get(user=cast.leadership)
    top.delete()
    leave(cast, cast.leader)
    assert open_step(request).unseated_at is not None
    top.save(force_insert=True)
    administrator = cast.again(cast.administrator)
    change_status(actor=administrator, record=cast.leader, status="active", reason="回来了")
    with clock.clock_at(clock.now() + timedelta(hours=1)):
        leave(cast, cast.leader)
    step = open_step(request)
    assert (step.person, step.unseated_at) == (cast.leadership, None)
    assert told("open").count(cast.leadership.username) == 1


def test_a_step_to_come_whose_person_left_is_somebody_elses_when_its_turn_comes(cast):
    request = submitted(cast, "legal", f"person:{cast.finance.username}")
    User.objects.filter(pk=cast.finance.pk).update(status="left")
    request = decide(actor=cast.legal, request=request, decision="approve")
    assert open_step(request).person == cast.leadership


def test_a_superior_who_leaves_is_followed_by_another_one(cast):
    second = seated("leadership2", cast.leadership)
    request = submitted(cast, "manager", "legal", late="escalated")
    step = open_step(request)
    remind(step.late_at)
    assert open_step(request).escalated_to == cast.leadership
    leave(cast, cast.leadership)
    for _again in range(2):
        remind(step.late_at)
    assert open_step(request).escalated_to == second
    assert told("escalated") == sorted(
        [cast.leadership.username, *[cast.manager.username] * 2, second.username]
    )
    assert Entry.objects.filter(verb="approvals.step.escalated").count() == 2
    assert own_step(second, request)[1] is not None


def test_a_step_to_come_is_passed_on_as_soon_as_its_person_leaves(cast):
    request = submitted(cast, "legal", f"person:{cast.leader.username}")
    leave(cast, cast.leader)
    coming = request.steps.get(order=2)
    assert (coming.status, coming.person) == ("waiting", cast.manager)
    assert cast.manager.username not in told("open")
    entry = Entry.objects.get(verb="approvals.step.passed_on")
    assert entry.changes["person"] == [cast.leader.pk, cast.manager.pk]


# On the page


def test_the_page_names_who_has_the_record_now_who_withdraws_it_there(cast, sign_in):
    request = submitted(cast, "manager", "legal")
    handed_over(cast, cast.colleague)
    page = sign_in(cast.manager).get(request.get_absolute_url()).content.decode()
    assert cast.colleague.name in page
    address = f"/approvals/{request.pk}/withdraw"
    assert address in sign_in(cast.colleague).get(request.get_absolute_url()).content.decode()
    assert sign_in(cast.leader).post(address, {"request_id": uuid4().hex}).status_code == 403
    answer = sign_in(cast.colleague).post(address, {"request_id": uuid4().hex})
    assert answer.status_code == 302 and Request.objects.get().status == "withdrawn"


def test_the_page_says_that_a_post_is_empty(cast, sign_in):
    cast.member.language = "en"
    cast.member.save(update_fields=["language"])
    request = submitted(cast, "manager", "legal")
    vacate(cast.legal)
    decide(actor=cast.manager, request=request, decision="approve")
    page = sign_in(cast.member).get(request.get_absolute_url()).content.decode()
    assert "nobody holds this post" in page
    assert f"/approvals/{request.pk}/withdraw" in page
