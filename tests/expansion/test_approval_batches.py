"""Several are approved at once, with guards (R-exp-05)."""

from decimal import Decimal

import pytest

from crm.models import Contract
from crm.services.contracts import submit_contract
from expansion.approvals.batches import MOST, approve_several, offered, read_alone
from expansion.approvals.models import Decision, Request
from expansion.approvals.selectors import latest, open_step, waiting_for
from expansion.approvals.services import decide
from expansion.errors import Invalid
from expansion.records import Level
from expansion.rulebook.selectors import rules_on
from tests.make import contracts as make
from tests.make.rules import put_in_force

pytestmark = pytest.mark.django_db
CLIENTS = ("南京锦悦会展有限公司", "苏州青禾文化有限公司", "常州恒大机械有限公司")


def three(cast) -> list[Request]:
    return [make.submitted(cast, client=make.a_client(cast.member, name)) for name in CLIENTS]


def versions(requests) -> dict[int, int]:
    return {one.pk: one.version for one in requests}


def test_several_are_approved_at_once_each_with_its_own_decision(cast):
    requests = three(cast)
    answers = approve_several(actor=cast.manager, versions=versions(requests), comment="同意")
    assert [one.refusal for one in answers] == ["", "", ""]
    assert Decision.objects.filter(by=cast.manager, comment="同意").count() == 3
    assert not waiting_for(cast.manager).exists()


def test_what_was_decided_meanwhile_is_left_and_the_others_are_approved(cast):
    requests = three(cast)
    read = versions(requests)
    decide(actor=cast.manager, request=requests[0], decision="reject", comment="不做")
    answers = approve_several(actor=cast.manager, versions=read)
    assert cast.manager.name in answers[0].refusal
    assert [one.refusal for one in answers[1:]] == ["", ""]
    assert Request.objects.get(pk=requests[0].pk).status == "rejected"


def test_twice_changes_nothing(cast):
    read = versions(three(cast))
    approve_several(actor=cast.manager, versions=read)
    again = approve_several(actor=cast.manager, versions=read)
    assert all(one.refusal for one in again) and Decision.objects.count() == 3


def test_a_request_that_the_person_does_not_see_is_not_there(cast):
    assert approve_several(actor=cast.finance, versions=versions(three(cast))) == []


def test_whose_step_it_is_not_is_refused(cast):
    answers = approve_several(actor=cast.leader, versions=versions(three(cast)))
    assert len(answers) == 3 and all(cast.manager.name in one.refusal for one in answers)


def test_none_and_too_many_are_refused(cast):
    for given in ({}, {number: 1 for number in range(MOST + 1)}):
        with pytest.raises(Invalid):
            approve_several(actor=cast.manager, versions=given)


def reason(cast, **values) -> str:
    request = make.submitted(cast, **values)
    return read_alone(open_step(request))


def test_an_ordinary_step_may_be_approved_with_others(cast):
    assert reason(cast) == ""


@pytest.mark.parametrize(("amount", "alone"), [("5000.00", False), ("5000.01", True)])
def test_a_large_amount_is_read_by_itself(cast, amount, alone):
    put_in_force({"deciding.batch_up_to": 5000})
    assert bool(reason(cast, amount=Decimal(amount))) is alone


def test_where_the_rulebook_says_so_everything_is_read_by_itself(cast):
    put_in_force({"deciding.in_batches": False})
    request = make.submitted(cast)
    answers = approve_several(actor=cast.manager, versions=versions([request]))
    assert "rulebook" in answers[0].refusal and not Decision.objects.exists()


def test_what_is_beyond_authority_is_read_by_itself(cast):
    put_in_force(
        {
            "approvals.contract.chain": ["manager"],
            "authority.manager_limit": 1000,
            "authority.beyond_limit_chain": ["leadership"],
        }
    )
    request = make.submitted(cast)
    request = decide(actor=cast.manager, request=request, decision="approve")
    assert read_alone(open_step(request))


def test_what_is_confidential_is_read_by_itself(cast):
    contract = make.a_contract(cast)
    Contract.objects.update(level=Level.CONFIDENTIAL)
    contract.refresh_from_db()
    submit_contract(actor=cast.member, record=contract, rules=rules_on())
    assert read_alone(open_step(latest(contract)))


def test_what_has_become_confidential_since_is_read_by_itself(cast):
    request = make.submitted(cast)
    assert not read_alone(open_step(request))
    Contract.objects.update(level=Level.CONFIDENTIAL)
    [(_step, why)] = offered(waiting_for(cast.manager))
    assert why and read_alone(open_step(latest(Contract.objects.get())))


def test_what_has_open_notes_is_read_by_itself(cast):
    request = make.submitted(cast)
    notes = [{"section": "scope", "text": "请写明场次。"}]
    request = decide(actor=cast.manager, request=request, decision="approve", notes=notes)
    assert read_alone(open_step(request))
