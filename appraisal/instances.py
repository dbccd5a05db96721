"""Through whose hands an appeal goes, as the rulebook says (readings 12 and 13)."""

from itertools import takewhile

from expansion.rulebook.checks import PREPARED
from expansion.rulebook.schema import Rules
from expansion.worktime import Limit

Way = tuple[str, ...]  # roles: those who prepare in turn, then who decides


def first_way(rules: Rules, decider: str) -> Way:
    """Who stands before the decider in the rulebook's chain of appeals gathers the facts first."""
    rule = rules.approval_if_any(PREPARED)
    chain = rule.chain.value if rule else ()
    return (*takewhile(lambda role: role != decider, chain), decider)


def second_way(rules: Rules, decided_by: str) -> Way:
    """The second instance, whose last role decides; empty where there is none for this appeal, as
    nobody decides again what the same role has decided."""
    way = rules.appraisal.second_instance.value
    return () if not way or way[-1] == decided_by else way


def preparing_within(rules: Rules) -> Limit | None:
    """How long each has to add the facts; None where the rulebook says nothing."""
    rule = rules.approval_if_any(PREPARED)
    return rule.step_limit.value if rule else None
