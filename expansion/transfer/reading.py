"""Read a person's workbook: find its table, name its columns, and give every row an account.

No row disappears: each row of the sheet, from the title on, comes out as data or with the reason
why it is none. Values that cannot be read leave a problem beside the row, never an exception;
what refuses the file as a whole is `expansion.errors.Invalid` with a sentence.
"""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from expansion.errors import Invalid
from expansion.transfer import archive, cells, rowkinds
from expansion.transfer.columns import Column, Kind
from expansion.transfer.dates import read_date, year_in
from expansion.transfer.headers import DEEPEST_HEADER, Header, Vocabulary
from expansion.transfer.merges import Merges
from expansion.transfer.rowkinds import RowKind
from expansion.transfer.sources import Cells, Opened, SheetSource, TextSource, open_file
from expansion.transfer.values import Circumstances, Intake, Problem, take_in

WORKBOOK_NAMES = (".xlsx", ".xlsm")
# So many rows tell which year most dates of a sheet have.
YEAR_SAMPLE = 2_000


@dataclass(slots=True)
class Row:
    """One row of the sheet; `number` is the number the spreadsheet shows beside it.

    `values` maps column keys to what was read: text, list of Phone, date, bool, Decimal. A key is
    absent where the cell is empty or unreadable. `cells` is the row as it stands in the file.
    """

    number: int
    kind: RowKind
    reason: str
    cells: Cells
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_data(self) -> bool:
        return self.kind is RowKind.DATA

    @property
    def refusal(self) -> str:
        """The sentence that refuses the row; empty when it can be taken over."""
        return next((problem.message for problem in self.problems if problem.blocking), "")


@dataclass(slots=True)
class Table:
    """A sheet with a header that was understood.

    `year` is put into dates without one; `year_from` says where it comes from: `title`, `dates`
    or `given`. `header.unknown` names the columns nobody claimed.
    """

    name: str
    header: Header
    columns: Sequence[Column]
    year: int | None
    year_from: str
    from_1904: bool
    _source: SheetSource | TextSource

    def rows(self) -> Iterator[Row]:
        """Every row from the sheet's first to its last. It can be asked for again."""
        merges = Merges(self._source.merges)
        where = Circumstances(self.year, self.from_1904)
        for number, row in enumerate(self._source.rows(), start=1):
            own = [position for position, cell in enumerate(row) if not cells.is_empty(cell)]
            merges.fill(number, row)
            kind = self._kind(number, row, own, merges)
            if kind is RowKind.DATA:
                yield self._data(number, row, where)
            else:
                yield Row(number, kind, rowkinds.reason_of(kind), row)

    def mapped(self, positions: Mapping[int, str]) -> "Table":
        """The same table with the columns as a person has set them: position (0 is A) to key."""
        by_key = {column.key: column for column in self.columns}
        fields = {place: by_key[key] for place, key in positions.items() if key in by_key}
        header = replace(self.header, fields=fields)
        if not Vocabulary(self.columns).is_complete(header):
            raise Invalid(missing_columns(self.columns))
        return replace(self, header=header)

    def _kind(self, number: int, row: Cells, own: list[int], merges: Merges) -> RowKind:
        if number < self.header.row:
            return RowKind.TITLE if own else RowKind.BLANK
        if number == self.header.row:
            return RowKind.HEADER
        return rowkinds.kind_of(self.header, row, own, merges.is_banner(number))

    def _data(self, number: int, row: Cells, where: Circumstances) -> Row:
        intake = read_cells(self.columns, self.header.fields, row, where)
        return Row(number, RowKind.DATA, "", row, intake.values, intake.problems)


@dataclass(slots=True)
class Workbook:
    """The tables of a file in its own order; `skipped` names the other sheets and why.

    `remarks` are sentences about the file as a whole. Use it in a `with` block, or close it.
    """

    tables: list[Table]
    skipped: list[tuple[str, str]]
    remarks: list[str]
    _opened: Opened

    @property
    def main(self) -> Table:
        """The table that names the most columns; the first of equals."""
        return max(self.tables, key=lambda table: len(table.header.keys))

    def close(self) -> None:
        self._opened.close()

    def __enter__(self) -> "Workbook":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def read_workbook(
    source: str | os.PathLike[str] | BinaryIO,
    columns: Sequence[Column],
    *,
    filename: str = "",
    default_year: int | None = None,
) -> Workbook:
    """Open an .xlsx, .xlsm or .csv file and find the tables that have these columns.

    Dates without a year take it from the title, the sheet's or the file's name, else from most
    dates of the sheet, else `default_year`. Refused (`Invalid`): files of other kinds, locked,
    damaged or too large ones, and files in which no sheet names every required column; `filename`
    tells a text that is only called a workbook from a table without that column.
    """
    opened = open_file(source)
    tables, skipped = [], []
    for sheet in opened.sheets:
        header, titles = (None, []) if sheet.is_hidden else _find_header(sheet, columns)
        if header is None:
            reason = rowkinds.hidden_sheet() if sheet.is_hidden else missing_columns(columns)
            skipped.append((sheet.name, reason))
        else:
            year, origin = _year(sheet, header, [*titles, sheet.name, filename], default_year)
            is_1904 = opened.findings.from_1904
            tables.append(Table(sheet.name, header, columns, year, origin, is_1904, sheet))
    if not tables:
        opened.close()
        raise _no_table(opened, filename, columns)
    return Workbook(tables, skipped, _remarks(opened), opened)


def read_cells(
    columns: Sequence[Column], fields: Mapping[int, Column], row: Cells, where: Circumstances
) -> Intake:
    """The values and problems of one row of data; `fields` maps its positions (0 is A)."""
    intake = Intake({}, [])
    for position, column in fields.items():
        if position < len(row):
            take_in(intake, column, row[position], where)
    _demand_required(columns, intake)
    return intake


def _demand_required(columns: Sequence[Column], intake: Intake) -> None:
    refused = {problem.field for problem in intake.problems if problem.blocking}
    for column in columns:
        if column.required and not intake.values.get(column.key) and column.key not in refused:
            message = _("“%(column)s” is empty.") % {"column": column.label}
            intake.refuse(column, "", message, blocking=True)


def _no_table(opened: Opened, filename: str, columns: Sequence[Column]) -> Invalid:
    """Of what is only called a workbook no row is looked for."""
    is_text = any(isinstance(sheet, TextSource) for sheet in opened.sheets)
    if is_text and filename.lower().endswith(WORKBOOK_NAMES):
        return archive.wrong_kind()
    return Invalid(missing_columns(columns))


def missing_columns(columns: Sequence[Column]) -> str:
    names = _(", ").join(f"“{column.label}”" for column in columns if column.required)
    return _("No header row with the column %(names)s was found.") % {"names": names}


def _find_header(
    source: SheetSource | TextSource, columns: Sequence[Column]
) -> tuple[Header | None, list[str]]:
    """The header of a sheet, or None, and the texts that stand above it."""
    merges, top = Merges(source.merges), []
    for number, row in enumerate(islice(source.rows(), DEEPEST_HEADER), start=1):
        merges.fill(number, row)
        top.append((number, row))
    header = Vocabulary(columns).find_header(top)
    titles = [
        cells.line(cell) for number, row in top[: header.row - 1 if header else 0] for cell in row
    ]
    return header, titles


def _year(
    source: SheetSource | TextSource, header: Header, titles: Sequence[str], default: int | None
) -> tuple[int | None, str]:
    """The year of the sheet and where it comes from."""
    for title in titles:
        if year := year_in(title):
            return year, "title"
    places = [place for place, column in header.fields.items() if column.kind is Kind.DATE]
    below = islice(source.rows(), header.row, header.row + YEAR_SAMPLE)
    found = (read_date(row[place]) for row in below for place in places if place < len(row))
    years = Counter(cell.day.year for cell in found if cell.day)
    if years:
        return years.most_common(1)[0][0], "dates"
    return default, "given" if default else ""


def _remarks(opened: Opened) -> list[str]:
    remarks, findings = [], opened.findings
    if count := findings.without_result:
        text = ngettext(
            "%(count)s formula has no stored result and counts as empty. "
            "Open the file in Excel and save it, then send it again.",
            "%(count)s formulas have no stored result and count as empty. "
            "Open the file in Excel and save it, then send it again.",
            count,
        )
        remarks.append(text % {"count": count})
    if count := findings.errors:
        text = ngettext(
            "%(count)s cell shows an error like #N/A and counts as empty.",
            "%(count)s cells show an error like #N/A and count as empty.",
            count,
        )
        remarks.append(text % {"count": count})
    return remarks
