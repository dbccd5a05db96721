"""Who has to have decided before a contract beyond the manager's authority is signed (R-exp-06)."""

from datetime import timedelta

import pytest

from crm.authority import granted
from crm.models import Contract
from crm.services.contracts import submit_contract
from expansion import clock
from expansion.approvals.models import Decision, Request
from expansion.approvals.selectors import latest
from expansion.approvals.services import decide
from expansion.approvals.signers import add_signer, hand_on
from expansion.errors import NotNow
from expansion.people.models import Mandate, Membership, Post, Unit, User
from tests.make import authority as make
from tests.make import contracts as paper
from tests.make.rules import put_in_force

pytestmark = pytest.mark.django_db
WHY = "她更熟悉"


def seat(person: User, post: str) -> Membership:
    return Membership.objects.create(
        user=person,
        unit=Unit.objects.get(key="company"),
        post=Post.objects.get(key=post),
        since=clock.today() - timedelta(days=30),
    )


def approve(request: Request, *people: User) -> Request:
    for person in people:
        request = decide(actor=person, request=request, decision="approve")
    return request


def ordinary(cast, *chain: str, actor=None, **changes) -> Request:
    """A contract in approval by this chain, before anybody has set a limit."""
    put_in_force({"approvals.contract.chain": list(chain)} | changes)
    client = paper.a_client(actor) if actor else None
    more = {"client": client} if client else {}
    return paper.submitted(cast, actor=actor, **more)


def is_granted(request: Request, **limits) -> bool:
    """Whether it would be, were there a limit of a yuan now."""
    given = make.LIMITS | {"authority.manager_limit": "1"} | limits
    return granted(Contract.objects.get(pk=request.about_id), put_in_force(given))


def test_leadership_itself_grants_it(cast):
    request = approve(ordinary(cast, "manager", "leadership"), cast.manager, cast.leadership)
    assert request.status == "approved" and is_granted(request)


def test_a_step_of_leadership_that_somebody_else_took_grants_nothing(cast):
    request = approve(ordinary(cast, "manager", "leadership"), cast.manager)
    request = hand_on(actor=cast.leadership, request=request, person=cast.finance, reason=WHY)
    request = approve(request, cast.finance)
    assert request.status == "approved" and not is_granted(request)


@pytest.mark.parametrize("holds_it_still", [True, False])
def test_who_took_it_has_to_hold_the_role_on_the_day(cast, holds_it_still):
    """Also where the post is left later: the day of the decision counts."""
    request = approve(ordinary(cast, "manager", "leadership"), cast.manager)
    request = hand_on(actor=cast.leadership, request=request, person=cast.liaison, reason=WHY)
    held = seat(cast.liaison, "leadership")
    if not holds_it_still:
        Membership.objects.filter(pk=held.pk).update(until=clock.today() - timedelta(days=1))
    request = approve(request, cast.again(cast.liaison))
    Membership.objects.filter(pk=held.pk, until=None).update(until=clock.today())
    with clock.clock_at(clock.now() + timedelta(days=3)):
        assert is_granted(request) is holds_it_still


def test_a_delegate_of_leadership_grants_it(cast):
    Mandate.objects.create(
        principal=cast.leadership,
        delegate=cast.hr,
        starts_at=clock.now(),
        ends_at=clock.now() + timedelta(days=1),
        reason="leave",
        created_by=cast.administrator,
    )
    request = approve(ordinary(cast, "manager", "leadership"), cast.manager, cast.again(cast.hr))
    assert Decision.objects.filter(for_person=cast.leadership).exists() and is_granted(request)


def test_leadership_added_as_a_signer_grants_it(cast):
    request = ordinary(cast, "manager")
    request = add_signer(
        actor=cast.manager,
        request=request,
        person=cast.leadership,
        place="after",
        reason=WHY,
    )
    assert is_granted(approve(request, cast.manager, cast.leadership))


def test_who_stands_in_for_a_party_grants_it(cast):
    """The manager's own contract is decided by leadership in the manager's stead."""
    request = ordinary(cast, "legal", "manager", actor=cast.manager)
    request = approve(request, cast.legal, cast.leadership)
    assert is_granted(request, **{"authority.beyond_limit_chain": ["manager"]})


def test_any_one_of_several_and_all_of_them_are_told_apart(cast):
    request = approve(ordinary(cast, "manager", "finance"), cast.manager, cast.finance)
    beyond = "authority.beyond_limit_chain"
    assert is_granted(request, **{beyond: ["leadership | finance"]})
    assert not is_granted(request, **{beyond: ["leadership + finance"]})


@pytest.mark.parametrize(
    ("word", "part"),
    [
        ("post:deputy", "deputy"),
        ("department:company", "finance"),
        ("person:finance", "finance"),
        ("team:client", "leader"),
    ],
)
def test_posts_departments_teams_and_people_grant_it_as_the_rulebook_names_them(cast, word, part):
    """Whoever took the step of another role counts as what they were themselves."""
    decider = getattr(cast, part)
    request = approve(ordinary(cast, "manager"), cast.manager)
    assert not is_granted(request, **{"authority.beyond_limit_chain": [word]})
    client = paper.a_client(cast.member, "南京锦悦会展有限公司")
    put_in_force({"authority.manager_limit": None, "approvals.contract.chain": ["legal"]})
    request = paper.submitted(cast, client=client)
    request = hand_on(actor=cast.legal, request=request, person=decider, reason=WHY)
    request = approve(request, decider)
    assert is_granted(request, **{"authority.beyond_limit_chain": [word]})


@pytest.mark.parametrize("handed_on", [False, True])
def test_what_a_later_round_takes_over_counts_as_it_was_decided(cast, handed_on):
    chain = ("leadership", "legal")
    request = ordinary(cast, *chain, **{"deciding.resubmitted": "resume"})
    decider = cast.leadership
    if handed_on:
        decider = cast.finance
        request = hand_on(actor=cast.leadership, request=request, person=decider, reason=WHY)
    request = approve(request, decider)
    decide(actor=cast.legal, request=request, decision="return", comment="写明违约责任")
    contract = Contract.objects.get()
    rules = put_in_force()
    submit_contract(actor=cast.member, record=contract, rules=rules)
    again = latest(contract)
    assert again.steps.filter(role="leadership", status="carried").exists()
    again = approve(again, cast.legal)
    assert again.status == "approved" and is_granted(again) is not handed_on


def test_where_another_could_decide_instead_leadership_is_asked_besides(cast):
    rules = put_in_force(
        make.LIMITS
        | {"authority.manager_limit": "1", "approvals.contract.chain": ["manager | leadership"]}
    )
    request = approve(paper.submitted(cast), cast.manager)
    assert request.status == "pending"
    request = approve(request, cast.leadership)
    contract = Contract.objects.get()
    assert request.status == "approved" and granted(contract, rules)


def test_beyond_the_limit_leadership_cannot_be_talked_round(cast):
    """The step that stands in the chain anyway is not given to a member either."""
    put_in_force(
        make.LIMITS
        | {"authority.manager_limit": "1", "approvals.contract.chain": ["manager", "leadership"]}
    )
    request = approve(paper.submitted(cast), cast.manager)
    with pytest.raises(NotNow):
        hand_on(actor=cast.leadership, request=request, person=cast.finance, reason=WHY)
