"""Write a list as .xlsx or .csv, row by row, from one query.

The .xlsx is written directly: a sheet is a few kinds of XML cells, and this is eight times faster
than openpyxl and XlsxWriter in their streaming modes, in constant memory. Workbooks with formulae
are made elsewhere, with openpyxl.

No text of a person ever becomes a formula: in .xlsx every text is a typed text cell of a column in
text format; in .csv a text that a spreadsheet would compute gets an apostrophe in front.
"""

import codecs
import csv
import datetime
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import count, islice
from typing import IO, Any, BinaryIO
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _

from expansion import clock
from expansion.errors import Invalid
from expansion.transfer import parts
from expansion.transfer.cells import guarded
from expansion.transfer.columns import Column, Kind
from expansion.ui.deadlines import in_words, may_move

MOST_ROWS = 1_048_000
LONGEST_TEXT = 32_767
# Excel shows whole numbers exactly up to 15 digits; longer ones are codes and stay text.
LARGEST_NUMBER = 10**15
FIRST_DAY = datetime.date(1900, 3, 1)
BATCH = 500

# What XML cannot hold, and Excel's own escapes (_x000D_) when a person typed them.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
ESCAPE_LOOKALIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
MARKED = re.compile("[\x00-\x08\x0b-\x1f&<>_\ud800-\udfff\ufffe\uffff]")

DAY_ZERO = datetime.date(1899, 12, 30)
WIDTHS = {
    Kind.DATE: 12,
    Kind.MOMENT: 17,
    Kind.DEADLINE: 32,
    Kind.MONEY: 14,
    Kind.FLAG: 8,
    Kind.PHONES: 26,
}


@dataclass(frozen=True, slots=True)
class Watermark:
    """Who exported, when, and under which number the export stands in the log."""

    name: str
    at: datetime.datetime
    export_id: str

    @property
    def sentence(self) -> str:
        moment = _local(self.at).strftime("%Y-%m-%d %H:%M")
        return _("Exported: %(name)s, %(moment)s, no. %(number)s") % {
            "name": self.name,
            "moment": moment,
            "number": self.export_id,
        }


def write_workbook(
    target: BinaryIO,
    columns: Sequence[Column],
    rows: Iterable[Sequence[object]],
    *,
    title: str,
    watermark: Watermark,
) -> int:
    """Write the rows, each in the order of the columns, to `target`; returns how many.

    `target` need not be seekable. The watermark stands in the page footer and in the document's
    properties. Refused: more rows than a sheet holds.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for name, text in parts.fixed_parts(title, watermark):
            archive.writestr(name, text)
        with archive.open(parts.SHEET, "w") as sheet:
            sheet.write(parts.sheet_start([_width(column) for column in columns]).encode())
            sheet.write(_header(columns).encode())
            count = _write_rows(sheet, columns, iter(rows))
            end = parts.sheet_end(len(columns), count + 1, watermark.sentence)
            sheet.write(end.encode())
    return count


def write_csv(
    target: BinaryIO,
    columns: Sequence[Column],
    rows: Iterable[Sequence[object]],
    *,
    watermark: Watermark,
) -> int:
    """The same as .csv in UTF-8 with its mark, which Excel needs; the watermark comes last."""
    target.write(codecs.BOM_UTF8)  # Python's own encoding with the mark takes its time per row.
    text = io.TextIOWrapper(target, encoding="utf-8", errors="replace", newline="")
    writer, written, numbers = csv.writer(text), _csv_writers(), count()
    writer.writerow([str(column.label) for column in columns])
    writer.writerows(
        # Nothing, or letters and digits alone, are most cells of a list, and harmless as they are.
        [
            value
            if value is None or type(value) is str and value.isalnum()
            else written.get(type(value), _csv_other)(value)
            for value in row
        ]
        for row, _number in zip(_marked(columns, rows), numbers, strict=False)
    )
    writer.writerow([watermark.sentence])
    text.detach()
    return next(numbers)


def xml_text(text: str) -> str:
    """The text inside an element; what XML forbids goes, what Excel would decode is protected."""
    if not MARKED.search(text):
        return text
    text = ESCAPE_LOOKALIKE.sub("_x005F_", FORBIDDEN.sub("", text))
    return escape(text)


def _write_rows(
    sheet: IO[bytes], columns: Sequence[Column], rows: Iterator[Sequence[object]]
) -> int:
    cells = _Cells(columns)
    number = 1
    while batch := list(islice(rows, BATCH)):
        if number + len(batch) > MOST_ROWS:
            raise Invalid(_("A sheet cannot hold so many rows. Filter the list first."))
        sheet.write("".join(map(cells.row, range(number + 1, MOST_ROWS), batch)).encode())
        number += len(batch)
    return number - 1


def _header(columns: Sequence[Column]) -> str:
    texts = (xml_text(str(column.label)) for column in columns)
    cells = (
        f'<c r="{parts.letters(place)}1" s="{parts.HEADER}" t="inlineStr">'
        f"<is><t>{text}</t></is></c>"
        for place, text in enumerate(texts)
    )
    return f'<row r="1">{"".join(cells)}</row>'


def _width(column: Column) -> int:
    if column.kind is Kind.DEADLINE:  # where it is too narrow for date and mark, Excel shows ####
        return max(column.width, WIDTHS[column.kind])
    return column.width or WIDTHS.get(column.kind) or max(12, 2 * len(str(column.label)) + 4)


def _yes_no() -> dict[bool, str]:
    return {True: _("yes"), False: _("no")}


class _Cells:
    """Turns values into cells by their type; a column's kind gives numbers their format."""

    def __init__(self, columns: Sequence[Column]):
        self._places = [parts.letters(place) for place in range(len(columns))]
        self._formats = [parts.NUMBER_STYLES.get(column.kind, 0) for column in columns]
        self._words = _yes_no()
        self._writers = {
            str: self._text,
            type(None): lambda place, value, style: "",
            bool: lambda place, value, style: self._text(place, self._words[value], style),
            int: self._number,
            float: self._number,
            Decimal: self._number,
            datetime.date: self._date,
            datetime.datetime: self._moment,
        }

    def row(self, number: int, values: Sequence[object]) -> str:
        cells = [
            self._writers.get(type(value), self._other)(f"{place}{number}", value, style)
            for place, style, value in zip(self._places, self._formats, values, strict=True)
        ]
        return f'<row r="{number}">{"".join(cells)}</row>'

    def _text(self, place: str, value: str, style: int) -> str:
        if not value:
            return ""
        text = xml_text(value if len(value) <= LONGEST_TEXT else value[: LONGEST_TEXT - 1] + "…")
        return (
            f'<c r="{place}" s="{parts.TEXT}" t="inlineStr">'
            f'<is><t xml:space="preserve">{text}</t></is></c>'
        )

    def _number(self, place: str, value: int | float | Decimal, style: int) -> str:
        if value != value or not -LARGEST_NUMBER < value < LARGEST_NUMBER:
            return self._text(place, str(value), style)
        text = f"{value:f}" if isinstance(value, Decimal) else repr(value)
        return f'<c r="{place}" s="{style}"><v>{text}</v></c>'

    def _date(self, place: str, value: datetime.date, style: int) -> str:
        if value < FIRST_DAY:
            return self._text(place, value.isoformat(), style)
        return f'<c r="{place}" s="{parts.DATE}"><v>{(value - DAY_ZERO).days}</v></c>'

    def _moment(self, place: str, value: datetime.datetime, style: int) -> str:
        local = _local(value)
        if local.date() < FIRST_DAY:
            return self._text(place, local.isoformat(" ", "minutes"), style)
        seconds = local.hour * 3600 + local.minute * 60 + local.second
        serial = (local.date() - DAY_ZERO).days + seconds / 86_400
        marked = style == parts.PROVISIONAL and may_move(value)
        look = parts.PROVISIONAL if marked else parts.MOMENT
        return f'<c r="{place}" s="{look}"><v>{serial:.10f}</v></c>'

    def _other(self, place: str, value: object, style: int) -> str:
        return self._text(place, str(value), style)


def _csv_writers() -> dict[type, Callable[[Any], object]]:
    """How a value of each type is written; numbers and days stand as they are."""
    return {
        bool: _yes_no().__getitem__,
        datetime.datetime: _csv_moments(),
        **dict.fromkeys((int, float, Decimal, datetime.date), lambda value: value),
    }


def _csv_other(value: object) -> str:
    return guarded(str(value).replace("\0", ""))


def _marked(
    columns: Sequence[Column], rows: Iterable[Sequence[object]]
) -> Iterable[Sequence[object]]:
    """The rows with each deadline that may still move as text with its mark."""
    places = [place for place, column in enumerate(columns) if column.kind is Kind.DEADLINE]
    return map(partial(_with_marks, places, _csv_moments()), rows) if places else rows


def _with_marks(
    places: Sequence[int], written: Callable[[Any], str], row: Sequence[Any]
) -> Sequence[Any]:
    cells = list(row)
    for place in places:
        if mark := in_words(cells[place]):
            cells[place] = f"{written(cells[place])}{mark}"
    return cells


def _csv_moments() -> Callable[[datetime.datetime], str]:
    zone, length = clock.zone(), len("2026-10-08 09:00")

    def written(value: datetime.datetime) -> str:
        local = value.astimezone(zone) if value.tzinfo else value
        return local.isoformat(" ", "minutes")[:length]

    return written


def _local(moment: datetime.datetime) -> datetime.datetime:
    """The department's wall clock; a moment without a zone is taken for that already."""
    return moment.astimezone(clock.zone()) if moment.tzinfo else moment
