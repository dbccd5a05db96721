"""A decider asks another: before, after, or instead (R-exp-05)."""

from datetime import timedelta

import pytest

from crm.models import Contract
from expansion import access, clock
from expansion.approvals.models import Step
from expansion.approvals.selectors import open_step, own_step, waiting_for
from expansion.approvals.services import decide
from expansion.approvals.signers import add_signer, hand_on
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, NotNow, Stale
from expansion.notices.models import Notice
from expansion.people.services.mandates import create_mandate
from expansion.records import Level
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


def test_a_delegate_asks_for_the_principal(cast):
    create_mandate(
        actor=cast.administrator,
        principal=cast.manager,
        delegate=cast.deputy,
        starts_at=clock.now() - timedelta(hours=1),
        ends_at=clock.now() + timedelta(days=1),
        reason="leave",
    )
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
