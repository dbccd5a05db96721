"""Whose records count for whom: everybody's own, for a head those of all below (E7-5.1)."""

from collections.abc import Iterable

from expansion.people.selectors import Tree
from expansion.rulebook.schema import Rules

Held = tuple[int, int, str]  # person, unit, set of indicators


class Circles:
    """The people whose records count together in each person's set of indicators."""

    def __init__(self, rules: Rules, held: Iterable[Held]):
        self._wide = {one.key for one in rules.kpi_sets if one.whose == "unit"}
        everyone = list(held)
        heads = [(unit, kpi_set) for _person, unit, kpi_set in everyone if kpi_set in self._wide]
        tree = Tree() if heads else None
        self._below = {
            unit: tuple(person for person, where, _set in everyone if where in tree.below(unit))
            for unit, _set in heads
            if tree is not None
        }

    def of(self, person: int, unit: int, kpi_set: str) -> tuple[int, ...]:
        """By id; the person alone where the set counts the own records."""
        return self._below[unit] if kpi_set in self._wide else (person,)
