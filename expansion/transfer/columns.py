"""What a list's import and export declare about each column.

An app writes its columns once (in its own `transfer.py`); reading maps a person's headers to them,
writing takes label, kind and width from them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a column's cells are read and written."""

    TEXT = "text"  # one line
    NOTE = "note"  # keeps its line breaks
    PHONES = "phones"  # several numbers in one cell
    DATE = "date"
    MOMENT = "moment"  # a date with its time, in the department's zone; written, not read
    DEADLINE = "deadline"  # a moment that the calendar has counted: marked while it may move
    FLAG = "flag"  # yes, no, unknown
    PERSON = "person"  # a name, perhaps with the post behind it: 何艳/采购主管, 何杰(店长)
    NUMBER = "number"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    `synonyms` are further headers people use for it. `required` refuses a row without a value.
    `post_key` is where a PERSON column leaves the post that stands behind the name.
    """

    key: str
    label: str
    kind: Kind = Kind.TEXT
    synonyms: Sequence[str] = ()
    required: bool = False
    max_length: int = 200
    post_key: str = ""
    width: int = 0
