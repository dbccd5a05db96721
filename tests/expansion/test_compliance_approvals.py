"""What approvals answer for: the manager decides in time."""

from expansion import clock
from expansion.approvals.compliance import manager_decisions
from expansion.approvals.services import decide, withdraw
from expansion.rulebook.board import Board, running
from expansion.rulebook.selectors import rules_on
from tests.expansion.test_compliance_office import NOVEMBER, counted, on
from tests.make import contracts as make

PLANTED = {"approvals.manager_decisions"}


def submitted(cast, day: int, decided: int | None = None):
    """A contract that reaches the manager that day, to be decided within three working days."""
    with clock.clock_at(on(day)):
        client = make.a_client(cast.member, name=f"南京第{day}号酒店管理有限公司")
        request = make.submitted(cast, client=client)
    if decided:
        with clock.clock_at(on(decided)):
            decide(actor=cast.manager, request=request, decision="approve")
    return request


def test_the_manager_decides_within_the_limit_of_the_step(cast):
    submitted(cast, 3, decided=4)
    submitted(cast, 4, decided=16)
    submitted(cast, 5)
    submitted(cast, 17)
    assert counted(cast, "approvals.manager_decisions") == (1, 2, 1)


def test_what_was_withdrawn_has_no_case(cast):
    withdraw(actor=cast.member, request=submitted(cast, 4))
    assert counted(cast, "approvals.manager_decisions") == (0, 0, 0)


def test_the_cases_are_the_managers_also_while_nobody_has_decided(cast):
    submitted(cast, 3, decided=4)
    submitted(cast, 17)
    reach = Board(cast.manager, rules_on(), running()).reach
    found = manager_decisions(rules_on(), "A-2.2.1d").by_person(reach, NOVEMBER)
    assert {person for person, _state in found} == {cast.manager.pk}
