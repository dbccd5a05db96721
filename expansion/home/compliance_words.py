"""The words of the compliance board: page, workbook and paper say the same."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from expansion.compliance import BROKEN, KEPT, OPEN
from expansion.rulebook.board import (
    ALL_KEPT,
    BROKEN_SOME,
    FACT,
    NOTHING,
    RECORDED,
    RUNNING,
    UNANSWERED,
    Cell,
    Row,
)
from expansion.worktime import Period, PeriodKind


def standing(state: str) -> str:
    """A word for how a clause stands, or a case."""
    return {
        KEPT: _("kept"),
        BROKEN: _("broken"),
        OPEN: pgettext("case", "running"),
        NOTHING: _("nothing to check"),
        FACT: _("proven"),
        RECORDED: _("recorded, not measured"),
        UNANSWERED: _("not measured yet"),
    }[state]


def row_words(row: Row) -> str:
    """The same of a clause; of one that nothing answers for yet with what it waits for."""
    words = standing(row.state)
    if not row.waits_for:
        return words
    waits = _("waits for %(noun)s") % {"noun": row.waits_for}
    return f"{words}{_(': ')}{waits}"


def legend() -> list[tuple[str, str]]:
    return [(state, standing(state)) for state in (KEPT, BROKEN, OPEN, NOTHING)]


def cell_words(cell: Cell) -> str:
    """守 42: what a cell says, a dash where there was nothing."""
    if cell.state == NOTHING:
        return "—"
    words = {
        ALL_KEPT: _("kept %(number)s"),
        BROKEN_SOME: _("broken %(number)s"),
        RUNNING: _("open %(number)s"),
    }
    return words[cell.state] % {"number": cell.number}


def numbers_words(numbers: Mapping[str, int]) -> str:
    """守 2、破 1: how many cases of one record stand how; of a single one its state alone."""
    found = [(state, numbers[state]) for state in (KEPT, BROKEN, OPEN) if numbers[state]]
    if not found:
        return _("nothing to check")
    if len(found) == 1 and found[0][1] == 1:
        return standing(found[0][0])
    words = {KEPT: _("kept %(number)s"), BROKEN: _("broken %(number)s"), OPEN: _("open %(number)s")}
    return _(", ").join(words[state] % {"number": number} for state, number in found)


def column_word(period: Period) -> str:
    """4 月, 2 季度: a period without its year."""
    words = {
        PeriodKind.MONTH: _("month %(number)s"),
        PeriodKind.QUARTER: _("Q%(number)s"),
        PeriodKind.HALF_YEAR: _("half %(number)s"),
    }
    return words[period.kind] % {"number": period.number} if period.kind in words else period.key


def kind_words() -> dict[PeriodKind, str]:
    """The periods that the board can be read in."""
    return {
        PeriodKind.MONTH: pgettext("period", "months"),
        PeriodKind.QUARTER: pgettext("period", "quarters"),
        PeriodKind.HALF_YEAR: pgettext("period", "half-years"),
        PeriodKind.YEAR: pgettext("period", "years"),
    }
