"""Reads over handovers: what is held, who takes what."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from expansion import offers
from expansion.office.models import Handover, HandoverItem
from expansion.people.models import User


def holdings() -> list[offers.Holding]:
    return offers.of(offers.Holding)


def holding(kind: str) -> offers.Holding:
    return next(one for one in holdings() if one.key == kind)


@dataclass(frozen=True)
class Part:
    """The items of one kind: how many, in which state, and who takes how many."""

    key: str
    label: str
    count: int
    receivers: tuple[tuple[str, int], ...]
    undivided: int
    states: tuple[tuple[str, int], ...]


def parts(handover: Handover) -> list[Part]:
    """Every kind the person holds something of, in the order of the house."""
    rows = list(handover.items.values_list("kind", "status", "receiver__name"))
    found = []
    for one in holdings():
        own = [(status, name) for kind, status, name in rows if kind == one.key]
        if own:
            names = Counter(name for _status, name in own if name)
            states = Counter(status for status, _name in own)
            found.append(
                Part(
                    one.key,
                    str(one.label),
                    len(own),
                    tuple(names.most_common()),
                    sum(1 for status, name in own if status == "planned" and not name),
                    tuple((HandoverItem.Status(key).label, n) for key, n in states.items()),
                )
            )
    return found


def held(person: User) -> list[tuple[offers.Holding, int]]:
    """What the person holds at the moment: each kind with how many."""
    counts = ((one, one.find(person).count()) for one in holdings())
    return [(one, count) for one, count in counts if count]


def offered_to(person: Any, handover: Handover) -> Any:
    return handover.items.filter(receiver=person.pk, status=HandoverItem.Status.OFFERED)


def in_words(items: Iterable[HandoverItem]) -> str:
    """“12 clients, 3 contracts” of these items, by kind."""
    counts = Counter(item.kind for item in items)
    return _(", ").join(f"{one.label} {counts[one.key]}" for one in holdings() if counts[one.key])
