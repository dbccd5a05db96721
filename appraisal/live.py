"""The running period as it stands now, by the very figures that its end will freeze."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from appraisal import arithmetic, scoring
from appraisal.circles import Circles
from appraisal.figures import target_of, targets_of, together, value_of
from appraisal.models import Cycle
from appraisal.roster import Assigned, assigned
from appraisal.scoring import TEAM_MEAN
from expansion import clock, metrics
from expansion.metrics import Metric, Reading
from expansion.people.models import User
from expansion.people.selectors import active_people
from expansion.rulebook.schema import Rules
from expansion.rulebook.scoring import Indicator, KpiSet, Part
from expansion.worktime import Period


@dataclass(frozen=True)
class LiveFigure:
    """A value of today in the shape of a line, so that the cycle's own arithmetic reads it."""

    indicator: str
    part: str
    value: Decimal | None
    target: Decimal | None
    metric: Metric


@dataclass(frozen=True)
class Standing:
    """One person's computed figures of the running period."""

    person: User
    kpi_set: KpiSet
    figures: scoring.Figures = field(default_factory=dict)

    def score_of(self, indicator: Indicator) -> Any:
        """The indicator's score so far; None while nothing is there to judge."""
        return scoring.indicator_score(indicator, self.figures)

    def counted(self, indicator: Indicator) -> LiveFigure | None:
        """The figure that alone makes the indicator, for the words “8 of 12”."""
        if len(indicator.how) != 1:
            return None
        found = self.figures.get((indicator.key, indicator.how[0].key))
        return found if found and found.target and found.value is not None else None

    def own_block(self, rules: Rules, kind: Any) -> arithmetic.Block | None:
        """The block of the own indicators, what is rated at the end left out; None while no
        indicator has a score."""
        own = {one.key: self.score_of(one) for one in self.kpi_set.indicators}
        rated = dict.fromkeys(arithmetic.indicator_keys(rules, self.kpi_set), 0)
        result = arithmetic.score(rules, self.kpi_set, cycle=kind, values=rated | own)
        block = result.block(arithmetic.TEAM) if result else None
        return block if block and block.exact_value is not None else None


def standings(
    people: Sequence[Assigned],
    period: Period,
    rules: Rules,
    *,
    only: Callable[[Part], bool] = lambda part: True,
) -> list[Standing]:
    """Where these people stand today: one call per metric, however many they are.

    `only` chooses parts, so that nothing else is read.
    """
    counted = _counted(people, rules)
    held = [(one.person.pk, one.unit.pk, one.kpi_set.key) for one in counted]
    circles = Circles(rules, held)
    persons = {one.person.pk: one.person for one in counted}
    readings = _readings(people, circles, persons, period, rules, only)
    targets = targets_of(Cycle.objects.of_period(period).first())

    def figures(one: Assigned) -> scoring.Figures:
        found = {}
        circle = circles.of(one.person.pk, one.unit.pk, one.kpi_set.key)
        for indicator, part in _computed(one.kpi_set, only):
            known = readings[part.metric]
            value = value_of(part, together(part, (known.get(person) for person in circle)))
            target = target_of(
                indicator,
                part,
                period.kind.value,
                targets,
                person=one.person.pk,
                team=one.unit.pk,
            )
            found[indicator.key, part.key] = LiveFigure(
                indicator.key, part.key, value, target, metrics.get(part.metric)
            )
        return found

    return [Standing(one.person, one.kpi_set, figures(one)) for one in people]


def _counted(people: Sequence[Assigned], rules: Rules) -> Sequence[Assigned]:
    """Whose records are read: these people's, of a head everybody's of the regulation."""
    if all(one.kpi_set.whose == "person" for one in people):
        return people
    return assigned(rules, clock.today(), active_people())


def _readings(
    people: Sequence[Assigned],
    circles: Circles,
    persons: Mapping[int, User],
    period: Period,
    rules: Rules,
    only: Callable[[Part], bool],
) -> dict[str, dict[int, Reading]]:
    concerned: dict[str, dict[int, User]] = {}
    for one in people:
        circle = circles.of(one.person.pk, one.unit.pk, one.kpi_set.key)
        for key in {part.metric for _indicator, part in _computed(one.kpi_set, only)}:
            concerned.setdefault(key, {}).update({pk: persons[pk] for pk in circle})
    asked = {key: list(users.values()) for key, users in concerned.items()}
    with metrics.read_together():
        return {
            key: dict(metrics.get(key).read(users, period.begins_at, period.ends_at, rules))
            for key, users in sorted(asked.items())
        }


def _computed(kpi_set: KpiSet, only: Callable[[Part], bool]) -> list[tuple[Indicator, Part]]:
    return [
        (indicator, part)
        for indicator in kpi_set.indicators
        for part in indicator.how
        if part.metric and part.metric != TEAM_MEAN and only(part)
    ]
