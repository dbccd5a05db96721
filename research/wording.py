"""Words, tones and choices of this app."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from expansion.rulebook.schema import Rules
from expansion.rulebook.values import Items, choices_of
from expansion.worktime import Period, PeriodKind

TONES = {
    "draft": "neutral",
    "in_approval": "info",
    "returned": "due",
    "rejected": "late",
    "approved": "done",
    "distributed": "done",
    "running": "info",
    "finished": "done",
}
VALIDITY_TONES = {"unscreened": "due", "valid": "done", "invalid": "late"}

# The three kinds of A-2.2.3a, for a regulation that lists no topics of its own.
KINDS = (
    ("industry", _("industry")),
    ("consumer", _("consumers")),
    ("competitor", _("competitors")),
)
CADENCE = "market_research"  # the rulebook's report whose cadence names the usual period
PAST_PERIODS = 6


def topics(rules: Rules) -> list[tuple[str, Any]]:
    """What a finding is about: the rulebook's topics, else the three kinds of A-2.2.3a."""
    return choices(rules.research.topics) or list(KINDS)


def open_topics(rules: Rules, kept: str = "") -> list[tuple[str, Any]]:
    """What a new finding may be about; `kept` is what an old one is about already."""
    listed = rules.research.topics
    return choices_of(listed, kept) if listed else list(KINDS)


def choices(items: Items) -> list[tuple[str, Any]]:
    return [(item.key, item.label()) for item in items]


def label_in(offered: Iterable[tuple[str, Any]], key: str) -> Any:
    """The label of a key; one that is no longer listed shows as it is."""
    return next((label for listed, label in offered if listed == key), key)


def periods(rules: Rules) -> Iterator[Period]:
    """The periods a report may be about, the present one first (R-res-06)."""
    period = Period.containing(_usual_kind(rules))
    yield period
    for _past in range(PAST_PERIODS):
        period = period.previous()
        yield period


def _usual_kind(rules: Rules) -> PeriodKind:
    """The kind of period in which reports are due; a quarter where the rulebook names none."""
    every = next((str(one.cadence.value.every) for one in rules.reports if one.key == CADENCE), "")
    return PeriodKind(every) if every in list(PeriodKind) else PeriodKind.QUARTER
