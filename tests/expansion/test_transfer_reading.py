"""Messy tables: where the data is, which rows are none, and which files are refused."""

import datetime
import io
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from expansion.errors import Invalid
from expansion.transfer import archive
from expansion.transfer.columns import Column, Kind
from expansion.transfer.reading import Workbook, read_workbook
from expansion.transfer.rowkinds import RowKind

COLUMNS = (
    Column("name", "单位名称", synonyms=["客户名称"], required=True, max_length=40),
    Column("phones", "电话", Kind.PHONES, synonyms=["手机"]),
    Column("day", "日期", Kind.DATE),
    Column("region", "区域"),
    Column("contact", "联系人", Kind.PERSON, synonyms=["姓名"], post_key="post"),
    Column("effective", "是否有效", Kind.FLAG),
    Column("budget", "预算", Kind.MONEY),
    Column("note", "备注", Kind.NOTE, max_length=100),
)
HEADER = ["单位名称", "电话", "日期", "备注"]


def workbook(*rows, merge=(), change=None, title="客户") -> io.BytesIO:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(list(row))
    for area in merge:
        book.active.merge_cells(area)
    if change:
        change(book)
    return saved(book)


def saved(book: openpyxl.Workbook) -> io.BytesIO:
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def with_part(file: io.BytesIO, name: str, content: bytes) -> io.BytesIO:
    """The same archive with one part replaced."""
    changed = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, content if entry == name else old.read(entry))
    changed.seek(0)
    return changed


def sheet_xml(rows: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def read(file, **options) -> Workbook:
    return read_workbook(file, COLUMNS, **options)


def rows_of(file, **options):
    with read(file, **options) as book:
        return list(book.main.rows())


def kinds(file) -> list[RowKind]:
    return [row.kind for row in rows_of(file)]


def sentence(file) -> str:
    with pytest.raises(Invalid) as refused:
        read(file)
    return refused.value.message


# Where the data is


def test_titles_header_blank_total_and_remark_rows_are_told_apart():
    file = workbook(
        ["客户资料 2026年11月"],
        [],
        HEADER,
        ["甲公司", "13590830166"],
        [None, " ", None, "\u3000"],
        HEADER,
        ["乙公司"],
        ["合　计：", "2家"],
        ["填报人：王伟  审核：李娜"],
    )
    title, blank, header, data, remark = (
        RowKind.TITLE,
        RowKind.BLANK,
        RowKind.HEADER,
        RowKind.DATA,
        RowKind.REMARK,
    )
    expected = [title, blank, header, data, blank, header, data, RowKind.TOTALS, remark]
    assert kinds(file) == expected


@pytest.mark.parametrize(
    "text",
    [
        "合计",
        "总计:",
        "小 计",
        "本页合计",
        "本月小计",
        "合计（家）",
        "共180家",
        "Total",
        "合计：12家",
    ],
)
def test_totals_are_recognised_in_their_spellings(text):
    assert kinds(workbook(HEADER, [text, 5]))[1] is RowKind.TOTALS


@pytest.mark.parametrize("name", ["合计科技有限公司", "共享空间", "总计划咨询公司", "小计量仪器厂"])
def test_a_firm_whose_name_begins_like_a_total_is_data(name):
    assert kinds(workbook(HEADER, [name]))[1] is RowKind.DATA


def test_a_prepared_line_with_only_its_number_is_blank():
    file = workbook(["序号", *HEADER], [1, "甲公司"], [2], [3])
    assert kinds(file)[1:] == [RowKind.DATA, RowKind.BLANK, RowKind.BLANK]


def test_a_heading_across_the_table_is_not_a_client():
    file = workbook(HEADER, ["杭州片区"], ["甲公司"], merge=["A2:D2"])
    assert kinds(file)[1:] == [RowKind.HEADING, RowKind.DATA]


def test_a_value_merged_downwards_belongs_to_each_of_its_rows():
    file = workbook(
        ["区域", "单位名称"],
        ["杭州", "甲公司"],
        [None, "乙公司"],
        [None, None],
        [None, "丙公司"],
        merge=["A2:A4"],
    )
    rows = rows_of(file)
    assert [row.values.get("region") for row in rows[1:]] == ["杭州", "杭州", None, None]
    assert rows[3].kind is RowKind.BLANK


def test_a_header_of_two_merged_lines_is_read():
    file = workbook(
        ["单位名称", "联系人", None, "备注"],
        [None, "姓名", "电话", None],
        ["甲公司", "何艳", "13590830166", "好"],
        merge=["A1:A2", "B1:C1", "D1:D2"],
    )
    row = rows_of(file)[2]
    assert (row.values["name"], row.values["note"]) == ("甲公司", "好")
    assert row.values["phones"][0].text == "13590830166"


def test_the_sheet_with_most_columns_is_the_main_one_and_hidden_sheets_are_named():
    def add(book):
        book.create_sheet("说明", 0).append(["单位名称", "填全称"])
        secret = book.create_sheet("旧")
        secret.append(HEADER)
        secret.sheet_state = "hidden"

    with read(workbook(HEADER, ["甲公司"], change=add)) as book:
        assert book.main.name == "客户"
        assert [name for name, _reason in book.skipped] == ["旧"]


def test_headers_are_known_with_remarks_stars_and_full_width_signs():
    file = workbook(
        ["1.客户名称（全称）*", "手机", "电 话", "颜色"], ["甲", "13590830166", "12345"]
    )
    with read(file) as book:
        assert book.main.header.keys == {"name", "phones"}
        assert book.main.header.unknown == {3: "颜色"}
        row = list(book.main.rows())[1]
    assert [phone.text for phone in row.values["phones"]] == ["13590830166"]
    assert [problem.text for problem in row.problems] == ["12345"]


def test_a_person_can_set_the_columns_otherwise():
    with read(workbook(HEADER, ["甲公司", None, None, "乙公司"])) as book:
        table = book.main.mapped({3: "name"})
        assert list(table.rows())[1].values == {"name": "乙公司"}
        with pytest.raises(Invalid):
            book.main.mapped({3: "note"})


def test_row_numbers_are_those_of_the_sheet_when_the_table_begins_lower_and_further_right():
    def fill(book):
        for place, text in {"C5": "单位名称", "D5": "电话", "C6": "甲公司", "D8": 12345}.items():
            book.active[place] = text

    with read(workbook(change=fill)) as book:
        assert sorted(book.main.header.fields) == [2, 3]
        numbers = {row.number: row for row in book.main.rows()}
    assert numbers[6].values["name"] == "甲公司"
    assert numbers[8].refusal and numbers[8].problems[0].text == "12345"


def test_hidden_rows_are_read_like_the_others():
    def hide(book):
        book.active.row_dimensions[2].hidden = True

    assert rows_of(workbook(HEADER, ["甲公司"], change=hide))[1].values["name"] == "甲公司"


# What stands in the cells


def test_values_are_read_by_the_kind_of_their_column():
    file = workbook(
        ["单位名称", "日期", "联系人", "是否有效", "预算", "备注"],
        [
            "ＫＴＶ　公司 ",
            datetime.datetime(2026, 11, 5, 9),
            "何杰（店长）",
            "√",
            "¥1.2万",
            "一\n二",
        ],
    )
    values = rows_of(file)[1].values
    assert values["name"] == "KTV 公司"
    assert values["day"] == datetime.date(2026, 11, 5)
    assert (values["contact"], values["post"]) == ("何杰", "店长")
    assert values["effective"] is True
    assert values["budget"] == 12000
    assert values["note"] == "一\n二"


def test_what_cannot_be_read_leaves_a_problem_and_the_row_lives():
    file = workbook(
        ["单位名称", "电话", "日期", "是否有效", "预算", "备注"],
        ["甲公司", "12345", "2026-02-31", "也许", "很多", "长" * 101],
    )
    row = rows_of(file)[1]
    assert row.values == {"name": "甲公司", "phones": []}
    fields = [problem.field for problem in row.problems]
    assert fields == ["phones", "day", "effective", "budget", "note"]
    assert not row.refusal


@pytest.mark.parametrize("name", [None, "  ", "长" * 41, "长" * 40_000, "#N/A"])
def test_a_row_without_a_usable_name_is_refused_with_a_sentence(name):
    file = workbook(HEADER, [name and name[:32_767], "13590830166"])
    row = rows_of(file)[1]
    assert row.refusal
    assert row.values["phones"][0].e164 == "+8613590830166"


def test_text_that_looks_like_a_formula_stays_text():
    def as_text(book):
        book.active["A2"].data_type = "s"

    file = workbook(HEADER, ["=HYPERLINK(1)"], change=as_text)
    assert rows_of(file)[1].values["name"] == "=HYPERLINK(1)"


def test_formulas_without_a_stored_result_and_error_cells_are_told():
    file = workbook(HEADER, ["甲公司", "=1+1", "#N/A", "=A2"])
    with read(file) as book:
        assert len(book.remarks) == 2
        assert book.remarks[0].startswith("2")
        assert book.remarks[1].startswith("1")


def test_a_stored_result_of_a_formula_is_read():
    rows = (
        '<row r="1"><c r="A1" t="str"><v>单位名称</v></c></row>'
        '<row r="2"><c r="A2" t="str"><f>"甲"&amp;"公司"</f><v>甲公司</v></c></row>'
    )
    file = with_part(workbook(HEADER), "xl/worksheets/sheet1.xml", sheet_xml(rows))
    assert rows_of(file)[1].values["name"] == "甲公司"


@pytest.mark.parametrize(
    ("title", "default", "day"),
    [
        ("2025年12月客户", 2026, datetime.date(2025, 11, 5)),
        ("客户", 2024, datetime.date(2024, 11, 5)),
        ("客户", None, None),
    ],
)
def test_the_year_of_a_date_comes_from_the_title_then_from_the_default(title, default, day):
    rows = rows_of(workbook([title], HEADER, ["甲公司", None, "11月5日"]), default_year=default)
    assert rows[2].values.get("day") == day


def test_the_year_of_the_other_dates_goes_before_the_default():
    file = workbook(HEADER, ["甲", None, "2025.1.2"], ["乙", None, "11月5日"])
    assert rows_of(file, default_year=2030)[2].values["day"] == datetime.date(2025, 11, 5)


# Files


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_tables_are_read_in_the_encodings_people_have(encoding, delimiter):
    lines = [delimiter.join(HEADER), delimiter.join(["甲公司", "13590830166", "11月5日", "“好”"])]
    file = io.BytesIO("\r\n".join(lines).encode(encoding))
    row = rows_of(file, default_year=2026)[1]
    assert row.values["name"] == "甲公司"
    assert row.values["day"] == datetime.date(2026, 11, 5)


def test_an_error_of_a_formula_in_a_text_table_is_an_empty_cell():
    row = rows_of(io.BytesIO("单位名称,备注\n甲公司,#REF!\n".encode()))[1]
    assert row.values == {"name": "甲公司"}


def test_an_upload_is_read_and_a_table_can_be_read_twice():
    upload = SimpleUploadedFile("客户.csv", "单位名称\n甲公司\n乙公司\n".encode())
    with read(upload) as book:
        first, second = list(book.main.rows()), list(book.main.rows())
    assert [row.values for row in first] == [row.values for row in second]
    assert len(first) == 3


BAD_FILES = {
    "empty": b"",
    "pdf": b"%PDF-1.7 \n",
    "picture": b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
    "page saved as a workbook": b"<html><table><tr><td>1</td></tr></table></html>",
    "old workbook": archive.OLE_START + b"\0" * 600,
    "locked workbook": archive.OLE_START + b"\0" * 600 + archive.LOCKED,
    "noise": bytes(range(256)) * 4,
    "half an archive": workbook(HEADER).getvalue()[:900],
    "text without a table": "今天去了三家".encode(),
}


@pytest.mark.parametrize("content", BAD_FILES.values(), ids=BAD_FILES.keys())
def test_other_files_are_refused_with_a_sentence(content):
    assert sentence(io.BytesIO(content)).endswith(".")


@pytest.mark.parametrize(
    ("name", "said"),
    [("客户.xlsx", "not an .xlsx"), ("客户.XLSX", "not an .xlsx"), ("客户.csv", "header row")],
)
def test_a_text_that_is_only_called_a_workbook_is_called_none(name, said):
    with pytest.raises(Invalid, match=said):
        read(io.BytesIO(b"junk, that is no table"), filename=name)


def test_a_table_as_text_is_read_whatever_it_is_called():
    assert rows_of(io.BytesIO("单位名称,电话\n甲公司,\n".encode()), filename="客户.xlsx")


def test_a_locked_file_is_told_from_an_old_one():
    assert "password" in sentence(io.BytesIO(BAD_FILES["locked workbook"]))
    assert "password" not in sentence(io.BytesIO(BAD_FILES["old workbook"]))


def test_an_archive_that_is_no_workbook_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as book:
        book.writestr("word/document.xml", "<x/>")
    assert ".xlsx" in sentence(file)


def test_a_damaged_sheet_is_refused():
    file = with_part(workbook(HEADER), "xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row")
    assert sentence(file)


def test_a_workbook_without_the_name_column_is_refused_and_names_it():
    assert "单位名称" in sentence(workbook(["颜色", "电话"], ["红", "13590830166"]))


FAR_CELLS = {
    "far corner": '<row r="1"><c r="A1"><v>1</v></c></row>'
    '<row r="900000"><c r="XFD900000"><v>1</v></c></row>',
    "quoted otherwise": "<row><c t='n' foo='>' r = 'XFD1048576'><v>1</v></c></row>",
    "prefixed": '<x:row r="900000"><x:c r="B900000"><x:v>1</x:v></x:c></x:row>',
    "without places": f'<row r="1">{"<c><v>1</v></c>" * 300}</row>',
    "without places, far down": '<row r="900000"><c><v>1</v></c></row>',
}


@pytest.mark.parametrize("rows", FAR_CELLS.values(), ids=FAR_CELLS.keys())
def test_a_sheet_whose_rectangle_is_huge_is_refused_before_it_is_loaded(rows):
    file = with_part(workbook(HEADER), "xl/worksheets/sheet1.xml", sheet_xml(rows))
    assert "too large" in sentence(file)


def test_cells_that_only_have_a_format_do_not_count():
    rows = (
        '<row r="1"><c r="A1" t="str"><v>单位名称</v></c><c r="XFD1" s="0"/></row>'
        '<row r="2"><c r="A2" t="str"><v>甲公司</v></c></row><row r="1048576" ht="20"/>'
    )
    file = with_part(workbook(HEADER), "xl/worksheets/sheet1.xml", sheet_xml(rows))
    assert len(rows_of(file)) == 2


def test_a_bomb_is_refused_by_its_unpacked_size(monkeypatch):
    monkeypatch.setattr(archive, "LARGEST_UNPACKED", 100_000)
    bomb = sheet_xml("<!-- -->" * 50_000)
    file = with_part(workbook(HEADER), "xl/worksheets/sheet1.xml", bomb)
    assert "too large" in sentence(file)


def test_a_file_above_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr(archive, "LARGEST_FILE", 1000)
    assert "larger than" in sentence(workbook(HEADER))


def test_text_tables_have_limits_too(monkeypatch):
    monkeypatch.setattr(archive, "MOST_ROWS", 5)
    with pytest.raises(Invalid):
        rows_of(io.BytesIO(("单位名称\n" + "甲\n" * 9).encode()))


def test_an_unclosed_quotation_mark_is_a_sentence():
    with pytest.raises(Invalid, match="quotation"):
        rows_of(io.BytesIO(('单位名称\n"甲' + "乙" * 200_000).encode()))


# Whatever stands in the cells

ANYTHING = (
    st.text(max_size=30)
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.none()
    | st.datetimes()
    | st.dates()
    | st.times()
    | st.timedeltas()
)


class FakeSource:
    """A sheet in memory, to try cells that no file could carry."""

    merges: list = []

    def __init__(self, rows):
        self._rows = rows

    def rows(self):
        return (list(row) for row in self._rows)


@given(st.lists(st.lists(ANYTHING, max_size=9), max_size=5))
def test_no_cell_content_stops_the_reading_and_every_row_is_accounted_for(cells):
    with read(workbook([column.label for column in COLUMNS])) as book:
        table = book.main
    table._source = FakeSource([[column.label for column in COLUMNS], *cells])
    rows = list(table.rows())
    assert [row.number for row in rows] == list(range(1, len(cells) + 2))
    for row in rows[1:]:
        assert row.is_data != bool(row.reason)
        assert not row.is_data or row.refusal or row.values["name"]
