"""The rulebook on what is late: who is reminded before, and who hears of it afterwards."""

from collections.abc import Iterable
from typing import Literal

from django.utils.translation import gettext_noop as _
from pydantic import Field

from expansion import worktime
from expansion.rulebook.values import Item, Limit, Parameter, Source, optional_limit

ANY = "any"
Owed = Literal[
    "any",
    "approvals",
    "reports",
    "plans",
    "tasks",
    "meetings",
    "visits",
    "complaints",
    "obligations",
    "milestones",
    "checks",
    "findings",
    "major_matters",
    "surveys",
    "survey_measures",
    "handovers",
    "appraisal",
    "appeals",
    "results",
    "return_visits",
    "leads",
    "needs",
    "files",
    "partners",
    "satisfaction",
    "trainings",
]


class Ladder(Item):
    """For one kind of what is owed, or for `any` that has no ladder of its own.

    Who owes it hears of it when it is overdue, whatever stands here; no limit leaves a step out.
    """

    key: Owed
    remind_before: Parameter[Limit] = Field(
        title=_("Reminder ahead"),
        default=Parameter[Limit](
            value=worktime.Limit(1, worktime.Unit.WORKING_DAYS), source=Source.PROPOSAL
        ),
    )
    superior_after: Parameter[Limit] = optional_limit(_("Superior is told, overdue for"))
    manager_after: Parameter[Limit] = optional_limit(_("Manager is told, overdue for"))


QUIET = Ladder(key="any", zh="逾期", en="Overdue")
Ladders = tuple[Ladder, ...]


def ladder_for(ladders: Iterable[Ladder], owed: str) -> Ladder:
    """The ladder of that kind, else that of any, else one on which nobody above hears of it."""
    by_key: dict[str, Ladder] = {one.key: one for one in ladders}
    return by_key.get(owed) or by_key.get(ANY) or QUIET
