"""HR's workbook of a cycle: live formulae that recompute the stored scores (A-5.5.1, R-apr-16).

One sheet sums up, one per team shows every part of every indicator, one holds the evidence, one
explains. A total is a formula over the team's sheet, a part's score one over its value and target:
whoever changes a figure sees what follows. Rows under appeal are held: no score, the reason beside
them. Texts are typed as texts, so that none becomes a formula.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from appraisal import scoring
from appraisal.desk import explaining
from appraisal.models import Cycle, Evidence, Participant, Stage, WorkbookExport
from appraisal.services.exports import record_export
from appraisal.services.results import under_appeal
from expansion import metrics, worktime
from expansion.people.models import User
from expansion.transfer.parts import sheet_name
from expansion.transfer.writing import FORBIDDEN, LONGEST_TEXT, Watermark

HEAD = PatternFill("solid", fgColor="F1F3F6")
MARKED = PatternFill("solid", fgColor="FCF2DC")
BOLD = Font(bold=True)
SCORE, FIGURE = "0.00", "#,##0.######"
FIRST_ROW = 4  # of the summary, below the title and the heads


@dataclass
class Row:
    """One person in the workbook: where the detail stands, and whether the score is held."""

    participant: Participant
    held: bool
    sheet: str = ""
    details: list[dict[str, Any]] = field(default_factory=list)

    @property
    def shows_score(self) -> bool:
        return not self.held and self.participant.at.reached(Stage.FEEDBACK)


def cycle_workbook(*, actor: User, record: Cycle) -> tuple[str, bytes]:
    """The workbook's file name and content; the export is logged in the same breath.

    Raises:
        Forbidden: the actor may not take it.
    """
    people = list(record.participants.complete().order_by("team__order", "team", "owner__username"))
    pending = under_appeal(people)
    rows = [Row(one, one.pk in pending) for one in people]
    held = sum(row.held for row in rows)
    export = record_export(
        actor=actor, record=record, exported=sum(row.shows_score for row in rows), held=held
    )
    book = build(record, rows, export)
    target = io.BytesIO()
    book.save(target)
    return f"appraisal-{export.watermark}.xlsx", target.getvalue()


def build(cycle: Cycle, rows: Sequence[Row], export: WorkbookExport) -> Workbook:
    """All sheets, in the order in which they are read."""
    book = Workbook()
    summary = book.active
    summary.title = sheet_name(_("Summary"))
    notes_name = sheet_name(_("Notes"))
    levels = _levels(cycle)
    for team, members in groupby(rows, key=lambda row: row.participant.team):
        _team_sheet(book, str(team), list(members))
    _summary_sheet(summary, cycle, rows, _level_formula(levels, notes_name))
    _evidence_sheet(book, cycle, rows)
    _notes_sheet(book, notes_name, cycle, levels, export)
    mark = Watermark(export.by.name, export.at, export.watermark)
    for sheet in book.worksheets:
        sheet.oddFooter.left.text = mark.sentence.replace("&", "&&")
        sheet.page_setup.orientation = "landscape"
    book.properties.creator = export.by.name
    book.properties.identifier = export.watermark
    book.properties.description = mark.sentence
    return book


def _levels(cycle: Cycle) -> list[Any]:
    ranked = cycle.rules.appraisal.levels
    return sorted(ranked, key=lambda one: one.starts_at.value, reverse=True)


def _team_sheet(book: Workbook, name: str, rows: list[Row]) -> None:
    """Every part of every indicator of a team's people; a part's score and points are formulae."""
    sheet = book.create_sheet(sheet_name(name))
    _head(
        sheet,
        [
            (_("User name"), 14),
            (_("Person"), 12),
            (_("Block"), 14),
            (_("Indicator"), 28),
            (_("Part"), 22),
            (_("Actual"), 12),
            (_("Target"), 12),
            (_("Cap"), 8),
            (_("Score"), 10),
            (_("Weight in the whole, %"), 22),
            (_("Points"), 10),
        ],
    )
    number = 1
    for row in rows:
        row.sheet = sheet.title
        for detail in _details(row) if row.shows_score else ():
            number += 1
            _detail(sheet, number, row, detail)


def _details(row: Row) -> Iterator[dict[str, Any]]:
    one = row.participant
    rules, kpi_set = one.cycle.rules, one.indicators
    known = {indicator.key: indicator for indicator in scoring.indicators(rules, kpi_set)}
    for block in one.result.breakdown["blocks"]:
        for line in block["lines"]:
            for part in line["parts"]:
                yield {
                    **part,
                    "block": explaining.block_label(rules, kpi_set, block["key"]),
                    "indicator": explaining.line_label(rules, kpi_set, line["key"]),
                    "label": _part_label(known.get(line["key"]), part["key"]),
                }


def _part_label(indicator: Any, key: str) -> str:
    parts = {part.key: part.metric for part in indicator.how} if indicator else {}
    known = metrics.known().get(parts.get(key, ""))
    if known:
        return str(known.label)
    return _("Rating") if indicator else ""


def _detail(sheet: Worksheet, number: int, row: Row, detail: dict[str, Any]) -> None:
    person = row.participant.owner
    texts = (person.username, person.name, detail["block"], detail["indicator"], detail["label"])
    for column, text in enumerate(texts, start=1):
        _text(sheet.cell(number, column), text)
    for column, name in ((6, "value"), (7, "target"), (8, "cap")):
        _number(sheet.cell(number, column), detail[name], FIGURE)
    _formula(
        sheet.cell(number, 9),
        f'=IF(OR(F{number}="",G{number}=""),"",MAX(0,MIN(F{number}/G{number},H{number}))*100)',
    )
    _number(sheet.cell(number, 10), detail["weight"], FIGURE)
    _formula(sheet.cell(number, 11), f'=IF(I{number}="",0,I{number}*J{number}/100)')


def _summary_sheet(sheet: Worksheet, cycle: Cycle, rows: Sequence[Row], level_formula: str) -> None:
    _text(sheet["A1"], _("Appraisal, %(cycle)s") % {"cycle": cycle}, bold=True)
    _text(sheet["A2"], _scheme(cycle))
    common = cycle.rules.common_set()
    shared = [one.label() for one in common.indicators] if common else []
    heads = [
        (_("User name"), 14),
        (_("Person"), 12),
        (_("Team"), 18),
        (_("Confirmed by the person"), 16),
    ]
    heads += [(_("Own indicators"), 12), *[(label, 12) for label in shared]]
    heads += [
        (_("Computed"), 10),
        (_("Adjustment"), 10),
        (_("Total score"), 10),
        (_("Level"), 10),
        (_("Remark"), 44),
    ]
    _head(sheet, heads, row=FIRST_ROW - 1)
    for number, row in enumerate(rows, start=FIRST_ROW):
        _summary_row(sheet, number, row, shared, level_formula)


def _summary_row(
    sheet: Worksheet, number: int, row: Row, shared: list[str], level_formula: str
) -> None:
    one = row.participant
    for column, text in enumerate((one.owner.username, one.owner.name, str(one.team)), start=1):
        _text(sheet.cell(number, column), text)
    confirmation = sheet.cell(number, 4)
    _text(confirmation, _confirmation(row))
    if row.shows_score and one.result.acknowledged_at is None:
        confirmation.fill = MARKED
    computed = 6 + len(shared)
    if row.shows_score:
        _score_cells(sheet, number, row, shared, computed, level_formula)
    _text(sheet.cell(number, computed + 4), _remark(row))


def _score_cells(
    sheet: Worksheet,
    number: int,
    row: Row,
    shared: list[str],
    computed: int,
    level_formula: str,
) -> None:
    """The points by block, then computed, adjusted and final score, all as formulae."""
    points, people = _range(row, "K"), _range(row, "A")
    indicators = _range(row, "D")
    whole = f"SUMIFS({points},{people},$A{number})"
    common = [f"SUMIFS({points},{people},$A{number},{indicators},{_quoted(n)})" for n in shared]
    own = "-".join([whole, *common])
    for column, formula in enumerate((own, *common), start=5):
        _formula(sheet.cell(number, column), f"=ROUND(ROUND({formula},8),2)")
    letter, moved = get_column_letter(computed), get_column_letter(computed + 1)
    total = get_column_letter(computed + 2)
    _formula(sheet.cell(number, computed), f"=ROUND(ROUND({whole},8),2)")
    _number(sheet.cell(number, computed + 1), str(row.participant.result.adjustment), SCORE)
    highest = f"MAX(100,{letter}{number})"
    _formula(
        sheet.cell(number, computed + 2),
        f"=MIN(MAX(ROUND({letter}{number}+{moved}{number},2),0),{highest})",
    )
    sheet.cell(number, computed + 2).font = BOLD
    _formula(sheet.cell(number, computed + 3), level_formula.replace("{cell}", f"{total}{number}"))


def _range(row: Row, column: str) -> str:
    """A column of the team's sheet, down to a row that no team reaches."""
    name = row.sheet.replace("'", "''")
    return f"'{name}'!${column}$2:${column}$5000"


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _level_formula(levels: Sequence[Any], notes: str) -> str:
    """Nested IFs over the table of levels in the notes; `{cell}` stands for the score."""
    formula = f"'{notes}'!$A${1 + len(levels)}"
    for place in range(len(levels) - 1, 0, -1):
        cell = f"'{notes}'!$B${1 + place}"
        formula = f"IF({{cell}}>={cell},'{notes}'!$A${1 + place},{formula})"
    return f"={formula}"


def _confirmation(row: Row) -> str:
    one = row.participant
    if row.held:
        return _("under appeal")
    if not one.at.reached(Stage.FEEDBACK):
        return _("not delivered")
    if one.result.acknowledged_at is None:
        return _("not confirmed")
    return worktime.local_date(one.result.acknowledged_at).isoformat()


def _remark(row: Row) -> str:
    one = row.participant
    if row.held:
        numbers = ", ".join(appeal.number for appeal in one.appeals.pending())
        return _("Held: appeal %(numbers)s is pending.") % {"numbers": numbers}
    if not one.at.reached(Stage.FEEDBACK):
        return _("No score yet: the result is not delivered.")
    if one.result.adjustment:
        return _("Adjusted: %(reason)s") % {"reason": one.result.reason}
    return ""


def _scheme(cycle: Cycle) -> str:
    return _("Rulebook %(version)s, %(start)s to %(end)s") % {
        "version": cycle.rulebook,
        "start": cycle.start.isoformat(),
        "end": cycle.end.isoformat(),
    }


def _evidence_sheet(book: Workbook, cycle: Cycle, rows: Sequence[Row]) -> None:
    sheet = book.create_sheet(sheet_name(_("Evidence")))
    _head(
        sheet,
        [
            (_("User name"), 14),
            (_("Person"), 12),
            (_("Indicator"), 28),
            (_("Date"), 12),
            (_("Record"), 36),
            (_("Value"), 12),
            (_("Counted"), 10),
            (_("Remark"), 36),
        ],
    )
    shown = [row.participant.pk for row in rows if row.shows_score]
    found = Evidence.objects.filter(line__participant__in=shown).select_related(
        "line__participant__owner", "line__participant__cycle__rulebook"
    )
    ordered = found.order_by("line__participant__owner__username", "line", "on", "pk")
    for number, one in enumerate(ordered.iterator(chunk_size=2000), start=2):
        _evidence_row(sheet, number, one)


def _evidence_row(sheet: Worksheet, number: int, one: Evidence) -> None:
    person = one.line.participant
    labels = explaining.indicator_labels(person.cycle.rules, person.indicators)
    texts = (person.owner.username, person.owner.name, labels[one.line.indicator])
    for column, text in enumerate(texts, start=1):
        _text(sheet.cell(number, column), text)
    sheet.cell(number, 4).value = one.on
    _text(sheet.cell(number, 5), one.label)
    _number(sheet.cell(number, 6), str(one.value), FIGURE)
    _text(sheet.cell(number, 7), _("yes") if one.counted else _("no"))
    _text(sheet.cell(number, 8), one.note)


def _notes_sheet(
    book: Workbook, name: str, cycle: Cycle, levels: Sequence[Any], export: WorkbookExport
) -> None:
    """The table of levels that the summary reads, and how to read the rest."""
    sheet = book.create_sheet(name)
    _head(sheet, [(_("Level"), 40), (_("From score"), 14)])
    for number, level in enumerate(levels, start=2):
        _text(sheet.cell(number, 1), level.label())
        _number(sheet.cell(number, 2), str(level.starts_at.value), FIGURE)
    sentences = [
        _scheme(cycle),
        _("A part's score is actual ÷ target up to the cap, times 100; a rating is its own score."),
        _("Points are score × weight in the whole. A part without a value leaves its weight."),
        _("The score is the sum of the points, rounded once to two places, plus the adjustment."),
        _("Held rows have a pending appeal; their score follows after the decision."),
        _("Watermark: %(id)s") % {"id": export.watermark},
    ]
    for number, sentence in enumerate(sentences, start=len(levels) + 3):
        _text(sheet.cell(number, 1), sentence)


def _head(sheet: Worksheet, columns: Iterable[tuple[str, int]], row: int = 1) -> None:
    for place, (label, width) in enumerate(columns, start=1):
        cell = sheet.cell(row, place)
        _text(cell, label, bold=True)
        cell.fill = HEAD
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = sheet.cell(row + 1, 3)


def _text(cell: Cell, text: str, *, bold: bool = False) -> None:
    """A text cell whatever it begins with: no text of a person becomes a formula."""
    cell.value = FORBIDDEN.sub("", str(text))[:LONGEST_TEXT]
    cell.data_type = "s"
    cell.number_format = "@"
    if bold:
        cell.font = BOLD


def _number(cell: Cell, value: str | None, form: str) -> None:
    cell.value = None if value is None else Decimal(value)
    cell.number_format = form


def _formula(cell: Cell, formula: str) -> None:
    cell.value = formula
    cell.number_format = SCORE
