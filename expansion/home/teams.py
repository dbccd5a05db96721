"""The overview's table: teams that fold open to their people, in the columns the rooms offer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from expansion import access, offers
from expansion.access import Scope
from expansion.metrics import read_together
from expansion.offers import Kept, Purview, Sums, TeamColumn
from expansion.people.models import User
from expansion.people.purview import LEADING, Team
from expansion.ui import formats

Values = Mapping[str, Mapping[int, Any]]  # column → person id → value


@dataclass(frozen=True)
class Cell:
    """One number: its texts (several where money has several currencies) and what explains it."""

    column: TeamColumn
    value: Any
    url: str = ""

    @property
    def texts(self) -> list[str]:
        return written(self.value)

    @property
    def lacking(self) -> bool:
        """Whether some of what was owed is missing."""
        return isinstance(self.value, Kept) and self.value.kept < self.value.of


@dataclass(frozen=True)
class Line:
    """One person's numbers, or one team's."""

    cells: tuple[Cell, ...]
    person: User | None = None
    team: Team | None = None
    lines: tuple[Line, ...] = ()
    opened: bool = False
    toggle: str = ""


def written(value: Any) -> list[str]:
    """The value in the reader's form; a dash where there is nothing."""
    match value:
        case Kept(of=0) | Sums(by_currency=()) | None | 0:
            return [formats.NOTHING]
        case Kept(kept, whole):
            return [f"{kept} / {whole}"]
        case Sums(amounts):
            return [formats.money(amount, currency) for currency, amount in amounts]
    return [formats.number(value)]


def columns_for(viewer: Any) -> list[TeamColumn]:
    """Those whose records the viewer sees of a team at least, from each seat that leads one.

    The leadership stands outside the matrix: it is shown sums of the whole department.
    """
    leading = [seat for seat in viewer.seats if seat.role in LEADING]

    def seen(column: TeamColumn) -> bool:
        rule = access.rule_of(column.of)
        return all(rule.scope(seat, "view") >= Scope.TEAM for seat in leading)

    return [column for column in offers.of(TeamColumn) if seen(column)]


def values_of(purview: Purview, columns: Iterable[TeamColumn]) -> Values:
    """Every column's values: one query each at most, however many the people."""
    people, start, end = purview.people, purview.start, purview.end
    with read_together():
        return {column.key: column.read(people, start, end) for column in columns}


def added(column: TeamColumn, values: Values, people: Iterable[User]) -> Any:
    """What the people's values come to together."""
    total = column.nothing
    for person in people:
        total = total + values[column.key].get(person.pk, column.nothing)
    return total


def table(
    viewer: Any, purview: Purview, teams: list[Team], opened: Iterable[str]
) -> dict[str, Any]:
    """Columns, one line per team with its people, and the totals.

    `opened` holds the ids of the teams that are folded open; a single team always is.
    """
    columns = columns_for(viewer)
    values = values_of(purview, columns)
    wanted = {str(team.unit.pk) for team in teams} & set(opened)
    alone = len(teams) == 1

    def cells(people: tuple[User, ...]) -> tuple[Cell, ...]:
        ids = [person.pk for person in people]
        return tuple(
            Cell(column, value, column.url(viewer, ids) if column.url and value else "")
            for column in columns
            for value in [added(column, values, people)]
        )

    def line(team: Team) -> Line:
        key = str(team.unit.pk)
        shown = alone or key in wanted
        people = tuple(Line(cells((one,)), person=one) for one in team.people) if shown else ()
        toggle = "" if alone else _address(wanted ^ {key})
        return Line(cells(team.people), team=team, lines=people, opened=shown, toggle=toggle)

    return {
        "columns": columns,
        "lines": [line(team) for team in teams],
        "total": Line(cells(purview.people)) if len(teams) > 1 else None,
        "people": len(purview.people),
        "linked": any(column.url(viewer, [0]) for column in columns if column.url),
    }


def _address(opened: set[str]) -> str:
    return "?" + "&".join(f"open={key}" for key in sorted(opened, key=int))
