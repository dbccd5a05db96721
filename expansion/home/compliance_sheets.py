"""The compliance board as a workbook and on paper; each is logged and carries its number."""

import io
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from expansion import clock
from expansion.audit.models import Entry
from expansion.audit.services import write
from expansion.compliance import OPEN
from expansion.home.compliance_words import standing
from expansion.people.models import User
from expansion.rulebook.board import Board
from expansion.transfer.columns import Column, Kind
from expansion.transfer.writing import Watermark, write_workbook
from expansion.ui.pdf import pdf

TITLE_LENGTH = 31  # of a sheet's name


@transaction.atomic
def export_board(*, actor: User, board: Board) -> tuple[str, bytes]:
    """The board as a workbook, its file name first: one line per clause, three columns a month."""
    entry = _logged(actor, board, "home.compliance.exported")
    target = io.BytesIO()
    title = _title(board)
    write_workbook(
        target, list(_heads(board)), _lines(board), title=title[:TITLE_LENGTH],
        watermark=_mark(actor, entry),
    )  # fmt: skip
    return f"{title}.xlsx", target.getvalue()


@transaction.atomic
def print_board(*, actor: User, board: Board) -> tuple[str, bytes]:
    """The board as PDF, its file name first: the last month, clause by clause.

    Raises:
        Missing: this machine cannot make PDF.
    """
    entry = _logged(actor, board, "home.compliance.printed")
    title = _title(board)
    chapters = [
        {
            "label": one.label,
            "rows": [
                {
                    "row": row,
                    "cell": row.cells[-1] if row.cells else None,
                    "words": standing(row.state),
                }
                for row in one.rows
            ],
        }
        for one in board.chapters()
    ]
    paper = pdf(
        "home/compliance_paper.html",
        {
            "title": title,
            "chapters": chapters,
            "mark": _mark(actor, entry).sentence,
        },
    )
    return f"{title}.pdf", paper


def _title(board: Board) -> str:
    return _("Compliance, %(month)s") % {"month": board.until.label}


def _mark(actor: User, entry: Entry) -> Watermark:
    return Watermark(actor.name, clock.now(), str(entry.pk))


def _logged(actor: User, board: Board, verb: str) -> Entry:
    return write(
        actor=actor,
        verb=verb,
        about=None,
        changes={"period": [None, board.until.key], "rows": [None, len(board.rows)]},
    )


def _heads(board: Board) -> Any:
    yield Column("clause", _("Clause"))
    yield Column("rule", _("Rule"))
    yield Column("standing", _("State"))
    for month in board.months:
        for key, label in (("kept", _("kept")), ("broken", _("broken")), ("open", standing(OPEN))):
            yield Column(f"{month.key}.{key}", f"{month.label} {label}", Kind.NUMBER)


def _lines(board: Board) -> Any:
    for row in board.rows:
        cells = row.cells or (None,) * len(board.months)
        numbers = [
            number
            for cell in cells
            for number in ((cell.kept, cell.broken, cell.open) if cell else (None, None, None))
        ]
        yield [row.clause.id, row.label, standing(row.state), *numbers]
