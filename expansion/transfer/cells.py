"""The text of one cell: what a person typed, without what only machines see.

Punctuation stays as typed; full-width digits, letters and blanks become ordinary ones.
"""

import datetime
import re
import unicodedata

FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B) if chr(code).isalnum()}
BLANKS = dict.fromkeys(map(ord, "\u00a0\u2002\u2003\u2009\u202f\u3000\t"), " ")
# Marks that turn the direction of text, zero-width blanks and byte-order marks deceive the eye.
# The zero-width joiner stays: emoji are made with it.
INVISIBLE = dict.fromkeys([0x200B, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
TABLE = FULL_WIDTH | BLANKS | INVISIBLE | {ord("\r"): "\n"}

# Only text with one of these needs the slow way: controls, surrogates, and the table's keys.
ODD = re.compile(
    "[\x00-\x1f\x7f-\xa0\u2002\u2003\u2009\u200b\u202a-\u202f\u2060\u2066-\u2069\u3000\ufeff"
    "\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\ud800-\udfff]"
)
# Excel's words for a formula that failed; the cell counts as empty.
ERROR_VALUES = frozenset(
    "#N/A #NAME? #REF! #VALUE! #DIV/0! #NULL! #NUM! #SPILL! #CALC! #GETTING_DATA".split()
)

# A spreadsheet that opens a .csv computes such texts, full-width signs included.
COMPUTED = re.compile(r"\s*[=+\-@＝＋－＠\t\r\n]")


def plain(value: object) -> str:
    """The cell as text, as a person would read it aloud; whole numbers without a point."""
    if isinstance(value, str):
        return "" if value in ERROR_VALUES else value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return str(value)


def note(value: object) -> str:
    """Text of several lines; blank lines around it and control characters go."""
    text = plain(value)
    if ODD.search(text):
        text = text.replace("\r\n", "\n").translate(TABLE)
        text = "".join(char for char in text if char == "\n" or _is_visible(char))
    return text.strip()


def line(value: object) -> str:
    """Text of one line; every run of blanks and line breaks is one blank."""
    return " ".join(note(value).split())


def compact(value: object) -> str:
    """For comparing: NFKC, lower case, without any blank."""
    return "".join(unicodedata.normalize("NFKC", note(value)).split()).lower()


def is_empty(value: object) -> bool:
    """Nothing a person would see stands in the cell."""
    return value is None or value == "" or (isinstance(value, str) and not note(value))


def guarded(text: str) -> str:
    """For a .csv: with an apostrophe in front when a spreadsheet would compute the text."""
    return "'" + text if COMPUTED.match(text) else text


def unguarded(text: str) -> str:
    """Without the apostrophe that `guarded` puts in front."""
    return text[1:] if text.startswith("'") and COMPUTED.match(text[1:]) else text


def _is_visible(char: str) -> bool:
    return unicodedata.category(char) not in ("Cc", "Cs")
