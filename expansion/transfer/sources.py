"""Open a person's file: the sheets of a workbook, or the one table of a .csv.

Every sheet gives its rows as lists of plain Python values, row by row, as often as asked.
"""

import codecs
import csv
import io
import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import BinaryIO

import python_calamine
from django.utils.translation import gettext as _

from expansion.errors import Invalid
from expansion.transfer import archive
from expansion.transfer.cells import unguarded

Cells = list[object]
# First row, first column, last row, last column; counted from 0.
Range = tuple[int, int, int, int]

ENCODINGS = ("utf-8-sig", "gb18030")
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
DELIMITERS = ",\t;"


@dataclass
class SheetSource:
    """One worksheet of a workbook; it is loaded when first asked, and forgotten with the object."""

    book: python_calamine.CalamineWorkbook
    name: str
    is_hidden: bool

    @cached_property
    def _sheet(self) -> python_calamine.CalamineSheet:
        with loading():
            return self.book.get_sheet_by_name(self.name)

    @property
    def merges(self) -> list[Range]:
        return [(*first, *last) for first, last in self._sheet.merged_cell_ranges or []]

    def rows(self) -> Iterator[Cells]:
        """From the sheet's first row on, every list beginning at column A."""
        left: Cells = [""] * (self._sheet.start[1] if self._sheet.start else 0)
        return ([*left, *row] for row in self._sheet.iter_rows())


@dataclass
class TextSource:
    """A .csv file."""

    file: BinaryIO
    encoding: str
    delimiter: str
    name: str = "CSV"
    is_hidden: bool = False
    merges: list[Range] = field(default_factory=list)

    def rows(self) -> Iterator[Cells]:
        self.file.seek(0)
        text = io.TextIOWrapper(self.file, encoding=self.encoding, newline="")
        try:
            yield from self._checked(csv.reader(text, delimiter=self.delimiter))
        except csv.Error as error:
            raise Invalid(_unclosed()) from error
        finally:
            text.detach()

    def _checked(self, rows: Iterator[list[str]]) -> Iterator[Cells]:
        for number, row in enumerate(rows, start=1):
            if number > archive.MOST_ROWS or len(row) > archive.MOST_COLUMNS:
                raise archive.too_large()
            yield [unguarded(cell) for cell in row]


@dataclass
class Opened:
    """A file that passed the checks. It stays open until `close`."""

    sheets: list[SheetSource] | list[TextSource]
    findings: archive.Findings
    close: Callable[[], None]


def open_file(source: str | os.PathLike[str] | BinaryIO) -> Opened:
    """Tell the kind of file by its content, never by its name. Refused with a sentence: other
    kinds, passwords, damage, sizes that the machine should not carry."""
    file = open(source, "rb") if isinstance(source, str | os.PathLike) else source
    _refuse_size(file)
    file.seek(0)
    start = file.read(4096)
    if start.startswith(archive.ZIP_START):
        return _workbook(file)
    archive.refuse_by_start(file, start)
    return _text_table(file)


class loading:
    """The reader's own errors, and its panics, become one sentence."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, python_calamine.PasswordError):
            raise archive.locked() from error
        if isinstance(error, python_calamine.CalamineError) or _is_panic(error):
            raise archive.damaged() from error


def _is_panic(error: BaseException | None) -> bool:
    return type(error).__name__ == "PanicException"


def _refuse_size(file: BinaryIO) -> None:
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        raise Invalid(_("The file is empty."))
    if size > archive.LARGEST_FILE:
        limit = archive.LARGEST_FILE // archive.MB
        raise Invalid(_("The file is larger than %(limit)s MB. Divide it.") % {"limit": limit})


def _workbook(file: BinaryIO) -> Opened:
    findings = archive.inspect_workbook(file)
    file.seek(0)
    with loading():
        book = python_calamine.CalamineWorkbook.from_filelike(file)
    visible = python_calamine.SheetVisibleEnum.Visible
    worksheet = python_calamine.SheetTypeEnum.WorkSheet
    sheets = [
        SheetSource(book, sheet.name, is_hidden=sheet.visible != visible)
        for sheet in book.sheets_metadata
        if sheet.typ == worksheet
    ]
    return Opened(sheets, findings, book.close)


def _unclosed() -> str:
    return _("A cell is longer than a cell can be. Perhaps a quotation mark is not closed.")


def _text_table(file: BinaryIO) -> Opened:
    encoding = _encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    head = "".join(itertools.islice(text, 20))
    text.detach()
    delimiter = max(DELIMITERS, key=head.count)
    return Opened([TextSource(file, encoding, delimiter)], archive.Findings(), file.close)


def _encoding(file: BinaryIO) -> str:
    """The encoding in which the whole file makes sense; GB18030 is what Chinese Excel writes."""
    file.seek(0)
    start = file.read(4096)
    marked = next((name for mark, name in MARKS.items() if start.startswith(mark)), None)
    if marked is None and b"\0" in start:
        raise archive.wrong_kind()
    for encoding in [marked] if marked else ENCODINGS:
        if _decodes(file, encoding):
            return encoding
    raise archive.wrong_kind()


def _decodes(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while chunk := file.read(archive.CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
