"""A decider asks another: before, after, or instead (R-exp-05)."""

from datetime import timedelta

import pytest

from crm.models import Contract
from expansion import access, clock
from expansion.approvals import replays
from expansion.approvals.models import Request, Step
from expansion.approvals.reminders import remind
from expansion.approvals.selectors import open_step, own_step, waiting_for
from expansion.approvals.services import decide
from expansion.approvals.signers import add_signer, hand_on
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, NotNow, Stale
from expansion.notices.models import Notice
from expansion.people.models import Membership, Post, Unit
from expansion.people.services.mandates import create_mandate
from expansion.records import Level
from expansion.rulebook.selectors import rules_on
from expansion.worktime import Period
from tests.make import contracts as make
from tests.make.rules import put_in_force

pytestmark = pytest.mark.django_db
WHY = "预算归他管"


def ask(cast, request, *, by="manager", person="finance", place="before", **more):
    given = {"reason": WHY, "place": place} | more
    return add_signer(
        actor=getattr(cast, by), request=request, person=getattr(cast, person), **given
    )


def pass_to(cast, request, person="finance", *, by="manager", **more):
    given = {"reason": WHY} | more
    return hand_on(actor=getattr(cast, by), request=request, person=getattr(cast, person), **given)


def states(request) -> list[tuple[str, str]]:
    found = Step.objects.filter(request=request).select_related("person")
    return [(step.person.username if step.person else step.role, step.status) for step in found]


def test_a_signer_asked_before_decides_first_and_the_step_comes_again(cast):
    request = ask(cast, make.submitted(cast))
    assert states(request) == [
        ("finance", "open"),
        ("manager", "waiting"),
        ("legal", "waiting"),
        ("leadership", "waiting"),
    ]
    assert not waiting_for(cast.manager).exists()
    request = decide(actor=cast.finance, request=request, decision="approve")
    assert open_step(request).role == "manager"
    assert decide(actor=cast.manager, request=request, decision="approve").status == "pending"


def test_a_signer_asked_after_comes_between_the_step_and_the_next(cast):
    request = ask(cast, make.submitted(cast), place="after")
    assert open_step(request).role == "manager"
    request = decide(actor=cast.manager, request=request, decision="approve")
    assert open_step(request).person == cast.finance
    request = decide(actor=cast.finance, request=request, decision="approve")
    assert open_step(request).role == "legal"


def test_what_an_added_signer_rejects_is_rejected(cast):
    request = ask(cast, make.submitted(cast))
    request = decide(actor=cast.finance, request=request, decision="reject", comment="超预算")
    assert request.status == "rejected" and Contract.objects.get().status == "rejected"


def test_a_step_is_passed_on_with_the_time_that_is_left(cast):
    request = make.submitted(cast)
    due = open_step(request).due_at
    with clock.clock_at(clock.now() + timedelta(hours=3)):
        request = pass_to(cast, request)
    step = open_step(request)
    assert (step.person, step.due_at, step.because) == (cast.finance, due, "passed")
    assert own_step(cast.manager, request)[1] is None
    with pytest.raises(Forbidden):
        decide(actor=cast.manager, request=request, decision="approve")
    request = decide(actor=cast.finance, request=request, decision="approve")
    assert open_step(request).role == "legal"


def test_whoever_is_asked_is_told_and_may_read_it(cast):
    request = make.submitted(cast)
    assert not access.visible_to(cast.finance, type(request).objects.filter(pk=request.pk))
    pass_to(cast, request)
    assert Notice.objects.filter(kind="approvals.open", person=cast.finance).count() == 1
    finance = cast.again(cast.finance)
    assert access.visible_to(finance, type(request).objects.filter(pk=request.pk)).exists()


@pytest.mark.parametrize(
    ("act", "verb"),
    [(ask, "approvals.signer.added"), (pass_to, "approvals.step.handed_on")],
)
def test_the_trail_says_who_asked_whom_and_why(cast, act, verb):
    act(cast, make.submitted(cast))
    entry = Entry.objects.get(verb=verb)
    assert entry.actor == cast.manager
    assert entry.changes == {"person": [None, cast.finance.name], "reason": [None, WHY]}


def away(cast, principal="manager", delegate="deputy"):
    """The principal is away from an hour ago until tomorrow, and the delegate decides."""
    create_mandate(
        actor=cast.administrator,
        principal=getattr(cast, principal),
        delegate=getattr(cast, delegate),
        starts_at=clock.now() - timedelta(hours=1),
        ends_at=clock.now() + timedelta(days=1),
        reason="leave",
    )


def test_a_delegate_asks_for_the_principal(cast):
    away(cast)
    request = ask(cast, make.submitted(cast), by="deputy")
    step = open_step(request)
    assert (step.added_by, step.added_for) == (cast.deputy, cast.manager)
    assert Entry.objects.get(verb="approvals.signer.added").for_person == cast.manager


@pytest.mark.parametrize("person", ["member", "legal", "deactivated", "manager"])
@pytest.mark.parametrize("act", [ask, pass_to])
def test_parties_deciders_of_the_chain_and_who_has_left_are_not_asked(cast, act, person):
    request = make.submitted(cast)
    with pytest.raises(Invalid):
        act(cast, request, person=person)
    assert Step.objects.filter(request=request).count() == 3


@pytest.mark.parametrize("by", ["member", "legal", "deputy", "administrator"])
@pytest.mark.parametrize("act", [ask, pass_to])
def test_only_whose_step_it_is_asks_another(cast, act, by):
    request = make.submitted(cast)
    with pytest.raises(Forbidden):
        act(cast, request, by=by)


def test_a_reason_is_needed(cast):
    with pytest.raises(Invalid):
        ask(cast, make.submitted(cast), reason=" ")


def test_a_signer_is_asked_before_or_after(cast):
    with pytest.raises(Invalid):
        ask(cast, make.submitted(cast), place="beside")


def test_the_second_click_is_told_that_it_was_passed_on(cast):
    request = make.submitted(cast)
    read = request.version
    pass_to(cast, request, version=read)
    with pytest.raises((Forbidden, NotNow, Stale)):
        pass_to(cast, request, version=read)
    assert Step.objects.filter(request=request, status="open").count() == 1


def test_an_old_page_asks_nobody(cast):
    request = make.submitted(cast)
    read = request.version
    ask(cast, request, place="after", version=read)
    with pytest.raises(Stale):
        ask(cast, request, person="hr", place="after", version=read)


def test_what_is_confidential_is_shown_to_nobody_new(cast):
    request = make.submitted(cast)
    Contract.objects.update(level=Level.SECRET)
    with pytest.raises(Invalid, match="confidential"):
        pass_to(cast, type(request).objects.get(pk=request.pk))


def test_nobody_is_added_where_the_rulebook_says_no(cast):
    put_in_force({"deciding.passing_on": False})
    request = make.submitted(cast)
    for act in (ask, pass_to):
        with pytest.raises(NotNow):
            act(cast, request)


def test_before_one_of_several_nobody_is_put(cast):
    put_in_force({"approvals.contract.chain": ["manager + legal"]})
    request = make.submitted(cast)
    with pytest.raises(NotNow):
        ask(cast, request)
    request = ask(cast, request, place="after")
    decide(actor=cast.legal, request=request, decision="approve")
    request = decide(actor=cast.manager, request=request, decision="approve")
    assert open_step(request).person == cast.finance


def test_one_of_several_passes_on_the_own_part_only(cast):
    put_in_force({"approvals.contract.chain": ["manager + legal"]})
    request = pass_to(cast, make.submitted(cast))
    request = decide(actor=cast.finance, request=request, decision="approve")
    assert request.status == "pending"
    assert decide(actor=cast.legal, request=request, decision="approve").status == "approved"


def test_a_signer_may_ask_another_in_turn(cast):
    request = ask(cast, make.submitted(cast))
    request = ask(cast, request, by="finance", person="hr", place="after")
    request = ask(cast, request, by="finance", person="liaison", place="before")
    assert [name for name, _state in states(request)][:4] == [
        "liaison",
        "finance",
        "hr",
        "manager",
    ]


# What is handed on, and what is not


def seat(person, unit: str, post: str) -> None:
    """Seats the person besides, from long ago on."""
    Membership.objects.create(
        user=person,
        unit=Unit.objects.get(key=unit),
        post=Post.objects.get(key=post),
        since=clock.today() - timedelta(days=400),
    )


@pytest.mark.parametrize("decisions", ["one", "all"])
def test_what_several_hold_is_handed_on_by_none_of_them(cast, decisions):
    """Else one choice would decide for all, and the colleagues would lose it unheard."""
    seat(cast.liaison, "company", "legal")
    put_in_force({"approvals.contract.chain": ["legal"], "approvals.contract.decisions": decisions})
    request = make.submitted(cast)
    with pytest.raises(NotNow, match=cast.liaison.name):
        pass_to(cast, request, by="legal")
    assert states(request) == [("legal", "open")]
    if decisions == "all":
        request = decide(actor=cast.liaison, request=request, decision="approve")
        with pytest.raises(NotNow):
            pass_to(cast, request, by="legal")
    assert own_step(cast.legal, request)[1] is not None


def test_what_was_escalated_is_held_by_two_and_not_handed_on(cast):
    put_in_force({"deciding.late": "escalated"})
    request = make.submitted(cast)
    remind(open_step(request).late_at)
    for by in ("manager", "leadership"):
        with pytest.raises(NotNow, match="signer"):
            pass_to(cast, request, by=by)


def test_where_all_others_of_the_role_have_left_the_last_one_hands_on(cast):
    seat(cast.deactivated, "company", "legal")
    put_in_force({"approvals.contract.chain": ["legal"]})
    request = pass_to(cast, make.submitted(cast), by="legal")
    assert open_step(request).person == cast.finance


def test_who_acts_for_somebody_hands_nothing_on(cast):
    """The third would keep it after the mandate has ended: a mandate is never chained."""
    away(cast)
    request = make.submitted(cast)
    with pytest.raises(Forbidden, match=cast.manager.name):
        pass_to(cast, request, by="deputy")
    assert states(request)[0] == ("manager", "open")
    pass_to(cast, request)
    assert open_step(request).person == cast.finance


BEYOND = {
    "approvals.contract.chain": ["manager"],
    "authority.manager_limit": 1000,
    "authority.beyond_limit_chain": ["leadership"],
}


@pytest.mark.parametrize("chain", [["manager"], ["manager", "leadership"]])
def test_what_is_beyond_the_authority_of_others_stays_with_its_role(cast, chain):
    """Also where the role stands in the chain anyway."""
    put_in_force(BEYOND | {"approvals.contract.chain": chain})
    request = decide(actor=cast.manager, request=make.submitted(cast), decision="approve")
    with pytest.raises(NotNow, match="signer"):
        pass_to(cast, request, by="leadership")
    assert open_step(request).because == "authority"


def test_it_goes_to_another_of_the_same_role_and_stays_what_it_is(cast):
    put_in_force(BEYOND)
    request = decide(actor=cast.manager, request=make.submitted(cast), decision="approve")
    Step.objects.filter(role="leadership").update(person=cast.leadership)
    seat(cast.liaison, "company", "leadership")
    with pytest.raises(Invalid, match=cast.liaison.name):
        pass_to(cast, request, by="leadership")
    request = pass_to(cast, request, "liaison", by="leadership")
    step = open_step(request)
    assert (step.person, step.because) == (cast.liaison, "authority")
    with pytest.raises(Invalid):
        pass_to(cast, request, "finance", by="liaison")


# What comes again


def opened(person) -> int:
    return Notice.objects.filter(kind="approvals.open", person=person).count()


def test_what_comes_back_is_told_again_and_once(cast):
    request = make.submitted(cast)
    assert opened(cast.manager) == 1
    request = ask(cast, request)
    with clock.clock_at(clock.now() + timedelta(hours=2)):
        decide(actor=cast.finance, request=request, decision="approve")
    assert opened(cast.manager) == 2


def test_the_second_run_of_a_step_is_reminded_of_again(cast):
    request = make.submitted(cast)
    first = open_step(request)
    remind(first.remind_at)
    remind(first.due_at)
    with clock.clock_at(first.due_at):
        request = ask(cast, request)
        request = decide(actor=cast.finance, request=request, decision="approve")
    again = open_step(request)
    assert again == first and again.opened_at > first.opened_at
    for _twice in range(2):
        remind(again.remind_at)
        remind(again.due_at)
    for kind in ("approvals.due", "approvals.overdue"):
        assert Notice.objects.filter(kind=kind, person=cast.manager).count() == 2


@pytest.mark.parametrize("by", ["manager", "legal", "leadership"])
def test_who_has_put_a_signer_before_the_own_step_still_reads_it(cast, by):
    request = make.submitted(cast)
    for person in (cast.manager, cast.legal, cast.leadership):
        if person == getattr(cast, by):
            break
        request = decide(actor=person, request=request, decision="approve")
    ask(cast, request, by=by, person="liaison")
    again = cast.again(getattr(cast, by))
    assert access.visible_to(again, Request.objects.all()).exists()
    assert not waiting_for(again).exists()


def test_a_rehearsal_counts_no_step_that_waits_for_a_signer(cast):
    ask(cast, make.submitted(cast))
    replayed = list(replays.steps(rules_on(), Period.containing("month")))
    assert len(replayed) == 1


def test_whose_turn_has_never_come_still_sees_nothing(cast):
    ask(cast, make.submitted(cast))
    legal = cast.again(cast.legal)
    assert not access.visible_to(legal, Request.objects.all()).exists()
