"""Through whose hands an appeal goes, as the rulebook says (readings 12 and 13)."""

from collections.abc import Iterator
from itertools import takewhile

from expansion.rulebook.checks import PREPARED
from expansion.rulebook.deciding import ApprovalRule
from expansion.rulebook.schema import Rules
from expansion.worktime import Limit

Way = tuple[str, ...]  # roles: those who prepare in turn, then who decides


def first_way(rules: Rules, decider: str) -> Way:
    """Who stands before the decider in the rulebook's chain of appeals gathers the facts first."""
    return (*takewhile(lambda role: role != decider, _chain(rules)), decider)


def second_way(rules: Rules, decided_by: str) -> Way:
    """The second instance, whose last role decides; empty where there is none for this appeal, as
    nobody decides again what the same role has decided."""
    way = rules.appraisal.second_instance.value
    return () if not way or way[-1] == decided_by else way


def preparing_within(rules: Rules) -> Limit | None:
    """How long each has to add the facts; None where the rulebook says nothing."""
    return next((rule.step_limit.value for rule in _rules_of_appeals(rules)), None)


def _chain(rules: Rules) -> Iterator[str]:
    for rule in _rules_of_appeals(rules):
        yield from rule.chain.value


def _rules_of_appeals(rules: Rules) -> Iterator[ApprovalRule]:
    return (rule for rule in rules.approvals if rule.key == PREPARED)
