"""Dates, money, numbers and phones in the reader's form.

The three languages of the house differ in little; a table says it, so a cell costs no catalogue
look-up. Dates outside the current year carry their year.
"""

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import get_language

from expansion.clock import today

NOTHING = "—"
MINUS = "\u2212"
COUNT_CAP = 1000
SYMBOLS = {
    "CNY": "¥",
    "HKD": "HK$",
    "MOP": "MOP$",
    "TWD": "NT$",
    "USD": "US$",
    "EUR": "€",
}
LANDLINE_AREA = re.compile(r"0(?:10|2\d|[3-9]\d\d)")


class Form(NamedTuple):
    """How one language writes days; each text is a str.format pattern over the fields below."""

    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    day: str
    day_of_year: str
    short: str
    long: str
    full: str
    month: str
    today: str
    yesterday: str
    tomorrow: str


_NUMBERED = tuple(f"{month} 月" for month in range(1, 13))
_ENGLISH = "January February March April May June July August September October November December"
_CHINESE = Form(
    weekdays=tuple(f"周{day}" for day in "一二三四五六日"),
    months=_NUMBERED,
    day="{m:02}-{d:02} {weekday}",
    day_of_year="{y}-{m:02}-{d:02}",
    short="{m:02}-{d:02}",
    long="{m}月{d}日 {weekday}",
    full="{y}-{m:02}-{d:02}",
    month="{y} 年 {month}",
    today="今天",
    yesterday="昨天",
    tomorrow="明天",
)
FORMS = {
    "zh-hans": _CHINESE,
    "zh-hant": _CHINESE._replace(weekdays=tuple(f"週{day}" for day in "一二三四五六日")),
    "en": Form(
        weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
        months=tuple(_ENGLISH.split()),
        day="{weekday} {d} {abbr}",
        day_of_year="{d} {abbr} {y}",
        short="{d} {abbr}",
        long="{weekday}, {d} {month}",
        full="{d} {abbr} {y}",
        month="{month} {y}",
        today="Today",
        yesterday="Yesterday",
        tomorrow="Tomorrow",
    ),
}


def form() -> Form:
    """The form of the reader's language; an unknown language reads the default, Chinese."""
    return FORMS.get(get_language() or "", _CHINESE)


def as_day(value: dt.date | dt.datetime) -> dt.date:
    """The department's calendar day of a moment; a date stays itself."""
    if not isinstance(value, dt.datetime):
        return value
    return (timezone.localtime(value) if timezone.is_aware(value) else value).date()


@lru_cache(maxsize=4096)
def _write(style: str, day: dt.date, language: str) -> str:
    """Written once: the rows of a list share few days."""
    words = FORMS.get(language, _CHINESE)
    pattern = getattr(words, style)
    month = words.months[day.month - 1]
    return pattern.format(
        y=day.year,
        m=day.month,
        d=day.day,
        weekday=words.weekdays[day.weekday()],
        month=month,
        abbr=month[:3],
    )


def day(value: dt.date | dt.datetime | None) -> str:
    """11-20 周五; in another year 2025-11-20."""
    if value is None:
        return NOTHING
    date = as_day(value)
    style = "day" if date.year == today().year else "day_of_year"
    return _write(style, date, get_language() or "")


def day_as(style: str, value: dt.date | dt.datetime | None) -> str:
    """A day in the style `short` (11-20), `long` (11月20日 周五), `full` or `month`."""
    if value is None:
        return NOTHING
    return _write(style, as_day(value), get_language() or "")


def weekday(value: dt.date | dt.datetime | None) -> str:
    """周五."""
    return NOTHING if value is None else form().weekdays[as_day(value).weekday()]


def clock(value: dt.datetime | dt.time | None) -> str:
    """14:03, in the department's zone."""
    if value is None:
        return NOTHING
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return f"{value:%H:%M}"


def moment(value: dt.datetime | None) -> str:
    """今天 09:12, 昨天 16:40, 11-16 周一 14:03."""
    if value is None:
        return NOTHING
    words = form()
    near = {0: words.today, 1: words.yesterday, -1: words.tomorrow}
    date = near.get((today() - as_day(value)).days) or day(value)
    return f"{date} {clock(value)}"


def number(value: Decimal | float | None, places: int | None = None) -> str:
    """12,300; with `places` rounded half up to so many decimals."""
    if value is None or value == "":
        return NOTHING
    exact = Decimal(str(value))
    if places is not None:
        exact = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{exact:,f}".replace("-", MINUS)


def money(value: Decimal | None, currency: str = "CNY", places: int = 2) -> str:
    """¥486,200.00; a currency without a sign of its own stands in front as its code."""
    if value is None or value == "":
        return NOTHING
    exact = Decimal(str(value))
    sign = MINUS if exact < 0 else ""
    symbol = SYMBOLS.get(currency) or f"{currency} "
    return f"{sign}{symbol}{number(abs(exact), places)}"


def money_brief(value: Decimal | None, currency: str = "CNY") -> str:
    """¥86,000 on board cards: zero cents are dropped, others stay."""
    return money(value, currency).removesuffix(".00")


def count(value: int) -> str:
    """186, and 1,000+ from there on: long lists are not counted to the end."""
    return f"{value:,}" if value <= COUNT_CAP - 1 else f"{COUNT_CAP:,}+"


def masked_phone(value: str | None) -> str:
    """138****6217, 025-8****410, +852****4567: enough to recognise, too little to dial."""
    if not value:
        return ""
    digits = re.sub(r"[^\d+]", "", value)
    if digits.startswith("+") and not digits.startswith("+86"):
        return f"{digits[:4]}****{digits[-4:]}" if len(digits) > 10 else f"{digits[:4]}****"
    return _masked_national(digits.removeprefix("+86"))


def _masked_national(digits: str) -> str:
    if len(digits) == 11 and digits.startswith("1"):
        return f"{digits[:3]}****{digits[-4:]}"
    if len(digits) in (9, 10) and digits[0] in "23456789":
        digits = f"0{digits}"  # E.164 drops the trunk zero of a landline.
    area = LANDLINE_AREA.match(digits)
    if area and len(digits) >= 10:
        rest = digits[area.end() :]
        return f"{area[0]}-{rest[0]}****{rest[-3:]}"
    return f"****{digits[-2:]}"


def masked_email(value: str | None) -> str:
    """l****@example.com."""
    name, at, host = (value or "").partition("@")
    return f"{name[:1]}****@{host}" if at else ""
