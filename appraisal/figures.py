"""What one part of an indicator counts and is set against: one rule for the roll-up and for today.

The first page shows the running period by the same two functions that freeze it at its end, so
that nobody is surprised by the difference.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import chain

from appraisal.models import Cycle, Target
from appraisal.scoring import SIX_PLACES
from expansion import metrics
from expansion.metrics import Reading
from expansion.rulebook.scoring import CycleType, Indicator, Part

HUNDRED = Decimal(100)
# ("person" or "team", its id, indicator, part) → the target set for the cycle
Targets = Mapping[tuple[str, int, str, str], Decimal]


def value_of(part: Part, reading: Reading | None) -> Decimal | None:
    """The reading's value to six places. Whoever has no record at all has counted nothing where
    the indicator counts (`grows`), and leaves nothing to judge elsewhere."""
    if reading is None:
        return Decimal(0) if part.grows else None
    return None if reading.value is None else Decimal(reading.value).quantize(SIX_PLACES)


def together(part: Part, readings: Iterable[Reading | None]) -> Reading | None:
    """What the records of several people say of a part as one; None where nobody has any.

    What is counted (`grows`) adds up; a rate or a mark is the mean, each person's by the number of
    records that it rests on.
    """
    found = [one for one in readings if one is not None]
    if len(found) < 2:
        return found[0] if found else None
    given = [(Decimal(one.value), len(one.evidence) or 1) for one in found if one.value is not None]
    weight = 1 if part.grows else sum(count for _value, count in given)
    total = sum((value * (1 if part.grows else count) for value, count in given), Decimal())
    evidence = tuple(chain.from_iterable(one.evidence for one in found))
    return Reading(total / weight if given else None, evidence)


def targets_of(cycle: Cycle | None) -> Targets:
    """The targets set for this cycle; none where the cycle is not planned yet."""
    found: dict[tuple[str, int, str, str], Decimal] = {}
    for one in Target.objects.filter(cycle=cycle) if cycle else ():
        whose = ("person", one.person_id) if one.person_id else ("team", one.team_id)
        found[(*whose, one.indicator, one.part)] = one.value
    return found


def target_of(
    indicator: Indicator, part: Part, kind: CycleType, targets: Targets, *, person: int, team: int
) -> Decimal | None:
    """The person's target, the team's, the rulebook's; a score by nature is set against 100."""
    key = (indicator.key, part.key)
    own = targets.get(("person", person, *key)) or targets.get(("team", team, *key))
    stated = own or part.target_for(kind)
    return stated or (HUNDRED if metrics.get(part.metric).direct else None)
