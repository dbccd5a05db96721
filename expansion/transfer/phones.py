"""Phone numbers as people type them, and as they are stored.

A number has two forms: E.164 for storing and comparing (`+862186878543`), and the form a Chinese
reader expects (`021-86878543`). Mobile numbers, landlines with area code, 400 and 800 numbers are
recognised by the numbering plan's shape, not by today's list of prefixes, which grows every year.
Numbers of other countries need their `+`.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal

import phonenumbers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from expansion.errors import Invalid
from expansion.transfer import cells

GAP = r"[ .\-]?"
EXTENSION = r"(?:\s*(?:转|分机|ext\.?|x|#|-|\()\s*(?:转|分机)?\s*(?P<{}>\d{{1,6}})\)?(?!\d))?"
MOBILE = rf"(?:(?:\+|00)?86[\s\-]*|0)?(?P<mobile>1[3-9]\d(?:{GAP}\d){{8}})(?!\d)"
AREA = r"(?P<area>10|2\d|[3-9]\d\d)"
LOCAL = r"[2-9]\d{2,3}[ \-]?\d{4}(?!\d)"
LANDLINE = (
    rf"(?:(?:\+|00)86[\s\-]*\(?0?|86[\s\-]+\(?0?|\(?0){AREA}\)?[ /.\-]*(?P<local>{LOCAL})"
    + EXTENSION.format("extension")
)
SERVICE = r"(?P<service>[48]00(?:[ \-]?\d){7})(?!\d)" + EXTENSION.format("desk")
FOREIGN = r"(?P<foreign>\+(?!86)\d(?:[ \-()]{0,2}\d){6,14})(?!\d)"
NEAR = rf"(?P<near>{LOCAL})" + EXTENSION.format("room")
NUMBER = re.compile(rf"(?<!\d)(?:{MOBILE}|{LANDLINE}|{SERVICE}|{FOREIGN}|{NEAR})", re.IGNORECASE)

BARE_MOBILE = re.compile(r"1[3-9]\d{9}")
LANDLINE_DIGITS = re.compile(r"(10|2\d|[3-9]\d\d)([2-9]\d{6,7})")
SERVICE_DIGITS = re.compile(r"[48]00\d{7}")
SHORTENED = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.IGNORECASE)
BETWEEN = re.compile(r"[/\\、,;|\n&和或及]+")
DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−～~"), "-")
NOT_DIGITS = re.compile(r"\D")
LABEL = re.compile(
    r"(?:联系|办公室?|公司|单位)?(?:手机|电话|座机|固话|固定电话|联系方式)(?:号码?)?"
    r"|微信同号|同微信|tel|mobile|phone|[\W_]",
    re.IGNORECASE,
)
NOTHING = frozenset("无 暂无 没有 不详 未知 待补 未提供 - -- / n/a na none".split())


@dataclass(frozen=True, slots=True)
class Phone:
    """One number: `e164` is stored, `text` is shown."""

    e164: str
    text: str
    extension: str = ""


@dataclass(frozen=True, slots=True)
class BadPhone:
    """What stood there and could not be read as a number, with a sentence that says why."""

    text: str
    message: str


@dataclass(slots=True)
class PhoneCell:
    """Everything found in one cell; `words` is text beside the numbers, a name mostly."""

    phones: list[Phone] = field(default_factory=list)
    bad: list[BadPhone] = field(default_factory=list)
    words: str = ""


def read_phones(value: object, *, area: str = "") -> PhoneCell:
    """Every number in a cell, in the order written, each once.

    `area` is the area code (`021`) for local numbers that stand without one; without it they are
    refused. A local number behind a landline takes the area code of that landline.
    """
    text = _typed(value)
    if BARE_MOBILE.fullmatch(text):
        return PhoneCell([Phone("+86" + text, text)])
    if SHORTENED.fullmatch(text):
        return PhoneCell(bad=[BadPhone(text, _too_short_to_restore())])
    return _scan(text, area.removeprefix("0"))


def parse_phone(text: str) -> Phone:
    """The one number a form field holds. Refuses nothing, two numbers, and what is no number."""
    cell = read_phones(text)
    if cell.bad:
        raise Invalid(cell.bad[0].message)
    if len(cell.phones) != 1 or cell.words:
        raise Invalid(_("Enter one number, without other words."))
    return cell.phones[0]


def phone_text(e164: str) -> str:
    """The form shown for a stored number: `13590830166`, `021-86878543`, `+852 2123 4567`."""
    if not e164.startswith("+86"):
        return _foreign_text(e164)
    digits = e164[3:]
    if SERVICE_DIGITS.fullmatch(digits):
        return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    landline = LANDLINE_DIGITS.fullmatch(digits)
    return f"0{landline[1]}-{landline[2]}" if landline else digits


def _phone(e164: str, extension: str | None = None) -> Phone:
    text = phone_text(e164)
    return Phone(e164, f"{text}-{extension}" if extension else text, extension or "")


def _foreign_text(e164: str) -> str:
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _typed(value: object) -> str:
    """The cell's text; a number cell gets back the zero that the spreadsheet took away."""
    text = unicodedata.normalize("NFKC", cells.note(value)).translate(DASHES).strip()
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    lost_zero = is_number and LANDLINE_DIGITS.fullmatch(text) and not SERVICE_DIGITS.fullmatch(text)
    return "0" + text if lost_zero else _written_out(text)


def _written_out(text: str) -> str:
    """`1.3590830166E+10` in full, when no digit was lost; else as it stands."""
    if not SHORTENED.fullmatch(text):
        return text
    number = Decimal(text)
    whole = number == number.to_integral_value() and len(number.as_tuple().digits) >= 10
    return str(int(number)) if whole and number < Decimal(10) ** 15 else text


def _scan(text: str, area: str) -> PhoneCell:
    cell, rest, end = PhoneCell(), [], 0
    for match in NUMBER.finditer(text):
        phone, area = _recognised(match, area)
        if phone is None:
            continue
        if phone not in cell.phones:
            cell.phones.append(phone)
        rest.append(text[end : match.start()])
        end = match.end()
    rest.append(text[end:])
    _sort_rest(cell, rest)
    if not (cell.phones or cell.bad) and text and cells.compact(text) not in NOTHING:
        cell.bad.append(BadPhone(text, _without_number()))
    return cell


def _recognised(match: re.Match[str], area: str) -> tuple[Phone | None, str]:
    """The number found, and the area code that a local number after it would have."""
    found = {name: NOT_DIGITS.sub("", text) for name, text in match.groupdict().items() if text}
    if "mobile" in found:
        return _phone("+86" + found["mobile"]), area
    if "local" in found:
        number = "+86" + found["area"] + found["local"]
        return _phone(number, found.get("extension")), found["area"]
    if "service" in found:
        return _phone("+86" + found["service"], found.get("desk")), area
    if "foreign" in found:
        return _foreign(found["foreign"]), area
    if not area:
        return None, area
    return _phone("+86" + area + found["near"], found.get("room")), area


def _foreign(digits: str) -> Phone | None:
    try:
        number = phonenumbers.parse("+" + digits)
    except phonenumbers.NumberParseException:
        return None
    return _phone("+" + digits) if phonenumbers.is_possible_number(number) else None


def _sort_rest(cell: PhoneCell, rest: list[str]) -> None:
    """Text outside the numbers: digits are a number that failed, other text is words."""
    words = []
    for part in (part for text in rest for part in BETWEEN.split(text)):
        if any(char.isdecimal() for char in part):
            cell.bad.append(BadPhone(part.strip(), _why(NOT_DIGITS.sub("", part))))
        elif LABEL.sub("", part):
            words.append(part.strip(" :()-."))
    joined = " ".join(words)
    cell.words = "" if cells.compact(joined) in NOTHING else joined


def _why(digits: str) -> str:
    count = len(digits)
    if count in (7, 8) and digits[0] in "23456789":
        return _("The area code is missing. Write it like 021-86878543.")
    if count < 11:
        return ngettext(
            "Only %(count)s digit. Enter an 11-digit mobile number, or a landline with area code.",
            "Only %(count)s digits. Enter an 11-digit mobile number, or a landline with area code.",
            count,
        ) % {"count": count}
    if count > 12 or digits[0] == "1" and count > 11:
        return _(
            "%(count)s digits are too many. Enter an 11-digit mobile number, or a landline with "
            "area code; separate several numbers by “/”."
        ) % {"count": count}
    return _(
        "No number begins like this. Enter an 11-digit mobile number, or a landline with area code."
    )


def _too_short_to_restore() -> str:
    return _("The spreadsheet cut off digits. Format the cell as text and enter the number again.")


def _without_number() -> str:
    return _(
        "No number stands here. Enter an 11-digit mobile number, or a landline with area code."
    )
