"""A proposed measure as a subject of approval; its chain stands with its rule (readings 7, 10)."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appraisal.models import MEASURE, ConsequenceCase
from appraisal.services import consequences
from expansion import offers
from expansion.worktime import Period


def document(case: ConsequenceCase) -> dict[str, Any]:
    """The frozen copy that is decided over: whom it is about, on what it rests, what was said."""
    rule = consequences.rule_of(case)
    words = {"person": case.owner.name, "rule": rule.label()}
    return {
        "title": _("%(person)s: %(rule)s") % words,
        "facts": [[str(label), str(value)] for label, value in _facts(case)],
        "sections": [
            {"key": "results", "label": _("Results"), "text": "\n".join(_results(case))},
            {"key": "reason", "label": _("Facts and reason"), "text": case.reason},
            {"key": "said", "label": _("What the person said"), "text": case.said},
        ],
    }


def _facts(case: ConsequenceCase) -> Iterator[tuple[Any, Any]]:
    rule = consequences.rule_of(case)
    yield _("Person"), case.owner.name
    yield _("Measure"), next(one.label() for one in rule.measures if one.key == case.measure)
    yield _("Clause"), rule.clause


def _results(case: ConsequenceCase) -> Iterator[str]:
    levels = {one.key: one.label() for one in case.participant.cycle.rules.appraisal.levels}
    for fact in case.facts:
        period = Period.parse(fact["cycle"]).label
        result = (str(fact["score"]), levels.get(fact["level"], fact["level"]))
        yield _(": ").join((period, _(", ").join(result)))


offers.add(
    offers.Subject(
        kind=MEASURE,
        model=ConsequenceCase,
        label=gettext_lazy("Measure after a result"),
        url=lambda case: case.get_absolute_url(),
        document=document,
        approved=consequences.measure_confirmed,
        returned=consequences.measure_returned,
        rejected=consequences.measure_waived,
        withdrawn=consequences.measure_returned,
        concerned="owner",
        owner="proposed_by",
        own_chain=True,
    ),
)
