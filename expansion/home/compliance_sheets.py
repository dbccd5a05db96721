"""The compliance board as a workbook and on paper; each is logged and carries its number."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from expansion import clock
from expansion.audit.models import Entry
from expansion.audit.services import write
from expansion.compliance import OPEN
from expansion.home.compliance_words import row_words, standing
from expansion.people.models import User
from expansion.rulebook.board import Board, Chapter, Detail, Named, Row
from expansion.transfer.columns import Column, Kind
from expansion.transfer.writing import Watermark, write_workbook
from expansion.ui import deadlines, formats
from expansion.ui.pdf import pdf
from expansion.worktime import Period

TITLE_LENGTH = 31  # of a sheet's name
MOST_CASES = 5_000  # of each state, in a workbook


@dataclass(frozen=True)
class Shown:
    """What somebody has on the screen: a board, narrowed to a chapter or to one of STANDINGS."""

    board: Board
    chapter: str = ""
    only: str = ""

    @cached_property
    def chapters(self) -> list[Chapter]:
        return self.board.chapters(only=self.only, chapter=self.chapter)

    @cached_property
    def rows(self) -> list[Row]:
        return [row for one in self.chapters for row in one.rows]


@transaction.atomic
def export_board(*, actor: User, shown: Shown) -> tuple[str, bytes]:
    """The board as a workbook, its file name first: one line per clause, four columns a period."""
    title = title_of(shown.board)
    entry = _logged(actor, shown.board, "home.compliance.exported", rows=len(shown.rows))
    return _workbook(actor, title, list(_heads(shown.board)), _lines(shown), entry)


@transaction.atomic
def export_cases(*, actor: User, detail: Detail) -> tuple[str, bytes]:
    """The cases of one clause in one period as a workbook, its file name first.

    A record is named only to whoever may see it, as on the page. A clause without a check has none.
    """
    board, clause = detail.board, detail.clause
    rows = detail.all_cases(MOST_CASES) if detail.check else []
    title = title_of(board, detail.period, clause.id)
    entry = _logged(
        actor, board, "home.compliance.exported", detail.period, rows=len(rows), clause=clause.id
    )
    return _workbook(actor, title, list(_case_heads(detail)), map(_case_line, rows), entry)


def _workbook(
    actor: User, title: str, heads: list[Column], lines: Iterable[list[Any]], entry: Entry
) -> tuple[str, bytes]:
    target = io.BytesIO()
    mark = _mark(actor, entry)
    write_workbook(target, heads, lines, title=title[:TITLE_LENGTH], watermark=mark)
    return f"{title}.xlsx", target.getvalue()


@transaction.atomic
def print_board(*, actor: User, shown: Shown) -> tuple[str, bytes]:
    """The board as PDF, its file name first: the last period, clause by clause.

    Raises:
        Missing: this machine cannot make PDF.
    """
    entry = _logged(actor, shown.board, "home.compliance.printed", rows=len(shown.rows))
    title = title_of(shown.board)
    chapters = [
        {
            "label": one.label,
            "rows": [
                {
                    "row": row,
                    "cell": row.cells[-1] if row.cells else None,
                    "words": row_words(row),
                }
                for row in one.rows
            ],
        }
        for one in shown.chapters
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


def title_of(board: Board, period: Period | None = None, clause: str = "") -> str:
    """Of which period, of whom and of which clause the figures are."""
    words = _("Compliance, %(month)s") % {"month": (period or board.until).label}
    return " ".join(part for part in (words, clause, board.whose) if part)


def _mark(actor: User, entry: Entry) -> Watermark:
    return Watermark(actor.name, clock.now(), str(entry.pk))


def _logged(
    actor: User, board: Board, verb: str, period: Period | None = None, **facts: Any
) -> Entry:
    """With the period, and with the unit or the person the board was narrowed to."""
    said = {"period": (period or board.until).key, "of": board.whose, **facts}
    changes = {name: [None, value] for name, value in said.items() if value not in (None, "")}
    return write(actor=actor, verb=verb, about=None, changes=changes)


def _heads(board: Board) -> Any:
    yield Column("clause", _("Clause"))
    yield Column("rule", _("Rule"))
    yield Column("standing", _("State"))
    yield Column("check", _("Check"))
    numbers = {"kept": _("kept"), "broken": _("broken"), "open": standing(OPEN)}
    for period in board.periods:
        for key, label in {**numbers, "share": _("share kept, %")}.items():
            yield Column(f"{period.key}.{key}", f"{period.label} {label}", Kind.NUMBER)


def _lines(shown: Shown) -> Iterator[list[Any]]:
    for row in shown.rows:
        check = str(row.answer.check.label) if row.answer.check else ""
        numbers = [
            number
            for cell in row.cells or (None,) * len(shown.board.periods)
            for number in ((cell.kept, cell.broken, cell.open, cell.share) if cell else (None,) * 4)
        ]
        yield [row.clause.id, row.label, row_words(row), check, *numbers]


def _case_heads(detail: Detail) -> Iterator[Column]:
    check = detail.check
    yield Column("state", _("State"))
    yield Column("record", _("Record"))
    yield Column("person", _("Person"))
    yield Column("due", str(check.due if check and check.due else _("due")))
    yield Column("done", str(check.done if check and check.done else _("done")))


def _case_line(one: Named) -> list[Any]:
    case = one.case
    name = one.name or _("a record you may not open")
    done = formats.moment(case.done) if case.done else ""
    return [standing(case.state), name, one.person, deadlines.moment(case.due), done]
