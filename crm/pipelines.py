"""The pipelines that opportunities walk, by the rulebook (R-crm-06, readings 37 and 54)."""

from typing import Any

from crm.models import Opportunity
from expansion.people.models import Unit
from expansion.people.selectors import home_unit
from expansion.rulebook.selectors import rules_of, rules_on
from expansion.rulebook.work import Pipeline


def walked() -> tuple[Pipeline, ...]:
    """Those of the rulebook in force, in order."""
    return rules_on().walked_by("opportunities")


def several() -> bool:
    """Whether there is anything to choose between."""
    return len(walked()) > 1


def choices(person: Any = None) -> list[tuple[str, str]]:
    return [(one.key, one.label()) for one in walked()]


def usual(person: Any, team: Unit | None = None) -> Pipeline:
    """The one in which the work of a team begins, of the person's own where none is given."""
    found = walked()
    if not any(one.team for one in found):
        return found[0]
    return rules_on().pipeline_for("opportunities", (team or home_unit(person)).key)


def pipeline_of(opportunity: Opportunity) -> Pipeline:
    """The stages of the opportunity's own rulebook, in order."""
    return rules_of(opportunity.rules_version).pipeline(opportunity.pipeline)


def stage_choices(person: Any) -> list[tuple[str, str]]:
    """The stages of all of them; where two have one key, both names stand there."""
    found: dict[str, dict[str, None]] = {}
    for stage in (stage for one in walked() for stage in one.stages):
        found.setdefault(stage.key, {})[stage.label()] = None
    return [(key, " / ".join(labels)) for key, labels in found.items()]
