"""The overview's compliance panel: how the clauses stood last month, and stand in this one so far.

Every figure is the compliance board's own, of the same people, and opens there.
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from expansion import access
from expansion.home.compliance import Asked
from expansion.home.compliance_words import cell_words, standing
from expansion.rulebook.board import (
    ALL_KEPT,
    BROKEN_SOME,
    NOTHING,
    RUNNING,
    Board,
    Row,
    running,
)
from expansion.rulebook.models import Version
from expansion.rulebook.selectors import rules_on
from expansion.worktime import Period

MOST = 4  # clauses named; the rest stands behind one link


def announced(person: Any) -> dict[str, str] | None:
    """What stands in the panel's place until its figures come; None for whoever may not open the
    board."""
    if not access.can(person, "view", Version):
        return None
    return {"title": _title(running().previous())}


def panel(person: Any) -> dict[str, Any]:
    """How many clauses were kept, broken or had nothing to check in the last whole month, those
    broken most often, and how the running month stands."""
    board = Board(person, rules_on(), running())
    month = board.until.previous()
    broken = board.broken_in(month)
    measured = any(row.cells for row in board.rows)
    return {
        "title": _title(month),
        "url": _address(until=month.key),
        "sums": _sums(board, month) if measured else [],
        "rows": [_line(row, month) for row in broken[:MOST]],
        "nothing": _nothing_broken(board, month) if measured else _nothing_measured(board),
        "more": max(0, len(broken) - MOST),
        "more_url": _address(until=month.key, only="broken"),
        "since": _since(board) if measured else "",
    }


def _title(month: Period) -> str:
    return _("Compliance, %(month)s") % {"month": month.label}


def _address(**asked: str) -> str:
    """The board as the words of its address ask for it."""
    return f"{reverse('home:compliance')}{Asked({}).url(**asked)}"


def _sums(board: Board, month: Period) -> list[dict[str, Any]]:
    """The clauses by how they stood; a month that is over seldom has cases that still run."""
    sums = board.sums_of(month)
    return [
        {
            "label": standing(state),
            "count": sums[state],
            "late": state == BROKEN_SOME and sums[state] > 0,
        }
        for state in (ALL_KEPT, BROKEN_SOME, RUNNING, NOTHING)
        if sums[state] or state != RUNNING
    ]


def _line(row: Row, month: Period) -> dict[str, str]:
    return {
        "label": row.label,
        "words": cell_words(row.cell_of(month)),
        "url": _address(until=month.key, clause=row.clause.id, period=month.key),
    }


def _nothing_broken(board: Board, month: Period) -> str:
    sums, words = board.sums_of(month), {"month": month.label}
    if sums[ALL_KEPT] or sums[RUNNING]:
        return _("No clause was broken in %(month)s.") % words
    return _("Nothing was due in %(month)s.") % words


def _nothing_measured(board: Board) -> str:
    if board.rows:
        return _("The rulebook in force has no clause that is counted.")
    return _("The rulebook in force lists no clauses.")


def _since(board: Board) -> str:
    """How the running month stands until today."""
    broken, unfinished = board.sums[BROKEN_SOME], board.sums[RUNNING]
    words = {"month": board.until.label, "broken": broken, "running": unfinished}
    if not broken:
        return _("%(month)s until today: nothing broken, %(running)s running.") % words
    sentence = ngettext(
        "%(month)s until today: %(broken)s clause broken, %(running)s running.",
        "%(month)s until today: %(broken)s clauses broken, %(running)s running.",
        broken,
    )
    return sentence % words
