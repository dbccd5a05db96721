"""The compliance board: a page for everybody whom the regulation binds (A-1.2)."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from expansion import clock
from expansion.compliance import BROKEN, KEPT, OPEN
from expansion.errors import Gone
from expansion.home import compliance_sheets as sheets
from expansion.home.compliance_words import (
    cell_words,
    column_word,
    kind_words,
    legend,
    row_words,
    standing,
)
from expansion.rulebook.board import (
    COLUMNS,
    FACT,
    MOST,
    STANDINGS,
    Board,
    Detail,
    running,
)
from expansion.rulebook.clauses import Clause
from expansion.rulebook.deciders import names_in
from expansion.rulebook.models import Version
from expansion.rulebook.selectors import rules_on
from expansion.ui.attachments import attachment
from expansion.ui.gates import May
from expansion.ui.pages import Screen
from expansion.worktime import Period, PeriodKind

BOARD_GATE = May("view", Version)

# What an address says of the clause that is opened, taken from it.
CLOSED = {"clause": "", "period": "", "state": "", "page": ""}


class BoardScreen(Screen):
    """What the address asks of the board, as far as it is this person's to see."""

    gate = BOARD_GATE

    @cached_property
    def asked(self) -> "Asked":
        return Asked(self.request.GET)

    @cached_property
    def board(self) -> Board:
        asked = self.asked
        return Board(
            self.request.user, rules_on(), asked.until, unit=asked.unit, person=asked.person
        )

    @property
    def shown(self) -> sheets.Shown:
        """The clauses that the address asks for."""
        return sheets.Shown(self.board, self.asked.chapter, self.asked.only)

    def clause(self, id: str) -> Clause:
        """The clause of this id.

        Raises:
            Gone: the rulebook has no such clause.
        """
        found = (one for one in self.board.rules.clauses if one.id == id)
        if clause := next(found, None):
            return clause
        raise Gone(_("The rulebook in force has no such clause."))


class Compliance(BoardScreen):
    """The clauses by chapter with the last periods, and beside them the one that was opened."""

    template = "home/compliance.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        board, asked = self.board, self.asked
        return self.draw(
            {
                "board": board,
                "asked": asked,
                "chapters": [
                    {"label": one.label, "rows": [self._line(row) for row in one.rows]}
                    for one in self.shown.chapters
                ],
                "periods": [
                    {"label": one.label, "short": column_word(one)} for one in board.periods
                ],
                "legend": legend(),
                "filters": list(self._filters()),
                "clear_url": "?" if asked.is_narrowed else "",
                "sums": self._sums(),
                "drawer": self._drawer(),
                "earlier_url": asked.url(until=board.until.previous().key),
                "later_url": asked.url(until=board.until.next().key)
                if board.until < running(board.until.kind)
                else "",
            }
        )

    def _line(self, row: Any) -> dict[str, Any]:
        clause = row.clause.id
        return {
            "row": row,
            "words": row_words(row),
            "url": self._opened(clause, self.board.until),
            "cells": [
                {
                    "cell": cell,
                    "words": cell_words(cell),
                    "url": self._opened(clause, cell.period),
                    "chosen": self.asked.clause == clause and self.asked.period == cell.period,
                }
                for cell in row.cells
            ],
            "chosen": self.asked.clause == clause,
        }

    def _opened(self, clause: str, period: Period) -> str:
        return self.asked.url(clause=clause, period=period.key, state="", page="")

    def _sums(self) -> list[dict[str, Any]]:
        sums = self.board.sums
        return [{"key": key, "count": sums[key], "label": standing(key)} for key in STANDINGS]

    def _filters(self) -> Iterator[dict[str, Any]]:
        board, asked = self.board, self.asked
        teams = [(team.unit.pk, str(team.unit)) for team in board.teams]
        people = [(one.pk, one.name) for one in board.people.values()]
        chapters = dict.fromkeys(one.chapter for one in board.rules.clauses)
        labels = [(key, board.rules.chapter_label(key)) for key in chapters]
        kinds = [(kind.value, word) for kind, word in kind_words().items()]
        yield self._period_filter(kinds)
        if len(teams) > 1:
            yield self._filter("unit", _("Team"), teams, board.unit)
        if len(people) > 1:
            yield self._filter("person", pgettext("filter", "Person"), people, board.person)
        yield self._filter("chapter", _("Chapter"), labels, asked.chapter)
        stand = [(key, standing(key)) for key in STANDINGS if board.sums[key] or key == asked.only]
        yield self._filter("only", _("Result"), stand, asked.only)

    def _filter(
        self, key: str, label: str, choices: list[tuple[Any, str]], chosen: Any
    ) -> dict[str, Any]:
        return {
            "label": label,
            "value": dict(choices).get(chosen, ""),
            "clear_url": self.asked.url(**{key: ""}),
            "choices": [
                {"label": name, "url": self.asked.url(**{key: value}), "active": value == chosen}
                for value, name in choices
            ],
        }

    def _period_filter(self, kinds: list[tuple[str, str]]) -> dict[str, Any]:
        """Other periods around the same days; the board always has one."""
        until = self.board.until
        day = min(until.end, clock.today())
        return {
            "label": _("Period"),
            "value": dict(kinds)[until.kind] if until.kind != PeriodKind.MONTH else "",
            "clear_url": self.asked.url(until="", **CLOSED),
            "choices": [
                {
                    "label": word,
                    "url": self.asked.url(until=Period.containing(kind, day).key, **CLOSED),
                    "active": kind == until.kind,
                }
                for kind, word in kinds
            ],
        }

    def _drawer(self) -> dict[str, Any] | None:
        asked, board = self.asked, self.board
        if not asked.clause:
            return None
        detail = asked.detail(board, self.clause(asked.clause))
        return {
            "detail": detail,
            "cell": detail.cell,
            "names": names_in((one.value for one in detail.settings), board.rules),
            "words": row_words(detail.row),
            "is_proven": detail.row.state == FACT,
            "close_url": asked.url(**CLOSED),
            "states": self._states(detail),
            "pages": self._pages(detail),
            "trend": trend(detail),
            "query": asked.query,
        }

    def _pages(self, detail: Detail) -> dict[str, Any] | None:
        """Which of the cases are shown, and the way to those before and after them."""
        first = (detail.page - 1) * MOST
        last = min(first + MOST, detail.number)
        if detail.number <= MOST:
            return None
        return {
            "words": _("%(first)s to %(last)s of %(all)s")
            % {"first": first + 1, "last": last, "all": detail.number},
            "newer_url": self.asked.url(page=detail.page - 1) if first else "",
            "older_url": self.asked.url(page=detail.page + 1) if last < detail.number else "",
        }

    def _states(self, detail: Detail) -> list[dict[str, Any]]:
        cell = detail.cell
        numbers = ((BROKEN, cell.broken), (KEPT, cell.kept), (OPEN, cell.open))
        return [
            {
                "label": standing(state),
                "count": number,
                "url": self.asked.url(state=state, page=""),
                "active": state == detail.state,
            }
            for state, number in numbers
        ]


class Asked:
    """What the address asks for; what does not fit is as if it were not there."""

    names = ("until", "unit", "person", "chapter", "only", "clause", "period", "state", "page")

    def __init__(self, given: Any):
        self.given = {name: given.get(name, "")[:40] for name in self.names}
        asked = _period(self.given["until"]) or running()
        self.until = min(asked, running(asked.kind))
        self.unit, self.person = _number(self.given["unit"]), _number(self.given["person"])
        self.chapter, self.clause = self.given["chapter"], self.given["clause"]
        self.only = self.given["only"] if self.given["only"] in STANDINGS else ""
        self.period = _period(self.given["period"])
        self.page = max(1, _number(self.given["page"]) or 1)
        known = self.given["state"] in (KEPT, BROKEN, OPEN)
        self.state = self.given["state"] if known else ""

    def detail(self, board: Board, clause: Clause) -> Detail:
        """The clause in the period asked for, else in the last one."""
        period = self.period if self.period in board.periods else board.until
        return board.detail(clause, period, self.state, self.page)

    @property
    def is_narrowed(self) -> bool:
        return any(self.given[name] for name in ("unit", "person", "chapter", "only"))

    @property
    def query(self) -> str:
        """The same, to hang on another page's address."""
        return self.url()

    def url(self, **changed: Any) -> str:
        """This page's address with other values; an empty one leaves it."""
        wanted = {**self.given, **{name: str(value) for name, value in changed.items()}}
        return f"?{urlencode({name: value for name, value in wanted.items() if value})}"


def _period(key: str) -> Period | None:
    try:
        found = Period.parse(key)
    except (ValueError, OverflowError):
        return None
    return found if found.kind in COLUMNS else None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


def trend(detail: Detail) -> dict[str, Any] | None:
    """How often the clause was broken, period by period; None where it never was."""
    cells = detail.row.cells
    if not any(cell.broken for cell in cells):
        return None
    labels = [cell.period.label for cell in cells]
    numbers = [cell.broken for cell in cells]
    return {
        "data": {
            "labels": labels,
            "series": [{"name": _("broken"), "values": numbers, "role": "self"}],
        },
        "table": {
            "head": [_("Period"), _("kept"), _("broken")],
            "rows": [[cell.period.label, cell.kept, cell.broken] for cell in cells],
        },
    }


class ComplianceSheet(BoardScreen):
    """The board as it is shown, as a workbook; each is logged, so it is a POST."""

    def post(self, request: HttpRequest) -> HttpResponse:
        name, content = sheets.export_board(actor=request.user, shown=self.shown)
        return attachment(name, content)


class CompliancePaper(BoardScreen):
    """The board as it is shown, as PDF."""

    def post(self, request: HttpRequest) -> HttpResponse:
        name, content = sheets.print_board(actor=request.user, shown=self.shown)
        return attachment(name, content, "application/pdf")


class ComplianceCases(BoardScreen):
    """The cases of one clause in one period, as a workbook."""

    def post(self, request: HttpRequest, clause: str) -> HttpResponse:
        detail = self.asked.detail(self.board, self.clause(clause))
        name, content = sheets.export_cases(actor=request.user, detail=detail)
        return attachment(name, content)
