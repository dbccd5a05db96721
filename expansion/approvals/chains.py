"""Which steps a matter takes: the chain of its kind, and who decides besides for its size."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from expansion import offers
from expansion.offers import Size
from expansion.people.models import Role
from expansion.records import Graded
from expansion.rulebook.deciding import ApprovalRule, exceeds
from expansion.rulebook.schema import Rules
from expansion.rulebook.values import words


@dataclass(frozen=True)
class Asked:
    """A step of a chain as the rulebook writes it, and why it stands there besides the chain."""

    step: str
    because: str = ""


def size_of(record: Any) -> Size:
    """How large the matter is, with its level where the record has one."""
    size = offers.subject_of(record).size(record)
    return replace(size, level=record.level) if isinstance(record, Graded) else size


def asked(rules: Rules, kind: str, size: Size) -> list[Asked]:
    """The steps that a matter of this kind and size takes, in order (R-exp-05, R-exp-06).

    Nobody is asked besides who stands in the chain already.
    """
    rule = rules.approval(kind)
    chain = [Asked(step) for step in rule.chain.value]
    for one in rule.also:
        if one.meets(
            amount=size.amount, currency=size.currency, grade=size.grade, level=size.level
        ):
            more = _besides(one.chain.value, chain, "size")
            chain = [*more, *chain] if one.place.value == "before" else [*chain, *more]
    return [*chain, *_beyond(rules, rule, size, chain)]


def _besides(steps: Iterable[str], chain: list[Asked], because: str) -> list[Asked]:
    known = set(words(one.step for one in chain))
    return [Asked(step, because) for step in steps if not known >= set(words([step]))]


def _beyond(rules: Rules, rule: ApprovalRule, size: Size, chain: list[Asked]) -> Iterator[Asked]:
    """Who decides beyond the authority of those who stand in the chain (A-2.2.1d, E9-3.1d)."""
    ours, known = rules.authority, set(words(one.step for one in chain))
    if exceeds(size.amount, size.currency, ours.leader_limit.value) and known == {Role.LEADER}:
        yield Asked(Role.MANAGER, "authority")
    if size.below_line or exceeds(size.amount, size.currency, ours.manager_limit.value):
        beyond = rule.beyond_authority.value or ours.beyond_limit_chain.value
        yield from _besides(beyond, chain, "authority")
