"""Which steps a matter takes: the chain of its kind, and who decides besides for its size."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from expansion import offers
from expansion.approvals.models import Step
from expansion.offers import Size
from expansion.people.models import Role
from expansion.records import Graded
from expansion.rulebook.deciding import ApprovalRule, exceeds
from expansion.rulebook.schema import Rules
from expansion.rulebook.values import parts, words


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
            more = _besides(one.chain.value, chain, Step.Because.SIZE)
            chain = [*more, *chain] if one.place.value == "before" else [*chain, *more]
    return _with_those_beyond(rules, rule, size, chain)


def _besides(steps: Iterable[str], chain: Iterable[Asked], because: str) -> list[Asked]:
    known = set(words(one.step for one in chain))
    return [Asked(step, because) for step in steps if not known >= set(words([step]))]


def _with_those_beyond(
    rules: Rules, rule: ApprovalRule, size: Size, chain: list[Asked]
) -> list[Asked]:
    """The chain with who decides beyond the authority of those who stand in it (A-2.2.1d,
    E9-3.1d)."""
    ours, known = rules.authority, set(words(one.step for one in chain))
    if exceeds(size.amount, size.currency, ours.leader_limit.value) and known == {Role.LEADER}:
        chain = [*chain, Asked(Role.MANAGER, Step.Because.AUTHORITY)]
    if size.below_line or exceeds(size.amount, size.currency, ours.manager_limit.value):
        beyond = rule.beyond_authority.value or ours.beyond_limit_chain.value
        more = _besides(beyond, _certain(chain, beyond), Step.Because.AUTHORITY)
        return [*_said(chain, beyond), *more]
    return chain


def _certain(chain: list[Asked], beyond: tuple[str, ...]) -> list[Asked]:
    """The steps of the chain that nobody decides instead of whom they name."""
    return [one for one in chain if one.step in beyond or parts(one.step)[0] != "any"]


def _said(chain: list[Asked], beyond: tuple[str, ...]) -> Iterator[Asked]:
    """The chain, in which a step of who decides beyond says that it does."""
    names, certain = set(words(beyond)), _certain(chain, beyond)
    for one in chain:
        decides = one in certain and names & set(words([one.step]))
        yield replace(one, because=Step.Because.AUTHORITY) if decides else one
