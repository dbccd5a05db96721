"""Two who decide at the same moment, on a real database: one wins, the other is told."""

import pytest

from crm.models import Contract
from expansion import clock
from expansion.approvals.models import Decision, Step
from expansion.approvals.selectors import open_step, open_steps
from expansion.approvals.services import decide
from expansion.approvals.signers import hand_on
from expansion.errors import Forbidden, NotNow
from expansion.notices.models import Notice
from expansion.numbering.models import Counter
from expansion.numbering.services import next_number
from expansion.office.services import handovers
from expansion.people.models import Mandate
from expansion.people.services.accounts import change_status
from expansion.rulebook.selectors import rules_on
from tests.make import contracts as make
from tests.make.rules import put_in_force
from tests.together import halted, together

pytestmark = [pytest.mark.both, pytest.mark.django_db(transaction=True)]


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told_who(cast):
    request = make.submitted(cast)
    Mandate.objects.create(
        principal=cast.manager,
        delegate=cast.deputy,
        starts_at=clock.now(),
        ends_at=clock.now().replace(year=2027),
        reason="leave",
        created_by=cast.administrator,
    )
    results = together(
        [
            lambda: decide(actor=cast.manager, request=request, decision="approve"),
            lambda: decide(actor=cast.deputy, request=request, decision="return", comment="再议"),
        ]
    )
    made = Decision.objects.get()
    refusals = [one for one in results if isinstance(one, NotNow)]
    assert len(refusals) == 1 and made.by.name in refusals[0].message
    status = {"approve": "in_approval", "return": "returned"}[made.decision]
    assert Contract.objects.get().status == status
    assert (open_step(request) is None) == (made.decision == "return")


def test_two_who_decide_one_step_together_at_once_open_the_next_one_once(cast):
    put_in_force({"approvals.contract.chain": ["finance + legal", "leadership"]})
    request = make.submitted(cast)
    results = together(
        [
            lambda: decide(actor=cast.finance, request=request, decision="approve"),
            lambda: decide(actor=cast.legal, request=request, decision="approve"),
        ]
    )
    assert not [one for one in results if isinstance(one, Exception)]
    assert [step.role for step in open_steps(request)] == ["leadership"]
    assert Notice.objects.filter(kind="approvals.open", person=cast.leadership).count() == 1


def test_what_is_passed_on_twice_at_once_goes_to_one(cast):
    request = make.submitted(cast)
    results = together(
        [
            lambda: hand_on(
                actor=cast.manager, request=request, person=cast.finance, reason="预算归他管"
            ),
            lambda: hand_on(
                actor=cast.manager, request=request, person=cast.hr, reason="人事归她管"
            ),
        ]
    )
    assert len([one for one in results if isinstance(one, Forbidden)]) == 1
    assert open_steps(request).count() == 1


def test_who_decides_while_taking_the_record_over_does_one_of_the_two(cast):
    """Decided before, it was another's matter; afterwards it is the own one."""
    request = make.submitted(cast)
    handover = handovers.open_handover(
        actor=cast.manager, person=cast.member, last_day=clock.today(), reason="调岗"
    )
    handover.items.update(receiver=cast.manager)
    handovers.offer(actor=cast.manager, record=handover)
    decided, accepted = together(
        [
            lambda: decide(actor=cast.manager, request=request, decision="approve"),
            lambda: handovers.accept(actor=cast.again(cast.manager), record=handover),
        ]
    )
    assert not isinstance(accepted, Exception)
    assert Contract.objects.get().owner == cast.manager
    step = Step.objects.filter(request=request).first()
    if isinstance(decided, Forbidden):
        # Leadership stands in, decides at the end of the chain anyway, and is asked there alone.
        assert (step.status, step.person) == ("skipped", cast.leadership)
        assert open_step(request).role == "legal" and not Decision.objects.exists()
    else:
        assert step.status == "approved" and open_step(request).role == "legal"


def test_whose_account_is_locked_while_they_decide_has_decided_first(cast, monkeypatch):
    """One holds the round and then writes the own name, the other the person and then the round."""
    put_in_force({"approvals.contract.chain": ["superior", "legal"]})
    request = make.submitted(cast)
    inside = halted(monkeypatch, "expansion.approvals.services._checked")

    def locked():
        inside.wait(10)
        return change_status(
            actor=cast.administrator, record=cast.leader, status="locked", reason="离岗核查"
        )

    results = together(
        [lambda: decide(actor=cast.leader, request=request, decision="approve"), locked]
    )
    assert not [one for one in results if isinstance(one, Exception)]
    assert Decision.objects.get().by == cast.leader
    assert open_step(request).role == "legal"


def test_numbers_given_at_once_never_repeat(cast):
    rules = rules_on()
    numbers = together([lambda: next_number(key="contract", rules=rules)] * 6)
    assert sorted(numbers) == [f"HT-2026-{number:04d}" for number in range(1, 7)]
    assert Counter.objects.get().last == 6
