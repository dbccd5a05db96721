"""Look at a workbook file before it is opened: its kind, its size unpacked, the size of its sheets.

The reader behind us allots memory for a sheet's whole rectangle, so one cell in the far corner
would cost gigabytes. What this room lets through is safe to load.
"""

import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _

from expansion.errors import Invalid
from expansion.files.kinds import LARGEST_DIRECTORY, directory_size

MB = 1024 * 1024
LARGEST_FILE = 50 * MB
LARGEST_UNPACKED = 400 * MB
MOST_ENTRIES = 5_000
MOST_ROWS = 200_000
MOST_COLUMNS = 200
MOST_CELLS = 4_000_000
CHUNK = MB

# What Python's zipfile raises over a damaged file; a wrong offset is a ValueError.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    ValueError,
)

ZIP_START = b"PK\x03\x04"
OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# A password-protected workbook is an OLE file with a stream of this name.
LOCKED = "EncryptedPackage".encode("utf-16-le")

# Attributes up to the one that is meant; a quoted value may hold any sign but "<".
ATTRIBUTES = rb"""(?:[^<>"']|"[^"<]*"|'[^'<]*')*?"""
PLACE = rb"""\br\s*=\s*["']"""
# A cell that has content; `<c r="F1" s="2"/>` only has a format.
CELL = re.compile(
    rb"<(?:\w+:)?c\s" + ATTRIBUTES + PLACE + rb"""([A-Za-z]+)(\d+)["']"""
    rb"""(?:[^<>"'/]|"[^"<]*"|'[^'<]*')*>"""
)
# Some programs leave out where a cell stands: it follows the one before.
PLACELESS_CELL = re.compile(rb"<(?:\w+:)?c(?:\s(?:(?!" + PLACE + rb")[^<>])*)?(?<!/)>")
ROW = re.compile(rb"<(?:\w+:)?row\b(?:" + ATTRIBUTES + PLACE + rb"(\d+))?")
# A formula whose result was never stored: the program that wrote the file did not compute it.
WITHOUT_RESULT = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f\s*/>)\s*(?:<v></v>|<v\s*/>)?\s*</(?:\w+:)?c>"
)
ERROR_CELL = re.compile(rb"""<(?:\w+:)?c\s[^<>]*\bt=["']e["']""")
FROM_1904 = re.compile(rb"""date1904\s*=\s*["'](?:1|true)["']""")


@dataclass(slots=True)
class Findings:
    """What the look inside found: counts of cells that carry no value, and the first day."""

    without_result: int = 0
    errors: int = 0
    from_1904: bool = False


def inspect_workbook(file: BinaryIO) -> Findings:
    """Refuse what is no workbook, is locked or damaged, or would be too large to load."""
    if directory_size(file) > LARGEST_DIRECTORY:
        raise too_large()
    try:
        with zipfile.ZipFile(file) as archive:
            _check_entries(archive)
            return _look_inside(archive)
    except DAMAGE as error:
        raise damaged() from error
    except RuntimeError as error:  # How zipfile says that an entry wants a password.
        raise locked() from error


def refuse_by_start(file: BinaryIO, start: bytes) -> None:
    """Name the wrong kinds of file that people send: old, locked, not a table at all."""
    if start.startswith(OLE_START):
        file.seek(0)
        raise locked() if LOCKED in file.read(LARGEST_FILE) else wrong_kind()
    if start.lstrip()[:1] == b"<" or start.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff")):
        raise wrong_kind()


def locked() -> Invalid:
    return Invalid(_("The file has a password. Remove the password in Excel and send it again."))


def wrong_kind() -> Invalid:
    return Invalid(_("This is not an .xlsx or .csv file. Open it in Excel and save it as .xlsx."))


def damaged() -> Invalid:
    return Invalid(_("The file is damaged. Open it in Excel, save it as .xlsx and send it again."))


def too_large() -> Invalid:
    return Invalid(
        _("The table is too large: at most %(rows)s rows and %(columns)s columns. Divide it.")
        % {"rows": MOST_ROWS, "columns": MOST_COLUMNS}
    )


def _check_entries(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if "xl/workbook.xml" not in archive.namelist():
        raise wrong_kind()
    if any(entry.flag_bits & 1 for entry in entries):
        raise locked()
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or unpacked > LARGEST_UNPACKED:
        raise too_large()


def _look_inside(archive: zipfile.ZipFile) -> Findings:
    """Unpack every part that will be read: a size that lies ends here, not in memory."""
    findings = Findings()
    for entry in archive.infolist():
        if entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml"):
            _scan_sheet(archive, entry, findings)
        elif entry.filename.endswith((".xml", ".rels", ".bin")):
            _scan_part(archive, entry, findings)
    return findings


def _scan_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, findings: Findings) -> None:
    with archive.open(entry) as part:
        while chunk := part.read(CHUNK):
            if entry.filename == "xl/workbook.xml" and FROM_1904.search(chunk):
                findings.from_1904 = True


def _scan_sheet(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, findings: Findings) -> None:
    extent, rest = Extent(), b""
    with archive.open(entry) as part:
        while chunk := part.read(CHUNK):
            if b"\0" in chunk or len(rest) > CHUNK:
                raise damaged()  # Another encoding than UTF-8, or one tag of a megabyte.
            text, rest = _whole_tags(rest + chunk)
            findings.without_result += len(WITHOUT_RESULT.findall(text))
            findings.errors += len(ERROR_CELL.findall(text))
            extent.grow(text)


def _whole_tags(text: bytes) -> tuple[bytes, bytes]:
    """Cut before the last tag, so that none falls between two chunks."""
    cut = text.rfind(b"<")
    return (text[:cut], text[cut:]) if cut > 0 else (text, b"")


@dataclass(slots=True)
class Extent:
    """The rectangle that a sheet's filled cells span. Refuses one that is too large."""

    rows: int = 0
    columns: int = 0
    row: int = 0

    def grow(self, text: bytes) -> None:
        placed = CELL.findall(text)
        self._reach(
            max(map(int, {row for _letters, row in placed}), default=0),
            max(map(column_number, {letters for letters, _row in placed}), default=0),
        )
        if PLACELESS_CELL.search(text):
            self._grow_by_order(text)
        if self.rows > MOST_ROWS or self.columns > MOST_COLUMNS:
            raise too_large()
        if self.rows * self.columns > MOST_CELLS:
            raise too_large()

    def _grow_by_order(self, text: bytes) -> None:
        starts = [*ROW.finditer(text)]
        ends = [start.start() for start in starts[1:]] + [len(text)]
        if starts:
            self._count_cells(text[: starts[0].start()])
        for start, end in zip(starts, ends, strict=True):
            self.row = int(start[1] or self.row + 1)
            self._count_cells(text[start.end() : end])
        if not starts:
            self._count_cells(text)

    def _count_cells(self, row: bytes) -> None:
        if count := len(PLACELESS_CELL.findall(row)):
            self._reach(self.row, count)

    def _reach(self, row: int, column: int) -> None:
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)


def column_number(letters: bytes) -> int:
    """A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
