"""Dates as people write them in spreadsheets.

Read are real date cells, serial numbers, 2026-11-05, 2026/11/5, 2026.11.5, 2026年11月5日, 20261105,
11月5日, 11.5, 十一月五日, each with a weekday or an hour behind it. A date without its year takes
the year of the sheet. What can mean two days (5/11/2026, the number 11.5) is refused,
never guessed.
"""

import datetime
import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _

from expansion.transfer import cells

DAY_ZERO = datetime.date(1899, 12, 30)
# Serial numbers from 1954 to 2119: a smaller one is a count, a larger one is something else.
SERIALS = range(20_000, 80_001)
FIRST_YEAR, LAST_YEAR = 1900, 2100
# A two-digit year is believed only this near to the year of the sheet.
NEAR_YEARS = 10
LONGEST = 60

SEPARATOR = r"\s*[年/.\-\s]\s*"
MONTH_DAY = r"(?P<month>\d{1,2})\s*[月/.\-\s]\s*(?P<day>\d{1,2})\s*[日号]?"
REST = (
    r"(?:[\sT,(]*(?:星期|周|礼拜)[1-7日天]\)?)?"
    r"(?:[\sT]*(?:凌晨|早上|上午|中午|下午|晚上?|am|pm)?\s*"
    r"(?:\d{1,2}(?::\d{2}){1,2}(?:\.\d+)?|\d{1,2}[点时](?:\d{1,2}分?|半)?)"
    r"(?:Z|[+\-]\d{2}:?\d{2})?|\s*(?:上午|中午|下午|晚上?))?(?:之?前|左右)?"
)
FULL = re.compile(rf"(?P<year>\d{{4}}|\d{{2}}){SEPARATOR}{MONTH_DAY}{REST}", re.IGNORECASE)
JOINED = re.compile(rf"(?P<year>(?:19|20|21)\d\d)(?P<month>\d\d)(?P<day>\d\d){REST}")
SHORT = re.compile(rf"(?P<relative>[今本明去]年)?\s*{MONTH_DAY}{REST}", re.IGNORECASE)
YEAR_LAST = re.compile(rf"(\d{{1,2}})[/.\-](\d{{1,2}})[/.\-](\d{{4}}){REST}", re.IGNORECASE)
WITHOUT_DAY = re.compile(r"(?:\d{4}\s*[年/.\-]\s*)?\d{1,2}\s*月?(?:份|底|初|中旬|上旬|下旬)?")
YEAR_IN_TITLE = re.compile(r"(?<!\d)(20\d\d)(?!\d)(?=\s*(?:年|[./\-]|$|\D))")
DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
RELATIVE_YEARS = {"去年": -1, "今年": 0, "本年": 0, "明年": 1, None: 0}

UNDECIDED = frozenset(
    "待定 未定 待约 另约 待确认 暂无 无 不详 未知 待通知 - -- / \\ tbd n/a na none ?".split()
)
NUMERALS = "〇零○一二三四五六七八九"
DIGIT_OF = {char: max(0, position - 2) for position, char in enumerate(NUMERALS)}
NUMERAL_RUN = re.compile(f"[{NUMERALS}十廿卅]+")


@dataclass(frozen=True, slots=True)
class DateCell:
    """`day` is None when the cell holds no date; `message` says why when it should have held one.

    `has_year` is False where the year of the sheet was put in.
    """

    day: datetime.date | None = None
    message: str = ""
    has_year: bool = True


def read_date(value: object, *, year: int | None = None, from_1904: bool = False) -> DateCell:
    """The date in a cell. `year` is the year of the sheet.

    `from_1904` belongs to workbooks of old Macintosh programs, whose serial numbers begin later.
    """
    if isinstance(value, datetime.datetime):
        return _in_range(value.date())
    if isinstance(value, datetime.date):
        return _in_range(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(value, from_1904)
    return _from_text(_typed(value), year, from_1904)


def year_in(text: str) -> int | None:
    """The year that a title names: 2026年11月客户资料, 客户库2026.11."""
    found = YEAR_IN_TITLE.search(unicodedata.normalize("NFKC", text))
    return int(found[1]) if found else None


def _typed(value: object) -> str:
    text = unicodedata.normalize("NFKC", cells.line(value)).translate(DASHES)
    return NUMERAL_RUN.sub(_in_digits, text)


def _in_digits(match: re.Match[str]) -> str:
    """二〇二六 is 2026, 十一 is 11, 廿五 is 25."""
    run = match[0].replace("廿", "二十").replace("卅", "三十")
    if "十" not in run:
        return "".join(str(DIGIT_OF[char]) for char in run)
    tens, _ten, ones = run.partition("十")
    if len(tens) > 1 or len(ones) > 1:
        return str(match[0])
    return str(DIGIT_OF.get(tens, 1) * 10 + DIGIT_OF.get(ones, 0))


def _from_number(value: float, from_1904: bool) -> DateCell:
    if value != value or value in (float("inf"), float("-inf")):
        return DateCell(message=_unreadable())
    whole = int(value)
    if whole in SERIALS:
        return _in_range(DAY_ZERO + datetime.timedelta(days=whole + (1462 if from_1904 else 0)))
    joined = JOINED.fullmatch(str(whole)) if whole == value else None
    return _from_match(joined, int(joined["year"])) if joined else DateCell(message=_unreadable())


def _from_text(text: str, year: int | None, from_1904: bool) -> DateCell:
    if not text or text.lower() in UNDECIDED:
        return DateCell()
    if len(text) > LONGEST:
        return DateCell(message=_unreadable())
    if match := FULL.fullmatch(text):
        return _from_match(match, _four_digits(match["year"], year))
    if match := JOINED.fullmatch(text):
        return _from_match(match, int(match["year"]))
    if match := YEAR_LAST.fullmatch(text):
        return _year_last(int(match[1]), int(match[2]), int(match[3]))
    if match := SHORT.fullmatch(text):
        return _without_year(match, year)
    if text.isascii() and text.isdigit() and len(text) == 5:
        return _from_number(int(text), from_1904)
    return DateCell(message=_day_missing() if WITHOUT_DAY.fullmatch(text) else _unreadable())


def _from_match(match: re.Match[str], year: int | None, *, has_year: bool = True) -> DateCell:
    if year is None:
        return DateCell(message=_("Write the year with four digits, like 2026-11-05."))
    return _day(year, int(match["month"]), int(match["day"]), has_year)


def _without_year(match: re.Match[str], year: int | None) -> DateCell:
    if year is None:
        return DateCell(message=_("The year is missing. Write the date like 2026-11-05."))
    return _from_match(match, year + RELATIVE_YEARS[match["relative"]], has_year=False)


def _four_digits(written: str, year: int | None) -> int | None:
    if len(written) == 4:
        return int(written)
    full = 2000 + int(written)
    return full if year is not None and abs(full - year) <= NEAR_YEARS else None


def _year_last(first: int, second: int, year: int) -> DateCell:
    """5/11/2026 is a day in May or in November; 25/11/2026 and 11/25/2026 can only be one day."""
    if first <= 12 and second <= 12 and first != second:
        return DateCell(message=_("This can mean two dates. Write it like 2026-11-05."))
    month, day = (second, first) if first > 12 else (first, second)
    return _day(year, month, day, True)


def _day(year: int, month: int, day: int, has_year: bool) -> DateCell:
    try:
        return _in_range(datetime.date(year, month, day), has_year)
    except ValueError:
        return DateCell(message=_impossible(year, month, day))


def _in_range(day: datetime.date, has_year: bool = True) -> DateCell:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return DateCell(message=_("The year %(year)s cannot be right.") % {"year": day.year})
    return DateCell(day, has_year=has_year)


def _impossible(year: int, month: int, day: int) -> str:
    if not 1 <= month <= 12:
        return _("There is no month %(month)s.") % {"month": month}
    return _("%(month)s/%(year)s has no day %(day)s.") % {"year": year, "month": month, "day": day}


def _day_missing() -> str:
    return _("The day is missing. Write the date like 2026-11-05.")


def _unreadable() -> str:
    return _("This is not a date. Write it like 2026-11-05.")
