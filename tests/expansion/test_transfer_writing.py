"""Exported lists: what stands in the file, and what can never become a formula."""

import csv
import datetime
import io
import xml.etree.ElementTree as xml
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from expansion.errors import Invalid
from expansion.transfer import writing
from expansion.transfer.columns import Column, Kind
from expansion.transfer.reading import read_workbook
from expansion.transfer.writing import Watermark, write_csv, write_workbook

MARK = Watermark("王伟 & <co>", datetime.datetime(2026, 11, 5, 1, tzinfo=datetime.UTC), "E-0012")
COLUMNS = (
    Column("name", "单位名称", required=True, width=34),
    Column("day", "日期", Kind.DATE),
    Column("at", "时间", Kind.MOMENT),
    Column("sum", "金额", Kind.MONEY),
    Column("effective", "是否有效", Kind.FLAG),
)
ROW = (
    "甲公司",
    datetime.date(2026, 11, 5),
    datetime.datetime(2026, 11, 5, 6, 30, tzinfo=datetime.UTC),
    Decimal("1234.50"),
    True,
)
ATTACKS = [
    "=HYPERLINK(1)",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "＝1+1",
    "=cmd|' /C calc'!A0",
]


def workbook(rows, columns=COLUMNS, title="客户") -> io.BytesIO:
    file = io.BytesIO()
    write_workbook(file, columns, rows, title=title, watermark=MARK)
    file.seek(0)
    return file


def sheet(rows, columns=COLUMNS, title="客户"):
    return openpyxl.load_workbook(workbook(rows, columns, title)).active


def table(rows, columns=COLUMNS) -> list[list[str]]:
    file = io.BytesIO()
    write_csv(file, columns, rows, watermark=MARK)
    text = file.getvalue().decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline="")))


def single(text: str):
    return sheet([(text,)], COLUMNS[:1])["A2"]


def test_values_keep_their_type_and_format():
    name, day, at, money, effective = sheet([ROW])[2]
    assert (name.value, name.number_format) == ("甲公司", "@")
    assert day.value == datetime.datetime(2026, 11, 5)
    assert day.is_date and "h" not in day.number_format
    assert at.value == datetime.datetime(2026, 11, 5, 14, 30), "the department's wall clock"
    assert (money.value, money.number_format) == (1234.5, "#,##0.00")
    assert effective.value == "yes"


def test_the_header_is_in_words_and_stays_in_sight():
    page = sheet([ROW, ROW])
    assert [cell.value for cell in page[1]] == [column.label for column in COLUMNS]
    assert (page.freeze_panes, page.sheet_view.pane.state) == ("A2", "frozen")
    assert page.auto_filter.ref == "A1:E3"
    assert page.column_dimensions["A"].width == 34


def test_the_watermark_stands_in_footer_and_properties():
    file = workbook([ROW])
    book = openpyxl.load_workbook(file)
    assert "E-0012" in book.active.oddFooter.left.text
    assert "2026-11-05 09:00" in book.active.oddFooter.left.text
    assert book.properties.creator == "王伟 & <co>"
    assert book.properties.identifier == "E-0012"


def test_the_text_table_has_the_same_values_and_the_watermark_last():
    header, row, mark = table([ROW])
    assert header == [column.label for column in COLUMNS]
    assert row == ["甲公司", "2026-11-05", "2026-11-05 14:30", "1234.50", "yes"]
    assert "E-0012" in mark[0]


@pytest.mark.parametrize("text", ATTACKS)
def test_no_text_becomes_a_formula(text):
    assert single(text).data_type == "s"
    assert table([(text,)], COLUMNS[:1])[1][0] == "'" + text


def test_negative_numbers_stay_numbers_in_a_text_table():
    assert table([(-5,)], COLUMNS[:1])[1] == ["-5"]


@pytest.mark.parametrize("value", [10**15, float("inf"), float("nan"), Decimal("NaN"), -(10**20)])
def test_numbers_that_a_sheet_cannot_hold_are_text(value):
    cell = sheet([(value,)], COLUMNS[3:4])["A2"]
    assert cell.value == str(value)


@pytest.mark.parametrize("text", ["_x000D_", "a_x0041_b", "<b>&amp;", " 前后 ", "一\n二", "😀"])
def test_text_is_read_back_as_it_was(text):
    assert single(text).value.replace("_x005F_", "_") == text


def test_days_before_the_calendar_of_spreadsheets_are_text():
    assert sheet([(datetime.date(1899, 1, 1),)], COLUMNS[1:2])["A2"].value == "1899-01-01"


def test_text_longer_than_a_cell_is_cut_visibly():
    text = single("长" * 40_000).value
    assert len(text) == 32_767
    assert text.endswith("…")


@pytest.mark.parametrize("title", ["", "客户[1]/资料:*?", "'引号'", "长" * 50, "a\x00b", "<&>"])
def test_any_title_makes_a_valid_sheet_name(title):
    name = sheet([], title=title).title
    assert 0 < len(name) <= 31
    assert not set(name) & set("[]:*?/\\")


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch):
    monkeypatch.setattr(writing, "MOST_ROWS", 3)
    with pytest.raises(Invalid):
        workbook([ROW] * 4)


def test_rows_are_taken_from_an_iterator_as_they_are_written():
    count = write_workbook(
        io.BytesIO(), COLUMNS, (ROW for _ in range(1200)), title="x", watermark=MARK
    )
    assert count == 1200


def test_a_target_that_cannot_seek_is_enough():
    class Stream(io.RawIOBase):
        def __init__(self):
            self.sent = []

        def writable(self):
            return True

        def write(self, data):
            self.sent.append(bytes(data))
            return len(data)

    stream = Stream()
    write_workbook(stream, COLUMNS, [ROW], title="客户", watermark=MARK)
    assert openpyxl.load_workbook(io.BytesIO(b"".join(stream.sent))).active["A2"].value == "甲公司"


@pytest.mark.parametrize("write", [workbook, None], ids=["xlsx", "csv"])
def test_an_export_can_be_imported_again(write):
    rows = [("甲公司", datetime.date(2026, 11, 5)), ("=1+1", None), ("'引号", None)]
    file = workbook(rows, COLUMNS[:2]) if write else io.BytesIO()
    if not write:
        write_csv(file, COLUMNS[:2], rows, watermark=MARK)
    with read_workbook(file, COLUMNS[:2]) as book:
        found = [row.values for row in book.main.rows() if row.is_data]
    assert [values["name"] for values in found] == ["甲公司", "=1+1", "'引号"]
    assert found[0]["day"] == datetime.date(2026, 11, 5)


@given(st.text() | st.floats() | st.integers() | st.dates() | st.datetimes() | st.binary())
def test_every_value_gives_well_formed_parts_without_formulas(value):
    with zipfile.ZipFile(workbook([(value,)], COLUMNS[:1], title=str(value))) as archive:
        for name in archive.namelist():
            tree = xml.fromstring(archive.read(name))
            assert not [element for element in tree.iter() if element.tag.endswith("}f")]


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_no_text_in_a_text_table_begins_like_a_formula(text):
    first = table([(text,)], COLUMNS[:1])[1][0].lstrip(" ")
    assert not first.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
