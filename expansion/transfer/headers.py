"""Find the header row of a sheet and tell which of its columns is which field."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from expansion.transfer import cells
from expansion.transfer.columns import Column, Kind

# Below this row no header is looked for: title, date and instructions stand above it.
DEEPEST_HEADER = 40

NUMBERING = re.compile(r"^\d+[.、)]\s*")
REMARK = re.compile(r"[(\[【<].*?[)\]】>]")
NOISE = re.compile(r"[\s*:·_]+")


@dataclass(frozen=True, slots=True)
class Header:
    """`row` is the sheet's row number; `fields` maps a column's position (0 is A) to its Column.

    `unknown` maps the positions that no field claims to the header that stands there.
    """

    row: int
    fields: dict[int, Column]
    unknown: dict[int, str] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)

    @property
    def keys(self) -> set[str]:
        return {column.key for column in self.fields.values()}


class Vocabulary:
    """The headers by which people call the columns of a list."""

    def __init__(self, columns: Iterable[Column]):
        self.columns = list(columns)
        self._by_name = {
            normal(name): column
            for column in reversed(self.columns)
            for name in (column.label, *column.synonyms)
        }

    def column_of(self, header: object) -> Column | None:
        """The column a header means; a remark in brackets, 客户名称(全称), may stand behind it."""
        name = normal(header)
        return self._by_name.get(name) or self._by_name.get(REMARK.sub("", name))

    def read_header(self, row: int, row_cells: Sequence[object]) -> Header:
        """What this row would mean as a header. Only a phone field can stand in two columns."""
        fields, unknown, texts, taken = {}, {}, {}, set()
        for position, cell in enumerate(row_cells):
            text = cells.line(cell)
            column = self.column_of(text) if text else None
            if text:
                texts[position] = normal(text)
            if column and (column.key not in taken or column.kind is Kind.PHONES):
                fields[position] = column
                taken.add(column.key)
            elif text:
                unknown[position] = text
        return Header(row, fields, unknown, texts)

    def find_header(self, rows: Iterable[tuple[int, Sequence[object]]]) -> Header | None:
        """The first row that names every required column, and the most columns of all."""
        best = None
        for number, row_cells in rows:
            if number > DEEPEST_HEADER:
                break
            header = self.read_header(number, row_cells)
            if self.is_complete(header) and (not best or len(header.keys) > len(best.keys)):
                best = header
        return best

    def is_complete(self, header: Header) -> bool:
        required = {column.key for column in self.columns if column.required}
        return bool(header.fields) and required <= header.keys


def normal(header: object) -> str:
    """A header without numbering, stars, colons, blanks and letter case."""
    text = NUMBERING.sub("", unicodedata.normalize("NFKC", cells.line(header)))
    return NOISE.sub("", text).lower()
