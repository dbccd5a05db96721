"""The operative clauses of a regulation, as the compliance board answers them one by one.

A clause is one rule of the written regulation that asks something of the software. What only
states a principle is not listed.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from expansion.rulebook.values import Numbered

App = Literal["expansion", "crm", "research", "partnerships", "training", "appraisal"]
Kind = Literal[
    "record",
    "workflow/approval",
    "deadline/SLA",
    "reminder",
    "report",
    "score/KPI",
    "permission",
    "export",
    "configuration",
]
# Of these the board counts what was kept and what was not; of the others it shows a fact.
MEASURED: frozenset[Kind] = frozenset(
    {"workflow/approval", "deadline/SLA", "reminder", "report", "score/KPI"}
)
# Of these a setting of the rulebook can be all that is asked for.
SETTLED: frozenset[Kind] = frozenset({"configuration", "permission"})


class Clause(Numbered):
    """One rule: its id in the regulation, what it says in short, who answers for it."""

    kind: Annotated[tuple[Kind, ...], Field(min_length=1)]
    app: App

    @property
    def chapter(self) -> str:
        """The chapter it stands in: `A-3`, or `E11` where a regulation unites several."""
        regulation, _dash, number = self.id.partition("-")
        return regulation if len(regulation) > 1 else f"{regulation}-{number.split('.')[0]}"

    @property
    def is_measured(self) -> bool:
        """True when single cases can keep or break it."""
        return not MEASURED.isdisjoint(self.kind)

    @property
    def is_record(self) -> bool:
        """True when it asks for a record and for nothing that could be counted or proven."""
        return self.kind == ("record",)


def _by_id(given: Any) -> Any:
    """A preset writes a table by id, so that TOML itself refuses one that stands twice."""
    if not isinstance(given, Mapping):
        return given
    return [{"id": key, **one} if isinstance(one, Mapping) else one for key, one in given.items()]


Clauses = Annotated[tuple[Clause, ...], BeforeValidator(_by_id)]
# The headings of the written regulation, by what the ids of their clauses begin with.
Chapters = Annotated[tuple[Numbered, ...], BeforeValidator(_by_id)]
