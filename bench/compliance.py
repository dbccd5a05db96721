"""The compliance board of the whole department beside its own SQL alone; prints a table.

The floor is the statements of the board sent once more as they are, their rows fetched and thrown
away: what is above it is ours.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402

from expansion.people.models import Role  # noqa: E402
from expansion.people.selectors import holders  # noqa: E402
from expansion.rulebook.board import Board, running  # noqa: E402
from expansion.rulebook.selectors import rules_on  # noqa: E402

HEAD = f"{'compliance board':<30}{'s':>8}{'floor':>8}{'×':>7}{'clauses':>10}{'queries':>9}"


def main() -> None:
    [manager, *_others] = holders(Role.MANAGER)
    rules = rules_on()
    board_of(manager, rules)
    sent: list[tuple[str, Any]] = []
    with connection.execute_wrapper(kept_in(sent)):
        began = time.perf_counter()
        clauses = board_of(manager, rules)
        mine = time.perf_counter() - began
    floor = alone(sent)
    print(HEAD)
    print(
        f"{'eight months, department':<30}{mine:>8.2f}{floor:>8.2f}{mine / floor:>7.1f}"
        f"{clauses:>10}{len(sent):>9}"
    )


def board_of(person: Any, rules: Any) -> int:
    """Counts every clause anew; returns how many there are."""
    return len(Board(person, rules, running()).rows)


def kept_in(sent: list[tuple[str, Any]]) -> Callable[..., Any]:
    def keep(execute: Callable[..., Any], sql: str, params: Any, *rest: Any) -> Any:
        sent.append((sql, params))
        return execute(sql, params, *rest)

    return keep


def alone(sent: list[tuple[str, Any]]) -> float:
    began = time.perf_counter()
    with connection.cursor() as cursor:
        for sql, params in sent:
            cursor.execute(sql, params)
            cursor.fetchall()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
