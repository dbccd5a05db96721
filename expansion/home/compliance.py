"""The compliance board: a page for everybody whom the regulation binds (A-1.2)."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from expansion.compliance import BROKEN, KEPT, OPEN
from expansion.errors import Gone
from expansion.home import compliance_sheets as sheets
from expansion.home.compliance_words import cell_words, legend, month_word, standing
from expansion.rulebook.board import (
    ALL_KEPT,
    BROKEN_SOME,
    FACT,
    MOST,
    NOTHING,
    RECORDED,
    RUNNING,
    UNANSWERED,
    Board,
    Detail,
    this_month,
)
from expansion.rulebook.models import Version
from expansion.rulebook.selectors import rules_on
from expansion.ui.attachments import attachment
from expansion.ui.gates import May
from expansion.ui.pages import Screen
from expansion.worktime import Period, PeriodKind


class BoardScreen(Screen):
    """What the address asks of the board, as far as it is this person's to see."""

    gate = May("view", Version)

    @cached_property
    def asked(self) -> "Asked":
        return Asked(self.request.GET)

    @cached_property
    def board(self) -> Board:
        asked = self.asked
        return Board(
            self.request.user, rules_on(), asked.until, unit=asked.unit, person=asked.person
        )


class Compliance(BoardScreen):
    """The clauses by chapter with the last months, and beside them the one that was opened."""

    template = "home/compliance.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        board, asked = self.board, self.asked
        chapters = board.chapters(only_broken=asked.only_broken, chapter=asked.chapter)
        return self.draw(
            {
                "board": board,
                "asked": asked,
                "chapters": [
                    {"label": one.label, "rows": [self._line(row) for row in one.rows]}
                    for one in chapters
                ],
                "months": [{"label": one.label, "short": month_word(one)} for one in board.months],
                "legend": legend(),
                "filters": list(self._filters()),
                "clear_url": "?" if asked.is_narrowed else "",
                "sums": self._sums(),
                "drawer": self._drawer(),
                "earlier_url": asked.url(until=board.until.previous().key),
                "later_url": asked.url(until=board.until.next().key)
                if board.until < this_month()
                else "",
            }
        )

    def _line(self, row: Any) -> dict[str, Any]:
        clause = row.clause.id
        return {
            "row": row,
            "words": standing(row.state),
            "url": self.asked.url(clause=clause, month=self.board.until.key, state=""),
            "cells": [
                {
                    "cell": cell,
                    "words": cell_words(cell),
                    "url": self.asked.url(clause=clause, month=cell.month.key, state=""),
                    "chosen": self.asked.clause == clause and self.asked.month == cell.month,
                }
                for cell in row.cells
            ],
            "chosen": self.asked.clause == clause,
        }

    def _sums(self) -> list[dict[str, Any]]:
        sums = self.board.sums
        keys = (ALL_KEPT, BROKEN_SOME, RUNNING, NOTHING, FACT, RECORDED, UNANSWERED)
        return [{"key": key, "count": sums[key], "label": standing(key)} for key in keys]

    def _filters(self) -> Iterator[dict[str, Any]]:
        board, asked = self.board, self.asked
        teams = [(team.unit.pk, str(team.unit)) for team in board.teams]
        people = [(one.pk, one.name) for one in board.people.values()]
        chapters = dict.fromkeys(one.chapter for one in board.rules.clauses)
        labels = [(key, board.rules.chapter_label(key)) for key in chapters]
        if len(teams) > 1:
            yield self._filter("unit", _("Team"), teams, board.unit)
        if len(people) > 1:
            yield self._filter("person", pgettext("filter", "Person"), people, board.person)
        yield self._filter("chapter", _("Chapter"), labels, asked.chapter)
        yield self._filter("only", _("Shown"), [("broken", _("only broken"))], asked.only)

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

    def _drawer(self) -> dict[str, Any] | None:
        asked, board = self.asked, self.board
        if not asked.clause:
            return None
        clause = next((one for one in board.rules.clauses if one.id == asked.clause), None)
        if clause is None:
            raise Gone(_("The rulebook in force has no such clause."))
        month = asked.month if asked.month in board.months else board.until
        detail = board.detail(clause, month, "")
        cell = detail.cell
        detail.state = asked.state or (BROKEN if cell.broken else OPEN if cell.open else KEPT)
        return {
            "detail": detail,
            "cell": cell,
            "words": standing(detail.row.state),
            "close_url": asked.url(clause="", month="", state=""),
            "states": self._states(detail),
            "most": MOST,
            "trend": trend(detail),
        }

    def _states(self, detail: Detail) -> list[dict[str, Any]]:
        cell = detail.cell
        numbers = ((BROKEN, cell.broken), (KEPT, cell.kept), (OPEN, cell.open))
        return [
            {
                "label": standing(state),
                "count": number,
                "url": self.asked.url(state=state),
                "active": state == detail.state,
            }
            for state, number in numbers
        ]


class Asked:
    """What the address asks for; what does not fit is as if it were not there."""

    names = ("until", "unit", "person", "chapter", "only", "clause", "month", "state")

    def __init__(self, given: Any):
        self.given = {name: given.get(name, "")[:40] for name in self.names}
        self.until = min(_month(self.given["until"]) or this_month(), this_month())
        self.unit, self.person = _number(self.given["unit"]), _number(self.given["person"])
        self.chapter, self.clause = self.given["chapter"], self.given["clause"]
        self.only = "broken" if self.given["only"] == "broken" else ""
        self.month = _month(self.given["month"])
        known = self.given["state"] in (KEPT, BROKEN, OPEN)
        self.state = self.given["state"] if known else ""

    @property
    def only_broken(self) -> bool:
        return bool(self.only)

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


def _month(key: str) -> Period | None:
    try:
        found = Period.parse(key)
    except (ValueError, OverflowError):
        return None
    return found if found.kind is PeriodKind.MONTH else None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


def trend(detail: Detail) -> dict[str, Any] | None:
    """How often the clause was broken, month by month; None where it never was."""
    cells = detail.row.cells
    if not any(cell.broken for cell in cells):
        return None
    labels = [cell.month.label for cell in cells]
    numbers = [cell.broken for cell in cells]
    return {
        "data": {
            "labels": labels,
            "series": [{"name": _("broken"), "values": numbers, "role": "self"}],
        },
        "table": {
            "head": [_("Month"), _("kept"), _("broken")],
            "rows": [[cell.month.label, cell.kept, cell.broken] for cell in cells],
        },
    }


class ComplianceSheet(BoardScreen):
    """The board as it is shown, as a workbook; each is logged, so it is a POST."""

    def post(self, request: HttpRequest) -> HttpResponse:
        name, content = sheets.export_board(actor=request.user, board=self.board)
        return attachment(name, content)


class CompliancePaper(BoardScreen):
    """The board as it is shown, as PDF."""

    def post(self, request: HttpRequest) -> HttpResponse:
        name, content = sheets.print_board(actor=request.user, board=self.board)
        return attachment(name, content, "application/pdf")
