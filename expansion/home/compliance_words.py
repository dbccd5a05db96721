"""The words of the compliance board: page, workbook and paper say the same."""

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
)
from expansion.worktime import Period


def standing(state: str) -> str:
    """A word for how a clause stands, or a case."""
    return {
        KEPT: _("kept"),
        BROKEN: _("broken"),
        OPEN: pgettext("case", "running"),
        NOTHING: _("nothing to check"),
        FACT: _("proven"),
        RECORDED: _("recorded, not measured"),
        UNANSWERED: _("not in this version"),
    }[state]


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


def month_word(month: Period) -> str:
    """4 月: a month without its year."""
    return _("month %(month)s") % {"month": month.number}
