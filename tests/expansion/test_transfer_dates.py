"""Dates as people write them in spreadsheets."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expansion.transfer.dates import read_date, year_in

FIFTH = datetime.date(2026, 11, 5)
SPELLINGS = [
    FIFTH,
    datetime.datetime(2026, 11, 5, 14, 30),
    46331,
    46331.5,
    "46331",
    20261105,
    "20261105",
    "2026-11-05",
    "2026/11/5",
    "2026.11.5",
    "2026年11月5日",
    "２０２６年１１月５号",
    "2026 11 5",
    "2026-11-05 14:30",
    "2026-11-05T06:30:00Z",
    "2026年11月5日（周四）下午3点",
    "26.11.5",
    "11月5日",
    "11月5号前",
    "11.5",
    "11/5",
    "十一月五日",
    "二〇二六年十一月五日",
    "今年11月5日",
]


@pytest.mark.parametrize("cell", SPELLINGS)
def test_one_day_is_read_from_every_spelling(cell):
    assert read_date(cell, year=2026).day == FIFTH


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("十月三十一日", (2026, 10, 31)),
        ("十一月廿五", (2026, 11, 25)),
        ("二十日", None),
        ("明年3月1日", (2027, 3, 1)),
        ("去年12月31日", (2025, 12, 31)),
        ("25/11/2026", (2026, 11, 25)),
        ("11/25/2026", (2026, 11, 25)),
    ],
)
def test_chinese_numerals_and_years_in_words(text, day):
    assert read_date(text, year=2026).day == (day and datetime.date(*day))


@pytest.mark.parametrize("text", ["", None, "待定", "未定", "无", "-", "N/A"])
def test_an_open_date_is_no_mistake(text):
    cell = read_date(text, year=2026)
    assert (cell.day, cell.message) == (None, "")


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("2月31日", "has no day 31"),
        ("2026-13-01", "no month 13"),
        ("2026年11月", "day is missing"),
        ("5/11/2026", "two dates"),
        (11.5, "not a date"),
        ("下周三", "not a date"),
        ("11月5日-7日", "not a date"),
        ("农历十一月初五", "not a date"),
        (True, "not a date"),
        (datetime.time(9), "not a date"),
        (0, "not a date"),
        (float("nan"), "not a date"),
        ("9026-11-05", "cannot be right"),
        ("99-11-05", "four digits"),
        ("5" * 5000, "not a date"),
    ],
)
def test_what_is_no_date_is_refused_with_its_reason(cell, message):
    found = read_date(cell, year=2026)
    assert found.day is None
    assert message in found.message


def test_a_date_without_its_year_needs_the_year_of_the_sheet():
    assert "year is missing" in read_date("11月5日").message
    assert read_date("11月5日", year=2026).has_year is False


def test_serial_numbers_of_old_macintosh_workbooks_begin_later():
    assert read_date(46331 - 1462, from_1904=True).day == FIFTH


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("2026年11月客户资料", 2026),
        ("客户库2026.11", 2026),
        ("１１月第２周", None),
        ("12026", None),
    ],
)
def test_the_year_is_taken_from_a_title(title, year):
    assert year_in(title) == year


@given(st.dates(datetime.date(1954, 11, 1), datetime.date(2100, 12, 31)))
def test_every_day_is_read_back_from_its_spellings(day):
    for text in (day.isoformat(), f"{day.year}年{day.month}月{day.day}日", f"{day:%Y%m%d}"):
        assert read_date(text).day == day
    assert read_date((day - datetime.date(1899, 12, 30)).days).day == day


@given(st.text() | st.floats() | st.integers() | st.text("0123456789年月日./- 十一"))
def test_no_content_is_an_exception(cell):
    found = read_date(cell, year=2026)
    assert not (found.day and found.message)
