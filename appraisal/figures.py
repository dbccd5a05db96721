"""What one part of an indicator counts and is set against: one rule for the roll-up and for today.

The first page shows the running period by the same two functions that freeze it at its end, so
that nobody is surprised by the difference.
"""

from collections.abc import Mapping
from decimal import Decimal

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
